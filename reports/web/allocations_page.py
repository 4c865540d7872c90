"""The allocations page inside Fava's own frame: by year, giver and state, each figure to vouchers.

Promises stand in the registry, which only our desk opens; in a Fava that somebody runs alone the
page says so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fava.ext import FavaExtensionBase

from ledger import clock
from ledger.allocations.standing import STATES, STEPS, stands
from ledger.errors import Words
from ledger.money import Money
from reports.statements.allocation_parts import PARTS, fen_of
from reports.statements.arrivals import groups_of
from reports.web.allocations import WIDTH, bar_of
from reports.web.fava_asked import last_day_asked, registry_of_page, unit_of_page, years_offered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ledger.allocations.standing import Standing
    from reports.web.allocations import Part


@dataclass(frozen=True)
class Row:
    """One allocation, or several together; ``cells`` are texts with the address that opens them."""

    name: str
    note: str
    href: str
    state: Words | None
    late: tuple[str, ...]
    bar: tuple[Part, ...]
    cells: tuple[tuple[str, str], ...]
    paper: str = ""


@dataclass(frozen=True)
class Page:
    """``known`` says whether there is a registry to ask."""

    known: bool
    on: str = ""
    width: int = WIDTH
    columns: tuple[Words, ...] = ()
    groups: tuple[tuple[Words, tuple[Row, ...]], ...] = ()
    years: tuple[tuple[str, bool], ...] = ()
    rows: tuple[Row, ...] = ()
    desk: str = ""
    files: tuple[tuple[str, str], ...] = ()


class Allocations(FavaExtensionBase):  # type: ignore[misc, unused-ignore]
    """拨款: what was promised, came, was spent and went back, by year, giver and state."""

    report_title = "拨款 Allocations"

    def page(self) -> Page:
        """The page as of the end of Fava's time filter; today if there is none."""
        registry = registry_of_page()
        if registry is None:
            return Page(known=False)
        unit = unit_of_page()
        on = last_day_asked(clock.now().date())
        found = stands(registry, unit, on)
        figures = f"/figures/{unit}/arrivals/{on:%Y-%m}"
        return Page(
            known=True,
            on=on.isoformat(),
            columns=tuple(PARTS.values()),
            groups=tuple(
                (words, _grouped(figures, found, key, name))
                for words, key, name in (
                    (Words("按年度", "By year"), "year", lambda one: str(one.row.year)),
                    (Words("按拨款单位", "By giver"), "giver", lambda one: one.row.giver),
                    (Words("按状态", "By state"), "state", _state),
                )
            ),
            years=years_offered((one.row.year for one in found), on),
            rows=tuple(_row(unit, figures, one) for one in found),
            desk=f"/desk/{unit}/allocations",
            files=tuple(
                (form.upper(), f"/statements/{unit}/arrivals/{on:%Y-%m}?format={form}")
                for form in ("xlsx", "csv", "pdf")
                if found
            ),
        )


def _row(unit: str, figures: str, one: Standing) -> Row:
    """A row whose figures open in the arrival ledger of the month."""
    late = tuple(f"{STEPS[step].zh} {days} 天" for step, days in one.days_late.items() if days)
    return Row(
        one.row.name, f"{one.row.document} · {one.row.giver} · {one.row.year}",
        f"/desk/{unit}/allocations/{one.row.code}", STATES[one.state], late, bar_of(one),
        _cells(f"{figures}/{one.row.code}", [one]),
        "" if one.row.paper is None else f"/papers/{unit}/{one.row.paper}?show=1",
    )  # fmt: skip


def _grouped(
    figures: str, found: Sequence[Standing], key: str, name: Callable[[Standing], str]
) -> tuple[Row, ...]:
    groups: dict[str, list[Standing]] = defaultdict(list)
    for one in found:
        line = next(line for line, kind in groups_of(one).items() if kind == key)
        groups[line].append(one)
    return tuple(
        Row(name(own[0]), "", "", None, (), (), _cells(f"{figures}/{line}", own))
        for line, own in sorted(groups.items())
    )


def _cells(figures: str, found: Sequence[Standing]) -> tuple[tuple[str, str], ...]:
    sums = {key: sum(fen_of(one, key) for one in found) for key in PARTS}
    return tuple(
        (Money(fen).grouped, f"{figures}/{key}" if fen else "") for key, fen in sums.items()
    )


def _state(one: Standing) -> str:
    return f"{STATES[one.state].zh} {STATES[one.state].en}"
