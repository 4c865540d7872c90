"""How quota stands by year and fund, read from the book: granted, used, unused, restored.

Each voucher that touches the accounts of quota says what happened by its other lines, whoever
entered it: against fiscal income it is a grant (or recognised and not released), between the two
accounts it is cancelled or restored, and anything else used it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY

if TYPE_CHECKING:
    from ledger.asking import Ledger
    from ledger.chart import Chart
    from ledger.entry import Draft, Voucher
    from ledger.period import Month

GRANTED: Final = "granted"
RESTORED: Final = "restored"
USED: Final = "used"
CANCELLED: Final = "cancelled"
UNRELEASED: Final = "unreleased"
RETURN_USED: Final = "return-used"


@dataclass(frozen=True, slots=True)
class Move:
    """What one voucher was to one fund's quota; ``fen`` is positive as the part usually is."""

    part: str
    fen: int
    number: str
    day: date
    narration: str
    account: str
    papers: tuple[str, ...]


@dataclass(slots=True)
class QuotaYear:
    """One year of one fund, in fen.

    Quota that may be drawn: ``opening`` + granted + restored - used - cancelled = ``held``.
    Quota to be returned: ``opening_return`` + cancelled + unreleased - restored - return-used =
    ``returnable``.
    """

    year: int
    fund: str
    opening: int = 0
    opening_return: int = 0
    moves: list[Move] = field(default_factory=list)

    def sum(self, part: str) -> int:
        return sum(move.fen for move in self.moves if move.part == part)

    @property
    def granted(self) -> int:
        return self.sum(GRANTED)

    @property
    def unreleased(self) -> int:
        return self.sum(UNRELEASED)

    @property
    def used(self) -> int:
        """Drawn in the year, and paid from quota of earlier years."""
        return self.sum(USED) + self.sum(RETURN_USED)

    @property
    def unused(self) -> int:
        """What the year left: still to be drawn, and to be returned."""
        return self.held + self.returnable

    @property
    def held(self) -> int:
        return (
            self.opening + self.granted + self.sum(RESTORED) - self.sum(USED) - self.sum(CANCELLED)
        )

    @property
    def returnable(self) -> int:
        return (
            self.opening_return
            + self.sum(CANCELLED)
            + self.unreleased
            - self.sum(RESTORED)
            - self.sum(RETURN_USED)
        )


def quota_years(federation: Path, unit: str, chart: Chart) -> list[QuotaYear]:
    """Every year and fund with quota, by year; empty where the chart knows none."""
    model = Model.open(unit_folder(federation, unit))
    try:
        return years_of(model, chart)
    finally:
        model.close()


def years_of(model: Ledger, chart: Chart, through: Month | None = None) -> list[QuotaYear]:
    """:func:`quota_years` of a book that is open, as it stood after ``through``.

    Only vouchers that touch quota are read.
    """
    quota = chart.quota
    if quota is None:
        return []
    codes = {name: {a.code for a in chart.path(name)} for name in model.accounts()}
    top = chart.by_code[quota.returnable].parent or quota.returnable
    held = {name for name, own in codes.items() if quota.held in own}
    back = {name for name, own in codes.items() if top in own}
    income = {name for name, own in codes.items() if quota.income in own}
    found: dict[tuple[int, str], QuotaYear] = {}
    numbers = dict.fromkeys(
        line.number for line in model.lines(through=through, accounts=held | back)
    )
    for number in numbers:
        voucher = model.voucher(number)
        day = voucher.draft.day
        for fund in dict.fromkeys(p.fund for p in voucher.draft.postings):
            parts = _parts(voucher.draft, fund, held, back, income)
            if parts:
                one = found.setdefault((day.year, fund), QuotaYear(day.year, fund))
                one.moves += [_move(voucher, part, fen, held, back) for part, fen in parts.items()]
    _carry(found)
    return [found[key] for key in sorted(found)]


def _carry(found: dict[tuple[int, str], QuotaYear]) -> None:
    """What each year leaves stands at the beginning of the next; years in between have a row."""
    years = sorted({year for year, _ in found})
    for fund in sorted({fund for _, fund in found}):
        held = returnable = 0
        for year in range(years[0], years[-1] + 1):
            if held or returnable or (year, fund) in found:
                one = found.setdefault((year, fund), QuotaYear(year, fund))
                one.opening, one.opening_return = held, returnable
                held, returnable = one.held, one.returnable


def _parts(
    draft: Draft, fund: str, held: set[str], back: set[str], income: set[str]
) -> dict[str, int]:
    """What a voucher was to one fund's quota, by part: the accounts against each other first."""
    own = back_own = granted = 0
    for posting in draft.postings:
        if posting.fund != fund or posting.amount.currency != CNY:
            continue
        fen = posting.amount.fen
        own += fen if posting.account in held else 0
        back_own += fen if posting.account in back else 0
        granted -= fen if posting.account in income else 0
    between = _against(own, -back_own)
    found: dict[str, int] = {}
    if between:
        came = (between > 0) != (draft.reverses is not None)
        size = abs(between) if draft.reverses is None else -abs(between)
        found[RESTORED if came else CANCELLED] = size
    own, back_own = own - between, back_own + between
    released = _against(own, granted)
    recognised = _against(back_own, granted - released)
    found |= {
        GRANTED: released,
        UNRELEASED: recognised,
        USED: released - own,
        RETURN_USED: recognised - back_own,
    }
    return {part: fen for part, fen in found.items() if fen}


def _against(one: int, other: int) -> int:
    """As much of ``one`` as goes in the direction of ``other``, as far as both go."""
    if one * other <= 0:
        return 0
    size = min(abs(one), abs(other))
    return size if one > 0 else -size


def _move(voucher: Voucher, part: str, fen: int, held: set[str], back: set[str]) -> Move:
    draft = voucher.draft
    first, other = (back, held) if part in (UNRELEASED, RETURN_USED) else (held, back)
    account = next(
        p.account for names in (first, other) for p in draft.postings if p.account in names
    )
    return Move(part, fen, voucher.number, draft.day, draft.narration, account, draft.papers)
