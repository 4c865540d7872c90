"""What happened to one asset from its first day: custody, requests, vouchers that name it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ledger.assets import accounts, walk
from ledger.assets.standing import AssetStanding, find_asset
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.registry import asset_requests, assets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.registry import Registry
    from ledger.registry.asset_requests import RequestRow
    from ledger.registry.assets import EventRow


COST, WORN = "cost", "depreciation"


@dataclass(frozen=True, slots=True)
class Step:
    """``what`` is an event's kind, or :data:`COST` and :data:`WORN` for a voucher's line."""

    day: date
    what: str
    keeper: str = ""
    place: str = ""
    request: str = ""
    voucher: str = ""
    fen: int = 0
    note: str = ""
    paper: str = ""
    user: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "day": self.day.isoformat(), "what": self.what, "keeper": self.keeper,
            "place": self.place, "request": self.request, "voucher": self.voucher,
            "amount": Money(self.fen).text if self.voucher else None, "note": self.note,
            "paper": self.paper, "by": self.user,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class History:
    """An asset as it stands, its requests, and its steps by day."""

    asset: AssetStanding
    requests: tuple[RequestRow, ...]
    steps: tuple[Step, ...]


def history(registry: Registry, unit: str, code: str, on: date) -> History:
    """What happened to one asset by ``on``; CannotRun if there is none."""
    asset = find_asset(registry, unit, code, on)
    with registry.read() as conn:
        events = assets.events(conn, unit, [code]).get(code, [])
        requests = asset_requests.of_assets(conn, unit, [code]).get(code, [])
    steps = [_of_event(one) for one in events if one.day <= on]
    steps += _of_book(registry, unit, code, on)
    # On one day what is entered first is told first: custody, then the book.
    steps.sort(key=lambda one: one.day)
    return History(asset, tuple(requests), tuple(steps))


def _of_event(one: EventRow) -> Step:
    return Step(
        one.day, one.kind, one.keeper, one.place, one.request or "", note=one.note,
        paper=one.paper, user=one.user,
    )  # fmt: skip


def _of_book(registry: Registry, unit: str, code: str, on: date) -> Iterator[Step]:
    """Every posting by which the thing came, wore or went, in the order of posting."""
    chart = accounts.of_unit(registry, unit)
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        for line, move in walk.moves_on(model, chart, on):
            if move.asset != code:
                continue
            what = COST if move.millionths else WORN
            fen = move.cost_fen or move.accumulated_fen
            yield Step(
                line.day, what, voucher=line.number, fen=fen, note=line.narration,
                paper=line.papers[0] if line.papers else "",
            )  # fmt: skip
    finally:
        model.close()
