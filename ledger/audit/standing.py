"""How findings stand as of a day: their state, whom they wait for, how many there are of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ledger.audit.subjects import reference
from ledger.errors import CannotRun, Words, finding
from ledger.period import Period
from ledger.registry import audit_findings as table

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from ledger.registry import Registry
    from ledger.registry.audit_findings import ActRow, FindingRow

OPEN, ANSWERED, RETURNED, CLOSED, WITHDRAWN = (
    "open", "answered", "returned", "closed", "withdrawn",
)  # fmt: skip
STATE_WORDS: Final = {
    OPEN: Words("待答复", "to be answered"), ANSWERED: Words("已答复", "answered"),
    RETURNED: Words("退回重答", "returned"), CLOSED: Words("已办结", "closed"),
    WITHDRAWN: Words("已撤回", "withdrawn"),
}  # fmt: skip
LOW, MEDIUM, HIGH = "low", "medium", "high"
#: The gravest first.
SEVERITY_WORDS: Final = {
    HIGH: Words("重大", "high"), MEDIUM: Words("一般", "medium"), LOW: Words("轻微", "low"),
}  # fmt: skip
CORRECTED, EXPLAINED, ACCEPTED = "corrected", "explained", "accepted"
OUTCOME_WORDS: Final = {
    CORRECTED: Words("已更正", "corrected"), EXPLAINED: Words("已说明", "explained"),
    ACCEPTED: Words("接受风险", "risk accepted"),
}  # fmt: skip
TEST, SAMPLE, FREE = "test", "sample", "free"
ORIGIN_WORDS: Final = {
    TEST: Words("审计测试", "a test"), SAMPLE: Words("抽样", "a sample"),
    FREE: Words("审计人员自查", "the auditor's own reading"),
}  # fmt: skip
#: Whom a finding waits for: the unit answers, the auditor looks at the answer.
UNIT, AUDITOR = "unit", "auditor"
WAITS_WORDS: Final = {UNIT: Words("单位", "the unit"), AUDITOR: Words("审计", "an auditor")}
_WAITS: Final = {OPEN: UNIT, RETURNED: UNIT, ANSWERED: AUDITOR}


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding with its acts up to a day; the last one says how it stands."""

    row: FindingRow
    acts: tuple[ActRow, ...]

    @property
    def state(self) -> str:
        return self.acts[-1].act if self.acts else OPEN

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in _WAITS

    @property
    def waits_for(self) -> str:
        """The unit or an auditor; empty once it is over."""
        return _WAITS.get(self.state, "")

    @property
    def outcome(self) -> str:
        """How it was closed; empty while it is not."""
        return self.acts[-1].outcome if self.acts else ""

    @property
    def voucher(self) -> str:
        """The voucher that the unit named last as its correction; may be empty."""
        return next((act.voucher for act in reversed(self.acts) if act.voucher), "")

    @property
    def reference(self) -> str:
        return reference(self.row.unit, self.row.kind, self.row.subject)

    @property
    def day(self) -> str:
        """The day on which it was opened."""
        return self.row.at[:10]

    @property
    def since(self) -> str:
        """The day since which it stands so."""
        return self.acts[-1].at[:10] if self.acts else self.day

    def as_json(self) -> dict[str, Any]:
        """What it is and how it stands; texts stay sealed."""
        row = self.row
        return {
            "code": row.code, "unit": row.unit, "subject": row.kind,
            "reference": self.reference or None, "period": row.period, "severity": row.severity,
            "origin": {"kind": row.origin, "name": row.origin_name or None,
                       "digest": row.digest or None},
            "state": self.state, "waits_for": self.waits_for or None,
            "outcome": self.outcome or None, "correction": self.voucher or None,
            "opened_by": row.user, "opened": row.at,
            "acts": [
                {"number": act.number, "act": act.act, "outcome": act.outcome or None,
                 "voucher": act.voucher or None, "by": act.user, "at": act.at}
                for act in self.acts
            ],
        }  # fmt: skip


def standings(registry: Registry, units: Sequence[str], on: date | None = None) -> list[Standing]:
    """The units' findings as of the end of a day, by unit and in the order of opening."""
    with registry.read() as conn:
        return standings_in(conn, units, on)


def standings_in(conn: Connection, units: Sequence[str], on: date | None = None) -> list[Standing]:
    """:func:`standings` within a caller's transaction."""
    acts = table.acts(conn, units)
    return [
        _as_of(row, acts.get((row.unit, row.code), []), on)
        for row in table.of_units(conn, units)
        if on is None or row.at[:10] <= on.isoformat()
    ]


def standing(conn: Connection, unit: str, code: str) -> Standing:
    """One of them; CannotRun if there is none of this code."""
    row = table.find(conn, unit, code.strip()[:24])
    if row is None:
        raise CannotRun(
            finding(
                "no-finding", "没有这个编号的审计发现", "there is no audit finding of this code",
                "用 mingbai audit finding list 查看", "see mingbai audit finding list",
            )
        )  # fmt: skip
    return Standing(row, tuple(table.acts_of(conn, unit, row.code)))


def of_subject(conn: Connection, unit: str, subject: str) -> list[Standing]:
    """What was found of one thing, such as a voucher, in the order of opening."""
    return [
        Standing(row, tuple(table.acts_of(conn, unit, row.code)))
        for row in table.of_subject(conn, unit, subject)
    ]


def in_period(found: Iterable[Standing], period: Period) -> list[Standing]:
    """Those whose period has a day in common with another one."""
    return [
        one
        for one in found
        for own in [Period.parse(one.row.period)]
        if own.start < period.end and period.start < own.end
    ]


def counts(found: Iterable[Standing]) -> list[dict[str, Any]]:
    """How many there are by severity and state, the gravest first; none where there are none."""
    by = Counter((one.row.severity, one.state) for one in found)
    return [
        {"severity": severity, "state": state, "count": by[severity, state]}
        for severity in SEVERITY_WORDS
        for state in STATE_WORDS
        if by[severity, state]
    ]


def _as_of(row: FindingRow, acts: Sequence[ActRow], on: date | None) -> Standing:
    begun = acts if on is None else [act for act in acts if act.at[:10] <= on.isoformat()]
    return Standing(row, tuple(begun))
