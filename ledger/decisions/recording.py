"""Recording what a body decided, the steps by which it did, and its report to the upper unit.

Votes are counts: who voted, and how, stands nowhere. What was decided is not altered; a decision
that nothing was paid by may be withdrawn, and recorded anew under its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.decisions.checking import used_of
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.money import Money
from ledger.registry import decisions, drafts, oplog, papers, persons, units
from ledger.registry.decisions import RECORDED, REPORTED, STEPS, DecisionEvent, DecisionRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, User

#: Papers of a decision: what their digests come to has to fit the column.
MOST_PAPERS: Final = 20
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Said:
    """A decision as its minutes say it; ``papers`` are names and bytes."""

    number: str
    day: date
    body: str
    participants: int
    votes_for: int
    votes_against: int
    abstained: int
    subject: str
    ceiling: Money
    papers: Sequence[tuple[str, bytes]]
    steps: Mapping[str, date]


def record(registry: Registry, unit: str, said: Said, user: User, now: datetime) -> DecisionRow:
    """Enter a decision with its minutes. Who records for the unit may.

    Refused for a number that stands already, more votes than participants, a day to come, no paper,
    names of registered persons, steps out of order.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        refuse_if(_faults(conn, registry, unit, said, now))
        digests = [
            papers.store_in(conn, registry, unit, data, name, user=user.id, now=now)
            for name, data in said.papers
        ]
        number = said.number.strip()
        row = DecisionRow(
            unit, number, decisions.next_version(conn, unit, number), RECORDED, said.day,
            safe_text(said.body), said.participants, said.votes_for, said.votes_against,
            said.abstained, safe_text(said.subject), said.ceiling.fen,
            " ".join(dict.fromkeys(digests)), None, user.id, now.isoformat(timespec="seconds"),
        )  # fmt: skip
        decisions.add(conn, row)
        # Vouchers may have named the number of its paper before it was recorded here.
        used_of(conn, row)
        for kind, day in sorted(said.steps.items(), key=lambda one: STEPS.index(one[0])):
            decisions.add_event(conn, row, _event(kind, day, user, now))
        _log(conn, row, "decision.record", said.ceiling.text, user, now)
    return row


def step(
    registry: Registry, unit: str, number: str, kind: str, day: date,
    paper: tuple[str, bytes] | None, user: User, now: datetime,
) -> None:  # fmt: skip
    """Say that one of the steps was taken on a day, such as its publication."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        row = known(conn, unit, number)
        have = {one.kind: one.day for one in decisions.events(conn, row) if one.kind in STEPS}
        if kind in have:
            refuse_if([_bad(f"{kind} 已登记", f"{kind} is there already")])
        refuse_if(_step_faults({**have, kind: day}, row.day, now.date()))
        digest = _kept(conn, registry, unit, paper, user, now)
        decisions.add_event(conn, row, _event(kind, day, user, now, paper=digest))
        _log(conn, row, f"decision.{kind}", day.isoformat(), user, now)


def report(
    registry: Registry, unit: str, number: str, to: str, day: date,
    paper: tuple[str, bytes] | None, user: User, now: datetime,
) -> None:  # fmt: skip
    """Say that a decision was reported to above on a day; ``to`` is the upper unit where empty.

    Refused before the decision, for a day to come, a second time, and where nobody is above.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        row = known(conn, unit, number)
        upper = units.find(conn, unit).upper
        whom = safe_text(to)[:100] or (units.find(conn, upper).name if upper else "")
        faults = []
        if not whom:
            faults.append(_bad("没有上级单位：用 --to 写明向谁报告",
                               "no unit is above: say with --to to whom"))  # fmt: skip
        if not row.day <= day <= now.date():
            faults.append(_bad(f"报告日须在 {row.day} 与今天之间",
                               f"it is reported from {row.day} to today"))  # fmt: skip
        if any(one.kind == REPORTED for one in decisions.events(conn, row)):
            faults.append(_bad("已登记过报告", "its report is there already"))
        refuse_if(faults)
        digest = _kept(conn, registry, unit, paper, user, now)
        decisions.add_event(conn, row, _event(REPORTED, day, user, now, other=whom, paper=digest))
        _log(conn, row, "decision.report", day.isoformat(), user, now)


def withdraw(registry: Registry, unit: str, number: str, user: User, now: datetime) -> None:
    """Take back a decision that was recorded wrongly.

    Refused once something was paid by it, or while a draft that names it waits.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, number)
        waits = any(
            row.number in one.payload for one in drafts.in_states(conn, unit, drafts.UNDECIDED)
        )
        if waits or used_of(conn, row):
            raise Refused(
                finding(
                    "decision-used", f"决策 {row.number} 已有凭证或草稿",
                    f"vouchers or drafts name decision {row.number}",
                    "先冲销或撤回", "reverse or withdraw them first",
                )
            )  # fmt: skip
        decisions.withdraw(conn, row)
        _log(conn, row, "decision.withdraw", "", user, now)


def known(conn: Connection, unit: str, number: str) -> DecisionRow:
    """The unit's decision of this number that stands; CannotRun if there is none."""
    row = decisions.exactly(conn, unit, [number.strip()]).get(number.strip())
    if row is None:
        raise CannotRun(
            finding(
                "no-decision-record", f"没有登记决策 {number[:_LONGEST]}",
                f"no decision {number[:_LONGEST]} is recorded",
                "用 mingbai decision list 查看", "see mingbai decision list",
            )
        )  # fmt: skip
    return row


def _event(
    kind: str, day: date, user: User, now: datetime, *, other: str = "", paper: str = ""
) -> DecisionEvent:
    return DecisionEvent(kind, day, other, paper, user.id, now.isoformat(timespec="seconds"))


def _kept(
    conn: Connection, registry: Registry, unit: str, paper: tuple[str, bytes] | None, user: User,
    now: datetime,
) -> str:  # fmt: skip
    if paper is None:
        return ""
    name, data = paper
    return papers.store_in(conn, registry, unit, data, name, user=user.id, now=now)


def _log(
    conn: Connection, row: DecisionRow, action: str, detail: str, user: User, now: datetime
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.number, detail=detail
    )


# ---- findings ----------------------------------------------------------------------------------


def _faults(
    conn: Connection, registry: Registry, unit: str, said: Said, now: datetime
) -> Iterator[Finding]:
    number = said.number.strip()
    # It stands in books between quotes, and is looked for there as it is.
    if not number or safe_text(number) != number or len(number) > _LONGEST or {*'"\\'} & {*number}:
        yield _bad("文号须为一行文字，不超过 60 字，不含引号",
                   "its number is one line of up to 60 characters, without quotes")  # fmt: skip
    elif decisions.exactly(conn, unit, [number]):
        yield _bad(f"决策 {number} 已登记", f"decision {number} is recorded already")
    votes = (said.votes_for, said.votes_against, said.abstained)
    if said.participants < 1 or min(votes) < 0 or sum(votes) > said.participants:
        yield _bad("票数不为负，合计不多于参加人数",
                   "votes are not below nothing, and no more than took part")  # fmt: skip
    if not 0 <= said.participants <= 10**6:
        yield _bad("参加人数不合理", "that many cannot have taken part")
    if said.day > now.date():
        yield _bad("决策日不晚于今天", "it was decided by today")
    for text, longest, zh, en in (
        (said.body, 100, "决策机构", "body"), (said.subject, 200, "事项", "subject"),
    ):  # fmt: skip
        if not 0 < len(safe_text(text)) <= longest:
            yield _bad(f"须写明{zh}，不超过 {longest} 字",
                       f"its {en} is named in up to {longest} characters")  # fmt: skip
        if persons.names_in(conn, registry.vault, text):
            yield _bad(f"{zh}中有已登记人员的姓名", f"its {en} holds a registered person's name")
    if not 1 <= len(said.papers) <= MOST_PAPERS or any(
        not 0 < len(data) <= papers.LARGEST for _, data in said.papers
    ):
        yield _bad(f"须附会议记录（1 至 {MOST_PAPERS} 份，不空，不超过 64 MB）",
                   f"it has its minutes as papers, 1 to {MOST_PAPERS}, up to 64 MB")  # fmt: skip
    yield from _step_faults(said.steps, said.day, now.date())


def _step_faults(steps: Mapping[str, date], decided: date, today: date) -> Iterator[Finding]:
    """Steps are known ones, in their order; it is resolved by the day of the decision."""
    if not {*steps} <= {*STEPS}:
        yield _bad(f"步骤为 {'、'.join(STEPS)}", f"steps are {', '.join(STEPS)}")
        return
    days = [steps[kind] for kind in STEPS if kind in steps]
    before = [day for kind, day in steps.items() if STEPS.index(kind) < STEPS.index("published")]
    after = [day for kind, day in steps.items() if STEPS.index(kind) >= STEPS.index("published")]
    if days != sorted(days) or any(day > today for day in days):
        yield _bad("步骤的日期须依次，不晚于今天", "steps follow each other, by today")
    if any(day > decided for day in before) or any(day < decided for day in after):
        yield _bad("四议在决策日以前，公开在其后", "it is published after it was decided")


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-decision", zh, en, "改正后重试", "correct it and try again")
