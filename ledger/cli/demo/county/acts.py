"""What several parts of the county's year do alike: pay, approve what waits, and be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import workflow
from ledger.cli.demo.county.names import BANK
from ledger.entry import Draft, Meta, Posting, Voucher
from ledger.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import date, datetime

    from ledger.money import Money
    from ledger.registry import Registry, User


def payment(
    unit: str, day: date, what: str, account: str, fund: str, amount: Money, *, payee: str,
    source: str, money: str = BANK, meta: Meta = (), besides: tuple[Posting, ...] = (),
) -> Draft:  # fmt: skip
    """A payment from a fund's money; ``meta`` is on the line that says what for."""
    lines = (Posting(account, amount, fund, meta), Posting(money, -amount, fund), *besides)
    return Draft(unit, day, "付", what, lines, payee=payee, source=source)


def approve_waiting(
    registry: Registry, unit: str, people: Mapping[str, User], now: datetime,
    only: Collection[str] | None = None,
) -> list[Voucher]:  # fmt: skip
    """Lin approves what waits, and Gao what is above the limit; what was posted."""
    posted: list[Voucher] = []
    for login in ("lin", "gao"):
        waits = [
            row.id for row in workflow.waiting(registry, unit) if only is None or row.id in only
        ]
        if waits:
            done = workflow.approve_many(registry, unit, waits, people[login], now)
            posted += [one for one in done if isinstance(one, Voucher)]
    return posted


def refusal_of(act: Callable[[], object], what: str) -> str:
    """Why an act is refused; LookupError where it is not."""
    try:
        act()
    except Refused as fault:
        return fault.findings[0].what.zh
    raise LookupError(f"{what} was not refused")
