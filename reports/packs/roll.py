"""What the published book tells of dues already, for the public roll to hold itself against.

A group of five in the book says what came of them together. The roll's figures, less such a sum,
may be those of fewer than five: so every sum of the book that has dues in it is given to the roll
as told, by month. It is given as exactly as if no account stood for several: that tells too much,
and never too little.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.period import Month
from reports.statements.cells import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.publishing.values import PublicBook, PublicGroup
    from reports.packs.sealed import Sealed
    from reports.statements.dues_rows import Claimed, DuesRows
    from reports.statements.source import Source

_PAID = "paid"


def with_sums(source: Source, book: PublicBook, sealed: Sealed) -> Source:
    """The source of a roll with the sums of the published book; the same if it has no dues."""
    dues = source.dues
    if dues is None or not dues.claims:
        return source
    return replace(source, dues=replace(dues, told=tuple(_sums(source, dues, book, sealed))))


def _sums(
    source: Source, dues: DuesRows, book: PublicBook, sealed: Sealed
) -> Iterator[tuple[Month, Figure]]:
    """What came of the members of each group, by account and fund."""
    claims = {one.code: one for one in dues.claims if one.unit == source.unit}
    fixed = {(one.rule, one.month, one.member) for one in dues.assessed if one.fixed}
    of_seq: dict[int, PublicGroup] = {
        seq: group for group in (*book.past_groups, *book.groups) for seq in group.seqs
    }
    of_number = {leaf.number: of_seq[leaf.seq] for leaf in sealed.log.leaves if leaf.seq in of_seq}
    accounts = {one.account for one in claims.values()} & set(source.model.accounts())
    if not accounts or not of_number:
        return
    # By group and place: what each claim got, and what else came by each voucher.
    found: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in source.model.lines(accounts=sorted(accounts)):
        group = of_number.get(line.number)
        if group is not None:
            code = next((v for k, v in line.meta if k == "claim" and v in claims), line.number)
            found[group.number, line.account, line.fund][code] -= line.amount.fen
    groups = {group.number: group for group in of_number.values()}
    for (number, _, _), sums in sorted(found.items()):
        yield Month.of(groups[number].day), _figure(sums, claims, fixed)


def _figure(
    sums: dict[str, int], claims: dict[str, Claimed], fixed: set[tuple[str, Month, str]]
) -> Figure:
    unknowns: dict[tuple[str, int], int] = defaultdict(int)
    members = set()
    for code, fen in sums.items():
        claim = claims.get(code)
        member = claim.member if claim is not None else f"voucher {code}"
        members.add(member)
        is_known = claim is not None and (claim.rule, claim.month, claim.member) in fixed
        if fen and not is_known:
            unknowns[member, abs(fen)] += 1 if fen > 0 else -1
    kept = {unknown: times for unknown, times in unknowns.items() if times}
    return Figure(_PAID, None, frozenset(members), kept, sum(sums.values()), len(sums))
