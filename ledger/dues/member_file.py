"""All that is known of one member: facts in their versions, who they are besides, and their dues.

Who reads it has to be kept in the log: what stands here is personal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ledger.dues.changing import table_of
from ledger.dues.dossier import dossier_from_json
from ledger.dues.dossier_words import changes, facts_of, status_names, words_of
from ledger.dues.merging import reason_of
from ledger.dues.transferring import Transfer, opened, without_words
from ledger.errors import Words
from ledger.money import Money
from ledger.registry import (
    assessments,
    claims,
    dues_schemes,
    member_facts,
    member_merges,
    member_transfers,
    members,
    oplog,
    persons,
    users,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.claims import ClaimRow
    from ledger.registry.member_merges import MergeRow
    from ledger.registry.members import MemberRow
    from ledger.registry.persons import PastData, PersonData


@dataclass(frozen=True, slots=True)
class VersionTold:
    """One version of what is known: who entered it, when, and what it says that was not known."""

    number: int
    user: str
    at: str
    changes: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What is known for one kind of dues now, and how that came about."""

    rule: str
    facts: tuple[Words, ...]
    versions: tuple[VersionTold, ...]


@dataclass(frozen=True, slots=True)
class MonthDues:
    """What a member was assessed for a month in all, how often, and what was claimed for it."""

    member: str
    rule: str
    month: str
    fen: int
    steps: int
    claims: tuple[ClaimRow, ...]


@dataclass(frozen=True, slots=True)
class MergeTold:
    row: MergeRow
    reason: str
    undone: str


@dataclass(frozen=True, slots=True)
class MemberFile:
    """``same`` are the members who are this person too; their dues stand among ``months``."""

    row: MemberRow
    same: tuple[MemberRow, ...]
    into: MemberRow | None
    rules: tuple[RuleFacts, ...]
    merges: tuple[MergeTold, ...]
    transfers: tuple[Transfer, ...]
    months: tuple[MonthDues, ...]
    other_claims: tuple[ClaimRow, ...]
    logins: dict[str, str]
    person: PersonData | None = None
    past: tuple[PastData, ...] = ()

    def login(self, user: str) -> str:
        return self.logins.get(user, user)

    def as_json(self) -> dict[str, Any]:
        row = self.row
        told: dict[str, Any] = {
            "id": row.id,
            "unit": row.unit,
            "number": row.number,
            "state": row.state,
            "joined": row.joined.isoformat(),
            "left": None if row.left is None else row.left.isoformat(),
            "into": None if self.into is None else self.into.id,
            "same": [one.id for one in self.same],
            "rules": [
                {
                    "rule": one.rule,
                    "facts": [fact.zh for fact in one.facts],
                    "facts_en": [fact.en for fact in one.facts],
                    "versions": [
                        {
                            "version": version.number,
                            "by": self.login(version.user),
                            "at": version.at,
                            "changes": [change.zh for change in version.changes],
                            "changes_en": [change.en for change in version.changes],
                        }
                        for version in one.versions
                    ],
                }
                for one in self.rules
            ],
            "merges": [
                {
                    "member": one.row.member,
                    "into": one.row.into,
                    "since": one.row.since.isoformat(),
                    "reason": one.reason,
                    "by": self.login(one.row.user),
                    "at": one.row.at,
                    "undone_by": one.row.undone_by and self.login(one.row.undone_by),
                    "undone_at": one.row.undone_at,
                    "undone": one.undone,
                }
                for one in self.merges
            ],
            "transfers": [transfer_json(one) for one in self.transfers],
            "months": [
                {
                    "member": one.member,
                    "rule": one.rule,
                    "month": one.month,
                    "amount": Money(one.fen).text,
                    "assessments": one.steps,
                    "claims": [_claim_json(claim) for claim in one.claims],
                }
                for one in self.months
            ],
            "claims": [_claim_json(claim) for claim in self.other_claims],
        }
        if self.person is not None:
            told["person"] = {
                "name": self.person.name,
                "phone": self.person.phone,
                "identity": self.person.identity,
                "accounts": list(self.person.accounts),
                "changed": [{"by": self.login(p.user), "at": p.at} for p in self.past],
            }
        return told


def transfer_json(one: Transfer) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.id,
        "member": row.member,
        "number": one.number,
        "from": row.from_unit,
        "to": row.to_unit,
        "day": row.day.isoformat(),
        "paid_through": row.paid_through,
        "state": row.state,
        "letter": one.letter,
        "answer": one.answer,
        "new_member": row.new_member,
    }


def _claim_json(row: ClaimRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "month": row.month,
        "amount": Money(row.fen, row.currency).text,
        "state": row.state,
    }


def member_file(
    registry: Registry, row: MemberRow, user: User, now: datetime, *, names: bool = False
) -> MemberFile:
    """Everything about a member; that ``user`` looked at it is kept in the log.

    The caller has asked whether they may: browse for the facts, record for ``names``.
    """
    with registry.write() as conn:
        found = _file(conn, registry, row, now, names=names)
        if not user.may("record", row.unit):
            # What people wrote about a person may name somebody.
            found = replace(
                found,
                merges=tuple(replace(one, reason="", undone="") for one in found.merges),
                transfers=tuple(without_words(one) for one in found.transfers),
            )
        oplog.record(
            conn, at=now, user=user.id, unit=row.unit,
            action="member.names" if names else "member.facts", object=row.id,
        )  # fmt: skip
    return found


def _file(
    conn: Connection, registry: Registry, row: MemberRow, now: datetime, *, names: bool
) -> MemberFile:
    vault = registry.vault
    row = members.find(conn, row.id) or row
    merged = member_merges.standing(conn, row.id)
    into = None if merged is None else members.find(conn, merged.into)
    doubles = members.with_ids(conn, member_merges.doubles_of(conn, row.id))
    same = tuple(sorted(doubles.values(), key=lambda one: one.number))
    merges = tuple(
        MergeTold(one, *reason_of(conn, registry, one))
        for one in member_merges.of_members(conn, [row.id])
    )
    transfers = opened(conn, registry, member_transfers.of_member(conn, row.id))
    months, others = _dues(conn, registry, (row, *same))
    person = persons.read(conn, vault, row.person) if names else None
    past = tuple(persons.past(conn, vault, row.person)) if names else ()
    rules = _rules(conn, registry, row, now.date())
    return MemberFile(
        row, same, into, rules, merges, tuple(transfers), months, others,
        {user.id: user.login for user in users.all_users(conn)}, person, past,
    )  # fmt: skip


def _rules(
    conn: Connection, registry: Registry, row: MemberRow, today: date
) -> tuple[RuleFacts, ...]:
    known = member_facts.last_of_members(conn, registry.vault, [row.id]).get(row.id, {})
    found = []
    for rule in known:
        names = status_names(table_of(conn, registry, row.unit, rule, today))
        before = None
        told = []
        for version in member_facts.of_member(conn, registry.vault, row.id, rule):
            after = dossier_from_json(row.id, version.text)
            said = tuple(changes(before, after, names))
            told.append(VersionTold(version.number, version.user, version.at, said))
            before = after
        assert before is not None  # noqa: S101 - there is a last version
        facts = tuple(words_of(fact, names) for fact in facts_of(before))
        found.append(RuleFacts(rule, facts, tuple(reversed(told))))
    return tuple(found)


def _dues(
    conn: Connection, registry: Registry, rows: tuple[MemberRow, ...]
) -> tuple[tuple[MonthDues, ...], tuple[ClaimRow, ...]]:
    """The months that these members were assessed for, newest first, and claims of none."""
    assessed: dict[tuple[str, str, str], tuple[int, int]] = {}
    for row in rows:
        for one in assessments.of_member(conn, registry.vault, row.id):
            fen, steps = assessed.get((one.member, one.rule, one.month), (0, 0))
            assessed[one.member, one.rule, one.month] = fen + one.fen, steps + 1
    owed = claims.of_members(conn, rows[0].unit, {row.id for row in rows})
    months = [
        MonthDues(
            member, rule, month, fen, steps,
            tuple(c for c in owed if (c.member, c.rule, c.month) == (member, rule, month)),
        )
        for (member, rule, month), (fen, steps) in assessed.items()
    ]  # fmt: skip
    others = tuple(c for c in owed if (c.member or "", c.rule, c.month) not in assessed)
    return tuple(sorted(months, key=lambda m: (m.month, m.rule), reverse=True)), others


def rules_collected(registry: Registry, unit: str) -> list[str]:
    """The rules by which the unit collects dues."""
    with registry.read() as conn:
        return [row.rule for row in dues_schemes.of_unit(conn, unit)]
