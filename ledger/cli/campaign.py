"""mingbai campaign: what money is raised for, opened and closed by two persons."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ledger.cli import acting, deadlines
from ledger.errors import CannotRun, finding
from ledger.money import Money, yuan

if TYPE_CHECKING:
    from ledger.gifts.standing import CampaignStanding
    from ledger.registry.campaigns import CampaignRow


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("campaign", help="募捐活动 campaigns")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")
    _add_open(parts)

    for name, run, help in (
        ("approve", run_approve, "审批开始或结束 open it, or close it, as somebody else asked"),
        ("back", run_back, "退回待审批的 take back what waits"),
    ):
        parser = _part(parts, name, help)
        acting.add_json(parser)
        parser.set_defaults(run=run)

    rule = _part(parts, "rule", "收到捐赠之前改跟踪规则 follow its gifts by another rule")
    _add_rule(rule)
    acting.add_json(rule)
    rule.set_defaults(run=run_rule)

    close = _part(parts, "close", "申请结束 ask that it be closed")
    close.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="结束日 day")
    close.add_argument("--decision", default="", metavar="TEXT", help="决议文号 the decision")
    close.add_argument(
        "--leftover",
        default="",
        metavar="TEXT",
        help="结余或超出部分的去向 what becomes of the rest",
    )
    acting.add_json(close)
    close.set_defaults(run=run_close)

    deadlines.add_published(parts)
    show = _part(parts, "show", "一项活动：目标、收支、每笔捐赠的去向 one campaign and its gifts")
    show.add_argument("--on", type=acting.day, metavar="DAY", help="截至何日 as of")
    show.add_argument(
        "--public", action="store_true", help="只看公众所见 exactly what the public reads"
    )
    acting.add_json(show)
    show.set_defaults(run=run_show)

    listed = _part(parts, "list", "列出募捐活动 list campaigns", code=False)
    listed.add_argument("--on", type=acting.day, metavar="DAY", help="截至何日 as of")
    acting.add_json(listed)
    listed.set_defaults(run=run_list)


def _add_open(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ask = _part(parts, "open", "申请开始募捐活动 ask that a campaign be opened", code=False)
    ask.add_argument("--name", required=True, metavar="TEXT", help="名称 name")
    ask.add_argument("--name-en", default="", metavar="TEXT", help="英文名称 English name")
    ask.add_argument("--purpose", required=True, metavar="TEXT", help="目的 what it is for")
    ask.add_argument("--start", required=True, type=acting.day, metavar="DAY", help="开始 begins")
    ask.add_argument("--end", type=acting.day, metavar="DAY", help="最后一日 its last day")
    ask.add_argument(
        "--target", type=acting.amount, default=Money(0), metavar="YUAN", help="目标金额 target"
    )
    _add_rule(ask)
    ask.add_argument(
        "--fund", default="", metavar="F", help="资金，缺省以活动编号新设 fund; its own by default"
    )
    ask.add_argument(
        "--restriction", choices=["purpose", "time"], default="purpose",
        help="限定用途或时间 what binds it",
    )  # fmt: skip
    ask.add_argument("--public", action="store_true", help="公开募捐 public fundraising")
    ask.add_argument("--emergency", action="store_true", help="突发事件应急 an emergency")
    ask.add_argument("--filing", default="", metavar="NO", help="备案编号 filing number")
    ask.add_argument("--partner", default="", metavar="TEXT", help="合作方 partner")
    ask.add_argument(
        "--line", nargs=2, action="append", default=[], metavar=("PURPOSE", "YUAN"),
        help="预算的一行 a line of its budget",
    )  # fmt: skip
    acting.add_json(ask)
    ask.set_defaults(run=run_open)


def _add_rule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rule", required=True, choices=["fifo", "pro-rata", "named"],
        help="捐赠跟踪规则：先到先用、按比例、指定 how its gifts are followed",
    )  # fmt: skip


def _part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str,
    *, code: bool = True,
) -> argparse.ArgumentParser:  # fmt: skip
    about = ("CODE", "活动编号 code: HD2026-0001-4") if code else None
    return acting.add_part(parts, name, help, code=about)


def run_open(options: argparse.Namespace) -> int:
    from ledger.gifts.campaigns import Terms, ask_to_open

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        terms = Terms(
            unit, options.name, options.purpose, options.start, options.end, options.target,
            options.rule, options.fund, options.restriction, options.name_en, options.public,
            options.emergency, options.filing, options.partner,
            [(purpose, _amount(text)) for purpose, text in options.line],
        )  # fmt: skip
        row = ask_to_open(registry, terms, user, now)
    return _tell(row, options, "待另一人审批 waits for somebody else to open it")


def run_approve(options: argparse.Namespace) -> int:
    from ledger.gifts.campaigns import approve

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = approve(registry, unit, options.code, user, now)
    said = "已开始 opened" if row.state == "open" else "已结束 closed"
    return _tell(row, options, f"{said}，资金 fund {row.fund}")


def run_back(options: argparse.Namespace) -> int:
    from ledger.gifts.campaigns import send_back

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = send_back(registry, unit, options.code, user, now)
    return _tell(row, options, "已退回 taken back")


def run_rule(options: argparse.Namespace) -> int:
    from ledger.gifts.campaigns import set_rule

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = set_rule(registry, unit, options.code, options.rule, user, now)
    return _tell(row, options, f"规则 rule {row.rule}，待另一人审批 waits for somebody else")


def run_close(options: argparse.Namespace) -> int:
    from ledger.gifts.campaigns import ask_to_close

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = ask_to_close(
            registry, unit, options.code, options.on, options.decision, options.leftover, user, now
        )
    return _tell(row, options, "待另一人审批 waits for somebody else to close it")


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.gifts.standing import campaign_standings

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        found = campaign_standings(registry, unit, options.on or now.date())
    lines = [_line(one) for one in found] or ["没有募捐活动 no campaigns"]
    acting.told(options, {"campaigns": [one.as_json() for one in found]}, lines)
    return 0


def run_show(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.cli import campaign_told
    from ledger.gifts.published import published

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        found = published(registry, unit, options.code, options.on or now.date())
    fields = found.as_json() if options.public else found.inside()
    acting.told(options, fields, campaign_told.lines(fields))
    return 0


def _line(one: CampaignStanding) -> str:
    row = one.row
    target = f" / {Money(row.target_fen).grouped}" if row.target_fen else ""
    return (
        f"{row.code}  {row.name}  {row.state}  {row.start} – {row.end or '…'}  {row.rule}\n"
        f"  {len(one.gifts)} 笔捐赠 gifts  收到 raised {Money(one.raised_fen).grouped}{target}"
        f"  使用 used {Money(one.used_fen).grouped}  结存 held {Money(one.held_fen).grouped}"
        f"  退还 returned {Money(one.returned_fen).grouped}{_moved(one)}\n"
        f"  可追溯 traced {one.coverage or '-'}  未追溯 untraced "
        f"{Money(one.fund.untraced_fen).grouped}"
    )


def _moved(one: CampaignStanding) -> str:
    """What consents took to the campaign from elsewhere, and from it."""
    parts = (("转入 moved in", one.moved_in_fen), ("转出 moved out", one.moved_out_fen))
    return "".join(f"  {said} {Money(fen).grouped}" for said, fen in parts if fen)


def _amount(text: str) -> Money:
    try:
        return yuan(text)
    except ValueError:
        raise CannotRun(
            finding(
                "usage", f"预算金额写作 1234.50：{text[:20]}",
                f"an amount of the budget is written 1234.50: {text[:20]}",
                "改正后重试", "correct it and try again",
            )
        ) from None  # fmt: skip


def _tell(row: CampaignRow, options: argparse.Namespace, said: str) -> int:
    fields = {"code": row.code, "state": row.state, "fund": row.fund, "rule": row.rule}
    acting.told(options, fields, [f"{row.code}  {row.name}：{said}"])
    return 0
