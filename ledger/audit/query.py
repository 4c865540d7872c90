"""Auditors' queries: one question in beanquery's language of one unit's book, in a safe subset.

The book's text is read once and compared with the journal's bytes; just those bytes are handed to a
child process with limits, which parses the query, looks up every part of it in written lists, reads
the book and answers. Nothing is written but, where a user is known, one line of the operation log.
"""

from __future__ import annotations

import hashlib
import json
import time
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger import child, journal
from ledger.audit.query_rules import (
    CPU_SECONDS,
    LONGEST_QUERY,
    RUN_SECONDS,
    TOO_COSTLY,
)
from ledger.errors import CannotRun, Finding, Refused, WitnessMismatch, Words, finding
from ledger.layout import month_file, unit_folder
from ledger.period import Month, Period
from ledger.registry import entries, oplog, units
from ledger.words import personal_faults

if TYPE_CHECKING:
    from ledger.registry import Registry, User

#: What the operation log calls a query.
ACTION: Final = "audit.query"
_LONGEST_DETAIL: Final = 120
_SHORT: Final = 16
_LARGEST_ANSWER: Final = 64 * 1024 * 1024
#: The months that are read voucher by voucher, and all text, in bytes.
_LARGEST_READ: Final = 128 * 1024 * 1024
_LARGEST_BOOK: Final = 640 * 1024 * 1024
_PATIENCE: Final = CPU_SECONDS * 2
_LOOKS: Final = 3
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from ledger.audit.query_child import main; main()"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gives.

    ``columns`` are names and kinds: text, int, decimal, bool, date, amount, position, inventory,
    set, object. Cells are JSON values: numbers are text, days ISO, amounts have ``number`` and
    ``currency``, an inventory is a list of them, perhaps with a ``cost``. ``found`` counts all rows
    of which ``rows`` are the first; ``vouchers`` is how many were read one by one. ``opened`` is
    the day of the opening balances that stand for what was before, if any.
    """

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]
    found: int
    vouchers: int
    opened: str | None
    period: str
    seconds: float

    @property
    def is_cut(self) -> bool:
        return self.found > len(self.rows)

    @property
    def told(self) -> tuple[Words, ...]:
        """What was read, and what was left out."""
        notes = [
            Words(f"读了 {self.vouchers:,} 张凭证", f"{self.vouchers:,} vouchers were read")
            if not self.period
            else Words(
                f"读了 {self.period} 的 {self.vouchers:,} 张凭证",
                f"{self.vouchers:,} vouchers of {self.period} were read",
            )
        ]
        if self.opened:
            notes.append(
                Words(
                    f"此前各月并为一笔期初余额（{self.opened}，标记 S），"
                    "以前的收支在 Equity:Earnings:Previous",
                    f"what was before is one opening entry (on {self.opened}, flag S), with earlier"
                    " income and spending on Equity:Earnings:Previous",
                )
            )
        if self.is_cut:
            notes.append(
                Words(
                    f"共 {self.found:,} 行，只列出前 {len(self.rows):,} 行",
                    f"of {self.found:,} rows these are the first {len(self.rows):,}",
                )
            )
        return tuple(notes)

    def as_json(self) -> dict[str, object]:
        return {
            "columns": [{"name": name, "kind": kind} for name, kind in self.columns],
            "rows": [list(row) for row in self.rows],
            "found": self.found,
            "cut": self.is_cut,
            "read": {
                "vouchers": self.vouchers, "period": self.period or None, "opened": self.opened
            },
            "notes": [{"zh": note.zh, "en": note.en} for note in self.told],
        }  # fmt: skip


def ask(
    registry: Registry, unit: str, query: str, period: Period | None = None, *,
    seconds: int = RUN_SECONDS,
) -> Answer:  # fmt: skip
    """Ask one query of a unit's book, of the whole of it or of a period's vouchers.

    The query itself may compute for ``seconds``, at most those that are allowed.

    Raises: Refused with a finding that says where in the query and what to do; WitnessMismatch if
    book and journal differ; CannotRun for an unknown unit.
    """
    started = time.perf_counter()
    faults = text_faults(query)
    if faults:
        raise Refused(*faults)
    since = Month.of(period.start) if period else None
    files = verified(registry, unit, period)
    _refuse_large(files, since)
    head = {
        "query": query,
        "files": [(name, len(text)) for name, text in files],
        "since": str(since) if since else None,
        "seconds": seconds,
    }
    given = b"".join([json.dumps(head).encode(), b"\n", *(text for _, text in files)])
    try:
        said = child.ask(
            ["-I", "-c", _START, str(Path(__file__).parents[2])],
            given, seconds=_PATIENCE, largest=_LARGEST_ANSWER,
        )  # fmt: skip
    except child.NoAnswer as fault:
        raise Refused(_finding(query, TOO_COSTLY.rule, TOO_COSTLY.what, TOO_COSTLY.remedy)) from (
            fault
        )
    if "fault" in said:
        wrong = said["fault"]
        raise Refused(
            _finding(
                query, wrong["rule"], Words(*wrong["what"]), Words(*wrong["remedy"]), wrong["at"]
            )
        )
    return Answer(
        columns=tuple((one["name"], one["kind"]) for one in said["columns"]),
        rows=tuple(tuple(row) for row in said["rows"]),
        found=said["found"],
        vouchers=said["vouchers"],
        opened=said["opened"],
        period=str(period) if period else "",
        seconds=time.perf_counter() - started,
    )


# ---- before the child --------------------------------------------------------------------------


def text_faults(query: str) -> list[Finding]:
    """Why this text is not even parsed: none, too long, or with signs that nobody sees."""
    if not query.strip():
        what = Words("没有查询", "there is no query")
        return [_finding(query, "query-empty", what, _WRITE)]
    if len(query) > LONGEST_QUERY:
        what = Words(
            f"查询超过 {LONGEST_QUERY:,} 字", f"the query is longer than {LONGEST_QUERY:,} signs"
        )
        return [_finding("", "query-too-large", what, _SHORTER)]
    for place, char in enumerate(query):
        if char not in "\n\r\t" and unicodedata.category(char) in _INVISIBLE:
            code = f"U+{ord(char):04X}"
            what = Words(f"含不可见字符 {code}", f"it holds an invisible character {code}")
            return [_finding(query, "query-invisible", what, _RETYPE, place)]
    return []


_INVISIBLE: Final = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_WRITE: Final = Words("写一个查询，或选一个示例", "write one, or choose an example")
_SHORTER: Final = Words("拆成几个较小的查询", "split it into smaller ones")
_RETYPE: Final = Words("删去后重新输入", "take it out and type it again")


def _finding(query: str, rule: str, what: Words, remedy: Words, at: int | None = None) -> Finding:
    """A finding that begins with the place in the query, counted in lines and signs from 1."""
    if at is None or not 0 <= at <= len(query):
        return finding(rule, what.zh, what.en, remedy.zh, remedy.en)
    line = query.count("\n", 0, at) + 1
    column = at - (query.rfind("\n", 0, at) + 1) + 1
    near = "".join(c if c.isprintable() else " " for c in query[at : at + 20]).strip()
    shown = f" “{near}”" if near else ""
    return finding(
        rule, f"第 {line} 行第 {column} 字{shown}：{what.zh}",
        f"line {line}, sign {column}{shown}: {what.en}", remedy.zh, remedy.en,
    )  # fmt: skip


def verified(
    registry: Registry, unit: str, period: Period | None = None
) -> list[tuple[str, bytes]]:
    """The book's files up to a period's end, each the same bytes in book and journal.

    What is returned is what was compared: nobody can change it afterwards.

    Raises: WitnessMismatch; CannotRun for an unknown unit.
    """
    with registry.read() as conn:
        units.find(conn, unit)
    for look in range(_LOOKS):
        if look:
            time.sleep(0.2)  # somebody is posting just now: committed first, appended then
        files = _compared(registry, unit, period)
        if files is not None:
            return files
    raise WitnessMismatch(
        finding(
            "query-book", "账簿与日志不一致，未予查询",
            "book and journal differ, so nothing is asked of it",
            f"先运行 mingbai check DIR --unit {unit}", f"run mingbai check DIR --unit {unit} first",
            file=f"units/{unit}",
        )
    )  # fmt: skip


def _compared(
    registry: Registry, unit: str, period: Period | None
) -> list[tuple[str, bytes]] | None:
    folder = unit_folder(registry.folder, unit)
    policy = folder / "book.bean"
    if not _is_plain(policy) or policy.read_bytes() != journal.expected_book_text(registry, unit):
        return None
    last = month_file(Month.of(period.last)) if period else "9999"
    found = []
    with registry.read() as conn:
        for name in sorted(entries.files(conn, unit), key=lambda name: (name[0].isdigit(), name)):
            if name[0].isdigit() and name > last:
                continue
            committed = entries.bytes_of_file(conn, unit, name)
            path = folder / name
            if committed is None or not _is_plain(path) or path.read_bytes() != committed:
                return None
            found.append((name, committed))
    return found


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _refuse_large(files: Sequence[tuple[str, bytes]], since: Month | None) -> None:
    first = month_file(since) if since else ""
    read = sum(len(text) for name, text in files if not name[0].isdigit() or name >= first)
    if read > _LARGEST_READ or sum(len(text) for _, text in files) > _LARGEST_BOOK:
        raise Refused(
            finding(
                "query-book-large", "账簿太大，一次查不完",
                "the book is too large to be asked at once",
                "用 --period 指定一年、一季或一月",
                "name a year, a quarter or a month with --period",
            )
        )  # fmt: skip


# ---- who asked ---------------------------------------------------------------------------------


def note(registry: Registry, unit: str, query: str, user: User, now: datetime) -> None:
    """Keep in the operation log that a user asked this: its digest, and its beginning.

    Words that name a person, or hold a number of theirs, are not kept.
    """
    text = " ".join(query.split())
    digest = hashlib.sha256(query.encode()).hexdigest()[:_SHORT]
    with registry.write() as conn:
        named = personal_faults(conn, registry, text)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action=ACTION, object=digest,
            detail="" if named else text[:_LONGEST_DETAIL],
        )  # fmt: skip


# ---- cells as text -----------------------------------------------------------------------------


def cell_text(value: object) -> str:
    """A cell of an answer as a person reads it: ``12.00 CNY``, ``1 FA-00012 {12000.00 CNY}``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, list):
        return "; ".join(map(cell_text, value))
    if isinstance(value, Mapping):
        if "number" not in value:
            return "; ".join(f"{key}: {cell_text(one)}" for key, one in value.items())
        cost = value.get("cost")
        lot = f" {{{_lot_text(cost)}}}" if isinstance(cost, Mapping) else ""
        return f"{value['number']} {value['currency']}{lot}"
    return str(value)


def sort_key(value: object) -> tuple[int, Decimal, str]:
    """How a cell sorts among others of its column: nothing first, then numbers, then words."""
    if value is None or value == []:
        return 0, Decimal(0), ""
    first = value[0] if isinstance(value, list) else value
    number = first.get("number") if isinstance(first, Mapping) else first
    if isinstance(number, (int, str)):
        with suppress(ArithmeticError):
            found = Decimal(number)
            return (1, found, "") if found.is_finite() else (2, Decimal(0), str(number))
    return 2, Decimal(0), cell_text(value)


def _lot_text(cost: Mapping[str, object]) -> str:
    label = f", {cost['label']}" if cost.get("label") else ""
    return f"{cost['number']} {cost['currency']}{label}"


def unknown_period(text: str) -> CannotRun:
    """What is typed as a period and is none."""
    return CannotRun(
        finding(
            "bad-period", f"不是期间：{text[:20]}", f"no period: {text[:20]}",
            "写作 2026、2026-Q1 或 2026-03", "write 2026, 2026-Q1 or 2026-03",
        )
    )  # fmt: skip
