"""How objections and questions stand as of a day: answers, the last day for one, what is public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ledger.disclosing.ruling import rules_of
from ledger.errors import CannotRun, Words, finding
from ledger.registry import objections, units
from ledger.registry.objections import PUBLISHED, WAITING, AnswerRow, ObjectionRow
from ledger.rules.deadlines import MET, OVERDUE, Event, Published, duties
from ledger.rules.streams import OBJECTION

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from ledger.registry import Registry
    from ledger.rules.deadlines import Duty

KINDS: Final = {"objection": Words("异议", "objection"), "question": Words("询问", "question")}
CHANNELS: Final = {
    "letter": Words("来信", "letter"), "phone": Words("来电", "telephone"),
    "visit": Words("来访", "visit"), "meeting": Words("会上提出", "at a meeting"),
    "online": Words("网上", "online"),
}  # fmt: skip
#: How one stands: not answered, answered and not confirmed, answered for everybody.
OPEN: Final = "open"
STATE_WORDS: Final = {
    OPEN: Words("待答复", "to be answered"),
    WAITING: Words("答复待确认", "its answer waits"),
    PUBLISHED: Words("已答复", "answered"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """An objection as of a day, with its answers; ``duty`` is None where no rule names a time."""

    row: ObjectionRow
    answers: tuple[AnswerRow, ...]
    duty: Duty | None
    on: date

    @property
    def state(self) -> str:
        if self.answers and self.answers[-1].state == WAITING:
            return WAITING
        return PUBLISHED if self.answer else OPEN

    @property
    def answer(self) -> AnswerRow | None:
        """What is published as its answer: the last one that was."""
        return next((one for one in reversed(self.answers) if one.state == PUBLISHED), None)

    @property
    def days_late(self) -> int:
        return self.duty.days_late if self.duty else 0

    def as_json(self) -> dict[str, Any]:
        """For who may see the unit; the original stays sealed."""
        return self.public() | {
            "code": self.row.code, "channel": self.row.channel, "words": self.row.words,
            "entered_by": self.row.user,
            "answers": [
                {"number": one.number, "state": one.state, "words": one.words, "note": one.note,
                 "by": one.user, "checker": one.checker,
                 "day": one.day.isoformat() if one.day else None}
                for one in self.answers
            ],
        }  # fmt: skip

    def public(self) -> dict[str, Any]:
        """What everybody reads of it: words that were written for it with its answer, or none."""
        answer, duty = self.answer, self.duty
        due = duty.last_day if duty else None
        return {
            "unit": self.row.unit, "kind": self.row.kind, "reference": self.row.reference,
            "day": self.row.day.isoformat(), "state": self.state,
            "words": self.row.words if answer else "",
            "answer": answer.words if answer else None,
            "answered": answer.day.isoformat() if answer and answer.day else None,
            "corrected": answer.note if answer else "",
            "due": due.isoformat() if due else None, "days_late": self.days_late,
            "rule": duty.rule.head.key if duty else None,
        }  # fmt: skip


def standings(registry: Registry, unit: str, on: date) -> list[Standing]:
    """The unit's objections as of the end of a day, by day and code."""
    with registry.read() as conn:
        facts = units.find(conn, unit)
        rows = [row for row in objections.of_units(conn, [unit]) if row.day <= on]
        answers = objections.answers(conn, [unit])
    known = {
        row.code: tuple(
            _as_of(one, on) for one in answers.get((unit, row.code), ()) if _begun(one, on)
        )
        for row in rows
    }
    told = [
        Published(0, OBJECTION, code, first.day, first.day, first.day)
        for code, every in known.items()
        for first in [next((one for one in every if one.day is not None), None)]
        if first is not None and first.day is not None
    ]
    events = [Event(OBJECTION, row.code, row.day, row.day, row.day) for row in rows]
    owed = duties([], events, told, rules_of(registry.folder, facts), on).duties
    by_code = {duty.subject: duty for duty in owed}
    return [Standing(row, known[row.code], by_code.get(row.code), on) for row in rows]


def standing(registry: Registry, unit: str, code: str, on: date) -> Standing:
    """One of them; CannotRun if there is none of this code."""
    with registry.read() as conn:
        row = known(conn, unit, code)
    return next(
        one for one in standings(registry, unit, max(on, row.day)) if one.row.code == row.code
    )


def late(found: Sequence[Standing]) -> list[Standing]:
    """Those whose answer came after its last day, or did not come: for the list of what lacks."""
    return [
        one
        for one in found
        if one.duty is not None
        and (one.duty.state == OVERDUE or (one.duty.state == MET and one.days_late))
    ]


def known(conn: Connection, unit: str, code: str) -> ObjectionRow:
    """The unit's objection of this code; CannotRun if there is none."""
    row = objections.find(conn, unit, code.strip()[:24])
    if row is None:
        raise CannotRun(
            finding(
                "no-objection", "没有这个编号的意见", "there is no objection of this code",
                "用 mingbai objection list 查看", "see mingbai objection list",
            )
        )  # fmt: skip
    return row


def _begun(one: AnswerRow, on: date) -> bool:
    return one.at[:10] <= on.isoformat()


def _as_of(one: AnswerRow, on: date) -> AnswerRow:
    """An answer as it stood at the end of a day: what came later was still waited for."""
    if one.checked_at is None or one.checked_at[:10] <= on.isoformat():
        return one
    return replace(one, state=WAITING, checker=None, day=None, checked_at=None)
