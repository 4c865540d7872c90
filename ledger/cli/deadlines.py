"""mingbai deadlines, disclosure, campaign published: what has to be made public, and what was."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.cli import acting
from ledger.disclosing.words import NAMES, NEARING, both
from ledger.errors import CannotRun, finding
from ledger.rules.disclosure_tables import AUDIENCES
from ledger.rules.streams import ENTERED

if TYPE_CHECKING:
    from ledger.disclosing.deadlines import Deadlines, Nearing, Owed
    from ledger.registry.disclosures import DisclosureRow

#: As in ledger.disclosing.publishing, which loads the registry.
_OF_CAMPAIGN: Final = ("interim", "closing", "leftover", "partner", "emergency-over")
_OF_UNIT: Final = ("annual", "related-party", "major", *ENTERED)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("deadlines", help="公开期限 what has to be published by when")
    acting.add_folder(parser)
    acting.add_unit(parser, required=False)
    parser.add_argument(
        "--on", required=True, type=acting.day, metavar="DAY", help="截至何日 as of"
    )
    parser.add_argument(
        "--all", action="store_true", help="按时完成的也列出 those met in time, too"
    )
    acting.add_json(parser)
    acting.add_user(parser)
    parser.set_defaults(run=run_deadlines)

    group = commands.add_parser("disclosure", help="已公开的 what was published")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")
    record = acting.add_part(
        parts, "record", "登记单位的公开：年度报告、党费、决算、拨款等 the unit's own",
        run=run_record,
    )  # fmt: skip
    record.add_argument("--kind", required=True, choices=_OF_UNIT, help="种类 kind")
    record.add_argument(
        "--about", default="", metavar="CODE",
        help="捐赠编号、决策文号、凭证号、拨款文号或会费标准 which gift, item or document",
    )  # fmt: skip
    record.add_argument(
        "--audience", default="", choices=AUDIENCES,
        help="向谁公开，缺省按规则 to whom, by default as the rule says",
    )  # fmt: skip
    _add_published(record)
    for name, help, run in (
        ("approve", "确认另一人登记的公开 confirm what somebody else entered", run_approve),
        ("back", "退回待确认的 take back what waits", run_back),
    ):
        one = acting.add_part(parts, name, help, run=run)
        one.add_argument("number", type=acting.number, metavar="N", help="登记号 number")
    acting.add_part(parts, "list", "列出 list them", run=run_list)


def add_published(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """``campaign published``: what was published of one campaign."""
    parser = acting.add_part(
        parts, "published", "登记活动的公开，待另一人确认 what was published of it",
        code=("CODE", "活动编号 code: HD2026-0001-4"), run=run_record,
    )  # fmt: skip
    parser.add_argument(
        "--kind", required=True, choices=_OF_CAMPAIGN,
        help="种类：定期、全面、剩余财产、合作方、应急阶段结束 kind",
    )  # fmt: skip
    _add_published(parser)


def _add_published(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="first", type=acting.day, metavar="DAY",
        help="所述期间首日，缺省接上次 first day it tells of; by default the next one",
    )  # fmt: skip
    parser.add_argument(
        "--through", required=True, type=acting.day, metavar="DAY", help="末日 the last one"
    )
    parser.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="公开日 when")
    parser.add_argument(
        "--paper", required=True, type=Path, metavar="FILE", help="公开的文件 what was published"
    )
    parser.add_argument("--where", required=True, metavar="TEXT", help="公布在何处 where")
    parser.add_argument(
        "--corrects", type=acting.number, metavar="N", help="更正第几号 which one it corrects"
    )
    parser.add_argument("--note", default="", metavar="TEXT", help="更正说明 why")


# ---- what was published ------------------------------------------------------------------------


def run_record(options: argparse.Namespace) -> int:
    from ledger.disclosing.publishing import Said, record

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        name, data = acting.paper(options.paper)
        said = Said(
            unit, options.kind, options.on, options.through, data, name, options.where,
            getattr(options, "code", ""), getattr(options, "about", ""), options.first,
            options.corrects, options.note, getattr(options, "audience", ""),
        )  # fmt: skip
        row = record(registry, said, user, now)
    return _tell(row, options, "待另一人确认 waits for somebody else to confirm it")


def run_approve(options: argparse.Namespace) -> int:
    from ledger.disclosing.publishing import confirm

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = confirm(registry, unit, options.number, user, now)
    return _tell(row, options, "已确认 confirmed")


def run_back(options: argparse.Namespace) -> int:
    from ledger.disclosing.publishing import send_back

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = send_back(registry, unit, options.number, user, now)
    return _tell(row, options, "已退回 taken back")


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.disclosing.packs import as_json
    from ledger.registry import disclosures, packs

    with acting.signed_in(options) as (registry, user, _):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            rows = disclosures.of_unit(conn, unit)
            published = packs.of_units(conn, [unit])
    corrected = {row.corrects: row.number for row in rows if row.state == disclosures.PUBLISHED}
    told = [_as_json(row) | {"corrected_by": corrected.get(row.number)} for row in rows]
    lines = [_line(row, corrected.get(row.number)) for row in rows]
    lines += [
        f"公开包 pack  {row.published}  {row.period}  {row.audience}  v{row.version}"
        f"{f'  更正 corrects v{row.supersedes}：{row.explanation}' if row.supersedes else ''}\n"
        f"      sha256:{row.digest}"
        for row in published
    ]
    acting.told(
        options, {"disclosures": told, "packs": [as_json(row) for row in published]},
        lines or ["没有登记公开 nothing was published"],
    )  # fmt: skip
    return 0


def _as_json(row: DisclosureRow) -> dict[str, Any]:
    return {
        "number": row.number, "kind": row.kind, "campaign": row.campaign,
        "about": row.gift or row.subject, "first": row.first.isoformat(),
        "last": row.last.isoformat(), "published": row.published.isoformat(),
        "audience": row.audience,
        "where": row.place, "paper": row.paper, "corrects": row.corrects, "note": row.note,
        "state": row.state, "maker": row.user, "checker": row.checker,
    }  # fmt: skip


def _line(row: DisclosureRow, corrected: int | None) -> str:
    links = f"  更正 corrects {row.corrects}：{row.note}" if row.corrects else ""
    links += f"  已由 {corrected} 更正 corrected" if corrected else ""
    return (
        f"{row.number:>4}  {row.published}  {both(NAMES[row.kind])}  {row.about or row.unit}  "
        f"{row.first} – {row.last}  {row.state}{links}\n      {row.place}  sha256:{row.paper}"
    )


def _tell(row: DisclosureRow, options: argparse.Namespace, said: str) -> int:
    text = (
        f"{row.number}  {both(NAMES[row.kind])}  {row.about or row.unit}  {row.first} – {row.last}"
    )
    acting.told(options, _as_json(row), [f"{text}：{said}"])
    return 0


# ---- what has to be ----------------------------------------------------------------------------


def run_deadlines(options: argparse.Namespace) -> int:
    from ledger.disclosing.deadlines import deadlines_of, visible

    with acting.signed_in(options) as (registry, user, _):
        asked = [acting.known_unit(registry, options.unit)] if options.unit else None
        shown = visible(registry, user) if asked is None else asked
        if not shown:
            raise CannotRun(
                finding(
                    "no-unit", "没有可以查看的单位", "there is no unit that you may see",
                    "请管理员授予职责", "ask an administrator for a role",
                )
            )  # fmt: skip
        found = [deadlines_of(registry, unit, options.on, user) for unit in shown]
    fields = {"on": options.on.isoformat(), "units": [one.as_json() for one in found]}
    lines = [line for one in found for line in _unit(one, options.on, every=options.all)]
    acting.told(options, fields, lines)
    return 0


def _unit(found: Deadlines, on: date, *, every: bool) -> Iterator[str]:
    open_, met = found.of("due", "overdue"), found.of("met")
    late = [one for one in met if one.duty.days_late]
    yield (
        f"{found.unit}  {on}  逾期 overdue {len(found.of('overdue'))}  "
        f"待公开 due {len(found.of('due'))}  已公开 met {len(met)}，其中迟 late {len(late)}"
    )
    for one in [*(met if every else late), *open_]:
        yield from _owed(one, found.unit)
    for near in found.nearing:
        yield _near(near)
    lacking: dict[str, list[str]] = {}
    for gap in found.lacking:
        lacking.setdefault(gap.rule, []).append(gap.subject)
    for rule, subjects in lacking.items():
        yield f"  没有装入规则 no rule loaded: {rule}（{_some(subjects)}）"
    for fault in found.unknown:
        yield f"  {fault.what.zh} {fault.what.en}\n    → {fault.remedy.zh} {fault.remedy.en}"


def _owed(one: Owed, unit: str) -> Iterator[str]:
    duty = one.duty
    said = {
        "met": f"已公开 met {duty.met}", "due": "待公开 due", "overdue": "逾期 overdue",
    }[duty.state]  # fmt: skip
    late = f" {'迟 late' if duty.met else ''} {duty.days_late} 天 days" if duty.days_late else ""
    days = str(duty.first) if duty.first == duty.last else f"{duty.first} – {duty.last}"
    yield f"  {duty.due}  {said}{late}  {both(NAMES[duty.duty])}  {duty.subject}  {days}"
    yield f"    {duty.rule.head.cite(duty.rule.article)}（{duty.rule.head.key}）"
    if duty.met:
        return
    if one.waits:
        waits = "、".join(map(str, one.waits))
        yield f"    已登记待确认 entered, not confirmed: {waits}"
    else:
        missing = "；".join(str(a) if a == b else f"{a} – {b}" for a, b in duty.missing)
        yield f"    缺 missing: {both(NAMES[duty.kind])} {missing}"
    who = _some(list(one.users)) or "无人有此权限 nobody has the right"
    yield f"    由 owed by {unit}，{one.right}：{who}"


def _near(one: Nearing) -> str:
    from ledger.money import Money

    return (
        f"  {one.day}  {both(NEARING[one.kind])}  {one.subject}  结存 held {Money(one.fen).grouped}"
    )


def _some(words: list[str]) -> str:
    rest = f" … {len(words)}" if len(words) > 5 else ""
    return "、".join(words[:5]) + rest
