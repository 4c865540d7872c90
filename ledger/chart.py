"""Charts of accounts, and the forms of their statements, as versioned data.

A chart is one TOML file in ``ledger/charts``. It names the accounts of one accounting rule and the
lines of the rule's statements as formulas over account codes. An account counts on its normal side:
``+163`` is the credit balance of accumulated depreciation. A chart is read strictly, and its forms
are proved when it is read: the two totals of a balance sheet together hold every account exactly
once, so that a balanced book gives a balanced sheet.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from ledger.account import ROOTS, component_code, is_valid_account
from ledger.errors import Finding, Refused, Words, finding, refuse_if

DEBIT: Final = "debit"
CREDIT: Final = "credit"
#: How a line measures its accounts: what they hold when the year begins, what they hold at the end
#: of the period, or what they moved in it.
BEGIN: Final = "begin"
END: Final = "end"
MOVED: Final = "moved"
BALANCE: Final = "balance"
FLOW: Final = "flow"

_FOLDER: Final = Path(__file__).parent / "charts"
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE = re.compile(r"[0-9]{2,12}")
_TERM = re.compile(r"([+-])([0-9]{2,12}|Income|Expenses)")
_SUM = re.compile(r"([+-])([a-z0-9][a-z0-9-]{0,23})")
_DEBIT_TYPES: Final = ("Assets", "Expenses")


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """One account of a chart. ``code`` holds the parent's code in front: ``50101`` under ``501``.

    ``capital``: its balance is tied up in things. ``optional``: known, but not opened with the
    book. ``restricted``: it stands in the column of restricted income and net assets.
    """

    code: str
    name: Words
    type: str
    normal: str
    capital: bool = False
    parent: str = ""
    optional: bool = False
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class BookAccount:
    """An account as a new book opens it."""

    name: str
    name_en: str
    capital: bool
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line of a form. ``accounts`` and ``sums`` are signed terms: account codes (or a type),
    and codes of other lines.

    ``at`` says how the accounts are measured. ``show``: ``always``, ``nonzero``, ``month`` (in a
    year's statement only if not zero) or ``year`` (in a year's statement only). ``memo`` lines
    repeat what other lines hold.
    """

    code: str
    label: Words
    accounts: tuple[tuple[int, str], ...] = ()
    sums: tuple[tuple[int, str], ...] = ()
    at: str = ""
    level: int = 1
    style: str = "line"
    show: str = "always"
    memo: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one statement. ``kind`` is ``balance`` or ``flow``.

    ``proof`` names the two totals that are always equal, or the one line of the result. ``split``
    shows unrestricted, restricted and total side by side.
    """

    id: str
    number: str
    title: Words
    kind: str
    lines: tuple[FormLine, ...]
    proof: tuple[str, ...]
    split: bool = False

    def line(self, code: str) -> FormLine | None:
        return next((line for line in self.lines if line.code == code), None)

    def terms(self, code: str) -> list[tuple[int, str]]:
        """The signed account terms of a line with its sums resolved; KeyError for no such line."""
        line = self.line(code)
        if line is None:
            raise KeyError(code)
        found = list(line.accounts)
        for sign, other in line.sums:
            found += [(sign * inner, term) for inner, term in self.terms(other)]
        return found


@dataclass(frozen=True)
class Chart:
    """A chart of accounts. ``confirmed`` is False where the official text was not at hand.

    ``surplus_to`` are the accounts that income and expenses are carried to; ``carried`` are further
    accounts that are carried there. ``banks`` are the accounts that bank statements prove.
    """

    id: str
    version: str
    name: Words
    source: str
    basis: Words
    confirmed: bool
    accounts: tuple[ChartAccount, ...]
    forms: tuple[Form, ...]
    surplus_to: tuple[str, ...]
    carried: tuple[str, ...] = ()
    banks: tuple[str, ...] = ()

    @cached_property
    def by_code(self) -> dict[str, ChartAccount]:
        return {account.code: account for account in self.accounts}

    def form(self, id: str) -> Form | None:
        return next((form for form in self.forms if form.id == id), None)

    def book_name(self, account: ChartAccount) -> str:
        """``Expenses:501-职工活动支出:01-职工教育支出`` for the account ``50101``."""
        if not account.parent:
            return f"{account.type}:{account.code}-{account.name.zh}"
        parent = self.by_code[account.parent]
        own = account.code.removeprefix(parent.code)
        return f"{self.book_name(parent)}:{own}-{account.name.zh}"

    def book_accounts(self) -> tuple[BookAccount, ...]:
        """What a new book opens: every account that is not optional, parents before children."""
        return tuple(
            BookAccount(self.book_name(account), account.name.en, account.capital)
            for account in self.accounts
            if not account.optional
        )

    def path(self, book_account: str) -> tuple[ChartAccount, ...]:
        """The chart's accounts that a book account belongs to, the widest first.

        Accounts belong by their codes, component by component, under the same root. An account
        that the chart does not know gives an empty path.

        >>> chart = load_chart("union-2021-basic")
        >>> [a.code for a in chart.path("Assets:102-银行存款:01-工行基本户")]
        ['102']
        """
        root, *components = book_account.split(":")
        found: list[ChartAccount] = []
        code = ""
        for component in components:
            part = component_code(component)
            code += part
            account = self.by_code.get(code) if part else None
            if account is None or account.type != root:
                break
            found.append(account)
        return tuple(found)

    def sign(self, term: str) -> int:
        """+1 where the normal side of an account or a type is debit, -1 where it is credit."""
        if term in ROOTS:
            return 1 if term in _DEBIT_TYPES else -1
        return 1 if self.by_code[term].normal == DEBIT else -1


def charts() -> list[str]:
    """The ids of all charts, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@cache
def load_chart(id: str) -> Chart:
    """The chart of this id; Refused with findings if there is none or it is faulty."""
    if not _ID.fullmatch(id) or id not in charts():
        raise Refused(
            finding(
                "no-chart",
                f"没有科目表 {id[:40]}",
                f"there is no chart of accounts {id[:40]}",
                f"可用的科目表：{'、'.join(charts())}",
                f"charts: {', '.join(charts())}",
            )
        )
    return read_chart((_FOLDER / f"{id}.toml").read_text(encoding="utf-8"), f"charts/{id}.toml")


def read_chart(text: str, file: str) -> Chart:
    """The chart in a TOML text; Refused with every finding if anything in it is not right."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise Refused(_fault(file, f"不是合规的 TOML：{fault}", f"not TOML: {fault}")) from fault
    reader = _Reader(file)
    chart = reader.chart(data)
    refuse_if(reader.faults)
    refuse_if(check_chart(chart, file))
    return chart


def _fault(file: str, zh: str, en: str) -> Finding:
    return finding(
        "bad-chart", f"科目表：{zh}", f"chart: {en}", "改正科目表", "correct the chart", file=file
    )


# ---- reading -----------------------------------------------------------------------------------


class _Reader:
    """Takes values of the right kind out of tables and collects what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Finding] = []

    def say(self, zh: str, en: str) -> None:
        self.faults.append(_fault(self.file, zh, en))

    def take(self, table: dict[str, Any], key: str, kind: type, where: str, default: Any) -> Any:
        value = table.pop(key, default)
        if value is None or (type(value) is not kind and value is not default):
            self.say(
                f"{where}：{key} 缺失或类型不对", f"{where}: {key} is missing or of a wrong kind"
            )
            return kind()
        return value

    def text(self, table: dict[str, Any], key: str, where: str, default: str | None = None) -> str:
        return str(self.take(table, key, str, where, default))

    def flag(self, table: dict[str, Any], key: str, where: str) -> bool:
        return bool(self.take(table, key, bool, where, False))

    def words(self, table: dict[str, Any], key: str, where: str) -> Words:
        return Words(self.text(table, key, where), self.text(table, f"{key}_en", where))

    def texts(self, table: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
        values = self.take(table, key, list, where, [])
        if not all(type(value) is str for value in values):
            self.say(f"{where}：{key} 应为文字列表", f"{where}: {key} is a list of texts")
            return ()
        return tuple(values)

    def tables(self, table: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
        values = self.take(table, key, list, where, None)
        if not all(type(value) is dict for value in values):
            self.say(f"{where}：{key} 应为表的列表", f"{where}: {key} is a list of tables")
            return []
        return list(values)

    def one_of(self, table: dict[str, Any], key: str, where: str, choices: tuple[str, ...]) -> str:
        value = self.text(table, key, where, choices[0])
        if value not in choices:
            self.say(f"{where}：{key} 不是 {choices} 之一", f"{where}: {key} is none of {choices}")
            return choices[0]
        return value

    def done(self, table: Mapping[str, Any], where: str) -> None:
        for key in table:
            self.say(f"{where}：不认识 {key[:40]}", f"{where}: unknown key {key[:40]}")

    def terms(
        self, table: dict[str, Any], key: str, where: str, pattern: re.Pattern[str]
    ) -> tuple[tuple[int, str], ...]:
        found = []
        for text in self.texts(table, key, where):
            match = pattern.fullmatch(text)
            if match is None:
                self.say(f"{where}：算式项 {text[:24]} 不合规", f"{where}: bad term {text[:24]}")
            else:
                found.append((1 if match[1] == "+" else -1, match[2]))
        return tuple(found)

    def chart(self, data: dict[str, Any]) -> Chart:
        where = "chart"
        accounts = [self.account(table) for table in self.tables(data, "accounts", where)]
        forms = [self.form(table) for table in self.tables(data, "form", where)]
        chart = Chart(
            id=self.text(data, "id", where),
            version=self.text(data, "version", where),
            name=self.words(data, "name", where),
            source=self.text(data, "source", where),
            basis=self.words(data, "basis", where),
            confirmed=bool(self.take(data, "confirmed", bool, where, None)),
            accounts=tuple(accounts),
            forms=tuple(forms),
            surplus_to=self.texts(data, "surplus_to", where),
            carried=self.texts(data, "carried", where),
            banks=self.texts(data, "banks", where),
        )
        self.done(data, where)
        return chart

    def account(self, table: dict[str, Any]) -> ChartAccount:
        code = self.text(table, "code", "account")
        where = f"account {code[:12]}"
        kind = self.one_of(table, "type", where, ROOTS)
        usual = DEBIT if kind in _DEBIT_TYPES else CREDIT
        account = ChartAccount(
            code=code,
            name=self.words(table, "name", where),
            type=kind,
            normal=self.one_of(table, "normal", where, (usual, DEBIT, CREDIT)),
            capital=self.flag(table, "capital", where),
            parent=self.text(table, "parent", where, ""),
            optional=self.flag(table, "optional", where),
            restricted=self.flag(table, "restricted", where),
        )
        self.done(table, where)
        return account

    def form(self, table: dict[str, Any]) -> Form:
        where = f"form {self.text(dict(table), 'id', 'form')[:24]}"
        kind = self.one_of(table, "kind", where, (BALANCE, FLOW))
        usual = END if kind == BALANCE else MOVED
        form = Form(
            id=self.text(table, "id", where),
            number=self.text(table, "number", where, ""),
            title=self.words(table, "title", where),
            kind=kind,
            lines=tuple(
                self.line(line, where, usual) for line in self.tables(table, "lines", where)
            ),
            proof=self.texts(table, "proof", where),
            split=self.flag(table, "split", where),
        )
        self.done(table, where)
        return form

    def line(self, table: dict[str, Any], form: str, usual: str) -> FormLine:
        code = self.text(table, "code", form)
        where = f"{form} line {code[:24]}"
        line = FormLine(
            code=code,
            label=self.words(table, "label", where),
            accounts=self.terms(table, "accounts", where, _TERM),
            sums=self.terms(table, "sums", where, _SUM),
            at=self.one_of(table, "at", where, (usual, BEGIN, END, MOVED)),
            level=int(self.take(table, "level", int, where, 1)),
            style=self.one_of(table, "style", where, ("line", "heading", "subtotal", "total")),
            show=self.one_of(table, "show", where, ("always", "nonzero", "month", "year")),
            memo=self.flag(table, "memo", where),
        )
        self.done(table, where)
        return line


# ---- proving -----------------------------------------------------------------------------------


def check_chart(chart: Chart, file: str) -> list[Finding]:
    """Everything that is wrong with a chart that could be read."""
    found: list[tuple[str, str]] = []
    if not _ID.fullmatch(chart.id) or Path(file).stem != chart.id:
        found.append(
            (f"标识 {chart.id[:40]} 与文件名不符", f"id {chart.id[:40]} is not the file's")
        )
    found += _account_faults(chart)
    for code in {*chart.surplus_to, *chart.carried, *chart.banks} - set(chart.by_code):
        found.append((f"没有科目 {code[:12]}", f"there is no account {code[:12]}"))
    if not chart.surplus_to:
        found.append(("缺 surplus_to", "surplus_to is missing"))
    for again, times in Counter(form.id for form in chart.forms).items():
        if times > 1:
            found.append((f"报表 {again[:24]} 重复", f"form {again[:24]} stands twice"))
    if not found:
        for form in chart.forms:
            found += [
                (f"报表 {form.id}：{zh}", f"form {form.id}: {en}")
                for zh, en in _form_faults(chart, form)
            ]
    return [_fault(file, zh, en) for zh, en in found]


def _account_faults(chart: Chart) -> list[tuple[str, str]]:
    found = []
    known: set[str] = set()
    for account in chart.accounts:
        code = account.code[:12]
        parent = chart.by_code.get(account.parent)
        if not _CODE.fullmatch(account.code) or account.code in known:
            found.append((f"科目编号 {code} 不合规或重复", f"code {code} is bad or stands twice"))
        elif account.parent and (
            account.parent not in known
            or parent is None
            or parent.type != account.type
            or not account.code.startswith(account.parent)
            or account.code == account.parent
        ):
            found.append((f"科目 {code} 的上级不对", f"account {code} has a wrong parent"))
        elif not is_valid_account(chart.book_name(account)):
            found.append((f"科目 {code} 的名称不合规", f"account {code} is badly named"))
        known.add(account.code)
    return found


def _form_faults(chart: Chart, form: Form) -> list[tuple[str, str]]:
    found = _line_faults(chart, form)
    if found:
        return found
    tops = [account for account in chart.accounts if not account.parent]
    found += [
        (f"行 {line.code}：{term} 是明细科目", f"line {line.code}: {term} is a detail account")
        for line in form.lines
        if not line.memo
        for _, term in line.accounts
        if term not in ROOTS and chart.by_code[term].parent
    ]
    needed = {a.code for a in tops if form.kind == BALANCE or a.type in ("Income", "Expenses")}
    times = Counter(
        code
        for line in form.lines
        if not line.memo
        for _, term in line.accounts
        for code in _codes(chart, term)
    )
    found += [
        (
            f"科目 {code} 出现 {times[code]} 次",
            f"account {code} stands {times[code]} times, not once",
        )
        for code in sorted(needed | set(times))
        if times[code] != 1
    ]
    wanted = 2 if form.kind == BALANCE else 1
    if len(form.proof) != wanted or any(form.line(code) is None for code in form.proof):
        return [*found, (f"proof 应列 {wanted} 行", f"proof names {wanted} lines")]
    sums = [_expanded(chart, form, code) for code in form.proof]
    if form.kind == BALANCE:
        # Assets less claims is the sum of all debits less all credits: nothing, in a balanced book.
        whole = {code: sums[0].get(code, 0) - sums[1].get(code, 0) for code in needed}
        stray = {code for code in sums[0] if chart.by_code[code].type != "Assets"}
        right = all(sign == 1 for sign in whole.values()) and not stray
    else:
        # The result is all credits less all debits of income, expenses, and what is carried along.
        along = {*chart.surplus_to, *chart.carried}
        right = all(sums[0].get(code) == -1 for code in needed) and all(
            sign == -1 and (code in needed or code in along) for code, sign in sums[0].items()
        )
    if not right:
        found.append(("合计与科目不符", "its totals do not hold every account once"))
    return found


def _line_faults(chart: Chart, form: Form) -> list[tuple[str, str]]:
    found = []
    before: dict[str, FormLine] = {}
    for line in form.lines:
        code = line.code[:24]
        if line.code in before or not _SUM.fullmatch("+" + line.code):
            found.append((f"行 {code} 重复或不合规", f"line {code} is bad or stands twice"))
        if (line.style == "heading") != (not line.accounts and not line.sums):
            found.append(
                (f"行 {code} 没有算式", f"line {code} has no formula, or a heading has one")
            )
        for _, term in line.accounts:
            if term not in ROOTS and term not in chart.by_code:
                found.append((f"行 {code}：没有科目 {term}", f"line {code}: no account {term}"))
        for _, other in line.sums:
            # Sums look back only, so that no line can hold itself.
            if other not in before or before[other].at != line.at:
                found.append((f"行 {code}：不能加 {other}", f"line {code} cannot add line {other}"))
        before[line.code] = line
    return found


def _codes(chart: Chart, term: str) -> list[str]:
    """The top accounts of a type, or the account itself."""
    if term not in ROOTS:
        return [term]
    return [a.code for a in chart.accounts if a.type == term and not a.parent]


def _expanded(chart: Chart, form: Form, line: str) -> dict[str, int]:
    """How often each account's debit balance is in a line: by code, without zeros."""
    held: Counter[str] = Counter()
    for sign, term in form.terms(line):
        for code in _codes(chart, term):
            held[code] += sign * chart.sign(term)
    return {code: times for code, times in held.items() if times}
