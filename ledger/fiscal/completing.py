"""Adding the budgetary half to drafts on their way to a checker, in books that keep one.

Whatever proposes a draft, typed, imported or made by a rule, meets this: the half is the rule's,
and names its table. A half that a person entered is left as it is, and so is a reason why there is
none; the posting path looks at both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.account import BUDGETARY, account_code, is_budgetary
from ledger.chart import mirrors_of
from ledger.entry import Draft, Posting, meta_of, safe_text
from ledger.errors import Finding, Refused, finding
from ledger.fiscal.parallel import PARALLEL, HalfLine, outside_reason, propose_half
from ledger.fundcheck import fund_lines
from ledger.money import Money
from ledger.parallelcheck import OUTSIDE
from ledger.registry import entries, units
from ledger.rules.rulebook import Rulebook, load
from ledger.rules.spending_tables import ParallelTable
from ledger.rules.table import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry

RULE = "parallel"


def completed_each(
    conn: Connection, registry: Registry, drafts: Sequence[Draft]
) -> list[tuple[Draft, list[Finding]]]:
    """Each draft of one unit with its half, and the findings where the rule cannot tell it.

    A draft with a finding is as it was. Books without a budgetary half cost one question.
    """
    as_they_are: list[tuple[Draft, list[Finding]]] = [(draft, []) for draft in drafts]
    if not drafts:
        return []
    facts = units.find(conn, drafts[0].unit)
    mirrors = mirrors_of(facts.chart)
    if not mirrors:
        return as_they_are
    place = Place.of(facts)
    book = load(registry.folder, facts.id)[0]
    names = {
        account_code(name): name
        for name in entries.accounts(conn, facts.id)
        if is_budgetary(name) and name != BUDGETARY
    }
    return [_completed(draft, mirrors, book, place, names) for draft in drafts]


def _completed(
    draft: Draft, mirrors: Mapping[str, str], book: Rulebook, place: Place, names: dict[str, str]
) -> tuple[Draft, list[Finding]]:
    meta = dict(draft.meta)
    if (
        draft.reverses is not None
        or OUTSIDE in meta
        or any(is_budgetary(posting.account) for posting in draft.postings)
    ):
        return draft, []
    try:
        table = book.in_force(ParallelTable, RULE, draft.day, place)
    except Refused as fault:
        return draft, list(fault.findings)
    half = propose_half(fund_lines(draft), table, mirrors, place.kinds)
    missing = sorted({line.code for line in half.lines} - names.keys())
    if half.unknown or missing:
        return draft, half.unknown + [_not_open(code) for code in missing]
    if half.outside:
        meta[OUTSIDE] = safe_text(outside_reason(half.outside, table))
    if half.outside or half.lines:
        meta[PARALLEL] = table.head.key
    postings = (*draft.postings, *(_posting(line, names) for line in half.lines))
    return replace(draft, postings=postings, meta=meta_of(meta)), []


def without_half(draft: Draft) -> Draft:
    """The draft as it was entered, before the rule added its half; it is added anew when corrected.

    A half that a person entered stays.
    """
    meta = dict(draft.meta)
    if meta.pop(PARALLEL, None) is None or draft.reverses is not None:
        return draft
    meta.pop(OUTSIDE, None)
    own = tuple(posting for posting in draft.postings if not is_budgetary(posting.account))
    return replace(draft, postings=own, meta=meta_of(meta))


def _posting(line: HalfLine, names: dict[str, str]) -> Posting:
    return Posting(names[line.code], Money(line.fen, line.currency), line.fund)


def _not_open(code: str) -> Finding:
    return finding(
        "budgetary-not-open",
        f"预算会计科目 {code} 尚未开立",
        f"the budgetary account {code} is not open",
        "请会计开立该科目，或改用其他规则表",
        "have it opened, or use another table",
    )
