"""A list of members: our template, or any table of numbers and names, as what it says of each.

What the list means for a unit, and entering it, is :mod:`ledger.dues.enrolling`'s.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from importers.list_values import fault
from importers.lists import read_list
from importers.templates import MEMBERS
from ledger import workflow
from ledger.dues.change import Change
from ledger.dues.enrolling import Enrolled, Said, differing, enroll
from ledger.errors import Finding, Refused, Words, refuse_if
from ledger.period import Month
from ledger.registry.persons import PersonData
from ledger.rules.facts import MONTHLY, QUARTERLY, TRANSFERRED

if TYPE_CHECKING:
    from importers.list_values import ListRow
    from ledger.registry import Registry, User

#: Only number and name have to be there; who has no day of joining joined today.
ROSTER: Final = MEMBERS.asking("number", "name")
_LONGEST: Final = 20
#: States that say how much is paid, not whether somebody is a member.
_STATUSES: Final = {"试用": "probation", "退休": "retired"}
_REDUCED: Final = ("困难减免", "免交")
_CONSENTS: Final = {
    "工资代扣": "payroll-deduction", "代扣": "payroll-deduction",
    "payroll-deduction": "payroll-deduction", "实名公示": "named-in-roll",
    "named-in-roll": "named-in-roll",
}  # fmt: skip
_BETWEEN = re.compile(r"[,，、;；/\s]+")
_REMEDY: Final = Words("改正此行；名单要么全收，要么不收",
                     "correct this row; the list is taken whole or not at all")  # fmt: skip


def enter_roster(
    registry: Registry, unit: str, data: bytes, name: str, user: User, now: datetime,
    *, rule: str | None = None, accept: bool = False, check: bool = False,
) -> Enrolled:  # fmt: skip
    """Enter the members of a list, or with ``check`` only look at it.

    Where it differs from what is known of members, nothing is entered unless ``accept`` says so;
    what was entered is then said by ``Enrolled.entered``. Refused with every row that is wrong.
    """
    workflow.demand(user, "record", unit)
    said, of_list = read_roster(data, name, now.date())
    if rule is not None and of_list not in (None, rule):
        raise Refused(_bad(name, None, f"名单写明的规则是 {of_list}", f"the list is for {of_list}"))
    return enroll(
        registry, unit, said, name, user, now, rule=rule or of_list, accept=accept, check=check
    )


def refuse_differing(done: Enrolled, name: str) -> None:
    """Raise Refused with what differs, where a list was not entered because of it."""
    if not done.entered:
        rows = [
            fault("member-differs", name, one.line, "；".join(told.zh for told in one.changes),
                  "; ".join(told.en for told in one.changes),
                  Words("确认后登记", "accept it, and enter the list"))
            for one in done.changed
        ]  # fmt: skip
        raise Refused(differing(done, name), *rows)


def read_roster(data: bytes, name: str, today: date) -> tuple[list[Said], str | None]:
    """What each row says, and the rule that the list is for; Refused with every fault."""
    read = read_list(data, name, ROSTER)
    faults: list[Finding] = []
    said = [_said(row, name, today, faults) for row in read.rows]
    rules = {row.text("rule") for row in read.rows} - {""}
    if len(rules) > 1:
        faults.append(_bad(name, None, "名单中有多种会费规则", "the list has several rules"))
    refuse_if(faults)
    return said, rules.pop() if rules else None


def _said(row: ListRow, name: str, today: date, faults: list[Finding]) -> Said:
    joined, left, since = _day(row, "joined"), _day(row, "left"), _day(row, "since")
    if len(row.text("number")) > _LONGEST:
        faults.append(
            _bad(name, row.line, f"编号超过 {_LONGEST} 字", f"a number has at most {_LONGEST}")
        )
    if joined is not None and left is not None and left <= joined:
        faults.append(_bad(name, row.line, "离会日期不晚于入会日期",
                           "the member left before joining"))  # fmt: skip
    state = row.text("state")
    change = _change(row, state, since or joined or today, name, faults)
    one = Said(
        row.line, row.text("number"), _person(row), joined, change, since is not None, left=left
    )
    return _moved(row, one, state, name, faults)


def _person(row: ListRow) -> PersonData:
    accounts = tuple(part for part in _BETWEEN.split(row.text("account")) if part)
    return PersonData(row.text("name"), row.text("phone"), row.text("identity"), accounts)


def _change(
    row: ListRow, state: str, since: date, name: str, faults: list[Finding]
) -> Change:  # fmt: skip
    """What the row says for the dues."""
    change = Change(
        since,
        status=row.text("status") or _STATUSES.get(state),
        base=_fen(row, "base"),
        base_kind=row.text("base_kind"),
        chosen=_fen(row, "chosen"),
        decision=row.text("decision"),
        employer=row.text("employer") or None,
        consents=_consents(row, name, faults),
    )
    if row.text("frequency"):
        kind = QUARTERLY if row.text("frequency") == "按季" else MONTHLY
        change = replace(change, frequency=kind)
    reduced = _fen(row, "reduced")
    if state in _REDUCED or reduced is not None:
        if reduced is None and state == "困难减免":
            faults.append(_bad(name, row.line, "困难减免须填写减免后数额",
                               "a hardship reduction says what remains to be paid"))  # fmt: skip
        until = row.values.get("until")
        change = replace(
            change,
            reduction=reduced or 0,
            until=until if isinstance(until, Month) else None,
            reason=row.text("reason") or state or "减免",
            study=row.text("study"),
            approval=row.text("approval"),
        )
    return change


def _consents(row: ListRow, name: str, faults: list[Finding]) -> tuple[str, ...]:
    found = []
    for word in _BETWEEN.split(row.text("consent")):
        if word in _CONSENTS:
            found.append(_CONSENTS[word])
        elif word:
            faults.append(_bad(name, row.line, "同意事项为工资代扣、实名公示",
                               "consents are payroll-deduction and named-in-roll"))  # fmt: skip
    return tuple(found)


def _moved(row: ListRow, one: Said, state: str, name: str, faults: list[Finding]) -> Said:
    """The row with how the member came and went."""
    paid = row.values.get("paid_through")
    month = paid if isinstance(paid, Month) else None
    if state in ("转出", "退会") and one.left is None:
        faults.append(
            _bad(name, row.line, f"{state}须填写离会日期", "who left has a day of leaving")
        )
    if month is not None and state not in ("转入", "转出"):
        faults.append(_bad(name, row.line, "转接缴至只用于转入与转出",
                           "only transfers have a month that was paid through"))  # fmt: skip
    if state == "转入":
        return replace(one, came=TRANSFERRED, came_paid=month)
    if state == "转出":
        return replace(one, went=TRANSFERRED, went_paid=month)
    return one


def _fen(row: ListRow, key: str) -> int | None:
    return row.money(key).fen if key in row.values else None


def _day(row: ListRow, key: str) -> date | None:
    value = row.values.get(key)
    return value if isinstance(value, date) else None


def _bad(file: str, row: int | None, zh: str, en: str) -> Finding:
    return fault("member-row", file, row, zh, en, _REMEDY)
