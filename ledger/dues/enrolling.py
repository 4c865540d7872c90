"""A list of members, entered whole or not at all: who is new, who changes, who stays as they were.

What a list says of members who are known already is compared first and shown; it is entered only
when a person accepts it, as one more version of what is known. Nothing is written over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.dues.assessing import rulebook_for
from ledger.dues.change import Change, applied, refuse_days, status_named
from ledger.dues.changing import fresh_dossier, no_rule, refuse_rule, rules_meant
from ledger.dues.dossier import Dossier, dossier_from_json, dossier_to_json
from ledger.dues.dossier_words import changes, status_names
from ledger.errors import Finding, Refused, Words, finding, refuse_if
from ledger.registry import dues_schemes, member_facts, members, oplog, persons, units
from ledger.registry.members import ACTIVE, LEFT, MERGED, TRANSFERRED, MemberRow
from ledger.registry.persons import PersonData
from ledger.rules import facts as rule_facts
from ledger.rules.facts import MONTHLY, MemberFacts, Stay
from ledger.rules.rate_tables import RateTable
from ledger.rules.rulebook import NoRuleLoaded
from ledger.rules.table import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.period import Month
    from ledger.registry import Registry, User


#: A number of a resident's identity card, or of a mobile telephone.
_IDENTITY: Final = re.compile(r"[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9}")


@dataclass(frozen=True, slots=True)
class Said:
    """What one row of a list says of a member. ``change`` is what it says for the dues, from its
    ``since`` on; ``dated`` whether the row named that day. Empty parts of ``person`` say nothing.
    """

    line: int
    number: str
    person: PersonData
    joined: date | None
    change: Change
    dated: bool
    came: str = rule_facts.JOINED
    came_paid: Month | None = None
    left: date | None = None
    went: str = rule_facts.LEFT
    went_paid: Month | None = None


@dataclass(frozen=True, slots=True)
class Differs:
    """What a list says of a known member that is not known. It names no person."""

    line: int
    number: str
    member: str
    changes: tuple[Words, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "number": self.number,
            "id": self.member,
            "changes": [told.zh for told in self.changes],
            "changes_en": [told.en for told in self.changes],
        }


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a list brought, or would bring: ``entered`` says which.

    ``fresh`` are the members it has that were not known, with their numbers; ids only once entered.
    """

    entered: bool
    rule: str | None
    fresh: tuple[tuple[str, str], ...]
    changed: tuple[Differs, ...]
    same: int
    warnings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "entered": self.entered,
            "rule": self.rule,
            "members": [{"id": id, "number": number} for id, number in self.fresh],
            "changed": [one.as_json() for one in self.changed],
            "unchanged": self.same,
            "findings": [found.as_json() for found in self.warnings],
        }


def enroll(
    registry: Registry, unit: str, said: Sequence[Said], file: str, user: User, now: datetime,
    *, rule: str | None = None, accept: bool = False, check: bool = False,
) -> Enrolled:  # fmt: skip
    """Enter the members of a list.

    With ``check`` nothing is entered. Where known members would change, nothing is entered unless
    ``accept`` says so. Raises: NotAllowed; Refused with every row that is wrong.
    """
    workflow.demand(user, "record", unit)
    if rule is not None:
        refuse_rule(registry, unit, rule)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        plan = _Plan(conn, registry, unit, file, rule, now.date())
        plan.make(said)
        done = not check and (accept or not plan.changed)
        fresh = plan.enter(user, now) if done else tuple(("", one.number) for one in plan.fresh)
        action = "members.import" if done else "members.compare"
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action=action,
            object=f"{len(plan.fresh)} new, {len(plan.changed)} changed, {plan.same} as they were",
            detail=plan.rule or "",
        )  # fmt: skip
        return Enrolled(
            done, plan.rule, fresh, tuple(one for one, _, _ in plan.changed), plan.same,
            tuple(plan.warnings),
        )  # fmt: skip


class _Plan:
    """What a list means for one unit, worked out before anything is written."""

    def __init__(
        self, conn: Connection, registry: Registry, unit: str, file: str, rule: str | None,
        today: date,
    ) -> None:  # fmt: skip
        self._conn = conn
        self._registry = registry
        self._vault = registry.vault
        self._unit = unit
        self._place = Place.of(units.find(conn, unit))
        self._file = file
        self._today = today
        self.rule = rule
        self._tables: dict[date, RateTable | None] = {}
        self.fresh: list[Said] = []
        self._dossiers: list[Dossier | None] = []
        self.changed: list[tuple[Differs, Dossier | None, PersonData | None]] = []
        self._rows: dict[str, MemberRow] = {}
        self._days: dict[str, tuple[Change, Said]] = {}
        self.same = 0
        self.warnings: list[Finding] = []
        self._faults: list[Finding] = []

    # ---- looking -------------------------------------------------------------------------------

    def make(self, said: Sequence[Said]) -> None:
        self._find_rule(said)
        known = members.by_numbers(self._conn, self._unit, {one.number for one in said})
        self._rows = {row.id: row for row in known.values()}
        people = persons.read_many(self._conn, self._vault, {r.person for r in known.values()})
        dossiers = member_facts.last_of_members(self._conn, self._vault, set(self._rows))
        for one in said:
            row = known.get(one.number)
            try:
                refuse_days(one.joined, one.left)
                if row is None:
                    self._new(one)
                else:
                    self._compare(one, row, people.get(row.person), dossiers.get(row.id, {}))
            except Refused as fault:
                self._faults += [
                    replace(found, file=self._file, line=one.line) for found in fault.findings
                ]
        self._look_for_doubles()
        refuse_if(self._faults)

    def _find_rule(self, said: Iterable[Said]) -> None:
        """The rule that the rows' facts are for, if there is one and any are."""
        if self.rule is not None:
            return
        collected = [row.rule for row in dues_schemes.of_unit(self._conn, self._unit)]
        telling = any(one.change.is_dated for one in said)
        if len(collected) == 1:
            self.rule = collected[0]
        elif telling:
            if not collected:
                raise Refused(no_rule())
            rules_meant(Change(self._today, status=""), collected)

    def _table(self, day: date) -> RateTable | None:
        if self.rule is None:
            return None
        if day not in self._tables:
            book, _ = rulebook_for(self._registry, self._unit)
            try:
                self._tables[day] = book.in_force(RateTable, self.rule, day, self._place)
            except NoRuleLoaded:
                # Facts may be older than the rule: they are looked at as of today.
                self._tables[day] = None if day == self._today else self._table(self._today)
        return self._tables[day]

    def _new(self, one: Said) -> None:
        if _tells_who(one.number, one.person):
            raise Refused(
                _bad_row(one.line, "编号不得是姓名、手机或证件号：编号不加密",
                         "a number is no name, telephone or identity number: it is not sealed")
            )  # fmt: skip
        joined = one.joined or self._today
        stay = _stay(one, joined)
        dossier = None
        if self.rule is not None:
            since = one.change.since if one.dated else joined
            change = one.change
            if change.since != since:
                change = replace(change, since=since)
            dossier = applied(Dossier(MemberFacts("", (stay,))), change, self._table(since))
        self.fresh.append(one)
        self._dossiers.append(dossier)

    def _compare(
        self, one: Said, row: MemberRow, person: PersonData | None, known: Mapping[str, str]
    ) -> None:
        refuse_if(_unknowable(one, row, person))
        assert person is not None  # noqa: S101 - it was asked for
        other = _person_with(person, one.person)
        told = _person_changes(person, other)
        days = _days(one, row)
        dossier = None
        if self.rule is None:
            told += _day_changes(days, row)
        else:
            dossier = self._other_dossier(one, row, known.get(self.rule), days, told)
        if not told:
            self.same += 1
            return
        if days != Change(days.since):
            self._days[row.id] = (days, one)
        differs = Differs(one.line, row.number, row.id, tuple(told))
        self.changed.append((differs, dossier, other if other != person else None))

    def _other_dossier(
        self, one: Said, row: MemberRow, text: str | None, days: Change, told: list[Words]
    ) -> Dossier | None:
        """What would be known of the member for the dues, if that is not what is known."""
        before = dossier_from_json(row.id, text) if text is not None else None
        after = before or fresh_dossier(row)
        since = one.change.since if one.dated else row.joined
        change = _what_differs(one, after, self._table(since))
        if change.is_dated:
            if not one.dated and before is not None:
                raise Refused(_bad_row(one.line, "资料与已登记的不同，没有写明起始日期",
                                       "it differs from what is known, and no day says since when")
                )  # fmt: skip
            after = applied(after, replace(change, since=since), self._table(since))
        if days.left or days.joined is not None:
            after = applied(after, days, None)
        if after == before:
            return None
        told += changes(before, after, status_names(self._table(self._today)))
        return after

    def _look_for_doubles(self) -> None:
        """Rows whose identity number is another member's already: perhaps one person twice."""
        by_identity = {one.person.identity: one for one in self.fresh if one.person.identity}
        found = persons.find_many(self._conn, self._vault, "identity", by_identity)
        if not found:
            return
        people = {person for many in found.values() for person in many}
        here = members.of_persons(self._conn, self._unit, people)
        for identity, many in found.items():
            one = by_identity[identity]
            at_home = [here[person].number for person in many if person in here]
            if at_home:
                zh = f"证件号与会员 {at_home[0]} 相同，或是同一人"
                en = f"the identity number is member {at_home[0]}'s: perhaps the same person"
                do = ("确为同一人的，用 mingbai members merge 合并",
                      "if it is, use mingbai members merge")  # fmt: skip
            else:
                zh = "联合会的另一单位已登记此证件号，或应办理转接"
                en = "another unit of the federation has that identity number: perhaps a transfer"
                do = ("请原单位用 mingbai members transfer 转出",
                      "ask the old unit for mingbai members transfer")  # fmt: skip
            self.warnings.append(
                finding("perhaps-double", zh, en, *do, file=self._file, line=one.line,
                        severity="warning")
            )  # fmt: skip

    # ---- entering ------------------------------------------------------------------------------

    def enter(self, user: User, now: datetime) -> tuple[tuple[str, str], ...]:
        conn, vault = self._conn, self._vault
        people = persons.add_many(conn, vault, [one.person for one in self.fresh], now)
        rows = members.add_many(
            conn,
            [
                _row(one, person, self._unit, self._today)
                for one, person in zip(self.fresh, people, strict=True)
            ],
        )
        texts = {
            row.id: dossier_to_json(dossier)
            for row, dossier in zip(rows, self._dossiers, strict=True)
            if dossier is not None
        }
        for differs, dossier, person in self.changed:
            if dossier is not None:
                texts[differs.member] = dossier_to_json(dossier)
            if person is not None:
                persons.change(
                    conn, vault, self._rows[differs.member].person, person, user=user.id, now=now
                )
        if self.rule is not None and texts:
            member_facts.add_versions(conn, vault, self.rule, texts, user=user.id, now=now)
        for member, (days, one) in self._days.items():
            if days.joined is not None:
                members.set_joined(conn, member, days.joined)
            if days.left:
                state = TRANSFERRED if one.went == rule_facts.TRANSFERRED else LEFT
                members.set_state(conn, member, state, one.left)
        return tuple((row.id, row.number) for row in rows)


# ---- one row -----------------------------------------------------------------------------------


def _tells_who(number: str, person: PersonData) -> bool:
    """Whether a number says who its member is: books' readers see numbers."""
    return number in (person.name, person.phone, person.identity) or bool(
        _IDENTITY.fullmatch(number)
    )


def _stay(one: Said, joined: date) -> Stay:
    try:
        return Stay(joined, one.left, one.came, one.went, one.came_paid, one.went_paid)
    except ValueError as fault:
        zh = "离会须在入会之后" if "ends" in str(fault) else "转入、转出与已缴月份不相配"
        raise Refused(_bad_row(one.line, zh, str(fault))) from None


def _row(one: Said, person: str, unit: str, today: date) -> MemberRow:
    state = ACTIVE
    if one.left is not None:
        state = TRANSFERRED if one.went == rule_facts.TRANSFERRED else LEFT
    return MemberRow("", person, unit, one.number, state, one.joined or today, one.left)


def _unknowable(one: Said, row: MemberRow, person: PersonData | None) -> Iterator[Finding]:
    """Why a row cannot be about the member who has its number."""
    if row.state == MERGED:
        yield _bad_row(one.line, "此编号已并入另一会员", "this number was merged into another one")
    elif person is None:
        yield _bad_row(one.line, "此会员的个人资料已删除", "this member's data was erased")
    elif one.person.name != person.name and not (
        one.person.identity and one.person.identity == person.identity
    ):
        yield _bad_row(
            one.line, "此编号已登记给另一姓名；确为改名的，填写相同的证件号",
            "the number is another name's; where a name changed, give the same identity number",
        )  # fmt: skip


def _days(one: Said, row: MemberRow) -> Change:
    """The days of joining and leaving, where the row has others; both may be wrong before."""
    change = Change(one.left or row.joined)
    if one.joined is not None and one.joined != row.joined:
        change = replace(change, joined=one.joined)
    if one.left is not None and row.left is None:
        change = replace(change, left=True, went_paid=one.went_paid)
    return change


def _day_changes(days: Change, row: MemberRow) -> list[Words]:
    told = []
    if days.joined is not None:
        told.append(Words(f"− {row.joined} 入会", f"− joined on {row.joined}"))
        told.append(Words(f"+ {days.joined} 入会", f"+ joined on {days.joined}"))
    if days.left:
        told.append(Words(f"+ {days.since} 离会", f"+ left on {days.since}"))
    return told


def _what_differs(one: Said, known: Dossier, table: RateTable | None) -> Change:
    """What the row says for the dues that is not known."""
    facts, said = known.facts, one.change
    day = said.since if one.dated else date.max
    new = Change(said.since)
    if said.status is not None:
        faults: list[Finding] = []
        status = status_named(table, said.status, faults)
        refuse_if(faults)
        last = [s.status for s in facts.statuses if s.since <= day]
        if status is not None and status.id != (last[-1] if last else None):
            new = replace(new, status=status.id)
    base = [b for b in facts.bases if b.since <= day and said.base_kind in ("", b.kind)]
    if said.base is not None and said.base != (base[-1].fen if base else None):
        new = replace(new, base=said.base, base_kind=said.base_kind, decision=said.decision)
    chosen = [c.fen for c in facts.chosen if c.since <= day]
    if said.chosen is not None and said.chosen != (chosen[-1] if chosen else None):
        new = replace(new, chosen=said.chosen, decision=said.decision)
    paid = [f.kind for f in facts.frequencies if f.since <= day]
    if said.frequency is not None and said.frequency != (paid[-1] if paid else MONTHLY):
        new = replace(new, frequency=said.frequency, decision=said.decision)
    if said.reduction is not None and not any(
        (r.fen, r.end, r.reason, r.study, r.approval)
        == (said.reduction, said.until, said.reason, said.study, said.approval)
        for r in facts.reductions
    ):
        new = replace(
            new, reduction=said.reduction, until=said.until, reason=said.reason,
            study=said.study, approval=said.approval,
        )  # fmt: skip
    works = [e.name for e in known.employers if e.since <= day]
    if said.employer is not None and said.employer != (works[-1] if works else ""):
        new = replace(new, employer=said.employer)
    agreed = {c.what for c in known.consents if c.until is None}
    return replace(new, consents=tuple(what for what in said.consents if what not in agreed))


def _person_with(known: PersonData, said: PersonData) -> PersonData:
    """The person as the row says, where it says anything."""
    return PersonData(
        said.name or known.name,
        said.phone or known.phone,
        said.identity or known.identity,
        said.accounts or known.accounts,
    )


def _person_changes(old: PersonData, new: PersonData) -> list[Words]:
    """Which parts of a person's data change; never what they are."""
    parts = (
        (old.name != new.name, Words("姓名改变", "another name")),
        (old.phone != new.phone, Words("手机改变", "another telephone")),
        (old.identity != new.identity, Words("证件号改变", "another identity number")),
        (old.accounts != new.accounts, Words("缴费账号改变", "other payer accounts")),
    )
    return [told for differs, told in parts if differs]


def _bad_row(row: int, zh: str, en: str) -> Finding:
    return finding(
        "member-row", zh, en, "改正此行；名单要么全收，要么不收",
        "correct this row; the list is taken whole or not at all", line=row,
    )  # fmt: skip


def differing(done: Enrolled, file: str) -> Finding:
    """The finding that says that nothing was entered, because somebody has to accept it first."""
    count = len(done.changed)
    return finding(
        "members-differ",
        f"{count} 名已登记会员的资料与名单不同，没有登记",
        f"the list differs from what is known of {count} members; nothing was entered",
        "核对上列变动；确认后加 --accept，登记为新的版本",
        "look at the changes; --accept enters them as new versions",
        file=file,
    )
