"""What the site says of what was due, what was asked, and what is missing of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ledger.disclosing import calendar, objection_standing
from ledger.disclosing.words import NAMES
from ledger.errors import Words
from ledger.rules.deadlines import MET, OVERDUE
from ledger.rules.disclosure_tables import AUDIENCE_WORDS, SUPERIOR
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
            _cited(line), line.due, _STATES.get(line.state, model.COMING), line.met,
            model.NO_WORDS if rule is None else rule.head.name,
        )  # fmt: skip


def _cited(line: Line) -> str:
    return line.rule.head.cite(line.rule.article) if line.rule is not None else ""


def texts_of(lines: Sequence[Line], standings: Sequence[Standing]) -> Iterator[str]:
    """What of the calendar and of questions is scanned before it is told."""
    yield from (line.subject for line in lines)
    for one in standings:
        yield one.public()["words"]
        if one.answer:
            yield one.answer.words


def missed(lines: Sequence[Line]) -> model.Looked:
    """Duties that were due, and met late or not at all; how many are due by which rule."""
    due = [line for line in lines if line.due is not None and line.state in _STATES]
    late = [line for line in due if line.late]
    by_rule: dict[tuple[Words, str], int] = defaultdict(int)
    for line in due:
        if line.rule is not None:
            by_rule[line.rule.head.name, _cited(line)] += 1
    return model.Looked(
        model.MISSED, len(due), len(late),
        tuple(model.Lack(_by_rule(line), line.due) for line in late),
        tuple(
            model.Part(name, count, about=document)
            for (name, document), count in sorted(by_rule.items(), key=lambda it: it[0][1])
        ),
    )  # fmt: skip


def _by_rule(line: Line) -> Words:
    """What was to be made known, and by which rule."""
    name = NAMES[line.duty]
    if line.rule is None:
        return name
    rule = line.rule.head.name
    return Words(f"{name.zh}（{rule.zh}）", f"{name.en} ({rule.en or rule.zh})")


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
