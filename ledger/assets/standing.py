"""How assets stand as of a day: cost and depreciation from the book, custody from what happened.

The register is derived: what an asset cost and what was depreciated of it are postings of the book,
and its card only says what a book cannot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.assets import accounts, sums, walk
from ledger.errors import CannotRun, Words, finding
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.registry import asset_requests, assets, stocktakes
from ledger.registry.asset_requests import OPEN
from ledger.registry.assets import (
    ADDED,
    BACK,
    GONE,
    LEASED,
    LENT,
    MEMO,
    MOVED,
    REPAIRING,
    RETURNED,
    AssetRow,
    EventRow,
    Standing,
)
from ledger.rules import rulebook
from ledger.rules.assets import AssetClass, AssetTable
from ledger.words import typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.asking import Ledger
    from ledger.assets.accounts import AssetAccounts
    from ledger.registry import Registry
    from ledger.registry.asset_requests import RequestRow
    from ledger.registry.stocktakes import DifferenceRow
    from ledger.rules.rulebook import Rulebook

WAITING, IN_USE = "waiting", "in-use"
STATES: Final[Mapping[str, Words]] = {
    WAITING: Words("待入账", "not in the book yet"),
    IN_USE: Words("在用", "in use"),
    LENT: Words("借出", "lent"),
    LEASED: Words("出租", "leased"),
    REPAIRING: Words("送修", "being repaired"),
    GONE: Words("已处置", "gone"),
}
_STATE_OF: Final = {
    ADDED: IN_USE, MOVED: IN_USE, RETURNED: IN_USE, BACK: IN_USE, LENT: LENT, LEASED: LEASED,
    REPAIRING: REPAIRING, GONE: GONE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AssetStanding:
    """An asset as of a day. ``open`` is the request of it that is not settled; amounts in fen.

    ``overdue_days`` is for how long it should have been back; ``alarms`` are the differences of
    stocktakes that nobody settled yet.
    """

    row: AssetRow
    kind: AssetClass | None
    state: str
    cost_fen: int
    worn_fen: int
    account: str
    fund: str
    keeper: str
    place: str
    until: date | None
    open: RequestRow | None
    overdue_days: int
    alarms: tuple[DifferenceRow, ...] = ()

    @property
    def net_fen(self) -> int:
        return self.cost_fen - self.worn_fen

    @property
    def class_words(self) -> Words:
        return _called(self.kind, self.row)

    @property
    def group(self) -> str:
        return self.kind.group if self.kind is not None else ""

    def as_json(self) -> dict[str, object]:
        """What commands print; amounts as text in yuan."""
        row = self.row
        return {
            "code": row.code, "name": row.name, "spec": row.spec, "serial": row.serial,
            "class": row.class_id, "class_name": self.class_words.zh, "group": self.group,
            "source": row.source, "ownership": row.ownership, "fund": self.fund,
            "acquired": row.acquired.isoformat(), "cost": Money(self.cost_fen).text,
            "accumulated": Money(self.worn_fen).text, "net": Money(self.net_fen).text,
            "residual": Money(row.residual_fen).text, "life_months": row.life_months,
            "method": row.method, "first": row.first, "regime": row.regime,
            "state": self.state, "keeper": self.keeper, "place": self.place,
            "until": self.until.isoformat() if self.until else None,
            "request": self.open.code if self.open is not None else None,
            "overdue_days": self.overdue_days, "gift": row.gift, "parent": row.parent,
            "account": self.account, "paper": row.paper, "photo": row.photo,
            "alarms": [{"difference": one.ref, "kind": one.kind} for one in self.alarms],
        }  # fmt: skip


def register(
    registry: Registry, unit: str, on: date, codes: Collection[str] | None = None
) -> list[AssetStanding]:
    """Every asset that was entered by ``on``, as it stood at the end of that day; gone ones too."""
    chart = accounts.of_unit(registry, unit)
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        stands = in_book(model, chart, on)
    finally:
        model.close()
    return register_of(registry, unit, on, stands, codes)


def register_now(
    registry: Registry, unit: str, on: date, codes: Collection[str] | None = None
) -> list[AssetStanding]:
    """:func:`register` with what the book says by now, which the registry keeps."""
    with registry.read() as conn:
        stands = assets.sums(conn, unit, codes)
    return register_of(registry, unit, on, stands, codes)


def find_asset(registry: Registry, unit: str, code: str, on: date) -> AssetStanding:
    """One asset as of now; CannotRun if there is none."""
    found = register_now(registry, unit, on, [code])
    if not found:
        raise CannotRun(
            finding(
                "no-asset", f"没有资产 {typed(code)}", f"there is no asset {typed(code)}",
                "用 mingbai asset list 核对编号", "look its code up with mingbai asset list",
            )
        )  # fmt: skip
    return found[0]


def in_book(model: Ledger, chart: AssetAccounts, on: date) -> dict[str, Standing]:
    """What a book says of things as of a day, by code; those that are gone among them."""
    return sums.moved({}, (move for _, move in walk.moves_on(model, chart, on)))


def register_of(
    registry: Registry, unit: str, on: date, stands: Mapping[str, Standing],
    codes: Collection[str] | None = None,
) -> list[AssetStanding]:  # fmt: skip
    """:func:`register` with what a book says of things where the caller has it at hand."""
    book, _ = rulebook.load(registry.folder, unit)
    with registry.read() as conn:
        rows = (
            assets.of_unit(conn, unit)
            if codes is None
            else list(assets.with_codes(conn, unit, codes).values())
        )
        events = assets.events(conn, unit, codes)
        opened = _open_requests(conn, unit)
        alarms: dict[str | None, list[DifferenceRow]] = {}
        for one in stocktakes.differences(conn, unit, alarms=True):
            alarms.setdefault(one.asset, []).append(one)
    classes = CardClasses(book)
    return [
        _standing(row, classes.kind(row), stands.get(row.code), events.get(row.code, ()),
                  opened.get(row.code), on, tuple(alarms.get(row.code, ())))
        for row in rows
        if row.acquired <= on
    ]  # fmt: skip


def _open_requests(conn: Connection, unit: str) -> dict[str, RequestRow]:
    rows = {row.code: row for row in asset_requests.of_unit(conn, unit) if row.state in OPEN}
    items = asset_requests.items(conn, unit, rows)
    return {asset: rows[code] for code, of in items.items() for asset in of}


def _standing(
    row: AssetRow, kind: AssetClass | None, stand: Standing | None, events: Sequence[EventRow],
    opened: RequestRow | None, on: date, alarms: tuple[DifferenceRow, ...],
) -> AssetStanding:  # fmt: skip
    last = last_event(events, on)
    state = _STATE_OF[last.kind] if last is not None else IN_USE
    there = stand is not None and stand.millionths > 0
    if row.source != MEMO and not there:
        state = GONE if state == GONE else WAITING
    until = last.until if last is not None else None
    late = 0
    if until is not None and state in (LENT, LEASED, REPAIRING) and until < on:
        late = (on - until).days
    return AssetStanding(
        row, kind, state, stand.cost_fen if stand else 0, stand.accumulated_fen if stand else 0,
        stand.account if stand else "", stand.fund if stand else row.fund,
        last.keeper if last else "", last.place if last else "", until, opened, late,
        alarms,
    )  # fmt: skip


def last_event(events: Sequence[EventRow], on: date) -> EventRow | None:
    """What happened last to an asset by a day, in the order in which it was entered."""
    found = [one for one in events if one.day <= on]
    return found[-1] if found else None


class CardClasses:
    """The classes of rules by which cards were made, whether in force still or not."""

    def __init__(self, book: Rulebook) -> None:
        self._tables = {
            table.head.key[:32]: table for table in book.tables if isinstance(table, AssetTable)
        }

    def kind(self, row: AssetRow) -> AssetClass | None:
        table = self._tables.get(row.regime)
        return table.by_id.get(row.class_id) if table is not None else None

    def words(self, row: AssetRow) -> Words:
        """What a card's class is called; its id where the rule is not loaded any more."""
        return _called(self.kind(row), row)


def _called(kind: AssetClass | None, row: AssetRow) -> Words:
    return kind.name if kind is not None else Words(row.class_id, "")


def overdue(found: Iterable[AssetStanding]) -> list[AssetStanding]:
    """What should be back by now, the longest overdue first."""
    late = [one for one in found if one.overdue_days]
    return sorted(late, key=lambda one: (-one.overdue_days, one.row.code))
