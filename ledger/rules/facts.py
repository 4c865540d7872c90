"""What is known of one member for one kind of dues, each fact with the day from which it holds.

Facts are never overwritten: a wage that rises is one more :class:`Base`. No person stands here,
only an id; who is behind it the registry knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from ledger.period import Month

JOINED: Final = "joined"
TRANSFERRED: Final = "transferred"
LEFT: Final = "left"
MONTHLY: Final = "monthly"
QUARTERLY: Final = "quarterly"
_LATEST: Final = 10**15


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in which the member belongs to the unit, from ``start`` up to, not including, ``end``.

    ``came`` is joined (for probationary Party members the day on which the branch meeting admitted
    them) or transferred; ``went`` is left or transferred. A letter of transfer says up to which
    month the old unit collected: ``came_paid`` on the stay that begins with it, ``went_paid`` on
    the one that ends. It goes before the rule, and only for that transfer.
    """

    start: date
    end: date | None = None
    came: str = JOINED
    went: str = LEFT
    came_paid: Month | None = None
    went_paid: Month | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError("a stay ends after it starts")
        if self.came not in (JOINED, TRANSFERRED) or self.went not in (LEFT, TRANSFERRED):
            raise ValueError("a member joins or is transferred, and leaves or is transferred")
        if self.came_paid is not None and self.came != TRANSFERRED:
            raise ValueError("only who was transferred brings a letter of transfer")
        if self.went_paid is not None and (self.end is None or self.went != TRANSFERRED):
            raise ValueError("only who is transferred takes a letter of transfer along")

    def months(self, joins: str, leaves: str, transfers: str) -> tuple[Month, Month | None]:
        """The first month owed here and the last; a last before the first is no month at all."""
        if self.came_paid is not None:
            # Also where that is before the transfer: the new unit collects what the letter leaves.
            first = self.came_paid.next()
        elif self.came == TRANSFERRED:
            # The two units' rules meet: what the old one collects up to, the new one begins after.
            before = Month.of(self.start - timedelta(days=1))
            first = before.next() if transfers == "old-unit" else Month.of(self.start)
        else:
            first = Month.of(self.start)
            if joins == "next-month":
                first = first.next()
        if self.end is None:
            return first, None
        if self.went_paid is not None:
            return first, self.went_paid
        of_old = self.went == TRANSFERRED and transfers == "old-unit"
        of_leaver = self.went == LEFT and leaves == "month-of"
        if of_old or of_leaver:
            return first, Month.of(self.end - timedelta(days=1))
        return first, Month.of(self.end).previous()


@dataclass(frozen=True, slots=True)
class StatusSince:
    """What the member is (``staff``, ``retired``) from a day on, until the next one."""

    status: str
    since: date


@dataclass(frozen=True, slots=True)
class Base:
    """A monthly base in fen from a day on. ``kind`` is what it is: ``pay``, ``pension``.

    ``refixed`` bases replace, from their month on, the one that was fixed for the year;
    ``decision`` says who decided so.
    """

    fen: int
    since: date
    kind: str = "pay"
    refixed: bool = False
    decision: str = ""

    def __post_init__(self) -> None:
        if type(self.fen) is not int or not 0 <= self.fen <= _LATEST:
            raise ValueError("a base is a whole number of fen, not negative")
        if self.refixed and not self.decision:
            raise ValueError("a base that is fixed again within the year has a decision")


@dataclass(frozen=True, slots=True)
class Chosen:
    """An amount in fen that somebody chose within a range that the rule leaves, from a day on."""

    fen: int
    since: date
    decision: str

    def __post_init__(self) -> None:
        if type(self.fen) is not int or self.fen < 0 or not self.decision:
            raise ValueError("a choice is an amount in fen, and the decision that made it")


@dataclass(frozen=True, slots=True)
class Frequency:
    """Monthly, or by ``consent`` of the branch quarterly, from a day on."""

    kind: str
    since: date
    consent: str = ""

    def __post_init__(self) -> None:
        if self.kind not in (MONTHLY, QUARTERLY):
            raise ValueError("dues are paid monthly or quarterly")
        if self.kind == QUARTERLY and not self.consent:
            raise ValueError("quarterly payment takes a consent")


@dataclass(frozen=True, slots=True)
class Reduction:
    """Less, or nothing, from one month up to, not including, another.

    ``fen`` is what remains to be paid each period, zero for an exemption. ``study`` is the branch's
    resolution and ``approval`` the upper committee's; which of them is needed the rule says.
    """

    fen: int
    start: Month
    end: Month | None
    reason: str
    study: str = ""
    approval: str = ""

    def __post_init__(self) -> None:
        if type(self.fen) is not int or self.fen < 0:
            raise ValueError("what remains to be paid is a whole number of fen")
        if self.end is not None and self.end <= self.start:
            raise ValueError("a reduction ends after it starts")
        if not self.reason:
            raise ValueError("a reduction has a reason")

    def holds_in(self, month: Month) -> bool:
        return self.start <= month and (self.end is None or month < self.end)


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """One member of one unit. Each tuple is in the order of its days; reductions do not overlap."""

    member: str
    stays: tuple[Stay, ...]
    statuses: tuple[StatusSince, ...] = ()
    bases: tuple[Base, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    frequencies: tuple[Frequency, ...] = ()
    reductions: tuple[Reduction, ...] = ()

    def __post_init__(self) -> None:
        # Most members have one fact of each kind; a hundred thousand are built for one month.
        if len(self.stays) > 1:
            for one, other in pairwise(self.stays):
                if one.end is None or other.start < one.end:
                    raise ValueError("a member's stays do not overlap and are in order")
        if len(self.statuses) > 1:
            _in_order(self.statuses)
        if len(self.bases) > 1:
            _in_order(self.bases)
        if self.chosen or self.frequencies:
            _in_order(self.chosen)
            _in_order(self.frequencies)
        if len(self.reductions) > 1:
            for first, second in pairwise(self.reductions):
                if first.end is None or second.start < first.end:
                    raise ValueError("reductions do not overlap and are in order")


def _in_order(dated: Sequence[StatusSince | Base | Chosen | Frequency]) -> None:
    if any(one.since > other.since for one, other in pairwise(dated)):
        raise ValueError("facts are in the order of their days")
