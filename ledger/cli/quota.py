"""mingbai quota: fiscal quota granted, drawn, cancelled at the year's end, and restored."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from ledger.cli import acting

if TYPE_CHECKING:
    from ledger.fiscal.quota import Step
    from ledger.fiscal.quota_standing import QuotaYear


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("quota", help="财政用款额度 fiscal quota")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")

    grant = acting.add_part(parts, "grant", "额度到账：提出凭证草稿 quota arrived: a draft")
    _step(grant, document="到账通知书编号 number of the notice")
    grant.set_defaults(run=run_grant)

    draw = acting.add_part(parts, "draw", "支用额度：提出凭证草稿 quota was drawn: a draft")
    draw.add_argument(
        "--account", required=True, metavar="ACCOUNT", help="借方科目 what it paid for"
    )
    _step(draw, document="附件或文号 its paper", needed=False)
    draw.set_defaults(run=run_draw)

    unused = acting.add_part(
        parts, "unused", "年末注销未用额度、确认未下达额度 cancel unused quota when the year ends"
    )
    unused.add_argument("--fund", required=True, metavar="F", help="资金 fund")
    unused.add_argument("--year", required=True, type=acting.year, metavar="Y", help="年度 year")
    unused.add_argument(
        "--approved", type=acting.amount, metavar="YUAN",
        help="全年授权支付预算指标数；缺省不确认未下达额度 the year's approved indicator",
    )  # fmt: skip
    unused.add_argument("--document", default="", metavar="TEXT", help="对账单编号 statement")
    acting.add_json(unused)
    unused.set_defaults(run=run_unused)

    restore = acting.add_part(
        parts, "restore", "恢复上年额度：提出凭证草稿 quota came back: a draft"
    )
    _step(restore, document="恢复到账通知书编号 number of the notice")
    restore.set_defaults(run=run_restore)

    listed = acting.add_part(
        parts, "list", "各年下达、支用、未用的额度 quota by year: granted, used, unused"
    )
    listed.add_argument("--year", type=acting.year, metavar="Y", help="年度 year")
    acting.add_json(listed)
    listed.set_defaults(run=run_list)


def _step(parser: argparse.ArgumentParser, *, document: str, needed: bool = True) -> None:
    parser.add_argument("--fund", required=True, metavar="F", help="资金 fund")
    parser.add_argument(
        "--amount", required=True, type=acting.above_zero, metavar="YUAN", help="金额 amount"
    )
    parser.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="日期 day")
    parser.add_argument("--document", required=needed, default="", metavar="TEXT", help=document)
    parser.add_argument("--narration", default="", metavar="TEXT", help="摘要 narration")
    acting.add_json(parser)


def run_grant(options: argparse.Namespace) -> int:
    from ledger.fiscal import quota

    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        draft = quota.grant(registry, _asked(options), user, now)
    return _drafted([draft], as_json=options.json)


def run_draw(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.cli import lines
    from ledger.fiscal import quota
    from ledger.registry import entries

    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", options.unit)
        with registry.read() as conn:
            known = entries.accounts(conn, options.unit)
        words = [options.account, options.amount.text]
        account = lines.posting(words, 1, options.fund, known).account
        draft = quota.draw(registry, _asked(options), account, user, now)
    return _drafted([draft], as_json=options.json)


def run_unused(options: argparse.Namespace) -> int:
    from ledger.fiscal import quota
    from ledger.money import Money

    day = acting.day(f"{options.year:04d}-12-31")
    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        step = quota.Step(options.unit, options.fund, Money(0), day, options.document)
        found = quota.unused(registry, step, options.approved, user, now)
    return _drafted(found, as_json=options.json)


def run_restore(options: argparse.Namespace) -> int:
    from ledger.fiscal import quota

    with acting.signed_in(options) as (registry, user, now):
        acting.known_unit(registry, options.unit)
        draft = quota.restore(registry, _asked(options), user, now)
    return _drafted([draft], as_json=options.json)


def run_list(options: argparse.Namespace) -> int:
    from ledger.fiscal import quota

    with acting.signed_in(options) as (registry, user, _):
        acting.known_unit(registry, options.unit)
        found = quota.years(registry, options.unit, user)
    found = [one for one in found if options.year in (None, one.year)]
    if options.json:
        print(json.dumps({"quota": [_fields(one) for one in found]}, ensure_ascii=False))
        return 0
    for one in found:
        told = _fields(one)
        print(
            f"{one.year}  {one.fund}  年初 opening {told['opening']}  下达 granted "
            f"{told['granted']}  未下达 not released {told['unreleased']}  支用 used "
            f"{told['used']}  未用 unused {told['unused']}"
            f"（可用 to draw {told['held']}，应返还 to be returned {told['returnable']}）"
        )
    if not found:
        print("没有用款额度 no quota")
    return 0


def _asked(options: argparse.Namespace) -> Step:
    from ledger.fiscal.quota import Step

    return Step(
        options.unit, options.fund, options.amount, options.on, options.document, options.narration
    )


def _fields(one: QuotaYear) -> dict[str, object]:
    """One year of one fund; amounts are texts in yuan."""
    from ledger.fiscal.quota_standing import CANCELLED, RESTORED
    from ledger.money import Money

    amounts = {
        "opening": one.opening + one.opening_return,
        "granted": one.granted,
        "unreleased": one.unreleased,
        "used": one.used,
        "unused": one.unused,
        "cancelled": one.sum(CANCELLED),
        "restored": one.sum(RESTORED),
        "held": one.held,
        "returnable": one.returnable,
    }
    return {
        "year": one.year, "fund": one.fund,
        **{key: Money(fen).text for key, fen in amounts.items()},
    }  # fmt: skip


def _drafted(found: list[str], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"drafts": found}))
    else:
        for draft in found:
            print(f"草稿待审核 a draft waits for a checker: {draft}")
    return 0
