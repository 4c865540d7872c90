"""mingbai fees, allotment, gifts: lists of what is to come, which one deposit pays.

An allotment's items are allocations, as with ``mingbai allocation approve``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting, lines
from ledger.errors import Finding, Refused, finding

if TYPE_CHECKING:
    from importers.listing import ListEntered, Target
    from ledger.registry import Registry


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    fees = _common(
        commands, "fees", "登记税务代收清单，即 levy tax a tax office's list: the same as levy tax"
    )
    # They said where all of it goes, before it was shared.
    fees.add_argument("--account", help=argparse.SUPPRESS)
    fees.add_argument("--fund", help=argparse.SUPPRESS)
    fees.set_defaults(run=run_fees)

    allotment = _common(
        commands, "allotment", "登记拨款通知，逐项待审批 enter a notice of allotments"
    )
    allotment.add_argument(
        "--general", nargs=2, metavar=("A", "F"), help="一般性项目的科目与资金 of general items"
    )
    allotment.add_argument(
        "--special", nargs=2, metavar=("A", "F"), help="专项的科目与资金 of special items"
    )
    allotment.set_defaults(run=run_allotment)

    gifts = _common(commands, "gifts", "登记平台捐赠清单 enter the gifts of a platform's list")
    gifts.add_argument(
        "--campaign", default="", metavar="CODE",
        help="募捐活动：科目与资金由它确定 the campaign, which says accounts and fund",
    )  # fmt: skip
    gifts.add_argument("--account", default="", metavar="A", help="捐赠记入 gifts are credited")
    gifts.add_argument("--fund", default="", metavar="F", help="资金 fund")
    gifts.add_argument(
        "--fee-account", default="", metavar="A", help="平台费用记入 its fee is debited"
    )
    gifts.add_argument("--fee-fund", default="", metavar="F", help="费用的资金，缺省同上 its fund")
    gifts.set_defaults(run=run_gifts)


def _common(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, told: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=told)
    acting.add_folder(parser)
    acting.add_unit(parser)
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="填好的模板 the template, filled in"
    )
    acting.add_json(parser)
    acting.add_user(parser)
    return parser


def _target(registry: Registry, unit: str, account: str, fund: str) -> Target:
    from importers.listing import Target
    from ledger.registry import entries

    with registry.read() as conn:
        known = entries.accounts(conn, unit)
    return Target(lines.parse([account], fund, known).account, fund)


def _no_place() -> Finding:
    return finding(
        "no-place", "写明募捐活动，或写明科目、资金与费用科目",
        "a campaign is named, or else account, fund and the account of the fee",
        "用 --campaign，或 --account、--fund 与 --fee-account",
        "give --campaign, or --account, --fund and --fee-account",
    )  # fmt: skip


def run_fees(options: argparse.Namespace) -> int:
    """What a tax office collected is a levy, and shared: there is one way to enter it."""
    from ledger.cli import levy

    if options.account or options.fund:
        raise Refused(
            finding(
                "fees-shared",
                "税务代收的经费按分成记入各自的科目，不能写一个科目与资金",
                "what a tax office collected is shared: one account and fund are not said for it",
                "用 mingbai levy scheme 设定各部分记入何处，再去掉 --account 与 --fund",
                "say with mingbai levy scheme where each share goes, and leave both options out",
            )
        )
    return levy.run_tax(options)


def run_allotment(options: argparse.Namespace) -> int:
    from importers.notices import GENERAL, SPECIAL, enter_notice
    from importers.read import file_bytes
    from ledger import clock

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        data = file_bytes(options.file)
        to = {
            nature: _target(registry, unit, *given)
            for nature, given in ((GENERAL, options.general), (SPECIAL, options.special))
            if given
        }
        done = enter_notice(registry, unit, data, options.file.name, to, user, now)
    if options.json:
        return _tell(options, done)
    print(
        f"文号 document {done.code}：{done.members} 项拨款待第二人审批 "
        "allocations wait for a second person，"
        f"本次下达 released now {done.amount.grouped}\n"
        f"  → mingbai allocation list {options.folder} --unit {options.unit}"
    )
    return 0


def run_gifts(options: argparse.Namespace) -> int:
    from importers.expected import enter_gifts
    from importers.gift_list import targets
    from importers.read import file_bytes
    from ledger import clock, workflow

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "record", unit)
        where = (options.account, options.fund, options.fee_account)
        if bool(options.campaign) == any(where) or (any(where) and not all(where)):
            raise Refused(_no_place())
        data = file_bytes(options.file)
        if options.campaign:
            to, fee = targets(registry, unit, options.campaign, user, now)
        else:
            to = _target(registry, unit, options.account, options.fund)
            fee = _target(registry, unit, options.fee_account, options.fee_fund or options.fund)
        done = enter_gifts(registry, unit, data, options.file.name, to, fee, user, now)
        return _tell(options, done)


def _tell(options: argparse.Namespace, done: ListEntered) -> int:
    if options.json:
        print(json.dumps(done.as_json(), ensure_ascii=False))
    else:
        print(
            f"清单 list {done.code}: {done.month}，{done.members} 笔应收 claims，"
            f"到账应为 its deposit is {done.amount.grouped}"
        )
    return 0
