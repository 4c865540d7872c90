"""How evaluations stand as of a day, with the findings behind them; what everybody reads of them.

Everybody reads the result, the words and how many findings of which kind stand behind them, by
state and severity as of the day: no finding's text, no subject, no person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ledger.audit.standing import Standing, counts, standings_in
from ledger.errors import CannotRun, Words, finding
from ledger.registry import audit_evaluations as table
from ledger.registry.audit_evaluations import PUBLISHED, RETURNED, WAITING, EvaluationRow

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from ledger.registry import Registry

OF_PERIOD, OF_CAMPAIGN, OF_FUND, OF_ALLOCATION = "period", "campaign", "fund", "allocation"
SCOPE_WORDS: Final = {
    OF_PERIOD: Words("单位期间", "the unit's period"), OF_CAMPAIGN: Words("募捐活动", "campaign"),
    OF_FUND: Words("资金", "fund"), OF_ALLOCATION: Words("拨款", "allocation"),
}  # fmt: skip
RESULT_WORDS: Final = {
    "unqualified": Words("无保留", "unqualified"), "remarks": Words("有意见", "with remarks"),
    "adverse": Words("否定", "adverse"), "none": Words("不表示意见", "no opinion"),
}  # fmt: skip
STATE_WORDS: Final = {
    WAITING: Words("待另一位审计人员确认", "waits for another auditor"),
    PUBLISHED: Words("已公开", "published"), RETURNED: Words("已退回", "sent back"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Version:
    """A version as of a day, with how the findings behind it stood by then."""

    row: EvaluationRow
    findings: tuple[Standing, ...]

    @property
    def counts(self) -> list[dict[str, Any]]:
        return counts(self.findings)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All versions of an evaluation as of a day."""

    unit: str
    code: str
    versions: tuple[Version, ...]

    @property
    def last(self) -> Version:
        return self.versions[-1]

    @property
    def state(self) -> str:
        return self.last.row.state

    @property
    def published(self) -> tuple[Version, ...]:
        """The versions that everybody reads, of which the last one counts."""
        return tuple(one for one in self.versions if one.row.state == PUBLISHED)

    def as_json(self) -> dict[str, Any]:
        """For who may see the unit, with what waits."""
        return {
            "code": self.code, "unit": self.unit, "state": self.state,
            "versions": [
                _told(one)
                | {"state": one.row.state, "by": one.row.user, "checker": one.row.checker,
                   "behind": [each.row.code for each in one.findings]}
                for one in self.versions
            ],
        }  # fmt: skip

    def public(self) -> list[dict[str, Any]]:
        """The versions that were published, each with the one that took its place, if any."""
        every = self.published
        later = [*(one.row.version for one in every[1:]), None]
        return [
            {"unit": self.unit, "code": self.code}
            | _told(one)
            | {"published": one.row.day.isoformat() if one.row.day else None, "superseded": by}
            for one, by in zip(every, later, strict=False)
        ]


def evaluations(
    registry: Registry, units: Sequence[str], on: date | None = None
) -> list[Evaluation]:
    """The units' evaluations as of the end of a day, by unit and code."""
    with registry.read() as conn:
        rows = table.of_units(conn, units)
        if not rows:
            return []
        behind = table.behind(conn, units)
        known = {
            (one.row.unit, one.row.code): one for one in standings_in(conn, units, on)
        }  # fmt: skip
    found: dict[tuple[str, str], list[Version]] = {}
    for row in rows:
        if on is None or row.at[:10] <= on.isoformat():
            codes = behind.get((row.unit, row.code, row.version), ())
            of = tuple(known[row.unit, code] for code in codes if (row.unit, code) in known)
            found.setdefault((row.unit, row.code), []).append(Version(_as_of(row, on), of))
    return [Evaluation(unit, code, tuple(every)) for (unit, code), every in found.items()]


def last_published(registry: Registry, units: Sequence[str]) -> date | None:
    """The day on which an evaluation of these units was last published; None for none."""
    with registry.read() as conn:
        rows = table.of_units(conn, units)
    return max((row.day for row in rows if row.day is not None), default=None)


def versions_of(conn: Connection, unit: str, code: str) -> list[EvaluationRow]:
    """Every version of one of them; CannotRun if there is none of this code."""
    rows = table.versions(conn, unit, code.strip()[:24])
    if not rows:
        raise CannotRun(
            finding(
                "no-evaluation", "没有这个编号的评价", "there is no evaluation of this code",
                "用 mingbai audit evaluation list 查看", "see mingbai audit evaluation list",
            )
        )  # fmt: skip
    return rows


def _told(one: Version) -> dict[str, Any]:
    row = one.row
    return {
        "version": row.version, "scope": row.scope, "subject": row.subject or None,
        "period": row.period, "result": row.result, "words": row.words, "note": row.note or None,
        "findings": one.counts,
    }  # fmt: skip


def _as_of(row: EvaluationRow, on: date | None) -> EvaluationRow:
    """A version as it stood at the end of a day: what came later was still waited for."""
    if on is None or row.checked_at is None or row.checked_at[:10] <= on.isoformat():
        return row
    return replace(row, state=WAITING, checker=None, day=None, checked_at=None)
