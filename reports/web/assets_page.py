"""The assets page inside Fava's own frame: what things cost and are worth, and who has them.

Cards and requests stand in the registry, which only our desk opens; in a Fava that somebody runs
alone the page says so. Keepers are not shown here, not by their ids either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fava.ext import FavaExtensionBase

from ledger import clock
from ledger.assets import accounts
from ledger.assets.called import KINDS, REQUEST_STATES
from ledger.assets.standing import overdue, register, register_now
from ledger.errors import Words
from ledger.money import Money
from ledger.registry import asset_requests, units
from ledger.registry.asset_requests import COMING_BACK, HANDED, OPEN
from reports.asset_figures import ALL, PARTS
from reports.web.allocations import WIDTH
from reports.web.asset_rows import NET_FILL, WORN_FILL, by_class, by_state, memos, total_of
from reports.web.fava_asked import last_day_asked, registry_of_page, unit_of_page, years_offered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ledger.assets.standing import AssetStanding
    from ledger.registry import Registry
    from ledger.registry.asset_requests import RequestRow
    from reports.web.allocations import Part
    from reports.web.asset_rows import ClassRow

_SHOWN = 20


@dataclass(frozen=True)
class Row:
    """A class of things; ``cells`` are figures with the address that opens each."""

    words: Words
    href: str
    count: int
    bar: tuple[Part, ...]
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """A request that is not settled; ``late`` is for how many days it should have been back."""

    code: str
    href: str
    kind: Words
    state: Words
    day: str
    count: int


@dataclass(frozen=True)
class Late:
    """A thing that should be back, and for how many days."""

    code: str
    name: str
    href: str
    until: str
    days: int


@dataclass(frozen=True)
class Page:
    """``known`` says whether there is a registry to ask, ``keeps`` whether the chart has assets."""

    known: bool
    keeps: bool = True
    on: str = ""
    now: bool = True
    width: int = WIDTH
    key: tuple[tuple[str, Words], ...] = (NET_FILL, WORN_FILL)
    columns: tuple[Words, ...] = ()
    rows: tuple[Row, ...] = ()
    total: Row | None = None
    states: tuple[tuple[Words, int, str], ...] = ()
    memos: int = 0
    requests: tuple[Request, ...] = ()
    waiting: int = 0
    late: tuple[Late, ...] = ()
    years: tuple[tuple[str, bool], ...] = ()
    desk: str = ""
    files: tuple[tuple[str, str], ...] = ()


class Assets(FavaExtensionBase):  # type: ignore[misc, unused-ignore]
    """资产: what things cost, wore and are worth, by class; custody and what is asked of them."""

    report_title = "资产 Assets"

    def page(self) -> Page:
        """The page as of the end of Fava's time filter; today if there is none."""
        registry = registry_of_page()
        if registry is None:
            return Page(known=False)
        unit = unit_of_page()
        today = clock.now().date()
        on = min(last_day_asked(today), today)
        with registry.read() as conn:
            keeps = accounts.known(units.find(conn, unit).chart) is not None
        if not keeps:
            return Page(known=True, keeps=False, on=on.isoformat())
        found = _register(registry, unit, on, today)
        opened = _open(registry, unit) if on == today else []
        classes = by_class(found)
        desk, figures = f"/desk/{unit}/assets", f"/figures/{unit}/assets/{on.isoformat()}"
        asked = f"on={on.isoformat()}"
        return Page(
            known=True,
            on=on.isoformat(),
            now=on == today,
            columns=tuple(PARTS.values()),
            rows=tuple(_row(row, figures, f"{desk}?{asked}&class={row.class_id}")
                       for row in classes),
            total=_row(total_of(classes), figures, "") if classes else None,
            states=tuple(
                (words, n, f"{desk}?{asked}&state={state}") for state, words, n in by_state(found)
            ),
            memos=memos(found),
            requests=tuple(_request(row, of, desk) for row, of in opened[:_SHOWN]),
            waiting=len(opened),
            late=tuple(_late(one, desk) for one in overdue(found)),
            years=years_offered((one.row.acquired.year for one in found), on),
            desk=desk,
            files=tuple(
                (form.upper(), f"{desk}?{asked}&format={form}")
                for form in ("xlsx", "csv", "pdf")
                if found
            ),
        )  # fmt: skip


def _register(registry: Registry, unit: str, on: date, today: date) -> Sequence[AssetStanding]:
    """What the registry keeps of today; of an earlier day what the book says."""
    return register_now(registry, unit, on) if on == today else register(registry, unit, on)


def _open(registry: Registry, unit: str) -> list[tuple[RequestRow, int]]:
    """The unit's requests that are not settled; what is lent stands among what is away."""
    with registry.read() as conn:
        rows = asset_requests.of_unit(conn, unit)
        items = asset_requests.every_item(conn, unit)
    return [
        (row, len(items.get((unit, row.code), ())))
        for row in rows
        if row.state in OPEN and not (row.kind in COMING_BACK and row.state == HANDED)
    ]


def _row(row: ClassRow, figures: str, href: str) -> Row:
    place = f"{figures}/{row.class_id or ALL}"
    return Row(
        row.words, href, row.count, row.bar,
        tuple(
            (Money(row.of(part)).grouped, f"{place}/{part}" if row.of(part) else "")
            for part in PARTS
        ),
    )  # fmt: skip


def _request(row: RequestRow, count: int, desk: str) -> Request:
    return Request(
        row.code, f"{desk}/requests/{row.code}", KINDS[row.kind], REQUEST_STATES[row.state],
        row.day.isoformat(), count,
    )  # fmt: skip


def _late(one: AssetStanding, desk: str) -> Late:
    row = one.row
    return Late(row.code, row.name, f"{desk}/{row.code}", str(one.until), one.overdue_days)
