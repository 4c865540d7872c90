"""What a finding is about: a reference as ``mingbai show`` takes it, and what it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.entry import safe_text
from ledger.errors import Finding, Refused, Words, finding
from ledger.period import Month, Period
from ledger.registry import assets, entries, gifts, papers

if TYPE_CHECKING:
    from sqlalchemy import Connection

VOUCHER, FIGURE, PAPER, ASSET, GIFT, WHOLE = (
    "voucher", "figure", "paper", "asset", "gift", "whole",
)  # fmt: skip
KIND_WORDS: Final = {
    VOUCHER: Words("凭证", "voucher"), FIGURE: Words("报表数字", "figure"),
    PAPER: Words("附件", "paper"), ASSET: Words("资产", "asset"), GIFT: Words("捐赠", "gift"),
    WHOLE: Words("整体", "the whole"),
}  # fmt: skip
_LONGEST: Final = 160
_NUMBER: Final = re.compile(r"(收|付|转)-[0-9]{6}-[0-9]{4,}")
_ASSET: Final = re.compile(r"FA-[0-9]{5,}")
_GIFT: Final = re.compile(r"JZ[0-9]{4}-[0-9]{4,}-[0-9X]")
_PAPER: Final = re.compile(r"sha256:([0-9a-f]{64})")
_FIGURE: Final = re.compile(r"[a-z-]{2,40}/(?P<period>[0-9Q-]{4,10})(?:/[^/\s]{1,60}){1,2}")

#: Raises Refused for the reference of a figure that opens nothing.
Opens = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Subject:
    """``code`` is what it goes by within the unit; ``period`` is the one it lies in, if any."""

    kind: str
    code: str
    period: str = ""


def subject_of(conn: Connection, unit: str, text: str, opens: Opens) -> Subject:
    """What a reference names in the unit; nothing is the whole. Refused if it names nothing."""
    ref = text.strip()
    if not ref:
        return Subject(WHOLE, "")
    rest = ref.removeprefix(f"{unit}/")
    if len(ref) <= _LONGEST and safe_text(ref) == ref:
        if _NUMBER.fullmatch(rest):
            return _voucher(conn, unit, rest)
        if _ASSET.fullmatch(rest) and assets.find(conn, unit, rest) is not None:
            return Subject(ASSET, rest)
        if _GIFT.fullmatch(rest) and gifts.find(conn, unit, rest) is not None:
            return Subject(GIFT, rest)
        paper = _PAPER.fullmatch(ref)
        if paper is not None and papers.find(conn, unit, paper[1]) is not None:
            return Subject(PAPER, paper[1])
        figure = _FIGURE.fullmatch(rest)
        if figure is not None and ref != rest:
            opens(ref)
            return Subject(FIGURE, ref, _period(figure["period"]))
    raise Refused(unknown(unit))


def reference(unit: str, kind: str, code: str) -> str:
    """What opens it with ``mingbai show``; empty for the whole."""
    if kind in (VOUCHER, ASSET, GIFT):
        return f"{unit}/{code}"
    return f"sha256:{code}" if kind == PAPER else code


def unknown(unit: str) -> Finding:
    return finding(
        "unknown-ref", f"单位 {unit} 没有这个凭证、数字、附件、资产或捐赠",
        f"unit {unit} has no such voucher, figure, paper, asset or gift",
        f"写作 {unit}/付-202603-0001、{unit}/balance-sheet/2026-03/1、sha256:…、{unit}/FA-00012、"
        f"{unit}/JZ2026-0001-5；关于整体的不写",
        f"write {unit}/付-202603-0001, {unit}/balance-sheet/2026-03/1, sha256:…, {unit}/FA-00012, "
        f"{unit}/JZ2026-0001-5; leave it out for the whole",
    )  # fmt: skip


def _voucher(conn: Connection, unit: str, number: str) -> Subject:
    row = entries.by_number(conn, unit, number)
    if row is None:
        raise Refused(unknown(unit))
    return Subject(VOUCHER, number, str(Month.of(row.day)))


def _period(text: str) -> str:
    """A figure's period, where it is one of ours; figures of a day have none."""
    try:
        return str(Period.parse(text))
    except ValueError:
        return ""
