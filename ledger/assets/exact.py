"""Whether a draft of an act of ours says line by line what the act would propose now.

A maker may change a draft that waits. What charges or takes away things is never typed, not even
so: it is reckoned anew and compared, every account, fund and fen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ledger.account import is_budgetary
from ledger.assets.charging import Charge, bound_funds, lines_of
from ledger.assets.marks import ASSET, REQUEST
from ledger.assets.outgoing import outgoing
from ledger.money import Money
from ledger.registry import entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.assets.accounts import AssetAccounts
    from ledger.entry import Draft, Lot, Posting
    from ledger.registry.asset_requests import RequestRow

_Key = tuple[str, str, int, "Lot | None", str | None, str | None, str | None]


def _keys(lines: Iterable[Posting]) -> Counter[_Key]:
    """The lines as a heap; the budgetary half follows from the others, and is checked as such."""
    found: Counter[_Key] = Counter()
    for line in lines:
        if not is_budgetary(line.account):
            said = dict(line.meta)
            found[
                line.account, line.fund, line.amount.fen, line.lot, said.get(ASSET),
                said.get(REQUEST), said.get("decision"),
            ] += 1  # fmt: skip
    return found


def charges_exactly(
    conn: Connection, draft: Draft, due: Sequence[Charge], chart: AssetAccounts,
    there: Mapping[str, str],
) -> bool:  # fmt: skip
    """Whether a draft charges ``due``, borne by what the rule names, and does nothing else."""
    funds = {one.standing.fund for one in due}
    bound = bound_funds(conn, draft.unit, funds) if chart.releases else set()
    try:
        expected = list(lines_of(due, chart, there, bound))
    except KeyError:  # an account that the rule names was never opened
        return False
    return expected == [
        (line.account, line.amount.fen, line.fund, line.meta)
        for line in draft.postings
        if line.lot is None
    ] and len(expected) == len(draft.postings)


def takes_exactly(
    conn: Connection, draft: Draft, row: RequestRow, chart: AssetAccounts, there: Mapping[str, str]
) -> bool:
    """Whether a draft takes away what a request is for, as on its day, and does nothing else.

    What was paid for it, and what that cost, are lines on one account of money.
    """
    own = set(there.values())
    money = [
        line
        for line in draft.postings
        if dict(line.meta).get(REQUEST) == row.code
        and line.lot is None
        and line.account not in own
        and not is_budgetary(line.account)
    ]
    known = entries.accounts(conn, draft.unit, {line.account for line in money})
    if len(known) > 1 or not all(one.is_money for one in known.values()):
        return False
    paid = sum(line.amount.fen for line in money if line.amount.fen > 0)
    cost = -sum(line.amount.fen for line in money if line.amount.fen < 0)
    out = outgoing(conn, chart, row, draft.day)
    if not out.things:
        return False
    terms = out.terms(next(iter(known), ""), Money(paid), Money(cost))
    if not out.roles(terms) <= there.keys():
        return False
    return _keys(draft.postings) == _keys(out.postings(terms, there))
