"""Who shares a venue: the key by which its cost divides, from a day on, approved by another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.errors import Finding, Refused
from ledger.registry import venues
from ledger.registry.venues import APPROVED, KEY, ShareRow
from ledger.venues.dividing import Share, divided
from ledger.venues.parties import party_of
from ledger.venues.registering import known, propose
from ledger.venues.trouble import bad

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.money import Money
    from ledger.period import Period
    from ledger.registry import Registry, User
    from ledger.registry.venues import VersionRow

MOST: Final = 40
_LARGEST: Final = 1_000_000  # of a denominator


def set_key(
    registry: Registry, unit: str, code: str, parts: Sequence[tuple[str, Fraction]], first: date,
    reason: str, user: User, now: datetime,
) -> VersionRow:  # fmt: skip
    """Enter a cost key from a day on, to be approved by another person. Who records may.

    ``parts`` name units of the federation or organisations. Refused if shares are not above zero
    or do not make up the whole, for a party that is named twice, and without a reason.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        faults = list(_faults([share for _, share in parts]))
        if faults:
            raise Refused(*faults)
        named = [party_of(conn, registry, unit, text, user, now) for text, _ in parts]
        if len(set(named)) < len(named):
            raise Refused(bad("同一单位写了两次", "a party is named twice"))
        version = propose(conn, registry, row, KEY, first, reason, user, now)
        shares = [
            ShareRow(version.version, party, share)
            for party, (_, share) in zip(named, parts, strict=True)
        ]
        venues.add_key(conn, unit, code, shares)
    return version


def _faults(shares: Sequence[Fraction]) -> Iterable[Finding]:
    if not 2 <= len(shares) <= MOST:
        yield bad(f"分摊比例有 2 至 {MOST} 个单位", f"a key has 2 to {MOST} parties")
    if any(one <= 0 or one.denominator > _LARGEST for one in shares):
        yield bad("每份比例大于零，写作 1/3", "every share is above zero, and written 1/3")
    whole = sum(shares, Fraction(0))
    if whole != 1:
        yield bad(f"各份之和为 {whole}，不是 1", f"the shares make up {whole}, not 1")


def divide(
    registry: Registry, unit: str, code: str, cost: Money, period: Period, user: User
) -> list[Share]:
    """How a cost of a period divides by the keys in force in it; who browses may.

    Refused for a period of which a day has no key.
    """
    workflow.demand(user, "browse", unit)
    with registry.read() as conn:
        known(conn, unit, code)
        versions = venues.versions(conn, unit, code)
        keys = venues.keys(conn, unit)
    approved = [one for one in versions if one.kind == KEY and one.state == APPROVED]
    of = {
        (one.first, one.version): {row.party: row.share for row in keys[code, one.version]}
        for one in approved
    }
    return divided(of, cost, period)
