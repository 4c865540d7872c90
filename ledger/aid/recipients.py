"""Who is to be aided: a member by number, or somebody by name and what they are known by.

A person whom only another unit knows is entered anew here, and never opened there: what that unit
knows of them stays with it. That it is the same one is known by digests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, finding
from ledger.money import Money
from ledger.registry import aid, member_merges, members, persons, same_persons
from ledger.registry.persons import PersonData

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Vault
    from ledger.registry.members import MemberRow

_NOBODY: Final = PersonData("")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One payment as it is asked for; ``line`` is its row, ``member`` a number or an id.

    ``data`` is what was typed of the person; its account is where the money goes.
    """

    line: int
    kind: str
    reason: str
    amount: Money
    member: str = ""
    data: PersonData = _NOBODY


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a payment is for. ``person`` is None for one whom this unit does not know yet.

    ``data`` is what is known with what was typed, ``fresh`` what of that is new (kind, text), and
    ``account`` where this payment goes. ``alike`` are all ids of this person in whatever unit;
    ``key`` tells those of a list apart.
    """

    person: str | None
    member: str | None
    data: PersonData
    fresh: tuple[tuple[str, str], ...]
    account: str
    alike: tuple[str, ...]
    key: str


def resolve(
    conn: Connection, vault: Vault, unit: str, wanted: Sequence[Wanted]
) -> tuple[list[Recipient], list[Finding]]:
    """Who each payment is for, and what is wrong with how they are named.

    One answer for each payment; those that have a finding are not to be used.
    """
    faults: list[Finding] = []
    given = _members(conn, unit, wanted, faults)
    merged = member_merges.persons(conn)
    ids = [merged.get(row.person, row.person) if row is not None else "" for row in given]
    ids = _found(conn, vault, unit, wanted, ids)
    belongs = members.of_persons(conn, unit, set(ids) - {""})
    data = persons.read_many(conn, vault, set(ids) - {""})
    known = [data.get(id, _NOBODY) for id in ids]
    full = [_joined(old, one.data) for old, one in zip(known, wanted, strict=True)]
    alike = same_persons.same_as(conn, vault, full)
    names = persons.find_many(conn, vault, "name", {one.data.name for one in wanted} - {""})
    answers: list[Recipient] = []
    groups: list[tuple[str, set[tuple[str, ...]], str]] = []
    for at, (one, id) in enumerate(zip(wanted, ids, strict=True)):
        member = given[at] or belongs.get(id)
        other_name = one.data.name and id not in names.get(one.data.name, ())
        if id and (other_name or _other_identity(vault, known[at], one.data)):
            faults.append(_differs(one.line))
        answers.append(
            Recipient(
                id or None, member.id if member is not None else None, full[at],
                _fresh(vault, known[at], one.data), "".join(one.data.accounts[:1]),
                tuple(sorted({*alike[at], *([id] if id else [])})), _key(id, full[at], groups),
            )
        )  # fmt: skip
    return answers, faults


def _found(
    conn: Connection, vault: Vault, unit: str, wanted: Sequence[Wanted], ids: Sequence[str]
) -> list[str]:
    """The persons of this unit who were named without a number, beside those who had one."""
    same = same_persons.same_as(conn, vault, [one.data for one in wanted])
    own = _own(conn, vault, unit, {one for found in same for one in found})
    return [
        id or next((one for one in found if one in own), "")
        for id, found in zip(ids, same, strict=True)
    ]


def recipients_of(conn: Connection, vault: Vault, alike: Sequence[str]) -> dict[str, set[str]]:
    """The digests under which each of these persons may have been aided."""
    widened = same_persons.with_merged(conn, alike)
    return {one: {aid.recipient_digest(vault, id) for id in ids} for one, ids in widened.items()}


def _members(
    conn: Connection, unit: str, wanted: Sequence[Wanted], faults: list[Finding]
) -> list[MemberRow | None]:
    words = {one.member for one in wanted} - {""}
    by_number = members.by_numbers(conn, unit, words)
    by_id = members.with_ids(conn, words)
    found: list[MemberRow | None] = []
    for one in wanted:
        row = by_number.get(one.member) or by_id.get(one.member)
        if row is not None and row.unit != unit:
            row = None
        found.append(row)
        data = one.data
        if one.member and row is None:
            faults.append(
                finding(
                    "no-member", f"没有会员 {one.member[:24]}",
                    f"there is no member {one.member[:24]}",
                    "核对会员编号", "check the member's number", line=one.line,
                )
            )  # fmt: skip
        elif not one.member and not (data.name and (data.identity or data.phone)):
            faults.append(
                finding(
                    "no-recipient", "须有会员编号，或姓名与证件号（或手机）",
                    "a recipient has a member number, or a name with an identity number or phone",
                    "补上后重试", "add it and try again", line=one.line,
                )
            )  # fmt: skip
    return found


def _own(conn: Connection, vault: Vault, unit: str, found: set[str]) -> set[str]:
    """Those of these persons whom the unit knows: its members, and whom it aided before."""
    digests = {aid.recipient_digest(vault, one): one for one in found}
    aided = aid.known_to(conn, unit, digests)
    return {*members.of_persons(conn, unit, found), *(digests[one] for one in aided)}


def _facts(data: PersonData) -> list[tuple[str, str]]:
    told = [("identity", data.identity), ("phone", data.phone)]
    return [(kind, text) for kind, text in told if text] + [
        ("account", account) for account in data.accounts
    ]


def _fresh(vault: Vault, known: PersonData, typed: PersonData) -> tuple[tuple[str, str], ...]:
    """What was typed that is not known of the person already."""
    had = {(kind, vault.digest(kind, text)) for kind, text in _facts(known)}
    return tuple(
        (kind, text) for kind, text in _facts(typed) if (kind, vault.digest(kind, text)) not in had
    )


def _other_identity(vault: Vault, known: PersonData, typed: PersonData) -> bool:
    if not (known.identity and typed.identity):
        return False
    return vault.digest("identity", known.identity) != vault.digest("identity", typed.identity)


def _joined(known: PersonData, typed: PersonData) -> PersonData:
    """What is known, and what was typed besides."""
    if not known.name:
        return typed
    return replace(
        known,
        identity=known.identity or typed.identity,
        phone=known.phone or typed.phone,
        accounts=tuple(dict.fromkeys((*known.accounts, *typed.accounts))),
    )


def _key(person: str, data: PersonData, groups: list[tuple[str, set[tuple[str, ...]], str]]) -> str:
    """One key for the rows of a list that are for one person, known or not."""
    marks: set[tuple[str, ...]] = {(person,)} if person else set()
    if data.identity:
        marks.add(("identity", data.identity))
    marks |= {("phone", data.name, data.phone)} if data.phone else set()
    marks |= {("account", data.name, account) for account in data.accounts}
    for key, others, identity in groups:
        differ = data.identity and identity and data.identity != identity
        if marks & others and not differ:
            others |= marks
            return key
    groups.append((person or f"new-{len(groups)}", marks, data.identity))
    return groups[-1][0]


def _differs(line: int) -> Finding:
    return finding(
        "aid-name-differs",
        "所填姓名与登记的不同：编号或证件号是另一人的",
        "the name is not the registered one: number or identity number are somebody else's",
        "核对这一行是哪一位", "check who this row is for", line=line,
    )  # fmt: skip
