"""A list of donors on our own sheet, as what each row says; entering it is the library's."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from importers.gift_list import CONSENTS
from importers.lists import read_list
from importers.templates import DONORS
from ledger import workflow
from ledger.gifts.donors import Entered, Looked, SaidDonor, enter_donors, look
from ledger.registry.donors import ANONYMOUS, COMPANY, PERSON
from ledger.registry.persons import PersonData

if TYPE_CHECKING:
    from importers.list_values import ListRow
    from ledger.registry import Registry, User

#: A name has to be said of all but anonymous donors.
_ASKED: Final = DONORS.asking("kind", "consent")
_KINDS: Final = {"个人": PERSON, "单位": COMPANY, "匿名": ANONYMOUS}


def look_at_donor_list(registry: Registry, unit: str, data: bytes, name: str, user: User) -> Looked:
    """What a filled-in sheet would bring, without entering any of it."""
    workflow.demand(user, "record", unit)
    read = read_list(data, name, _ASKED)
    return look(registry, unit, [_said(row) for row in read.rows], name, user)


def enter_donor_list(
    registry: Registry, unit: str, data: bytes, name: str, user: User, now: datetime
) -> Entered:
    """Enter the donors of a filled-in sheet, all or none; it is kept as their consent's paper."""
    workflow.demand(user, "record", unit)
    read = read_list(data, name, _ASKED)
    return enter_donors(registry, unit, [_said(row) for row in read.rows], name, user, now, data)


def _said(row: ListRow) -> SaidDonor:
    name = row.text("name")
    data = PersonData(name, row.text("phone"), row.text("identity")) if name else None
    return SaidDonor(
        row.line, row.text("id"), _KINDS[row.text("kind")], data, CONSENTS[row.text("consent")],
        row.text("related") == "是", row.text("where") == "境外",
    )  # fmt: skip
