"""How contracts stand as of a day: what they say, what happened, and what vouchers say of them.

The version in force is the last one confirmed by that day; the first holds from its signing on.
What was received or paid, and what it cost to serve, is read from the book, so that every figure
opens to its vouchers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from ledger.contracts.marks import CONTRACT, milestone_of
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY, Money
from ledger.period import Month
from ledger.registry import contracts, counterparties
from ledger.registry.contracts import (
    ACCEPTED,
    APPROVED,
    CLOSED,
    DELIVERED,
    DRAFT,
    OPEN,
    REFUSED,
    SIGNED,
    SUPPLIER,
    WITHDRAWN,
    ContractRow,
    EventRow,
    MilestoneRow,
    VersionRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ledger.model import PostedLine
    from ledger.registry import Registry


@dataclass(frozen=True)
class Stone:
    """A milestone as of a day; ``moved`` are the postings that name it."""

    row: MilestoneRow
    delivered: date | None
    accepted: date | None
    papers: tuple[str, ...]
    moved: tuple[PostedLine, ...]
    sign: int
    on: date

    @property
    def moved_fen(self) -> int:
        return self.sign * sum(one.amount.fen for one in self.moved)

    @property
    def days_late(self) -> int:
        """Days beyond its due day, until it was accepted or until now."""
        return max(0, ((self.accepted or self.on) - self.row.due).days)

    @property
    def state(self) -> str:
        """open, delivered, accepted or paid: how far it has come."""
        if self.accepted and self.moved_fen >= self.row.fen:
            return "paid"
        return "accepted" if self.accepted else "delivered" if self.delivered else "open"

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.row.number, "milestone": self.row.milestone,
            "due": self.row.due.isoformat(), "deliverable": self.row.deliverable,
            "amount": Money(self.row.fen).text, "state": self.state,
            "delivered": self.delivered.isoformat() if self.delivered else None,
            "accepted": self.accepted.isoformat() if self.accepted else None,
            "moved": Money(self.moved_fen).text, "days_late": self.days_late,
            "vouchers": [one.number for one in self.moved], "papers": list(self.papers),
        }  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A contract as of a day; ``costs`` are a supplier's postings of spending that name it."""

    row: ContractRow
    version: VersionRow
    party: str
    state: str
    stones: tuple[Stone, ...]
    costs: tuple[PostedLine, ...]
    events: tuple[EventRow, ...]
    on: date

    @property
    def accepted_fen(self) -> int:
        return sum(one.row.fen for one in self.stones if one.accepted)

    @property
    def moved_fen(self) -> int:
        """What a supplier received, or a buyer paid."""
        return sum(one.moved_fen for one in self.stones)

    @property
    def cost_fen(self) -> int:
        return sum(one.amount.fen for one in self.costs)

    @property
    def margin_fen(self) -> int | None:
        """What a supplier received beyond what it spent; nothing is said of a buyer."""
        return self.moved_fen - self.cost_fen if self.row.role == SUPPLIER else None

    @property
    def outstanding_fen(self) -> int:
        """What of the contract's sum has not moved yet; nothing once it is over."""
        return 0 if self.state == CLOSED else self.version.fen - self.moved_fen

    @property
    def days_late(self) -> int:
        """Of its latest milestone; a contract that is over, or not begun, is late with none."""
        if self.state != OPEN:
            return 0
        return max((one.days_late for one in self.stones if not one.accepted), default=0)

    def as_json(self) -> dict[str, Any]:
        version = self.version
        margin = self.margin_fen
        return {
            "code": self.row.code, "number": self.row.number, "role": self.row.role,
            "party": self.row.party, "party_name": self.party, "state": self.state,
            "version": version.version, "purpose": version.purpose, "account": version.account,
            "fund": version.fund, "amount": Money(version.fen).text,
            "advance": Money(version.advance_fen).text, "signed": version.signed.isoformat(),
            "starts": version.starts.isoformat(), "ends": version.ends.isoformat(),
            "decision": version.decision, "paper": version.paper,
            "accepted": Money(self.accepted_fen).text, "moved": Money(self.moved_fen).text,
            "cost": Money(self.cost_fen).text,
            "margin": None if margin is None else Money(margin).text,
            "outstanding": Money(self.outstanding_fen).text, "days_late": self.days_late,
            "milestones": [one.as_json() for one in self.stones],
        }  # fmt: skip


def stands(registry: Registry, unit: str, on: date, code: str | None = None) -> list[Standing]:
    """Every contract of the unit that was signed by a day, or the one of a code, as of that day."""
    with registry.read() as conn:
        names = counterparties.names(conn, unit)
        rows = contracts.of_unit(conn, unit)
        if code is not None:
            rows = [row for row in rows if row.code == code]
        found = []
        for row in rows:
            every = contracts.versions(conn, unit, row.code)
            version = _in_force(every, on)
            if version is not None:
                stones = contracts.milestones(conn, unit, row.code, version.version)
                happened = [one for one in contracts.events(conn, unit, row.code) if one.day <= on]
                since = min(one.signed for one in every)
                found.append((row, version, stones, happened, since))
    if not found:
        return []
    moved, costs = _read(registry, unit, found, on)
    return [
        _standing(row, version, stones, happened, names.get(row.party, row.party), moved, costs, on)
        for row, version, stones, happened, _ in found
    ]


#: With the day from which on money may have moved: an amendment is signed later.
_Found = tuple[ContractRow, VersionRow, list[MilestoneRow], list[EventRow], date]


def _in_force(every: Sequence[VersionRow], on: date) -> VersionRow | None:
    """The last version confirmed by a day; one that waits where none is; None before it was signed.

    The first one holds from its signing on, whenever it was entered; an amendment from the day on
    which it was confirmed.
    """
    approved = [one for one in every if one.state == APPROVED]
    held = [
        one for place, one in enumerate(approved)
        if one.signed <= on and (not place or (one.checked_at or "")[:10] <= on.isoformat())
    ]  # fmt: skip
    waits = [one for one in every if one.state == DRAFT and one.signed <= on]
    return held[-1] if held else waits[-1] if waits else None


def _read(
    registry: Registry, unit: str, found: Sequence[_Found], on: date
) -> tuple[dict[str, list[PostedLine]], dict[str, list[PostedLine]]]:
    """By milestone what moved, and by contract what it cost, from the postings that name them."""
    suppliers = {row.code for row, *_ in found if row.role == SUPPLIER}
    moved: dict[str, list[PostedLine]] = defaultdict(list)
    costs: dict[str, list[PostedLine]] = defaultdict(list)
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        accounts = {name for name in model.accounts() if name.startswith("Expenses:")}
        accounts |= {version.account for _, version, *_ in found}
        since = Month.of(min(one[-1] for one in found))
        for line in model.lines(since=since, through=Month.of(on), accounts=accounts):
            if line.day > on or line.amount.currency != CNY or not line.meta:
                continue
            milestone, code = milestone_of(line.meta), dict(line.meta).get(CONTRACT, "")
            if milestone:
                moved[milestone].append(line)
            elif code in suppliers and _is_cost(line):
                costs[code].append(line)
    finally:
        model.close()
    return moved, costs


def _is_cost(line: PostedLine) -> bool:
    return line.account.startswith("Expenses:") and not line.carried


def _standing(
    row: ContractRow, version: VersionRow, stones: Iterable[MilestoneRow],
    happened: Sequence[EventRow], party: str, moved: dict[str, list[PostedLine]],
    costs: dict[str, list[PostedLine]], on: date,
) -> Standing:  # fmt: skip
    return Standing(
        row, version, party, _state(row, version, happened),
        tuple(
            _stone(one, [event for event in happened if event.milestone == one.milestone],
                   moved.get(one.milestone, ()), row.sign, on)
            for one in stones
        ),
        tuple(costs.get(row.code, ())), tuple(happened), on,
    )  # fmt: skip


def _state(row: ContractRow, version: VersionRow, happened: Sequence[EventRow]) -> str:
    if any(one.kind == CLOSED for one in happened):
        return CLOSED
    if row.state == WITHDRAWN:
        return WITHDRAWN
    return OPEN if version.state == APPROVED else SIGNED


def _stone(
    row: MilestoneRow, happened: Sequence[EventRow], moved: Iterable[PostedLine], sign: int,
    on: date,
) -> Stone:  # fmt: skip
    delivered = accepted = None
    papers: list[str] = []
    for one in happened:
        if one.kind == DELIVERED:
            delivered = one.day
        elif one.kind == ACCEPTED:
            accepted = one.day
        elif one.kind == REFUSED:
            delivered = accepted = None
        papers += [one.paper] if one.paper else []
    return Stone(row, delivered, accepted, tuple(papers), tuple(moved), sign, on)


def standing(registry: Registry, unit: str, code: str, on: date) -> Standing:
    """One contract as of a day; CannotRun if there is none of that code."""
    from ledger.contracts.signing import none

    for one in stands(registry, unit, on, code):
        return one
    raise none(code)
