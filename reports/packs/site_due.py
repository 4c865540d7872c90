"""What the site says of what was due, what was asked, and what is missing of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ledger.disclosing import calendar, objection_standing
from ledger.disclosing.words import NAMES
from ledger.errors import Words
from ledger.rules.deadlines import MET, OVERDUE
from ledger.rules.table import AUDIENCE_WORDS, SUPERIOR
from reports.site import model

if TYPE_CHECKING:
    from datetime import date

    from ledger.disclosing.calendar import Line
    from ledger.disclosing.objection_standing import Standing
    from ledger.registry import Registry

#: Whether a text may be read by everyone, and what stands in its place if not.
Told = Callable[[str], str]
_STATES: Final = {
    MET: model.MET, calendar.MET_LATE: model.LATE, OVERDUE: model.MISSING,
    calendar.NO_RULE: model.NO_RULE,
}  # fmt: skip


def lines_of(registry: Registry, units: Sequence[str], on: date) -> dict[str, list[Line]]:
    """The calendar's lines by unit: what is owed to the public and to members, not upwards."""
    found: dict[str, list[Line]] = {unit: [] for unit in units}
    for line in calendar.reckon(registry, units, on).lines:
        if line.audience != SUPERIOR:
            found[line.unit].append(line)
    return found


def dues_of(lines: Sequence[Line], told: Told) -> Iterator[model.Due]:
    """The rows of the calendar; subjects are codes, years and months."""
    for line in lines:
        rule = line.rule
        yield model.Due(
            NAMES[line.duty], told(line.subject),
            AUDIENCE_WORDS.get(line.audience, Words("", "")),
            rule.head.cite(rule.article) if rule is not None else "",
            line.due, _STATES.get(line.state, model.COMING), line.met,
        )  # fmt: skip


def missed(lines: Sequence[Line]) -> model.Looked:
    """Duties that were due, and met late or not at all."""
    due = [line for line in lines if line.due is not None and line.state in _STATES]
    late = [line for line in due if line.late]
    return model.Looked(
        model.MISSED, len(due), len(late),
        tuple(model.Lack(NAMES[line.duty], line.due) for line in late),
    )  # fmt: skip


def objections_of(standings: Sequence[Standing], told: Told) -> Iterator[model.Objection]:
    """What people asked of published lines, in the words that were written for everybody."""
    for one in standings:
        words = one.public()["words"]
        answer = one.answer
        kind, about = objection_standing.KINDS[one.row.kind], one.row.reference
        yield model.Objection(
            one.row.code, Words(f"{kind.zh} {about}", f"{kind.en} {about}"),
            told(words), one.row.day, one.duty.last_day if one.duty else None,
            answer.day if answer else None, told(answer.words) if answer else "",
        )  # fmt: skip


def unanswered(standings: Sequence[Standing]) -> model.Looked:
    """Objections without a published answer."""
    left = [one for one in standings if one.answer is None]
    return model.Looked(
        model.OPEN_OBJECTION, len(standings), len(left),
        tuple(
            model.Lack(objection_standing.KINDS[one.row.kind], one.row.day) for one in left
        ),
    )  # fmt: skip
