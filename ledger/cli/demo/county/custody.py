"""What happens to the county's assets: moved, lent, leased, repaired, given away, sold, refused.

Each is a request with a recorded decision; one asks, another approves, and who receives signs. What
leaves goes by a voucher; between units both agree, and the other one enters what came.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ledger.assets import handing, requesting
from ledger.assets.asked import Asked
from ledger.assets.disposing import Leaving, dispose
from ledger.assets.receiving import Received, receive
from ledger.cli.demo.county.acts import approve_waiting
from ledger.cli.demo.county.assets import Held, keepers_of
from ledger.cli.demo.county.gifts import paper_of
from ledger.cli.demo.county.names import BANK, INTEREST
from ledger.cli.demo.county.things import FUND
from ledger.decisions.recording import Said, record
from ledger.entry import Draft, Posting
from ledger.money import Money, yuan
from ledger.registry import asset_requests
from ledger.registry.asset_requests import (
    ESTIMATE,
    LEASE,
    LEAVING,
    LOSS,
    MOVE,
    SALE,
    SCRAP,
    TRANSFER,
    RequestRow,
)
from ledger.workflow import propose_many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.cli.demo.county.facts import County, Place
    from ledger.period import Month
    from ledger.registry import Registry, User

#: On which days of a month something is decided, asked for, handed over, entered, and back.
_DECIDED: Final = 4
_ASKED: Final = 6
_HANDED: Final = 9
_LEFT: Final = 12
_BACK: Final = 18
_BODY: Final = 7
_CALLED: Final = {
    "move": "内部调动 moved", "transfer": "调拨 transferred", "loan": "借出 lent",
    "lease": "出租 leased", "repair": "送修 being repaired", "scrap": "报废 scrapped",
    "sale": "出售 sold", "donation": "捐出 given away", "loss": "盘亏核销 written off",
    "estimate": "重新估计年限 estimated anew",
}  # fmt: skip


class Custody:
    """Lives what ``assets.toml`` says of things, month by month."""

    def __init__(
        self, registry: Registry, county: County, held: Held, people: Mapping[str, User]
    ) -> None:
        self._registry = registry
        self._events: list[dict[str, Any]] = county.assets["event"]
        self._places: dict[str, Place] = {place.id: place for place in county.places}
        self._held = held
        self._people = people

    @property
    def _maker(self) -> User:
        return self._people["zhou"]

    @property
    def _checker(self) -> User:
        return self._people["lin"]

    def live(self, month: Month, now: datetime) -> list[str]:
        """What is back in a month, and what is asked for and done in it, in words."""
        told = [self._back(said, month, now) for said in self._events if _returns(said, month)]
        return told + [self.happen(said, month, now) for said in self._events
                       if said["month"] == month.month]  # fmt: skip

    def happen(self, said: dict[str, Any], month: Month, now: datetime) -> str:
        """One event, from the decision to the last signature."""
        self._decide(said, month, now)
        row = self._ask(said, month, now)
        codes = " ".join(self._held.of(row.unit, said["things"]))
        words = f"{row.unit} {codes}：{row.code} {_CALLED[row.kind]}"
        if "refused" in said:
            requesting.refuse(
                self._registry, row.unit, row.code, said["refused"], self._checker, now
            )
            return f"{words}，不予批准 refused: {said['refused']}"
        requesting.approve(self._registry, row.unit, row.code, self._checker, now)
        if row.kind == TRANSFER:
            other = said["to_unit"]
            requesting.approve(self._registry, other, row.code, self._people["gao"], now)
        if row.kind not in (LOSS, ESTIMATE):
            handing.hand_over(
                self._registry, row.unit, row.code, month.first.replace(day=_HANDED), self._maker,
                now, paper_of(f"{row.code} 交接单"), "handed-over.txt",
            )  # fmt: skip
        if row.kind in LEAVING:
            self._leave(said, row, month, now)
        if row.kind == LEASE:
            self._rent(said, row, month, now)
        return words

    # ---- one after another ---------------------------------------------------------------------

    def _decide(self, said: dict[str, Any], month: Month, now: datetime) -> None:
        """The committee's decision is recorded, with its minutes."""
        one = Said(
            said["decision"], month.first.replace(day=_DECIDED), "工会委员会", _BODY, _BODY - 1, 0,
            1, said["reason"], yuan(said.get("price", "0")),
            [("minutes.txt", paper_of(said["decision"]))], {},
        )  # fmt: skip
        record(self._registry, said["unit"], one, self._maker, now)

    def _ask(self, said: dict[str, Any], month: Month, now: datetime) -> RequestRow:
        unit = said["unit"]
        asked = Asked(
            unit, said["kind"], self._held.of(unit, said["things"]), said["decision"],
            month.first.replace(day=_ASKED), reason=said["reason"], ground=said.get("ground", ""),
            to=keepers_of(self._registry, self._places[unit])[-1] if said["kind"] == MOVE else "",
            to_place=said.get("to_place", ""), to_unit=said.get("to_unit", ""),
            party=said.get("party", ""), until=said.get("until"),
            price=yuan(said.get("price", "0")),
            month=month.next() if said["kind"] == ESTIMATE else None,
            life_months=said.get("life_months"),
        )  # fmt: skip
        return requesting.ask(self._registry, asked, self._maker, now)

    def _leave(self, said: dict[str, Any], row: RequestRow, month: Month, now: datetime) -> None:
        """It leaves the book; what another unit is given is entered there."""
        day = month.first.replace(day=_LEFT)
        how = Leaving(
            day, BANK if row.kind in (SALE, SCRAP) else "", fee=yuan(said.get("fee", "0")),
            proceeds=yuan(said.get("proceeds", "0")),
        )  # fmt: skip
        draft = dispose(self._registry, row.unit, row.code, how, self._maker, now)
        approve_waiting(self._registry, row.unit, self._people, now, [draft])
        if row.kind == TRANSFER:
            self._receive(said, row, day, now)

    def _receive(self, said: dict[str, Any], row: RequestRow, day: date, now: datetime) -> None:
        other = self._places[said["to_unit"]]
        came = receive(
            self._registry,
            Received(
                other.id, row.code, day, FUND, keepers_of(self._registry, other)[0], "办公室",
                paper=paper_of(f"{row.code} 接收单"), paper_name="received.txt",
            ),
            self._maker, now,
        )  # fmt: skip
        for thing, one in zip(said["things"], came, strict=True):
            self._held.codes[thing] = (other.id, one.row.code)
        approve_waiting(
            self._registry, other.id, self._people, now, [one.draft for one in came]
        )  # fmt: skip

    def _rent(self, said: dict[str, Any], row: RequestRow, month: Month, now: datetime) -> None:
        """A year's rent comes when a thing is let."""
        rent: Money = yuan(said["price"])
        lines = (Posting(BANK, rent, FUND), Posting(INTEREST, -rent, FUND))
        draft = Draft(
            row.unit, month.first.replace(day=_LEFT), "收", f"租金 {row.code}", lines,
            payee=said["party"], source=f"county:rent:{row.code}",
        )  # fmt: skip
        propose_many(self._registry, row.unit, [draft], self._maker, now)
        approve_waiting(self._registry, row.unit, self._people, now)

    def _back(self, said: dict[str, Any], month: Month, now: datetime) -> str:
        """What was lent or repaired is back, where it was before."""
        unit = said["unit"]
        codes = self._held.of(unit, said["things"])
        with self._registry.read() as conn:
            open_ = asset_requests.of_assets(conn, unit, codes)[codes[0]]
        row = next(one for one in open_ if one.state == asset_requests.HANDED)
        handing.give_back(
            self._registry, unit, row.code, month.first.replace(day=_BACK), self._maker, now
        )
        late = (month.first.replace(day=_BACK) - said["until"]) // timedelta(days=1)
        told = f"，逾期 {late} 天 late" if late > 0 else ""
        return f"{unit} {' '.join(codes)}：{row.code} 归还 back{told}"


def _returns(said: dict[str, Any], month: Month) -> bool:
    return said.get("back") == month.month
