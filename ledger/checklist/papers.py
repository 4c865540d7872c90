"""Vouchers of a month without a paper: which of them need one, and which were waived until when.

Source: 《会计基础工作规范》 art. 51. What needs none is data with reasons, ``data/papers.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, Words, finding
from ledger.layout import month_file
from ledger.registry import closing_rules, entries, units, waivers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.period import Month
    from ledger.registry.entries import EntryRow
    from ledger.registry.waivers import WaiverRow

_DATA: Final = Path(__file__).parent / "data" / "papers.toml"
_NAMED: Final = re.compile(rb'^  papers[0-9]*: "', re.MULTILINE)
_RESULT: Final = re.compile(rb"^  (?:Income|Expenses):", re.MULTILINE)
#: How the source of a voucher begins that takes another one back.
_REVERSAL: Final = "reverse:"
#: So many vouchers are told of one by one.
_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Exempt:
    """Vouchers whose source begins so need no paper of their own, and why."""

    begins: str
    words: Words


@cache
def exempt() -> tuple[tuple[Exempt, ...], Words]:
    """The kinds that need no paper, and why opening balances need none."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    kinds = tuple(Exempt(one["begins"], Words(one["zh"], one["en"])) for one in data["none"])
    return kinds, Words(data["opening"]["zh"], data["opening"]["en"])


@dataclass(frozen=True, slots=True)
class Bare:
    """A voucher without a paper that needs one."""

    number: str
    day: date


@dataclass(frozen=True, slots=True)
class Sifted:
    """A month's vouchers: how many there are, those that lack a paper, and why others need none.

    ``exempt`` counts vouchers without a paper by the words of the rule; ``reversed`` those that
    needed one and were taken back.
    """

    vouchers: int
    bare: tuple[Bare, ...]
    exempt: Mapping[Words, int]
    reversed: int


def bare_vouchers(conn: Connection, unit: str, month: Month) -> list[Bare]:
    """The vouchers of a month that lack a paper and need one, in the order of posting.

    One that was reversed needs none any more. The work is the month's, not the book's.
    """
    return list(sifted(conn, unit, month).bare)


def sifted(conn: Connection, unit: str, month: Month) -> Sifted:
    """The vouchers of a month by whether they have a paper, lack one, or need none."""
    opened = units.find(conn, unit).opened
    found: list[Bare] = []
    free: dict[Words, int] = defaultdict(int)
    vouchers = 0
    for row in entries.entries_of_file(conn, unit, month_file(month)):
        if row.kind != "voucher" or row.number is None:
            continue
        vouchers += 1
        if _NAMED.search(row.text):
            continue
        why = _needs_none(row, opened)
        if why is None:
            found.append(Bare(row.number, row.day))
        else:
            free[why] += 1
    gone = entries.reversals_of(conn, unit, [one.number for one in found])
    left = tuple(one for one in found if one.number not in gone)
    return Sifted(vouchers, left, free, len(found) - len(left))


def _needs_none(row: EntryRow, opened: date) -> Words | None:
    """Why a voucher needs no paper of its own; None if it needs one."""
    kinds, opening = exempt()
    source, number = row.source or "", row.number or ""
    for kind in kinds:
        if source.startswith(kind.begins):
            return kind.words
    if row.reverses:
        return next(kind.words for kind in kinds if kind.begins == _REVERSAL)
    is_opening = row.day == opened and number.startswith("转")
    if source == "opening" or (is_opening and not _RESULT.search(row.text)):
        return opening
    return None


def faults(conn: Connection, unit: str, month: Month, today: date) -> list[Finding]:
    """What is to be told of a month's vouchers without papers when it is closed ``today``.

    Errors where the unit's rule asks for papers on the month's last day, warnings elsewhere.
    """
    bare = bare_vouchers(conn, unit, month)
    if not bare:
        return []
    waived: dict[str, list[WaiverRow]] = defaultdict(list)
    for row in waivers.of_kinds(conn, unit, (waivers.PAPERS,)):
        waived[row.subject].append(row)
    required = closing_rules.PAPERS in closing_rules.required_on(conn, unit, month.period.last)
    missing, told = [], []
    for one in bare:
        known = waived[one.number]
        if any(row.end_paper for row in known):
            continue
        standing = [row for row in known if row.stands(today)]
        if standing:
            told.append(_waived(one, standing[-1]))
        else:
            missing.append(one)
    return _missing(missing, unit, required=required) + told


def _missing(bare: Sequence[Bare], unit: str, *, required: bool) -> list[Finding]:
    if not bare:
        return []
    severity = "error" if required else "warning"
    shown = [one.number for one in bare[:_MOST]]
    more = len(bare) - len(shown)
    zh = "、".join(shown) + (f" 等 {len(bare)} 张" if more else "")
    en = ", ".join(shown) + (f" and {more} more" if more else "")
    waive = f"mingbai waiver add DIR --unit {unit} --voucher {shown[0]} --until 日期 --reason 原因"
    return [
        finding(
            "papers-missing",
            f"{len(bare)} 张凭证没有附件：{zh}",
            f"{len(bare)} vouchers have no paper: {en}",
            f"冲销后附原始凭证重记；附件待补的，由一人申请、另一人确认：{waive}",
            f"reverse it and enter it with its paper; or have it waived by two until the paper "
            f"comes: mingbai waiver add DIR --unit {unit} --voucher {shown[0]} --until DAY "
            "--reason TEXT",
            severity=severity,
        )
    ]


def _waived(one: Bare, row: WaiverRow) -> Finding:
    return finding(
        "papers-waived",
        f"凭证 {one.number} 的附件待补，至 {row.until}（{row.code}）：{row.reason}",
        f"the paper of voucher {one.number} comes until {row.until} ({row.code}): {row.reason}",
        f"附件到后：mingbai waiver end DIR --unit {row.unit} {row.code} --paper FILE",
        f"once it is there: mingbai waiver end DIR --unit {row.unit} {row.code} --paper FILE",
        severity="warning",
    )
