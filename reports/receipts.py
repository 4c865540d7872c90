"""What stands on a receipt, with the payer's name: each print is counted and logged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.disclosing.own_pages import address_of, dues_token
from ledger.dues.names import of_part
from ledger.registry import members, oplog, persons, receipts, units
from reports.pdf.cash_receipt import ReceiptPage

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.registry import Registry, User
    from ledger.registry.receipts import ReceiptRow


def receipt_page(
    registry: Registry, row: ReceiptRow, user: User, now: datetime
) -> tuple[ReceiptRow, ReceiptPage]:
    """The receipt's page for this print, and the receipt with the print counted.

    Raises: NotAllowed for who may neither handle cash nor record.
    """
    if not user.may("handle-cash", row.unit):
        workflow.demand(user, "record", row.unit)
    with registry.write() as conn:
        unit = units.find(conn, row.unit)
        member = members.find(conn, row.member)
        data = None if member is None else persons.read(conn, registry.vault, member.person)
        receipts.printed(conn, row)
        oplog.record(
            conn, at=now, user=user.id, unit=row.unit, action="receipt.print", object=row.name,
            detail=row.member,
        )  # fmt: skip
    lines = []
    for one in row.lines:
        words = of_part(one.rule, one.month, one.kind)
        lines.append((f"{words.zh} {words.en}  {one.code}".strip(), one.fen))
    page = ReceiptPage(
        unit.name, row.name, row.day, "—" if data is None else data.name,
        "—" if member is None else member.number, tuple(lines), row.user, row.printed + 1,
        row.reason if row.state == receipts.VOID else "",
        "" if data is None else _follow(registry, row),
    )  # fmt: skip
    return replace(row, printed=row.printed + 1), page


def _follow(registry: Registry, row: ReceiptRow) -> str:
    """Where the member reads their own dues, if the settings name the site of members."""
    base = registry.settings.members_address
    return address_of(base, dues_token(registry.vault, row.member)) if base else ""
