"""The federation page inside Fava's own frame: what the unit pays and receives, and what differs.

Transfers stand in the registry, which only our desk opens; in a Fava that somebody runs alone the
page says so. Of other units' books it shows amounts, never vouchers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from fava.ext import FavaExtensionBase
from fava.util.date import parse_date
from flask import request

from ledger import clock
from ledger.money import Money
from ledger.period import Month, Period
from ledger.registry import units
from ledger.transfers.matrix import build_matrix
from ledger.transfers.standing import WORDS
from reports.web.fava_asked import registry_of_page, unit_of_page
from reports.web.federation import Picture, picture_of

if TYPE_CHECKING:
    from ledger.errors import Words
    from ledger.transfers.matrix import Matrix, Pair, Problem


@dataclass(frozen=True)
class PairRow:
    payer: str
    payee: str
    cells: tuple[str, ...]
    is_wrong: bool


@dataclass(frozen=True)
class ProblemRow:
    """One exception; ``vouchers`` are number and address of the unit's own."""

    reference: str
    href: str
    payer: str
    payee: str
    state: Words
    amount: str
    days: int
    age: int
    is_open: bool
    vouchers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Page:
    """``known`` says whether there is a registry to ask."""

    known: bool
    period: str = ""
    on: str = ""
    picture: Picture | None = None
    pairs: tuple[PairRow, ...] = ()
    problems: tuple[ProblemRow, ...] = ()
    choices: tuple[tuple[str, str, bool], ...] = ()
    desk: str = ""
    files: tuple[tuple[str, str], ...] = ()


class Federation(FavaExtensionBase):  # type: ignore[misc, unused-ignore]
    """往来: what the unit and others pay each other, by reference."""

    report_title = "往来 Federation"

    def page(self) -> Page:
        """The page for the current time filter; this year if there is none."""
        registry = registry_of_page()
        if registry is None:
            return Page(known=False)
        unit = unit_of_page()
        today = clock.now().date()
        period = _period() or Period.parse(f"{today.year:04d}")
        matrix = build_matrix(registry, [unit], period, today)
        with registry.read() as conn:
            names = {row.id: row.name for row in units.all_units(conn)}
        shown = {one for pair in matrix.pairs for one in (pair.payer, pair.payee)}
        names = {id: name for id, name in names.items() if id in shown}
        return Page(
            known=True,
            period=str(period),
            on=matrix.on.isoformat(),
            picture=picture_of(matrix, names),
            pairs=tuple(_pair(one, names) for one in matrix.pairs),
            problems=tuple(_problem(one, unit, names) for one in matrix.exceptions),
            choices=tuple(_choices(period, today.year)),
            desk=f"/desk/{unit}/transfers",
            files=_files(unit, matrix),
        )


def _period() -> Period | None:
    """The whole months that Fava's time filter asks for."""
    begin, end = parse_date(request.args.get("time", ""))
    if begin is None or end is None or end <= begin or not 1900 <= begin.year <= end.year <= 2998:
        return None
    last = Month.of(end - timedelta(days=1))
    return Period(Month.of(begin).first, last.next().first)


def _pair(one: Pair, names: dict[str, str]) -> PairRow:
    figures = (one.brought, one.paid, one.arrived, one.difference)
    return PairRow(
        names.get(one.payer, "?"), names.get(one.payee, "?"),
        (*(Money(fen).grouped for fen in figures), str(one.exceptions)), one.exceptions > 0,
    )  # fmt: skip


def _problem(one: Problem, unit: str, names: dict[str, str]) -> ProblemRow:
    vouchers = tuple(
        (number, f"/vouchers/{unit}/{quote(number)}") for of, number in one.vouchers if of == unit
    )
    href = f"/desk/{unit}/transfers" + (f"/{one.reference}" if one.standing else "")
    return ProblemRow(
        one.reference, href, names.get(one.payer, "?"), names.get(one.payee, "?"),
        WORDS[one.state], Money(one.fen).grouped, one.days, one.age, one.is_open, vouchers,
    )  # fmt: skip


def _choices(shown: Period, year: int) -> list[tuple[str, str, bool]]:
    """Years and quarters to choose, as Fava's filter writes them."""
    found = [(f"{y:04d}", f"{y} 年", str(shown) == f"{y:04d}") for y in (year - 1, year)]
    quarters = (f"{year:04d}-Q{n}" for n in range(1, 5))
    return [*found, *((q.lower(), q, str(shown) == q) for q in quarters)]


def _files(unit: str, matrix: Matrix) -> tuple[tuple[str, str], ...]:
    """Label and address of the same as a file; statements know months and years."""
    period = str(matrix.period)
    if ".." in period or "Q" in period or not matrix.pairs:
        return ()
    place = f"/statements/{unit}/matrix/{period}?format="
    return tuple((form.upper(), f"{place}{form}") for form in ("xlsx", "pdf", "csv"))
