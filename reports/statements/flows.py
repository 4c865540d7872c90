"""Flows of cash: what each voucher received and paid, by the accounts that explain it.

A voucher changes cash by what its postings on cash accounts come to. What the change was for stands
on its other postings, the *counterparts*. :func:`divide` attributes the change to them exactly, and
never attributes more than changed, so that the flows of any vouchers add up to the change of cash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ledger.chart import IN, OUT

if TYPE_CHECKING:
    from ledger.model import PostedLine


@dataclass(frozen=True, slots=True)
class Flow:
    """Cash in fen that one counterpart explains: positive if it came in, negative if it went out.

    ``side`` is the direction it counts under, ``in`` or ``out``. That is its own, but for a
    reversal: it takes back a flow of the other direction.
    """

    line: PostedLine
    fen: int
    side: str


def divide(
    postings: Iterable[PostedLine], cash: Collection[str], *, reversal: bool = False
) -> list[Flow]:
    """The flows of one voucher, whose postings are all in one currency. ``cash`` are account names.

    Within a fund, cash changes by the sum of the postings on cash accounts: what one cash account
    gives another is no flow. Counterparts are netted by account. Those of the sign opposite to the
    change explain it; the change is divided over them in the order of the voucher, each taking up
    to its own amount. Counterparts of the same sign as the change, such as a fee kept back or
    wages withheld, only made it smaller: they take nothing, so that no flow is larger than what
    moved. As a voucher balances by fund, the flows of a fund come to its change exactly.

    Between the funds of one voucher, opposite flows are netted if their counterparts are the same
    account, or both are net assets: money that one fund gives another is no flow either.

    A reversal (``reversal``) is divided like the voucher it reverses, and each flow then takes the
    original's back on its own side, so that the two together are nothing on every line.

    Example: 95 arrive at the bank, 5 are a fee, 100 are a gift: one flow of 95, explained by gifts.
    """
    back = -1 if reversal else 1
    funds: dict[str, list[PostedLine]] = {}
    for posting in postings:
        funds.setdefault(posting.fund, []).append(posting)
    found = [
        flow
        for of_fund in funds.values()
        for flow in _divide_fund(of_fund, cash, reversal=reversal)
    ]
    if len(funds) > 1:
        found = _without_transfers(found)
    return [replace(flow, fen=back * flow.fen) for flow in found]


def _divide_fund(
    postings: list[PostedLine], cash: Collection[str], *, reversal: bool
) -> list[Flow]:
    change = 0
    counterparts: dict[str, tuple[PostedLine, int]] = {}
    for posting in postings:
        fen = -posting.amount.fen if reversal else posting.amount.fen
        if posting.account in cash:
            change += fen
        else:
            first, so_far = counterparts.get(posting.account, (posting, 0))
            counterparts[posting.account] = first, so_far + fen
    left, side = abs(change), IN if change > 0 else OUT
    found = []
    for first, fen in counterparts.values():
        taken = min(left, abs(fen))
        if taken and (fen < 0) == (change > 0):
            left -= taken
            found.append(Flow(first, taken if side == IN else -taken, side))
    return found


def _without_transfers(flows: list[Flow]) -> list[Flow]:
    """The flows less what one fund gave another, in their order."""
    sums: dict[tuple[str, str], int] = {}
    for flow in flows:
        place = _kind(flow), flow.side
        sums[place] = sums.get(place, 0) + abs(flow.fen)
    internal = {
        (kind, side): min(sums.get((kind, IN), 0), sums.get((kind, OUT), 0)) for kind, side in sums
    }
    found = []
    for flow in flows:
        place = _kind(flow), flow.side
        taken = min(internal[place], abs(flow.fen))
        internal[place] -= taken
        if taken < abs(flow.fen):
            found.append(
                replace(flow, fen=flow.fen - taken if flow.side == IN else flow.fen + taken)
            )
    return found


def _kind(flow: Flow) -> str:
    account = flow.line.account
    return "Equity" if account.startswith("Equity:") else account
