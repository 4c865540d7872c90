"""The gate for foreign Beancount text: what someone wrote in an editor becomes drafts, or findings.

The text is bounded, decoded strictly, and parsed by the parser alone in a limited child process.
Only transactions pass. Amounts are written plainly, every posting has its fund, and nothing that
the posting path writes (numbers, makers, chains) may be claimed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from ledger import child
from ledger.entry import VOUCHER_KEYS, Draft, Lot, Meta, Posting, voucher_class
from ledger.errors import CannotRun, Finding, Refused, finding
from ledger.money import CNY, Money, yuan

LARGEST: Final = 1024 * 1024
MOST_DRAFTS: Final = 1000
_SECONDS: Final = 20
_LARGEST_ANSWER: Final = 32 * 1024 * 1024
_CHILD: Final = Path(__file__).with_name("gate_child.py")
_MOST_FINDINGS: Final = 50
# Beancount takes its own place in the file from these, so they would point elsewhere.
_PLACE_KEY = re.compile(r"\s+(filename|lineno)\s*:")
_FIRST_OF_LINE: Final = frozenset("0123456789; \t")
_COMMAND = re.compile(r"(include|plugin|option|pushtag|poptag|pushmeta|popmeta)\b", re.IGNORECASE)
_PLAIN_AMOUNT: Final = re.compile(
    r"(?:[-+]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?\s+[A-Z][A-Z0-9'._-]*"
    r"(?:\s*\{[^{}*/+#]*\})?)?\s*(?:;.*)?"
)
_INVISIBLE: Final = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_KIND_KEY: Final = "class"


def read_file(path: Path) -> bytes:
    """A draft file's bytes; CannotRun if there is none, Refused if it is too large."""
    if not path.is_file():
        raise CannotRun(
            finding(
                "no-file",
                "没有这个文件",
                "there is no such file",
                "检查路径",
                "check the path",
                file=path.name,
            )
        )
    with path.open("rb") as file:
        # Sizes that the system tells are not always true: /proc/self/environ has none.
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Refused(_too_large(path.name))
    return data


def read_foreign(
    data: bytes,
    *,
    unit: str,
    source: str,
    name: str,
    accounts: Mapping[str, str],
    funds: Collection[str],
) -> list[Draft]:
    """The drafts in foreign text; Refused with every finding if anything in it is not one.

    ``accounts`` maps each open account to its currency. ``name`` is what findings call the file.
    """
    text = _decoded(data, name)
    _refuse_lines(text, name)
    answer = _ask_child(text, name)
    found = [_parse_fault(name, error) for error in answer["errors"]]
    drafts: list[Draft] = []
    lines = text.split("\n")
    for entry in answer["directives"]:
        reader = _EntryReader(entry, name, lines, accounts, funds)
        draft = reader.draft(unit, source)
        found += reader.found
        if draft is not None:
            drafts.append(draft)
    if not found and not 0 < len(drafts) <= MOST_DRAFTS:
        found.append(
            _fault(
                name,
                None,
                f"须有 1 至 {MOST_DRAFTS} 笔分录",
                f"it holds 1 to {MOST_DRAFTS} entries",
            )
        )
    if found:
        raise Refused(*found[:_MOST_FINDINGS])
    return drafts


def _fault(name: str, line: int | None, zh: str, en: str) -> Finding:
    return finding(
        "foreign-text",
        zh,
        en,
        "改正此处后重新提交；文件中任何一处有误，全部不收",
        "correct it and submit again; nothing of the file is taken while anything in it is wrong",
        file=name,
        line=line,
    )


def _too_large(name: str) -> Finding:
    return _fault(name, None, "文件超过 1 MB", "the file is larger than 1 MB")


def _parse_fault(name: str, error: Mapping[str, Any]) -> Finding:
    line = error.get("line")
    # The parser quotes what it stumbles over, which may be anything: it is cut and made printable.
    what = "".join(c if c.isprintable() else "?" for c in str(error.get("message", "")))[:160]
    return _fault(
        name, line if isinstance(line, int) else None, f"语法有误：{what}", f"syntax: {what}"
    )


# ---- before the child --------------------------------------------------------------------------


def _decoded(data: bytes, name: str) -> str:
    if len(data) > LARGEST:
        raise Refused(_too_large(name))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise Refused(
            _fault(name, line, "文件须为 UTF-8 编码", "the file has to be UTF-8")
        ) from fault
    text = text.replace("\r\n", "\n")
    for place, char in enumerate(text):
        if char not in "\n\t" and unicodedata.category(char) in _INVISIBLE:
            line = text.count("\n", 0, place) + 1
            code = f"U+{ord(char):04X}"
            raise Refused(
                _fault(
                    name, line, f"含不可见字符 {code}", f"it holds an invisible character {code}"
                )
            )
    return text


def _refuse_lines(text: str, name: str) -> None:
    """Refuse what the parser obeys, and what it passes over without a word."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        if command := _COMMAND.match(line.strip()):
            word = command[1].lower()
            what = (f"草稿中不允许 {word}", f"{word} is not allowed in a draft")
        elif place := _PLACE_KEY.match(line):
            what = (f"附注不能叫 {place[1]}", f"metadata is not called {place[1]}")
        elif line and line[0] not in _FIRST_OF_LINE:
            # Beancount skips lines that begin with * : # ! & ? % and drops what stands there.
            what = (
                "一行以日期、空格或分号开头；别的行会被默默跳过",
                "a line begins with a date, a blank or a semicolon; others are silently skipped",
            )
        else:
            continue
        found.append(_fault(name, number, *what))
        if len(found) == _MOST_FINDINGS:
            break
    if found:
        raise Refused(*found)


# ---- the child ---------------------------------------------------------------------------------


def _ask_child(text: str, name: str) -> dict[str, Any]:
    died = _fault(
        name,
        None,
        "解析未能完成：文字使解析器出错或耗尽资源",
        "parsing did not finish: the text broke the parser or used up its limits",
    )
    try:
        answer: dict[str, Any] = child.ask(
            ["-I", str(_CHILD)],
            text.encode(),
            seconds=_SECONDS,
            environment={**child.BARE, "BEANCOUNT_DISABLE_LOAD_CACHE": "1"},
            largest=_LARGEST_ANSWER,
        )
    except child.NoAnswer as fault:
        raise Refused(died) from fault
    return answer


# ---- one entry ---------------------------------------------------------------------------------


class _EntryReader:
    """Reads one parsed entry into a draft and collects what is wrong with it."""

    def __init__(
        self,
        entry: dict[str, Any],
        name: str,
        lines: list[str],
        accounts: Mapping[str, str],
        funds: Collection[str],
    ) -> None:
        self._entry = entry
        self._name = name
        self._lines = lines
        self._accounts = accounts
        self._funds = funds
        self.found: list[Finding] = []

    def _say(self, line: int | None, zh: str, en: str) -> None:
        self.found.append(_fault(self._name, line, zh, en))

    def draft(self, unit: str, source: str) -> Draft | None:
        """The draft; None if there is a finding."""
        entry, line = self._entry, self._entry.get("line")
        if entry["kind"] != "Transaction":
            kind = str(entry["kind"]).lower()
            self._say(line, f"草稿中不允许 {kind} 指令", f"a draft holds no {kind} directive")
            return None
        if entry["flag"] not in ("*", "!"):
            self._say(line, "凭证以 * 或 ! 标记", "an entry is marked * or !")
        meta = dict(entry["meta"])
        fund = meta.pop("fund", None)
        kind = meta.pop(_KIND_KEY, "")
        if kind is None:
            self._say(line, "class 须为文字", "class has to be text")
        for key in sorted(set(meta) & set(VOUCHER_KEYS)):
            self._say(line, f"{key} 由程序记入，不能自填", f"{key} is written by the program only")
        postings = self._postings(fund)
        voucher_meta = self._meta(meta, line)
        if self.found:
            return None
        try:
            return Draft(
                unit=unit,
                day=date.fromisoformat(entry["day"]),
                kind=kind or voucher_class(postings),
                narration=entry["narration"],
                payee=entry["payee"],
                postings=tuple(postings),
                tags=tuple(entry["tags"]),
                links=tuple(entry["links"]),
                source=source,
                meta=voucher_meta,
            )
        except (ValueError, TypeError) as fault:
            self._say(line, f"不能作为凭证：{fault}", f"it cannot be a voucher: {fault}")
            return None

    def _meta(self, meta: Mapping[str, object], line: int | None) -> Meta:
        for key, value in sorted(meta.items()):
            if not isinstance(value, str):
                self._say(line, f"附注 {key} 须为文字", f"metadata {key} has to be text")
        return tuple(sorted((k, v) for k, v in meta.items() if isinstance(v, str)))

    def _postings(self, fund: object) -> list[Posting]:
        found: list[Posting] = []
        open_one: tuple[dict[str, Any], str] | None = None
        for part in self._entry["postings"]:
            line = part.get("line")
            meta = dict(part["meta"])
            code = meta.pop("fund", fund)
            if not isinstance(code, str) or code not in self._funds:
                self._say(line, "此行没有已设立的资金（fund）", "this line names no declared fund")
                continue
            if part["account"] not in self._accounts:
                self._say(line, f"科目未开立：{part['account']}", "this account was never opened")
                continue
            if part["flag"] or part["price"] or not self._is_plain(line, part["account"]):
                self._say(
                    line,
                    "金额须直接写出：不用算式、价格或标记",
                    "an amount is written plainly: no sums, prices or flags",
                )
                continue
            if part["number"] is None:
                if open_one is not None or part["currency"] or part["cost"]:
                    self._say(
                        line, "至多一行不写金额", "one line at the most leaves its amount out"
                    )
                    continue
                open_one = (part, code)
                continue
            posting = self._posting(part, code, self._meta(meta, line))
            if posting is not None:
                found.append(posting)
        if open_one is not None and not self.found:
            filled = self._filled(open_one[0], open_one[1], found)
            if filled is not None:
                found.append(filled)
        return found

    def _is_plain(self, line: object, account: str) -> bool:
        """True unless the source of the posting holds anything but a plain amount."""
        if not isinstance(line, int) or not 0 < line <= len(self._lines):
            return False
        _, _, rest = self._lines[line - 1].partition(account)
        return _PLAIN_AMOUNT.fullmatch(rest.strip()) is not None

    def _posting(self, part: dict[str, Any], fund: str, meta: Meta) -> Posting | None:
        line = part.get("line")
        try:
            if part["cost"] is None:
                amount = yuan(part["number"], part["currency"])
                return Posting(part["account"], amount, fund, meta)
            cost = part["cost"]
            if not cost["plain"]:
                raise ValueError("a cost is one amount per unit, and a label perhaps")
            lot = Lot(
                Decimal(part["number"]),
                part["currency"],
                yuan(cost["number"], cost["currency"]),
                cost["label"],
            )
            return Posting(part["account"], lot.weight, fund, meta, lot)
        except (ValueError, TypeError, InvalidOperation) as fault:
            self._say(line, f"此行不合规：{fault}", f"this line is not right: {fault}")
            return None

    def _filled(self, part: dict[str, Any], fund: str, others: list[Posting]) -> Posting | None:
        """The one line without an amount takes what balances its fund."""
        currency = self._accounts[part["account"]] or CNY
        rest = sum(p.amount.fen for p in others if (p.fund, p.amount.currency) == (fund, currency))
        line = part.get("line")
        meta = self._meta({k: v for k, v in part["meta"].items() if k != "fund"}, line)
        try:
            return Posting(part["account"], Money(-rest, currency), fund, meta)
        except ValueError as fault:
            self._say(line, f"此行不合规：{fault}", f"this line is not right: {fault}")
            return None
