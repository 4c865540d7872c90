"""Whether a figure is told by the redacted book already, asked of the vouchers behind it.

A figure of the registry or of the whole book, less what the redacted book says, tells what that
holds back. So nothing else is told beside it than what follows from it: sums over vouchers that
stand in it line by line, or over whole groups of five persons. The one exception are gifts, which
are disclosed one by one without names: ``given`` are the vouchers that brought them.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ledger.account import account_label
from reports.statement import VoucherLine

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ledger.publishing.values import PublicBook, PublicGroup
    from reports.packs.sealed import Sealed
    from reports.statement import Backing

_NUMBER: Final = re.compile(r"[收付转]-[0-9]{6}-[0-9]{4,}")


class Behind:
    """What one redacted book tells, by the numbers of vouchers of the book that was sealed."""

    def __init__(self, book: PublicBook, sealed: Sealed, given: Collection[str] = ()) -> None:
        self._book = book
        self._seqs = {leaf.number: leaf.seq for leaf in sealed.log.leaves if leaf.number != "-"}
        self._months = {leaf.number: leaf.month for leaf in sealed.log.leaves}
        self._groups: dict[int, PublicGroup] = {
            seq: group for group in (*book.past_groups, *book.groups) for seq in group.seqs
        }
        known = {self._seqs.get(number, 0) for number in given}
        self._given = frozenset(one for one in given if self._is_alone(one, known))

    @cached_property
    def _rows(self) -> dict[str, str]:
        """What stands line by line: the words of each voucher by its number."""
        book = self._book
        found = {row.number: row.words.zh for row in book.rows if not row.carried}
        out = {*self._groups, *book.held, *book.quiet}
        for number, seq in self._seqs.items():
            # What was posted before the years that the book shows stands in its opening balances.
            if self._months[number] <= f"{book.since:%Y-%m}" and seq not in out:
                found.setdefault(number, "")
        return found

    def _is_alone(self, number: str, given: Collection[int]) -> bool:
        """Whether a gift stands in no sum with anything but gifts, which would tell of the rest."""
        group = self._groups.get(self._seqs.get(number, 0))
        return group is None or all(seq in given for seq in group.seqs)

    def tells(self, backing: Backing, *, openings: bool) -> bool:
        """Whether the figure follows from the book. ``openings``: what stands before its vouchers
        was registered, such as a promise, and is no sum of vouchers."""
        if backing.more or (backing.opening and not openings):
            return False
        left = [
            one
            for one in backing.postings
            if _NUMBER.fullmatch(one.number)
            and one.number not in self._rows
            and one.number not in self._given
        ]
        return not left or self._are_groups(left)

    def _are_groups(self, lines: list[VoucherLine]) -> bool:
        """Whether they are all of some groups, and as much as these say of their accounts."""
        seqs = {self._seqs.get(one.number, 0) for one in lines}
        groups = {seq: self._groups.get(seq) for seq in seqs}
        told: list[PublicGroup] = []
        for group in groups.values():
            if group is None or not seqs.issuperset(group.seqs):
                return False
            if group not in told:
                told.append(group)
        places = {(one.account, one.fund) for one in lines}
        whole = sum(
            line.amount.fen
            for group in told
            for line in group.lines
            if (line.account, line.fund) in places
        )
        return abs(whole) == abs(sum(one.amount.fen for one in lines))

    def lines(self, postings: Iterable[VoucherLine]) -> tuple[VoucherLine, ...] | None:
        """The postings in words made of labels; None unless each stands in the book as a row."""
        found = []
        accounts = {account.name for account in self._book.accounts}
        for one in postings:
            if one.number not in self._rows:
                return None
            account = one.account
            while account and account not in accounts:
                account = account.rpartition(":")[0]
            words = self._rows[one.number] or (account_label(account) if account else "")
            found.append(
                VoucherLine(one.number, one.day, words, account, one.fund, one.amount, one.papers)
            )
        return tuple(found)
