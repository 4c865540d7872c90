"""A month of one unit's dues: every member assessed, differences entered, claims raised.

The first assessment of a member and month is kept with all that it was made of. When a fact
changes, assessing again enters the difference beside it; with unchanged facts it enters nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ledger import workflow
from ledger.collecting import uncollected
from ledger.dues.claiming import Owed, claim_all
from ledger.dues.credits import Applied, apply_credits
from ledger.dues.dossier import facts_from_json
from ledger.errors import Finding, Refused, Words, finding
from ledger.money import Money
from ledger.registry import assessments, dues_schemes, member_facts, members, oplog, persons, units
from ledger.registry.assessments import AssessmentRow
from ledger.rules.assessment import Assessment, Assessor
from ledger.rules.rate_tables import RateTable
from ledger.rules.reassessment import difference
from ledger.rules.record import as_record, as_text, of_record
from ledger.rules.rulebook import Rulebook, load
from ledger.rules.table import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.period import Month
    from ledger.registry import Registry, User
    from ledger.registry.dues_schemes import SchemeRow


@dataclass(frozen=True, slots=True)
class Changed:
    """A member who owes another amount for the month than was assessed before."""

    member: str
    fen: int
    total_fen: int
    reasons: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Assessed:
    """What assessing a month by one rule did.

    ``owing`` members owe ``total`` in all; ``fresh`` of them were assessed for the first time.
    ``missing`` are the members of whom a fact is missing, with what is; ``credits`` what was
    settled at once by what members had paid before.
    """

    rule: str
    month: Month
    table: str
    source: str
    confidence: str
    owing: int
    total: Money
    fresh: int
    changed: tuple[Changed, ...]
    missing: tuple[tuple[str, Finding], ...]
    codes: tuple[str, ...]
    warnings: tuple[Finding, ...] = ()
    credits: tuple[Applied, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "month": str(self.month),
            "table": self.table,
            "source": self.source,
            "confidence": self.confidence,
            "owing": self.owing,
            "total": self.total.text,
            "fresh": self.fresh,
            "changed": [
                {
                    "member": one.member,
                    "difference": Money(one.fen).text,
                    "total": Money(one.total_fen).text,
                    "reasons": [str(why) for why in one.reasons],
                }
                for one in self.changed
            ],
            "missing": [{"member": member, **found.as_json()} for member, found in self.missing],
            "credits": [one.as_json() for one in self.credits],
            "findings": [found.as_json() for found in self.warnings],
        }


def rulebook_for(registry: Registry, unit: str) -> tuple[Rulebook, list[Finding]]:
    """The shipped tables and the local ones of the federation and the unit."""
    return load(registry.folder, unit)


class _LookedOnly(Exception):
    """Ends the transaction of somebody who only looks: nothing of it is kept."""


def assess_month(
    registry: Registry,
    unit: str,
    month: Month,
    user: User,
    now: datetime,
    rule: str | None = None,
    *,
    look: bool = False,
    seen: str | None = None,
) -> list[Assessed]:
    """Assess a unit's members for a month by each rule that it collects dues by, or by one.

    With ``look`` nothing is kept: it says what would be. With ``seen``, the :func:`digest` of what
    was looked at, something else is refused.
    Raises: NotAllowed; Refused if the unit collects none, or no rule is in force.
    """
    done: list[Assessed] = []
    with contextlib.suppress(_LookedOnly):
        _assess(registry, unit, month, user, now, rule, done, look=look, seen=seen)
    return done


def digest(done: Sequence[Assessed]) -> str:
    """What tells an assessment from any other: amounts and reasons of every member."""
    told = repr([(one.as_json() | {"credits": None}) for one in done])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _assess(
    registry: Registry,
    unit: str,
    month: Month,
    user: User,
    now: datetime,
    rule: str | None,
    done: list[Assessed],
    *,
    look: bool,
    seen: str | None,
) -> None:
    workflow.demand(user, "record", unit)
    book, warnings = rulebook_for(registry, unit)
    with uncollected(), registry.write() as conn:
        registry.lock_unit(conn, unit)
        schemes = [
            row for row in dues_schemes.of_unit(conn, unit) if rule in (None, row.rule)
        ]  # fmt: skip
        if not schemes:
            raise Refused(no_scheme(unit, rule))
        row = units.find(conn, unit)
        for scheme in schemes:
            table = book.in_force(RateTable, scheme.rule, month.first, Place.of(row))
            one = _Month(conn, registry, scheme, table, month, book, user, now).run(tuple(warnings))
            oplog.record(
                conn, at=now, user=user.id, unit=unit, action="dues.assess",
                object=f"{scheme.rule} {month}",
                detail=f"{one.owing} owing, {one.fresh} first, {len(one.changed)} changed",
            )  # fmt: skip
            done.append(one)
        if look:
            raise _LookedOnly
        if seen is not None and seen != digest(done):
            raise Refused(_changed_since())


def _changed_since() -> Finding:
    return finding(
        "changed-since",
        "会员资料在试算之后有变动，没有登记",
        "facts changed after this was reckoned: nothing was entered",
        "重新试算，核对后再登记",
        "reckon it again, look at it, and enter it then",
    )


def no_scheme(unit: str, rule: str | None) -> Finding:
    return finding(
        "no-dues-scheme",
        f"单位 {unit} 未设定按{rule or '任何'}规则收缴会费",
        f"unit {unit} collects no dues by {rule or 'any rule'}",
        "先用 mingbai dues scheme 设定规则、科目与资金",
        "say with mingbai dues scheme by which rule, and where what is paid is entered",
    )


class _Month:
    """One rule and month of one unit, in one transaction."""

    def __init__(
        self,
        conn: Connection,
        registry: Registry,
        scheme: SchemeRow,
        table: RateTable,
        month: Month,
        book: Rulebook,
        user: User,
        now: datetime,
    ) -> None:
        self._conn = conn
        self._vault = registry.vault
        self._scheme = scheme
        self._table = table
        self._month = month
        self._named = str(month)
        self._book = book
        self._user = user
        self._now = now

    def run(self, warnings: tuple[Finding, ...]) -> Assessed:
        conn, scheme, month = self._conn, self._scheme, self._month
        keys = persons.keys_of_unit(conn, self._vault, scheme.unit)
        known = member_facts.of_unit(conn, keys, scheme.unit, scheme.rule)
        before = assessments.last_of_month(conn, keys, scheme.unit, scheme.rule, str(month))
        assessor = Assessor(self._table, month)
        rows: list[tuple[AssessmentRow, str]] = []
        owed: list[Owed] = []
        changed: list[Changed] = []
        missing: list[tuple[str, Finding]] = []
        owing = total = 0
        for member, text in known.items():
            found = assessor.assess(facts_from_json(member, text))
            if isinstance(found, Finding):
                missing.append((member, found))
                continue
            old = before.get(member)
            if found is not None:
                owing += 1
                total += found.fen
            if old is None and found is None:
                continue
            if old is None and found is not None:
                rows.append(self._row(found, 0, found.fen))
                owed.append(Owed(member, self._named, found.fen, found.due))
                continue
            assert old is not None  # noqa: S101 - the cases above
            self._compare(old, found, rows, owed, changed)
        assessments.add_many(conn, keys, rows, user=self._user.id, now=self._now)
        codes = claim_all(conn, scheme, [one for one in owed if one.fen], self._now.date())
        credited = apply_credits(conn, scheme.unit, scheme.rule, self._now.date())
        missing += self._without_facts(known)
        return Assessed(
            scheme.rule, month, self._table.head.key, self._table.head.source,
            self._table.head.confidence, owing, Money(total), len(rows) - len(changed),
            tuple(changed), tuple(missing), tuple(codes), warnings, tuple(credited),
        )  # fmt: skip

    def _compare(
        self,
        old: AssessmentRow,
        found: Assessment | None,
        rows: list[tuple[AssessmentRow, str]],
        owed: list[Owed],
        changed: list[Changed],
    ) -> None:
        """Enter the difference between what stands and what is owed by the facts of today."""
        if found is not None and old.record == as_record(found):
            return  # most members, whenever a month is assessed again
        stands = None
        if old.record is not None and old.record.get("row") is not None:
            stands = of_record(old.record, self._book)
        gap = difference(stands, found)
        if gap is None:
            return
        total = 0 if found is None else found.fen
        due = old.due if found is None else found.due
        number = old.number + 1
        if found is None:
            rows.append(_nothing(old, number))
        else:
            rows.append(self._row(found, number, total - old.total_fen))
        owed.append(Owed(old.member, old.month, total - old.total_fen, due))
        changed.append(Changed(old.member, total - old.total_fen, total, gap.reasons))

    def _row(self, found: Assessment, number: int, fen: int) -> tuple[AssessmentRow, str]:
        head = found.table.head
        row = AssessmentRow(
            self._scheme.unit, self._scheme.rule, self._named, found.member, number, fen,
            found.fen, found.due, head.key, head.digest, found.row.id, None,
        )  # fmt: skip
        return row, as_text(found)

    def _without_facts(self, known: Mapping[str, str]) -> list[tuple[str, Finding]]:
        """Members of whom nothing is known for these dues: somebody should say what they are."""
        return [
            (member, _no_facts(self._scheme.rule))
            for member in members.ids_of_unit(self._conn, self._scheme.unit)
            if member not in known
        ]


def _nothing(old: AssessmentRow, number: int) -> tuple[AssessmentRow, str]:
    """Nothing is owed for the month after all."""
    row = AssessmentRow(
        old.unit, old.rule, old.month, old.member, number, -old.total_fen, 0, old.due,
        old.table_key, old.table_digest, "", None,
    )  # fmt: skip
    return row, '{"row":null}'


def _no_facts(rule: str) -> Finding:
    return finding(
        "no-facts",
        f"没有此会员按 {rule} 计费所需的资料",
        f"nothing is known of this member for {rule} dues",
        "用 mingbai members import 补录身份、入会日期与基数",
        "enter status, first day and base with mingbai members import",
        severity="warning",
    )
