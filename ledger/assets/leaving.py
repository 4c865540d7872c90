"""The postings by which one thing leaves a book, by the rule of its chart: pure.

Cost and depreciation go together. Union books take the net value from the asset fund; others bear
it as expenses, and offices owe what they get for it to the treasury. Whatever is paid comes into
the thing's own fund.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.assets.marks import ASSET, REQUEST
from ledger.entry import Lot, Meta, Posting, meta_of
from ledger.errors import Finding, finding
from ledger.money import Money
from ledger.registry.asset_requests import DONATION, LOSS, SALE, SCRAP, TRANSFER

if TYPE_CHECKING:
    from collections.abc import Collection

    from ledger.assets.accounts import AssetAccounts
    from ledger.registry.asset_requests import RequestRow

#: What vouchers call it.
CALLED: Final = {
    SCRAP: "报废", SALE: "出售", DONATION: "对外捐赠", LOSS: "盘亏", TRANSFER: "无偿调出",
}  # fmt: skip
#: Of these the rule goes through an account of what is being settled.
_SETTLED: Final = (SCRAP, LOSS)


@dataclass(frozen=True, slots=True)
class Thing:
    """What leaves: its lot, what was depreciated of it, and the fund that it stands in.

    ``bound``: its giver bound the thing itself, so that what it loses is released; ``restricted``:
    somebody bound its fund, so that what is gained belongs there; ``returns``: bound money was
    released when it was spent on the thing, so that all that comes of it is bound again.
    """

    code: str
    account: str
    fund: str
    lot: Lot
    worn: Money
    bound: bool
    restricted: bool
    returns: bool

    @property
    def cost(self) -> Money:
        return self.lot.weight

    @property
    def net(self) -> Money:
        return self.cost - self.worn


@dataclass(frozen=True, slots=True)
class Terms:
    """A request of a ``kind``, by its code and decision; what was paid, and what that cost."""

    kind: str
    code: str
    decision: str
    money: str
    proceeds: Money
    fee: Money

    def mark(self, thing: Thing) -> Meta:
        """What every line of a thing that leaves says."""
        return meta_of({ASSET: thing.code, REQUEST: self.code, "decision": self.decision})


def lines_of(
    chart: AssetAccounts, thing: Thing, terms: Terms, there: Mapping[str, str]
) -> Iterator[Posting]:
    """The postings of one thing; ``there`` gives the account of each role of :func:`roles_of`."""
    for role, fen in _amounts(chart, thing, terms):
        account = there.get(role, role)
        if role == _LOT:
            lot = Lot(-thing.lot.units, thing.lot.commodity, thing.lot.cost, thing.lot.label)
            yield Posting(thing.account, lot.weight, thing.fund, terms.mark(thing), lot)
        elif fen:
            yield Posting(account, Money(fen), thing.fund, terms.mark(thing))


def roles_of(chart: AssetAccounts, thing: Thing, terms: Terms) -> Collection[str]:
    """The roles whose accounts the postings of a thing stand on."""
    return {
        role
        for role, fen in _amounts(chart, thing, terms)
        if fen and role not in (_LOT, terms.money)
    }


_LOT: Final = "lot"


def _amounts(chart: AssetAccounts, thing: Thing, terms: Terms) -> Iterator[tuple[str, int]]:
    """``(role, fen)`` of each line, debits positive; the lot and the money stand for themselves."""
    if chart.by_fund:
        yield from _of_union(chart, thing, terms)
    elif chart.has("treasury"):
        yield from _of_office(chart, thing, terms)
    else:
        yield from _of_organisation(chart, thing, terms)


def _out(chart: AssetAccounts, thing: Thing, bears: str) -> Iterator[tuple[str, int]]:
    """Net value to what bears it first, depreciation and cost away."""
    yield bears, thing.net.fen
    if thing.worn:
        yield chart.worn_role(thing.account), thing.worn.fen
    yield _LOT, -thing.cost.fen


def _of_union(chart: AssetAccounts, thing: Thing, terms: Terms) -> Iterator[tuple[str, int]]:
    """财会〔2021〕7号: 162 四、五; 182 四（三）; 301 三（六）（七）."""
    fund = chart.cost_role(thing.account).removesuffix("cost") + "fund"
    paid, fee = terms.proceeds.fen, terms.fee.fen
    if terms.kind not in _SETTLED:
        yield from _out(chart, thing, fund)
        yield terms.money, paid
        yield "income", -paid
        yield "fee", fee
        yield terms.money, -fee
        return
    yield from _out(chart, thing, "clearing")
    yield fund, thing.net.fen
    yield "clearing", -thing.net.fen
    yield from _cleared(terms)
    yield "clearing", paid - fee
    yield ("income" if paid > fee else "fee"), fee - paid


def _of_office(chart: AssetAccounts, thing: Thing, terms: Terms) -> Iterator[tuple[str, int]]:
    """财会〔2017〕25号: 1601 三（四）（五）; 1902; 5301; 2103; 3401."""
    paid, fee = terms.proceeds.fen, terms.fee.fen
    if terms.kind in _SETTLED:
        yield from _out(chart, thing, "clearing")
        yield "loss", thing.net.fen
        yield "clearing", -thing.net.fen
        yield from _cleared(terms)
        yield "clearing", paid - fee
    else:
        yield from _out(chart, thing, "moved" if terms.kind == TRANSFER else "loss")
        yield terms.money, paid
        yield terms.money, -fee
    yield ("treasury" if paid > fee else "loss"), fee - paid


def _of_organisation(chart: AssetAccounts, thing: Thing, terms: Terms) -> Iterator[tuple[str, int]]:
    """财会〔2004〕7号: 1501 三（四）、四; 1509 二. What is lost of a bound thing is released.

    What was bought with bound money released it then: what comes of it is bound anew.
    """
    gain = terms.proceeds.fen - terms.fee.fen - thing.net.fen
    if terms.kind in (SALE, SCRAP):
        yield from _out(chart, thing, "clearing")
        yield from _cleared(terms)
        yield "clearing", gain
        if gain > 0:
            yield ("income-restricted" if thing.restricted else "income"), -gain
        else:
            yield "loss", -gain
    else:
        bears = {LOSS: "shortage", DONATION: "donation"}.get(terms.kind, "loss")
        yield from _out(chart, thing, bears)
    # What a disposal costs beyond what it brings is money, and released as what money is spent.
    lost = min(-gain, thing.net.fen) if thing.bound else 0
    back = min(terms.proceeds.fen - terms.fee.fen, thing.net.fen) if thing.returns else 0
    freed = max(lost, 0) - max(back, 0)
    yield "restricted", freed
    yield "free", -freed


def _cleared(terms: Terms) -> Iterator[tuple[str, int]]:
    """What was paid, and what that cost, through the account of what is being settled."""
    yield terms.money, terms.proceeds.fen
    yield "clearing", -terms.proceeds.fen
    yield "clearing", terms.fee.fen
    yield terms.money, -terms.fee.fen


def undecided(row: RequestRow) -> Finding:
    """What is said of a thing that would leave before its request was approved and signed for."""
    return finding(
        "asset-undecided", f"{row.code} 尚未批准或交接（{row.state}）",
        f"{row.code} was not approved or handed over ({row.state})",
        "先审批（asset approve）、交接（asset hand-over）",
        "approve it and hand it over first: asset approve, asset hand-over",
    )  # fmt: skip
