"""One person entered twice: found, and joined by a person who says why; and taken apart again.

Both ids stay valid, because books hold them, and nothing that was posted, claimed or assessed
moves. From a day on only one of the two owes. Where that day is before the other joined, assessing
its months again takes back what was claimed of the double.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.dues.change import refuse_days
from ledger.dues.changing import erased_member
from ledger.dues.dossier import dossier_from_json, dossier_to_json
from ledger.errors import Finding, Refused, Words, finding
from ledger.registry import (
    member_facts,
    member_merges,
    member_transfers,
    members,
    oplog,
    persons,
)
from ledger.registry.members import MERGED, MemberRow
from ledger.rules.facts import LEFT, Stay

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_CONTEXT: Final = "merge"
_KINDS: Final = {
    "identity": Words("证件号", "identity number"),
    "phone": Words("手机", "telephone"),
    "account": Words("缴费账号", "payer account"),
}


@dataclass(frozen=True, slots=True)
class Alike:
    """Two members who may be one person: they have the name and ``what`` in common."""

    member: MemberRow
    other: MemberRow
    what: Words

    def as_json(self) -> dict[str, Any]:
        return {
            "member": self.member.id,
            "number": self.member.number,
            "other": self.other.id,
            "other_number": self.other.number,
            "same": self.what.zh,
            "same_en": self.what.en,
        }


def doubles(registry: Registry, unit: str, user: User) -> list[Alike]:
    """Members of the unit who may be one person, by number; those merged already are left out."""
    workflow.demand(user, "record", unit)
    with registry.read() as conn:
        pairs = persons.alike(conn, unit)
        rows = members.with_ids(conn, {one for pair in pairs for one in pair[:2]})
    return [
        Alike(rows[one], rows[other], _KINDS[kind])
        for one, other, kind in pairs
        if MERGED not in (rows[one].state, rows[other].state)
    ]


def merge(
    registry: Registry, double: MemberRow, into: MemberRow, reason: str, user: User, now: datetime,
    since: date | None = None,
) -> None:  # fmt: skip
    """Say that ``double`` is the same person as ``into``, who alone owes from ``since`` on.

    Without a day that is the month that ``now`` lies in. Raises: NotAllowed; Refused if they are of
    two units, one is merged already, waits for a transfer or was erased, or nothing says why.
    """
    workflow.demand(user, "record", double.unit)
    refuse_days(since)
    day = (since or now.date()).replace(day=1)
    with registry.write() as conn:
        registry.lock_unit(conn, double.unit)
        double, into = _again(conn, double), _again(conn, into)
        _refuse_merge(conn, double, into, reason)
        try:
            sealed = persons.seal_for(conn, registry.vault, double.id, reason, _CONTEXT)
        except KeyError:
            raise Refused(erased_member(double)) from None
        _end(conn, registry, double, day, user, now)
        member_merges.add(
            conn, member=double.id, into=into.id, since=day, sealed=sealed,
            was_state=double.state, was_left=double.left, user=user.id, now=now,
        )  # fmt: skip
        members.set_state(conn, double.id, MERGED, double.left or day)
        oplog.record(
            conn, at=now, user=user.id, unit=double.unit, action="member.merge",
            object=double.id, detail=f"into {into.id}",
        )  # fmt: skip


def unmerge(registry: Registry, double: MemberRow, reason: str, user: User, now: datetime) -> None:
    """Take a merge back: the member stands as before, and owes again. Refused if there is none."""
    workflow.demand(user, "record", double.unit)
    with registry.write() as conn:
        registry.lock_unit(conn, double.unit)
        row = member_merges.standing(conn, double.id)
        if row is None:
            raise Refused(_bad(double, "没有并入其他会员", "was not merged into another one"))
        if not reason.strip():
            raise Refused(_bad(double, "撤销须写明原因", "is taken apart for a reason"))
        try:
            sealed = persons.seal_for(conn, registry.vault, double.id, reason, _CONTEXT)
        except KeyError:
            raise Refused(erased_member(double)) from None
        _restore(conn, registry, double, user, now)
        members.set_state(conn, double.id, row.was_state, row.was_left)
        member_merges.undo(conn, row.id, sealed, user=user.id, now=now)
        oplog.record(
            conn, at=now, user=user.id, unit=double.unit, action="member.unmerge",
            object=double.id, detail=f"from {row.into}",
        )  # fmt: skip


def reason_of(conn: Connection, registry: Registry, row: member_merges.MergeRow) -> tuple[str, str]:
    """Why a merge was made, and why it was undone; empty where the person was erased."""
    vault = registry.vault
    return (
        persons.unseal_for(conn, vault, row.member, row.sealed, _CONTEXT),
        persons.unseal_for(conn, vault, row.member, row.undone, _CONTEXT),
    )


def _again(conn: Connection, row: MemberRow) -> MemberRow:
    return members.find(conn, row.id) or row


def _refuse_merge(conn: Connection, double: MemberRow, into: MemberRow, reason: str) -> None:
    if double.id == into.id:
        raise Refused(_bad(double, "不能并入自己", "cannot be merged into itself"))
    if double.unit != into.unit:
        raise Refused(_bad(double, "与另一人不在同一单位，应办理转接",
                           "is of another unit: that takes a transfer"))  # fmt: skip
    for row in (double, into):
        if row.state == MERGED:
            raise Refused(_bad(row, "已并入另一会员", "was merged into another one already"))
        if any(t.state == member_transfers.ASKED for t in member_transfers.of_member(conn, row.id)):
            raise Refused(_bad(row, "有转接待对方答复", "waits for a transfer's answer"))
    if not reason.strip():
        raise Refused(_bad(double, "合并须写明依据", "is merged for a reason"))


def _end(
    conn: Connection, registry: Registry, row: MemberRow, day: date, user: User, now: datetime
) -> None:
    """The double owes nothing from the day on, by a new version for every rule."""
    for rule, text in _known(conn, registry, row).items():
        dossier = dossier_from_json(row.id, text)
        kept: list[Stay] = []
        for stay in dossier.facts.stays:
            if stay.end is not None and stay.end <= day:
                kept.append(stay)
            elif stay.start < day:
                kept.append(replace(stay, end=day, went=LEFT, went_paid=None))
        after = replace(dossier, facts=replace(dossier.facts, stays=tuple(kept)))
        _add(conn, registry, row, rule, dossier_to_json(after), user, now)


def _restore(
    conn: Connection, registry: Registry, row: MemberRow, user: User, now: datetime
) -> None:
    """What was known before the merge, which was the last thing recorded, is known again."""
    for rule in _known(conn, registry, row):
        before = member_facts.of_member(conn, registry.vault, row.id, rule)[-2]
        _add(conn, registry, row, rule, before.text, user, now)


def _known(conn: Connection, registry: Registry, row: MemberRow) -> dict[str, str]:
    return member_facts.last_of_members(conn, registry.vault, [row.id]).get(row.id, {})


def _add(
    conn: Connection, registry: Registry, row: MemberRow, rule: str, text: str, user: User,
    now: datetime,
) -> None:  # fmt: skip
    member_facts.add_versions(conn, registry.vault, rule, {row.id: text}, user=user.id, now=now)


def _bad(row: MemberRow, zh: str, en: str) -> Finding:
    return finding(
        "no-merge",
        f"会员 {row.number} {zh}",
        f"member {row.number} {en}",
        "用 mingbai members show 核对两人后再办",
        "look at both with mingbai members show",
    )
