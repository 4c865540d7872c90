"""A request for assets as pages show it, and what the user may do with it: the library decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger import numbered
from ledger.assets.keepers import same_person
from ledger.assets.leaving import CALLED
from ledger.assets.marks import OUT, head
from ledger.errors import Words
from ledger.registry import asset_requests, assets, counterparties, units, users
from ledger.registry.asset_requests import (
    ACCEPTED,
    APPROVED,
    COMING_BACK,
    CORRECTION,
    DONE,
    ESTIMATE,
    HANDED,
    LOSS,
    TRANSFER,
    WAITING,
    RequestRow,
)
from ledger.registry.assets import MEMO
from reports.web.access import desk
from reports.web.work.frame import Choice, logins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ledger.registry import User
    from ledger.registry.assets import AssetRow, Standing

_UNSIGNED = (LOSS, CORRECTION, ESTIMATE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A request, its things, and who is on the other side; ``incoming``: another unit gives it.

    ``drafts`` wait for a checker; ``entered`` are the cards that the receiving unit made by it.
    """

    row: RequestRow
    codes: tuple[str, ...]
    things: tuple[tuple[AssetRow, Standing | None], ...]
    incoming: bool
    party: str
    giver: Words
    receiver: Words
    drafts: tuple[str, ...]
    entered: tuple[str, ...]

    @property
    def owned(self) -> bool:
        """Whether any of it stands in the book, so that a voucher follows where it leaves."""
        return any(card.source != MEMO for card, _ in self.things)

    def days_late(self, today: date) -> int:
        """For how long it should have been back."""
        row = self.row
        if row.kind not in COMING_BACK or row.state != HANDED or row.until is None:
            return 0
        return max(0, (today - row.until).days)


def shown_request(unit: str, row: RequestRow) -> Shown:
    """A request of the unit or to it, with all that its page shows."""
    with desk().registry.read() as conn:
        codes = asset_requests.items(conn, row.unit, [row.code]).get(row.code, [])
        cards = assets.with_codes(conn, row.unit, codes)
        stands = assets.sums(conn, row.unit, codes)
        known = {one.id: Words(one.name, one.name_en) for one in units.all_units(conn)}
        names = counterparties.names(conn, row.unit) if row.to_party else {}
        waiting = list(numbered.waiting(conn, row.unit, head(OUT, row.code)))
        entered = assets.entered_by(conn, unit, [row.code]) if row.to_unit == unit else {}
    to = row.to_unit or row.unit
    return Shown(
        row, tuple(codes), tuple((cards[code], stands.get(code)) for code in codes),
        row.unit != unit, names.get(row.to_party or "", ""),
        known.get(row.unit, Words(row.unit, "")), known.get(to, Words(to, "")),
        tuple(one.id for one in waiting) if row.unit == unit else (),
        tuple(entered.get(row.code, ())),
    )  # fmt: skip


def keeper_choices(unit: str) -> list[Choice]:
    """The users who may keep a thing of the unit; members are typed by their number."""
    called = logins()
    with desk().registry.read() as conn:
        found = users.who_may(conn, "browse", unit)
    return [Choice(called[one], "") for one in found if one in called]


def acts_of(shown: Shown, unit: str, user: User) -> tuple[str, ...]:
    """What the user may do with a request as it stands, what is next first."""
    return tuple(_incoming(shown, unit, user) if shown.incoming else _own(shown, unit, user))


def _own(shown: Shown, unit: str, user: User) -> Iterator[str]:
    row = shown.row
    records, approves = user.may("record", unit), user.may("approve", unit)
    if row.state == WAITING and approves and row.maker != user.id:
        yield "approve"
    ready = ACCEPTED if row.kind == TRANSFER else APPROVED
    if row.state == ready and row.kind not in _UNSIGNED and (records or _receives(row, user)):
        yield "hand-over"
    if row.state == HANDED and row.kind in COMING_BACK and records:
        yield "return"
    leaves = row.state == (APPROVED if row.kind == LOSS else HANDED) and row.kind in CALLED
    if leaves and records and shown.owned and not shown.drafts:
        yield "dispose"
    if row.state in (WAITING, APPROVED) and approves:
        yield "refuse"
    if row.state in (WAITING, APPROVED, ACCEPTED) and records:
        yield "withdraw"


def _incoming(shown: Shown, unit: str, user: User) -> Iterator[str]:
    row = shown.row
    approves = user.may("approve", unit)
    if row.state == APPROVED and approves and user.id not in (row.maker, row.checker):
        yield "approve"
    if row.state == ACCEPTED and _receives(row, user):
        yield "hand-over"
    if row.state in (HANDED, DONE) and user.may("record", unit) and not shown.entered:
        yield "receive"
    if row.state == APPROVED and approves:
        yield "refuse"


def _receives(row: RequestRow, user: User) -> bool:
    with desk().registry.read() as conn:
        return same_person(conn, user.id, row.to_keeper)
