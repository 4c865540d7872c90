"""A unit's key for seals: pinned by its first signed seal, changed by two persons.

Who closes asks for another key, with a reason; who approves confirms it, and is another person. An
empty key stands for sealing unsigned from then on. What was changed is in the log, and every seal
shows its key, so that whoever verifies a row of seals sees the change.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.registry import oplog, seal_keys
from ledger.registry.seal_keys import KeyRow
from ledger.words import named_faults

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User


def ask(
    registry: Registry, unit: str, public: str, user: User, now: datetime, reason: str
) -> KeyRow:
    """Ask for another key. Refused while none is pinned, for the same one, without a reason."""
    workflow.demand(user, "close", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        pinned = seal_keys.in_force(conn, unit)
        said = safe_text(reason)
        if pinned is None:
            raise Refused(_none_pinned(unit))
        if pinned.key == public or not said:
            raise Refused(_nothing_to_change())
        if seal_keys.asked(conn, unit) is not None:
            raise Refused(_waits_already(unit))
        refuse_if(named_faults(conn, registry, said))
        number = seal_keys.next_number(conn, unit)
        row = KeyRow(unit, number, public, seal_keys.ASKED, said, user.id, _moment(now))
        seal_keys.add(conn, row)
        _log(conn, row, "ask", user, now)
        return row


def confirm(registry: Registry, unit: str, user: User, now: datetime) -> KeyRow:
    """Confirm the change that another person asked for; it counts for the next seal."""
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _waiting(conn, unit)
        workflow.demand_other(
            conn, user, [row.maker],
            "申请换钥的人不能自己确认", "nobody confirms what they asked for themselves",
        )  # fmt: skip
        seal_keys.answer(conn, row, seal_keys.CONFIRMED, user.id, _moment(now))
        _log(conn, row, "confirm", user, now)
        return row


def withdraw(registry: Registry, unit: str, user: User, now: datetime) -> KeyRow:
    """Take back what was asked, or decline it: who closes may, and who would confirm."""
    if not user.may("approve", unit):
        workflow.demand(user, "close", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _waiting(conn, unit)
        seal_keys.answer(conn, row, seal_keys.WITHDRAWN, user.id, _moment(now))
        _log(conn, row, "withdraw", user, now)
        return row


def _waiting(conn: Connection, unit: str) -> KeyRow:
    row = seal_keys.asked(conn, unit)
    if row is None:
        raise Refused(
            finding(
                "no-key-change", f"单位 {unit} 没有待确认的换钥申请",
                f"no change of key waits in unit {unit}",
                "先由一人用 mingbai seal-key change 申请",
                "one person asks first: mingbai seal-key change",
            )
        )  # fmt: skip
    return row


def _log(conn: Connection, row: KeyRow, act: str, user: User, now: datetime) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=f"seal-key.{act}",
        object=str(row.number), detail=row.key,
    )  # fmt: skip


def _moment(now: datetime) -> str:
    return now.isoformat(timespec="seconds")


def _none_pinned(unit: str) -> Finding:
    return finding(
        "no-key", f"单位 {unit} 尚无封存密钥：首次签名的封存即定下密钥",
        f"unit {unit} has no key yet: its first signed seal pins one",
        "用 mingbai seal … --key FILE 封存", "seal with mingbai seal … --key FILE",
    )  # fmt: skip


def _nothing_to_change() -> Finding:
    return finding(
        "no-key-change", "换钥须是另一把密钥，并写明原因",
        "a change is to another key, with a reason", "核对密钥，写明 --reason",
        "check the key, and give a --reason",
    )  # fmt: skip


def _waits_already(unit: str) -> Finding:
    return finding(
        "no-key-change", f"单位 {unit} 已有一份换钥申请待确认",
        f"a change of key waits in unit {unit} already",
        "由另一人用 mingbai seal-key confirm 确认，或 seal-key withdraw 撤回",
        "another person confirms it with mingbai seal-key confirm, or seal-key withdraw",
    )  # fmt: skip
