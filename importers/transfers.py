"""Transfers between a unit's own accounts: each side stands against the clearing account.

Two lines are the sides of one transfer where they are of opposite amounts within three days, one
of them names the other's account, neither names another, and no third line would do as well. The
clearing account is what the unit's rule ``for = "transfer"`` says, else the one open account of
its chart that is called 在途. A transfer is suggested, and entered only because a person says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from importers.accounts import same_number
from importers.drafting import OtherSide
from importers.verdict import Question, Settled, worth
from ledger.clearing import clearing_accounts
from ledger.draft_text import draft_from_json
from ledger.errors import Words
from ledger.registry import drafts, entries, imports, staging

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from importers.rules import Rule
    from ledger.entry import Draft
    from ledger.registry import Vault
    from ledger.registry.imports import MoneyAccount
    from ledger.registry.staging import LineRow

#: A transfer between own accounts arrives within three days.
TRANSIT: Final = timedelta(days=3)
#: More lines of one amount than this are not told apart: a person says.
_MOST: Final = 8
#: How sure a pair is that is the only one that can be.
SURE: Final = 90
#: How a suggestion names the line of the other side.
_LINE: Final = "line:"


@dataclass(frozen=True, slots=True)
class Pair:
    """The lines that may be the other side; ``other`` is the only one that can be, if there is."""

    candidates: tuple[int, ...] = ()
    other: LineRow | None = None
    entered: Draft | None = None  # how the other side was entered, if it was


@dataclass
class Transfers:
    """The transfers among some lines. ``clearing`` is empty where the unit has no such account."""

    pairs: dict[int, Pair] = field(default_factory=dict)
    clearing: str = ""
    fund: str = ""  # as a rule says it; else that of the account which the money leaves
    clearings: frozenset[str] = frozenset()
    funds: dict[str, str] = field(default_factory=dict)

    def question(self, line: LineRow) -> Question | None:
        """What is said of a line that names an own account; None for every other."""
        pair = self.pairs.get(line.id)
        if pair is None:
            return None
        zh = "本单位账户之间的划转：两边都记在途资金科目"
        en = "a transfer between the unit's own accounts: enter both sides on the clearing account"
        if pair.other is not None:
            number = pair.other.id
            zh, en = f"{zh}；另一边是流水 {number}", f"{en}; its other side is line {number}"
        elif pair.candidates:
            told = ", ".join(str(number) for number in pair.candidates[:5])
            zh, en = f"{zh}；另一边可能是流水 {told}", f"{en}; its other side may be one of {told}"
        else:
            zh, en = f"{zh}；三日内没有另一边", f"{en}; no other side within three days"
        if not self.clearing:
            zh, en = (
                f'{zh}；没有在途资金科目，先开立或写规则 for = "transfer"',
                f"{en}; there is no clearing account: open one, or write a rule for transfers",
            )
        return Question(Words(zh, en), 60)

    def settled(self, line: LineRow) -> Settled | None:
        """What accepting enters for this side; None unless the other side is certain."""
        pair = self.pairs.get(line.id)
        if pair is None or pair.other is None:
            return None
        asked = self.question(line)
        sides = _mirrored(pair.entered, self.clearings)
        if not sides and self.clearing:
            left = line.account if line.fen < 0 else pair.other.account
            fund = self.fund or self.funds.get(left, "")
            sides = (OtherSide(self.clearing, fund, worth(line)),)
        if not sides or asked is None:
            return None
        return Settled(
            tier="C",
            score=SURE,
            reason=asked.reason,
            sides=sides,
            narration="本单位账户划转",
            links=(pair.other.import_id,),
        )

    def key(self, line: LineRow) -> str | None:
        """How the suggestion is kept: the other side's line."""
        pair = self.pairs.get(line.id)
        return (
            None
            if self.settled(line) is None or not pair or not pair.other
            else (f"{_LINE}{pair.other.id}")
        )


def is_transfer(claims: str | None) -> bool:
    """Whether a suggestion as it is kept is of a transfer."""
    return (claims or "").startswith(_LINE)


def other_line(claims: str | None) -> int:
    """The line of the other side in a suggestion as it is kept; 0 if it is of no transfer."""
    return int((claims or "").removeprefix(_LINE)) if is_transfer(claims) else 0


def transfers(
    conn: Connection,
    vault: Vault,
    unit: str,
    lines: Sequence[LineRow],
    rules: Sequence[Rule],
    told: Mapping[int, int] | None = None,
) -> Transfers:
    """The transfers between own accounts among ``lines``, with the other sides they have.

    ``told`` are lines by the line of the other side, which names their account where their own
    words do not.
    """
    if not lines:
        return Transfers()
    accounts = imports.accounts(conn, vault, unit)
    own = _Own(accounts)
    moved = {line.id: account for line in lines if (account := own.other_of(line)) is not None}
    for line_id, other_id in (told or {}).items():
        other = staging.find_line(conn, vault, unit, other_id)
        if line_id not in moved and other is not None and own.other_of(other) is not None:
            moved[line_id] = other.account
    if not moved:
        return Transfers()
    names = [name for name, row in entries.accounts(conn, unit).items() if row.closed is None]
    chosen = next((rule.to[0] for rule in rules if rule.purpose == "transfer"), None)
    called = clearing_accounts(names)
    found = Transfers(
        clearing=chosen.account if chosen else called[0] if len(called) == 1 else "",
        fund=chosen.fund if chosen else "",
        clearings=frozenset((*([chosen.account] if chosen else []), *called)),
        funds={row.account: row.fund for row in accounts},
    )
    search = _Search(conn, vault, unit, own, found.clearings)
    for line in lines:
        if line.id in moved:
            found.pairs[line.id] = search.pair(line, moved[line.id])
    return found


def _mirrored(draft: Draft | None, clearings: frozenset[str]) -> tuple[OtherSide, ...]:
    """What takes the clearing account back to zero after the other side was entered."""
    if draft is None:
        return ()
    return tuple(
        OtherSide(p.account, p.fund, p.amount) for p in draft.postings if p.account in clearings
    )


class _Own:
    """The unit's own accounts by the numbers that lines name."""

    def __init__(self, accounts: Sequence[MoneyAccount]) -> None:
        self._numbers = {row.account: _digits(row.number) for row in accounts}
        self._accounts = {number: account for account, number in self._numbers.items() if number}

    def other_of(self, line: LineRow) -> str | None:
        """The own ledger account that the line says is on its other side, if it is one."""
        text = line.text.counterparty_account
        digits = text if text.isdigit() else _digits(text)
        if not digits:
            return None
        account = self._accounts.get(digits)
        if account is None and digits != text.strip():
            # Masked, or a tail: own if it can be one account only.
            fitting = [
                account
                for account, number in self._numbers.items()
                if account != line.account and same_number(text, number)
            ]
            account = fitting[0] if len(fitting) == 1 else None
        return None if account == line.account else account

    def allows(self, line: LineRow, account: str) -> bool:
        """Whether what the line says of its other side may be this own account."""
        text = line.text.counterparty_account
        return not _digits(text) or same_number(text, self._numbers.get(account, "")) is not False


class _Search:
    """Looks for other sides; what was looked at once is kept."""

    def __init__(
        self, conn: Connection, vault: Vault, unit: str, own: _Own, clearings: frozenset[str]
    ) -> None:
        self._conn = conn
        self._vault = vault
        self._unit = unit
        self._own = own
        self._clearings = clearings
        self._lines: dict[int, LineRow | None] = {}
        self._drafts: dict[str, Draft | None] = {}

    def pair(self, line: LineRow, account: str) -> Pair:
        fitting = self._fitting(line, account)
        told = tuple(one.id for one in fitting)
        if len(fitting) != 1:
            return Pair(told)
        (other,) = fitting
        rivals = self._fitting(other, line.account)
        if [rival.id for rival in rivals] != [line.id]:
            return Pair(told)
        return Pair(told, other, self._entered(other))

    def _fitting(self, line: LineRow, account: str) -> list[LineRow]:
        """The lines of ``account`` that may be the other side of ``line``."""
        near = staging.traces(
            self._conn, self._unit, account, line.day - TRANSIT, line.day + TRANSIT
        )
        wanted = -worth(line).fen
        equal = [trace for trace in near if trace.fen == wanted and trace.currency == line.currency]
        if len(equal) > _MOST:
            equal = equal[:_MOST]
        found = (self._line(trace.id) for trace in equal)
        return [one for one in found if one is not None and self._may_be(line, one)]

    def _may_be(self, line: LineRow, other: LineRow) -> bool:
        if other.state == staging.SET_ASIDE or not self._own.allows(other, line.account):
            return False
        draft = self._entered(other)
        if draft is None:
            return True
        linked = [link for link in draft.links if link != other.import_id]
        on_clearing = any(p.account in self._clearings for p in draft.postings)
        return on_clearing and (not linked or line.import_id in linked)

    def _line(self, number: int) -> LineRow | None:
        if number not in self._lines:
            self._lines[number] = staging.find_line(self._conn, self._vault, self._unit, number)
        return self._lines[number]

    def _entered(self, line: LineRow) -> Draft | None:
        """The draft or voucher of a line, if it has one."""
        if line.state not in (staging.DRAFTED, staging.POSTED):
            return None
        if line.import_id not in self._drafts:
            states = (*drafts.UNDECIDED, drafts.POSTED)
            source = f"bank:{line.import_id}"
            row = drafts.by_sources(self._conn, self._unit, {source}, states).get(source)
            self._drafts[line.import_id] = None if row is None else draft_from_json(row.payload)
        return self._drafts[line.import_id]


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
