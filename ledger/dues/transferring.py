"""A member goes from one unit to another, by the consent of both: exactly one collects each month.

The old unit asks, and says up to which month it collects, as a letter of transfer does. Nothing
changes until somebody of the new unit accepts: then the stay ends there and begins here, in one
transaction. The months after the letter's are the new unit's, whatever the rules say of the month
of a transfer. In the new unit the member has a new id and number; the person is the same one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.dues.change import refuse_days
from ledger.dues.changing import erased_member, table_of
from ledger.dues.dossier import Dossier, dossier_from_json, dossier_to_json
from ledger.errors import Finding, NotAllowed, Refused, finding
from ledger.period import Month
from ledger.registry import (
    dues_schemes,
    ids,
    logins,
    member_facts,
    member_transfers,
    members,
    oplog,
    persons,
    units,
)
from ledger.registry.member_transfers import ACCEPTED, ASKED, REFUSED, WITHDRAWN, TransferRow
from ledger.registry.members import ACTIVE, TRANSFERRED, MemberRow
from ledger.rules import facts as rule_facts
from ledger.rules.facts import Stay

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_CONTEXT: Final = "transfer"
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer with its letter, the answer to it, and the number that the member has there."""

    row: TransferRow
    letter: str
    answer: str
    number: str


def ask(
    registry: Registry, row: MemberRow, to: str, day: date, paid_through: Month, letter: str,
    user: User, now: datetime,
) -> str:  # fmt: skip
    """Ask another unit to take a member from ``day`` on; the transfer's id.

    Raises: NotAllowed; CannotRun if there is no such unit; Refused if it cannot be.
    """
    workflow.demand(user, "record", row.unit)
    with registry.write() as conn:
        registry.lock_unit(conn, row.unit)
        return ask_in(conn, registry, row, to, day, paid_through, letter, user, now).id


def ask_in(
    conn: Connection, registry: Registry, row: MemberRow, to: str, day: date, paid_through: Month,
    letter: str, user: User, now: datetime,
) -> TransferRow:  # fmt: skip
    """The same in a transaction that has the unit's lock."""
    row = members.find(conn, row.id) or row
    units.find(conn, to)
    _check(conn, registry, row, to, day, paid_through)
    if any(one.state == ASKED for one in member_transfers.of_member(conn, row.id)):
        raise Refused(_bad("此会员已有转接待答复", "a transfer of this member waits already"))
    try:
        sealed = persons.seal_for(conn, registry.vault, row.id, letter, _CONTEXT)
    except KeyError:
        raise Refused(erased_member(row)) from None
    new = TransferRow(
        ids.new("t"), row.id, row.unit, to, day, str(paid_through), sealed, ASKED, user.id,
        now.isoformat(timespec="seconds"),
    )  # fmt: skip
    member_transfers.add(conn, new)
    _log(conn, new, row.unit, "member.transfer-ask", user, now)
    return new


def accept(registry: Registry, transfer: str, number: str, user: User, now: datetime) -> str:
    """Take the member, under a number of the new unit; who the member is there.

    Raises: NotAllowed, also for who asked; Refused if it was answered, or cannot be any more.
    """
    with registry.write() as conn:
        row = _waiting(conn, registry, transfer)
        workflow.demand(user, "record", row.to_unit)
        return accept_in(conn, registry, row, number, user, now).id


def accept_in(
    conn: Connection, registry: Registry, row: TransferRow, number: str, user: User, now: datetime
) -> MemberRow:
    """Take the member of a transfer that waits; who they are in the new unit.

    The caller has asked for the right to take, and has the locks of both units.
    """
    if logins.same_person(conn, user.id, row.user):
        raise NotAllowed(
            finding(
                "own-transfer",
                "转接须由另一人接收：提出的人不能自己接收",
                "somebody else accepts a transfer: not the one who asked for it",
                "请新单位的经办人办理",
                "ask a person of the new unit",
            )
        )
    old = members.find(conn, row.member)
    assert old is not None  # noqa: S101 - the database holds it
    _check(conn, registry, old, row.to_unit, row.day, Month.parse(row.paid_through))
    new = _arrive(conn, old, row, number)
    _hand_over(conn, registry, old, new, row, user, now)
    members.set_state(conn, old.id, TRANSFERRED, row.day)
    member_transfers.answer(conn, row.id, ACCEPTED, user=user.id, now=now, new_member=new.id)
    for unit in (row.from_unit, row.to_unit):
        _log(conn, row, unit, "member.transfer-accept", user, now)
    return new


def refuse(registry: Registry, transfer: str, reason: str, user: User, now: datetime) -> None:
    """The new unit does not take the member, and says why. Raises: NotAllowed; Refused."""
    with registry.write() as conn:
        row = _waiting(conn, registry, transfer)
        workflow.demand(user, "record", row.to_unit)
        _close(conn, registry, row, REFUSED, reason, user, now)


def withdraw(registry: Registry, transfer: str, reason: str, user: User, now: datetime) -> None:
    """The old unit keeps the member after all, and says why. Raises: NotAllowed; Refused."""
    with registry.write() as conn:
        row = _waiting(conn, registry, transfer)
        workflow.demand(user, "record", row.from_unit)
        _close(conn, registry, row, WITHDRAWN, reason, user, now)


def waiting(registry: Registry, unit: str, user: User) -> list[Transfer]:
    """Transfers from and to the unit that nobody answered yet. What people wrote about them may
    name somebody: it is for who may record."""
    with registry.read() as conn:
        found = opened(conn, registry, member_transfers.waiting(conn, unit))
    return found if user.may("record", unit) else [without_words(one) for one in found]


def without_words(one: Transfer) -> Transfer:
    """A transfer without its letter and the answer's reason."""
    return replace(one, letter="", answer="")


def opened(conn: Connection, registry: Registry, rows: list[TransferRow]) -> list[Transfer]:
    """Transfers with what is sealed of them."""
    vault = registry.vault
    known = members.with_ids(conn, {row.member for row in rows})
    return [
        Transfer(
            row,
            persons.unseal_for(conn, vault, row.member, row.sealed, _CONTEXT),
            persons.unseal_for(conn, vault, row.member, row.answer, _CONTEXT),
            known[row.member].number,
        )
        for row in rows
    ]


# ---- whether it can be -------------------------------------------------------------------------


def _waiting(conn: Connection, registry: Registry, transfer: str) -> TransferRow:
    row = member_transfers.find(conn, transfer)
    if row is None:
        raise Refused(_bad("没有这项转接", "there is no such transfer"))
    for unit in sorted({row.from_unit, row.to_unit}):
        registry.lock_unit(conn, unit)
    row = member_transfers.find(conn, transfer) or row
    if row.state != ASKED:
        raise Refused(_bad("这项转接已有答复", "the transfer was answered already"))
    return row


def _check(
    conn: Connection, registry: Registry, row: MemberRow, to: str, day: date, paid: Month
) -> None:
    """Refused unless the member is here until the day, and the letter leaves no month to both."""
    refuse_days(day, paid.first)
    if to == row.unit:
        raise Refused(_bad("转往的单位就是本单位", "the member is of that unit already"))
    if row.state != ACTIVE or row.left is not None:
        raise Refused(_bad("会员已不在籍", "the member is one no more"))
    if day <= row.joined:
        raise Refused(_bad("转接日期须在入会之后", "a transfer is after the day of joining"))
    latest = Month.of(day)
    for _ in range(_MONTHS):
        latest = latest.next()
    if paid > latest:
        raise Refused(_bad("原单位收至的月份超过转接后一年",
                           "the letter goes more than a year beyond"))  # fmt: skip
    known = member_facts.last_of_members(conn, registry.vault, [row.id]).get(row.id, {})
    for rule, text in known.items():
        stays = dossier_from_json(row.id, text).facts.stays
        if not stays or stays[-1].end is not None or day <= stays[-1].start:
            raise Refused(_bad(f"{rule}：会籍在该日以前已止或尚未开始",
                               f"{rule}: the member is not here on that day"))  # fmt: skip
        first = _first_month(conn, registry, row, rule, stays[-1])
        if paid < first.previous():
            raise Refused(_bad(f"{rule}：本单位自 {first} 起收缴，转接只能收至其上月或以后",
                               f"{rule}: this unit collects from {first} on"))  # fmt: skip


def _first_month(
    conn: Connection, registry: Registry, row: MemberRow, rule: str, stay: Stay
) -> Month:
    table = table_of(conn, registry, row.unit, rule, stay.start)
    terms = {} if table is None else table.values
    first, _ = stay.months(
        str(terms.get("joins", "month-of")), "month-of", str(terms.get("transfers", "old-unit"))
    )
    return first


# ---- handing over ------------------------------------------------------------------------------


def _arrive(conn: Connection, old: MemberRow, row: TransferRow, number: str) -> MemberRow:
    """The member in the new unit: who they were there before, if they come back."""
    back = members.of_person(conn, row.to_unit, old.person)
    if back is not None and back.state == ACTIVE:
        raise Refused(_bad("此人在新单位已是会员", "the new unit has this person already"))
    if back is not None and back.state in (TRANSFERRED, members.LEFT):
        if back.left is not None and back.left > row.day:
            raise Refused(_bad("此人在新单位的会籍到该日尚未止",
                               "the stay there ends after that day"))  # fmt: skip
        members.set_state(conn, back.id, ACTIVE, None)
        return replace(back, state=ACTIVE, left=None)
    new = members.add(
        conn, person=old.person, unit=row.to_unit, number=number, joined=row.day, state=ACTIVE
    )
    found = members.find(conn, new)
    assert found is not None  # noqa: S101 - it was entered
    return found


def _hand_over(
    conn: Connection, registry: Registry, old: MemberRow, new: MemberRow, row: TransferRow,
    user: User, now: datetime,
) -> None:  # fmt: skip
    """The stay ends in the old unit and begins in the new one, for every rule that is known.

    Status, bases, chosen amounts, reductions and employer go along, because papers back them. That
    dues are paid by the quarter, or withheld, was agreed with the old unit and ends there.
    """
    vault, paid = registry.vault, Month.parse(row.paid_through)
    known = member_facts.last_of_members(conn, vault, [old.id, new.id])
    here, there = known.get(old.id, {}), known.get(new.id, {})
    stay = Stay(row.day, None, rule_facts.TRANSFERRED, came_paid=paid)
    for rule, text in here.items():
        dossier = dossier_from_json(old.id, text)
        stays = dossier.facts.stays
        gone = replace(stays[-1], end=row.day, went=rule_facts.TRANSFERRED, went_paid=paid)
        ended = replace(dossier.facts, stays=(*stays[:-1], gone))
        _add(conn, registry, old, rule, replace(dossier, facts=ended), user, now)
        before = there.get(rule)
        earlier = () if before is None else dossier_from_json(new.id, before).facts.stays
        facts = replace(dossier.facts, member=new.id, stays=(*earlier, stay), frequencies=())
        _add(conn, registry, new, rule, Dossier(facts, dossier.employers, ()), user, now)
    collected = {scheme.rule for scheme in dues_schemes.of_unit(conn, row.to_unit)}
    for rule in sorted(collected - here.keys()):
        # Nothing is known for these dues there: what there was before goes on, or begins.
        text = there.get(rule, "")
        kept = dossier_from_json(new.id, text) if text else None
        if kept is not None:
            facts = replace(kept.facts, stays=(*kept.facts.stays, stay))
            _add(conn, registry, new, rule, replace(kept, facts=facts), user, now)


def _add(
    conn: Connection, registry: Registry, row: MemberRow, rule: str, dossier: Dossier, user: User,
    now: datetime,
) -> None:  # fmt: skip
    texts = {row.id: dossier_to_json(dossier)}
    try:
        member_facts.add_versions(conn, registry.vault, rule, texts, user=user.id, now=now)
    except KeyError:
        raise Refused(erased_member(row)) from None


def _close(
    conn: Connection, registry: Registry, row: TransferRow, state: str, reason: str, user: User,
    now: datetime,
) -> None:  # fmt: skip
    if not reason.strip():
        raise Refused(_bad("须写明原因", "nothing says why"))
    try:
        sealed = persons.seal_for(conn, registry.vault, row.member, reason, _CONTEXT)
    except KeyError:
        sealed = None  # the person was erased meanwhile; the transfer ends all the same
    member_transfers.answer(conn, row.id, state, user=user.id, now=now, sealed=sealed)
    for unit in (row.from_unit, row.to_unit):
        _log(conn, row, unit, f"member.transfer-{state}", user, now)


def _log(
    conn: Connection, row: TransferRow, unit: str, action: str, user: User, now: datetime
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=unit, action=action, object=row.member,
        detail=f"{row.id} {row.from_unit} to {row.to_unit}",
    )  # fmt: skip


def _bad(zh: str, en: str) -> Finding:
    return finding(
        "no-transfer", f"不能转接：{zh}", f"no transfer: {en}",
        "用 mingbai members transfer 查看待答复的转接，用 mingbai members show 查看会员",
        "see what waits with mingbai members transfer, and the member with mingbai members show",
    )  # fmt: skip
