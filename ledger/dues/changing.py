"""What is known of a member changes: one more fact with its day, in a new version of the dossier.

Nothing is taken out. What was entered wrongly is entered again with the same day: the later one
counts, the earlier one stays to be seen in the versions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ledger import workflow
from ledger.dues.assessing import rulebook_for
from ledger.dues.change import Change, applied, bad_fact, refuse_days, warnings_of
from ledger.dues.dossier import Dossier, dossier_from_json, dossier_to_json
from ledger.dues.dossier_words import changes, status_names
from ledger.errors import Finding, Refused, Words, finding
from ledger.registry import dues_schemes, member_facts, members, oplog, persons, units
from ledger.registry.persons import PersonData
from ledger.rules.facts import MemberFacts, Stay
from ledger.rules.rate_tables import RateTable
from ledger.rules.rulebook import NoRuleLoaded
from ledger.rules.table import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.members import MemberRow


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did to the dossier of one rule; ``warnings`` are what it will not do."""

    rule: str
    version: int
    changes: tuple[Words, ...]
    warnings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "version": self.version,
            "changes": [told.zh for told in self.changes],
            "changes_en": [told.en for told in self.changes],
            "findings": [found.as_json() for found in self.warnings],
        }


def change_member(
    registry: Registry, row: MemberRow, change: Change, user: User, now: datetime
) -> list[Changed]:
    """Record a change of a member: a new version for the rule, or for each where it is about all.

    Raises: NotAllowed; Refused with everything that is wrong, or if nothing would change.
    """
    workflow.demand(user, "record", row.unit)
    refuse_days(change.since, change.joined)
    if change.rule is not None:
        refuse_rule(registry, row.unit, change.rule)
    with registry.write() as conn:
        registry.lock_unit(conn, row.unit)
        again = members.find(conn, row.id)
        if again is not None:
            row = again
        if row.state == members.MERGED:
            raise Refused(_merged(row))
        if change.returned and any(
            one.state == members.ACTIVE and one.unit != row.unit
            for one in members.everywhere(conn, row.person)
        ):
            raise Refused(_elsewhere(row))
        return _record(conn, registry, row, change, user, now)


def _record(
    conn: Connection, registry: Registry, row: MemberRow, change: Change, user: User, now: datetime
) -> list[Changed]:
    known = {
        rule: dossier_from_json(row.id, text)
        for rule, text in member_facts.last_of_members(conn, registry.vault, [row.id])
        .get(row.id, {})
        .items()
    }
    collected = [scheme.rule for scheme in dues_schemes.of_unit(conn, row.unit)]
    rules = rules_meant(change, sorted({*known, *collected}))
    found = []
    for rule in rules:
        before = known.get(rule)
        table = table_of(conn, registry, row.unit, rule, change.since)
        start = before or fresh_dossier(row)
        after = applied(start, change, table)
        if after != before:
            told = tuple(changes(before, after, status_names(table)))
            found.append((rule, after, told, tuple(warnings_of(start, change, table))))
    if not found and (rules or not change.kinds):
        raise Refused(_nothing())
    version = {
        rule: len(member_facts.of_member(conn, registry.vault, row.id, rule)) for rule in rules
    }
    for rule, after, *_ in found:
        try:
            member_facts.add_versions(
                conn, registry.vault, rule, {row.id: dossier_to_json(after)}, user=user.id, now=now
            )
        except KeyError:
            raise Refused(erased_member(row)) from None
    _set_row(conn, row, change)
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action="member.change", object=row.id,
        detail=f"{' '.join(rule for rule, *_ in found) or '-'}: {' '.join(change.kinds)}",
    )  # fmt: skip
    return [Changed(rule, version[rule] + 1, told, warnings) for rule, _, told, warnings in found]


def _set_row(conn: Connection, row: MemberRow, change: Change) -> None:
    if change.left:
        if row.left is not None or change.since <= (change.joined or row.joined):
            words = "the member has left already" if row.left else "a stay ends after it starts"
            raise Refused(bad_fact(words))
        state = members.TRANSFERRED if change.went_paid is not None else members.LEFT
        members.set_state(conn, row.id, state, change.since)
    if change.returned:
        members.set_state(conn, row.id, members.ACTIVE, None)
    if change.joined is not None:
        members.set_joined(conn, row.id, change.joined)


def change_person(
    registry: Registry, row: MemberRow, said: PersonData, user: User, now: datetime
) -> None:
    """Put what is said of the person behind a member in place of what is known; empty parts say
    nothing. What was known is kept. Raises: NotAllowed; Refused if nothing would change."""
    workflow.demand(user, "record", row.unit)
    with registry.write() as conn:
        known = persons.read(conn, registry.vault, row.person)
        if known is None:
            raise Refused(erased_member(row))
        data = PersonData(
            said.name or known.name,
            said.phone or known.phone,
            said.identity or known.identity,
            said.accounts or known.accounts,
        )
        if data == known:
            raise Refused(_nothing())
        persons.change(conn, registry.vault, row.person, data, user=user.id, now=now)
        oplog.record(
            conn, at=now, user=user.id, unit=row.unit, action="person.change", object=row.id
        )


def refuse_rule(registry: Registry, unit: str, rule: str) -> None:
    """Refused if members owe nothing by a rule of this name, in any year."""
    book, _ = rulebook_for(registry, unit)
    known = sorted(
        {
            table.head.rule
            for table in book.tables
            if isinstance(table, RateTable) and table.payer == "member"
        }
    )
    if rule not in known:
        raise Refused(
            finding(
                "no-such-rule",
                f"没有会员按「{rule[:24]}」缴费的规则",
                f"members owe nothing by a rule {rule[:24]}",
                f"可用的规则：{'、'.join(known)}",
                f"the rules are: {', '.join(known)}",
            )
        )


def rules_meant(change: Change, rules: list[str]) -> list[str]:
    """The rules whose dossiers a change is entered into; Refused where nobody says which."""
    if change.rule is not None:
        return [change.rule]
    if rules and (len(rules) == 1 or not change.of_rule):
        return rules
    if not rules and not change.is_dated:
        return []  # the membership alone, which stands without dues
    if not rules:
        raise Refused(no_rule())
    raise Refused(
        finding(
            "which-rule",
            f"会员按多种规则缴费：{'、'.join(rules)}",
            f"the member pays by several rules: {', '.join(rules)}",
            "用 --rule 写明是哪一种",
            "say which of them with --rule",
        )
    )


def no_rule() -> Finding:
    return finding(
        "no-rule",
        "单位未设定收缴会费的规则，不知这些资料用于哪一种会费",
        "the unit collects dues by no rule yet: nobody knows which dues these facts are for",
        "先用 mingbai dues scheme 设定，或用 --rule 写明",
        "enter a scheme with mingbai dues scheme, or say which with --rule",
    )


def table_of(
    conn: Connection, registry: Registry, unit: str, rule: str, day: date
) -> RateTable | None:
    """The table by which the rule's facts are checked; None where none is in force that day."""
    book, _ = rulebook_for(registry, unit)
    try:
        return book.in_force(RateTable, rule, day, Place.of(units.find(conn, unit)))
    except NoRuleLoaded:
        return None


def fresh_dossier(row: MemberRow) -> Dossier:
    """What is known of a member of whom no facts are: since when they are one, and until when."""
    return Dossier(MemberFacts(row.id, (Stay(row.joined, row.left if _after(row) else None),)))


def _after(row: MemberRow) -> bool:
    return row.left is not None and row.left > row.joined


def _nothing() -> Finding:
    return finding(
        "no-change",
        "没有可登记的变动：资料已是如此，或没有写明变动",
        "nothing changes: it is known already, or nothing was said",
        "用 mingbai members show 查看现有资料",
        "see what is known with mingbai members show",
    )


def _elsewhere(row: MemberRow) -> Finding:
    return finding(
        "member-elsewhere",
        f"会员 {row.number} 现为另一单位的会员，回来须由该单位转出",
        f"member {row.number} is another unit's now and comes back by a transfer",
        "请该单位用 mingbai members transfer 提出",
        "ask that unit for mingbai members transfer",
    )


def _merged(row: MemberRow) -> Finding:
    return finding(
        "merged-member",
        f"会员 {row.number} 已并入另一会员，变动记在那一位名下",
        f"member {row.number} was merged into another one, where changes are recorded",
        "用 mingbai members show 查看并入哪一位",
        "see into whom with mingbai members show",
    )


def erased_member(row: MemberRow) -> Finding:
    return finding(
        "erased",
        f"会员 {row.number} 的个人资料已删除，不能再登记",
        f"member {row.number}'s data was erased; nothing can be recorded any more",
        "无须处理",
        "nothing has to be done",
    )
