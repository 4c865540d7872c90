"""mingbai calendar: what is due to whom, by which rule, what is missing, who owes it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ledger.cli import acting
from ledger.disclosing.words import NAMES, STATES, STREAMS, both
from ledger.errors import CannotRun, finding
from ledger.rules.disclosure_tables import AUDIENCE_WORDS, AUDIENCES

if TYPE_CHECKING:
    from ledger.disclosing.calendar import Calendar, Line

_MOST: Final = 5


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("calendar", help="公开日历 what is due to whom, by which rule")
    acting.add_folder(parser)
    acting.add_unit(parser, required=False)
    parser.add_argument(
        "--on", required=True, type=acting.day, metavar="DAY", help="截至何日 as of"
    )
    parser.add_argument(
        "--audience", choices=AUDIENCES, default="",
        help="向谁：会员、社会公众、上级 members, public, superior",
    )  # fmt: skip
    parser.add_argument(
        "--all", action="store_true", help="按时完成的也列出 those met in time, too"
    )
    acting.add_json(parser)
    acting.add_user(parser)
    parser.set_defaults(run=run_calendar)


def run_calendar(options: argparse.Namespace) -> int:
    from ledger.disclosing.calendar import calendar_of
    from ledger.disclosing.deadlines import visible

    with acting.signed_in(options) as (registry, user, _):
        if options.unit:
            asked = [acting.known_unit(registry, options.unit)]
        else:
            asked = visible(registry, user)
        if not asked:
            raise CannotRun(
                finding(
                    "no-unit", "没有可以查看的单位", "there is no unit that you may see",
                    "请管理员授予职责", "ask an administrator for a role",
                )
            )  # fmt: skip
        found = calendar_of(registry, asked, options.on, user, options.audience)
    acting.told(options, found.as_json(), list(_lines(found, every=options.all)))
    return 0


def _lines(found: Calendar, *, every: bool) -> Iterator[str]:
    counts = found.counts
    yield f"{found.on}  " + "  ".join(f"{both(STATES[one])} {counts[one]}" for one in STATES)
    for line in found.lines:
        if every or line.state != "met":
            yield from _line(line)
    for unit, fault in found.unknown:
        yield f"{unit}  {fault.what.zh} {fault.what.en}\n    → {fault.remedy.zh} {fault.remedy.en}"


def _line(one: Line) -> Iterator[str]:
    due = str(one.due) if one.due else "没有写日期 no day" if one.rule else "—"
    late = f" {one.days_late} 天 days" if one.days_late else ""
    met = f" {one.met}" if one.met else ""
    whom = f"  → {both(AUDIENCE_WORDS[one.audience])}" if one.audience else ""
    yield (
        f"{due}  {one.unit}  {both(STATES[one.state])}{met}{late}  {both(STREAMS[one.stream])}："
        f"{both(NAMES[one.duty])}  {one.subject} {one.about}".rstrip()
        + whom
    )
    if one.rule is None:
        yield f"    没有装入规则 no rule loaded: disclosure-{one.duty}"
    else:
        head = one.rule.head
        yield (
            f"    {head.cite(one.rule.article)}（{head.key}，{head.confidence}），"
            f"{both(one.rule.words)}"
        )
    if one.met:
        return
    if one.waits:
        yield f"    已登记待确认 entered, not confirmed: {'、'.join(map(str, one.waits))}"
    elif one.missing:
        reports = f"  {' '.join(one.rule.reports)}" if one.rule and one.rule.reports else ""
        days = "；".join(str(a) if a == b else f"{a} – {b}" for a, b in one.missing[:_MOST])
        rest = f" … {len(one.missing)}" if len(one.missing) > _MOST else ""
        yield f"    缺 missing: {days}{rest}{reports}"
    who = "、".join(one.users[:_MOST]) or "无人有此权限 nobody has the right"
    yield f"    由 owed by {one.unit}，{one.right}：{who}"
