"""A list of aid payments: our template, as what it asks to be paid to whom."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from importers.lists import read_list
from importers.templates import AID
from ledger.aid import paying
from ledger.aid.recipients import Wanted
from ledger.errors import Refused
from ledger.registry.persons import PersonData

if TYPE_CHECKING:
    from ledger.aid.paying import Order, Paid, Preview
    from ledger.registry import Registry, User


def read_aid(data: bytes, name: str) -> list[Wanted]:
    """The payments of a list; Refused with every row that cannot be read."""
    return [
        Wanted(
            row.line, row.text("kind"), row.text("reason"), row.money("amount"),
            row.text("number"),
            PersonData(
                row.text("name"), row.text("phone"), row.text("identity"),
                (row.text("account"),) if row.text("account") else (),
            ),
        )
        for row in read_list(data, name, AID).rows
    ]  # fmt: skip


def preview_list(registry: Registry, order: Order, data: bytes, name: str, user: User) -> Preview:
    """Look at a list row by row, and enter nothing."""
    found = paying.preview(registry, _from(order, data), read_aid(data, name), user)
    return replace(found, findings=tuple(replace(one, file=name) for one in found.findings))


def pay_list(
    registry: Registry, order: Order, data: bytes, name: str, user: User, now: datetime
) -> Paid:
    """Enter a list, all of it or nothing; the same bytes give one batch."""
    try:
        return paying.pay(registry, _from(order, data), read_aid(data, name), user, now)
    except Refused as fault:
        # Each finding says in which file its row stands.
        told = [replace(one, file=one.file or name) for one in fault.findings]
        raise type(fault)(*told) from fault


def _from(order: Order, data: bytes) -> Order:
    return replace(order, origin=hashlib.sha256(data).hexdigest())
