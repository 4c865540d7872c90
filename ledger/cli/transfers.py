"""mingbai matrix, transfer: what units pay each other, and what is done where it does not agree."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from ledger.cli import acting
from ledger.money import Money, yuan

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ledger.registry import Registry, User
    from ledger.transfers.entering import Side
    from ledger.transfers.matrix import Matrix

_KINDS = ("allocation", "remittance", "return", "support", "other")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    matrix = commands.add_parser("matrix", help="单位往来对账矩阵 what units pay each other agrees")
    _asked(matrix)
    matrix.set_defaults(run=run_matrix)

    group = commands.add_parser("transfer", help="单位之间的调拨 transfers between units")
    deeds = group.add_subparsers(dest="deed", metavar="DEED", required=True)

    order = _deed(deeds, "order", "登记一笔将付的调拨 enter a transfer that is to come", run_order)
    order.add_argument("--from", dest="payer", required=True, metavar="U", help="付款单位 payer")
    order.add_argument("--to", dest="payee", required=True, metavar="U", help="收款单位 payee")
    order.add_argument("--kind", choices=_KINDS, default="other", help="类别 kind")
    order.add_argument("--amount", required=True, type=_money, metavar="YUAN", help="金额 amount")
    order.add_argument(
        "--by", required=True, type=acting.day, metavar="DAY", help="应到账日 day of arrival"
    )
    order.add_argument("--what", required=True, metavar="TEXT", help="事由，不写人名 what for")

    target = _deed(deeds, "target", "收到的调拨记入何处 where what comes is entered", run_target)
    acting.add_unit(target)
    target.add_argument("--kind", choices=_KINDS, help="类别 kind; 不写则列出 lists without it")
    target.add_argument("--account", metavar="A", help="科目 account")
    target.add_argument("--fund", metavar="F", help="资金 fund")

    pay = _deed(deeds, "pay", "付款方的凭证草稿 propose the payer's draft", run_pay, named=True)
    _side(pay)
    receive = _deed(
        deeds, "receive", "收款方的凭证草稿 propose the payee's draft", run_receive, named=True
    )
    _side(receive)
    receive.add_argument(
        "--amount", type=_money, metavar="YUAN", help="实到金额，缺省为全额 what came; else all"
    )

    for name, told, run in (
        ("refuse", "拒收或拒付 say that it will not be", run_refuse),
        ("close", "双方一致的问题予以了结 accept it as both books say", run_close),
    ):
        deed = _deed(deeds, name, told, run, named=True)
        deed.add_argument("--reason", required=True, metavar="TEXT", help="原因 reason")

    match = _deed(
        deeds,
        "match",
        "指明无编号凭证所属调拨 say to which a voucher belongs",
        run_match,
        named=True,
    )
    acting.add_unit(match)
    match.add_argument("--voucher", required=True, metavar="NUMBER", help="凭证号 its number")
    match.add_argument(
        "--undo", metavar="REASON", help="撤回，并写明原因 take the match back, with a reason"
    )

    listed = _deed(deeds, "list", "列出调拨及其状态 list transfers and how they stand", run_list)
    _period_and_unit(listed)
    listed.add_argument("--state", metavar="S", help="只列此状态 such as in-transit, matched")

    _deed(deeds, "show", "一笔调拨的双方 both sides of a transfer", run_show, named=True)

    chase = _deed(deeds, "chase", "催办清单：谁该做什么 who has to do what", run_chase)
    _period_and_unit(chase)


def _deed(
    deeds: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    told: str,
    run: Callable[[argparse.Namespace], int],
    *,
    named: bool = False,
) -> argparse.ArgumentParser:
    parser = deeds.add_parser(name, help=told)
    acting.add_folder(parser)
    if named:
        parser.add_argument("reference", metavar="REF", help="调拨编号 ZZ2026-0001-9")
    acting.add_json(parser)
    acting.add_user(parser)
    parser.set_defaults(run=run)
    return parser


def _asked(parser: argparse.ArgumentParser) -> None:
    acting.add_folder(parser)
    _period_and_unit(parser)
    acting.add_json(parser)
    acting.add_user(parser)


def _period_and_unit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--period",
        required=True,
        type=acting.period,
        metavar="PERIOD",
        help="2026, 2026-Q1, 2026-03",
    )
    parser.add_argument(
        "--unit", metavar="U", help="此单位及其下属，缺省为可查阅的全部 it and all below; else all"
    )


def _side(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", required=True, metavar="A", help="对方科目 what it is for")
    parser.add_argument("--money", required=True, metavar="A", help="银行科目 bank account")
    parser.add_argument("--fund", required=True, metavar="F", help="资金 fund")
    parser.add_argument("--date", type=acting.day, metavar="DAY", help="业务日期，缺省今日 day")


def _money(text: str) -> Money:
    try:
        return yuan(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError("金额写作 1234.50 an amount is written so") from fault


# ---- looking -----------------------------------------------------------------------------------


def run_matrix(options: argparse.Namespace) -> int:
    from ledger.cli.transfers_told import exception_rows, grid, pair_rows

    matrix, seen = _matrix(options)
    if options.json:
        print(json.dumps(matrix.as_json(seen), ensure_ascii=False))
        return 0
    print(f"单位往来 transfers between units · {matrix.period} · 截至 as of {matrix.on}")
    for row in (*grid(matrix), *pair_rows(matrix), *exception_rows(matrix, seen)):
        print(row)
    return 0


def run_list(options: argparse.Namespace) -> int:
    from ledger.cli.transfers_told import standing_json, standing_row

    matrix, _ = _matrix(options)
    found = [one for one in matrix.standings if not options.state or one.state == options.state]
    if options.json:
        print(json.dumps({"transfers": [standing_json(o) for o in found]}, ensure_ascii=False))
        return 0
    for one in found:
        print(standing_row(one))
    print(f"{len(found)} 笔 transfers")
    return 0


def run_show(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.cli.transfers_told import detail_json, detail_rows
    from ledger.registry import transfers
    from ledger.transfers.entering import known
    from ledger.transfers.matrix import standing_today

    now = clock.now()
    with acting.opened(options.folder) as registry:
        user = acting.acting_user(registry, options, now)
        row = known(registry, options.reference, user)
        one = standing_today(registry, row, now.date())
        with registry.read() as conn:
            acts = transfers.acts(conn, row.reference)
    seen = {unit for unit in (row.payer, row.payee) if user.may("browse", unit)}
    if options.json:
        print(json.dumps(detail_json(one, acts, seen), ensure_ascii=False))
        return 0
    for text in detail_rows(one, acts, seen):
        print(text)
    return 0


def run_chase(options: argparse.Namespace) -> int:
    from ledger.transfers.resolving import chasers

    matrix, _ = _matrix(options)
    found = chasers(matrix.exceptions)
    if options.json:
        told = [
            {
                "unit": one.unit, "reference": one.problem.reference, "state": one.problem.state,
                "from": one.problem.payer, "to": one.problem.payee,
                "amount": Money(one.problem.fen).text, "days": one.problem.days,
                "age": one.problem.age, "todo": one.todo.zh, "todo_en": one.todo.en,
            }
            for one in found
        ]  # fmt: skip
        print(json.dumps({"chasers": told}, ensure_ascii=False))
        return 0
    for one in found:
        what = one.problem
        print(
            f"{one.unit}  {what.reference or '无编号 no reference'}  {Money(what.fen).grouped}  "
            f"{what.days} 天 days\n  → {one.todo.zh} {one.todo.en}"
        )
    print(f"{len(found)} 项待办 to do" if found else "没有待办 nothing to do")
    return 0


def _matrix(options: argparse.Namespace) -> tuple[Matrix, set[str]]:
    """The matrix that is asked for, and the units whose vouchers the user may see."""
    from ledger.registry import units
    from ledger.transfers.matrix import build_matrix, units_of

    with acting.signed_in(options) as (registry, user, now):
        asked = units_of(registry, user, options.unit)
        with registry.read() as conn:
            seen = {row.id for row in units.all_units(conn) if user.may("browse", row.id)}
        return build_matrix(registry, asked, options.period, now.date()), seen


# ---- doing -------------------------------------------------------------------------------------


def run_order(options: argparse.Namespace) -> int:
    from ledger.transfers.entering import order
    from ledger.transfers.expecting import Order

    def deed(registry: Registry, user: User, now: datetime) -> str:
        one = Order(
            options.payer, options.payee, options.kind, options.amount, options.by, options.what
        )
        return order(registry, one, user, now).reference

    return _done(options, "reference", deed)


def run_target(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.cli import lines
    from ledger.errors import Refused, finding
    from ledger.registry import entries, transfers
    from ledger.transfers.entering import set_target

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "browse", unit)
        if options.kind:
            if not (options.account and options.fund):
                raise Refused(
                    finding(
                        "no-target",
                        "须写明科目与资金",
                        "account and fund are needed",
                        "加 --account 与 --fund",
                        "add --account and --fund",
                    )
                )
            with registry.read() as conn:
                names = entries.accounts(conn, unit)
            account = lines.parse([options.account], options.fund, names).account
            set_target(registry, unit, options.kind, account, options.fund, user, now)
        with registry.read() as conn:
            found = transfers.targets(conn, unit)
    rows = [
        {"kind": kind, "account": account, "fund": fund} for kind, (account, fund) in found.items()
    ]
    if options.json:
        print(json.dumps({"targets": rows}, ensure_ascii=False))
    else:
        for row in rows:
            print(f"{row['kind']}  {row['account']}  {row['fund']}")
    return 0


def run_pay(options: argparse.Namespace) -> int:
    from ledger.transfers.entering import known, pay

    def deed(registry: Registry, user: User, now: datetime) -> str:
        row = known(registry, options.reference, user)
        return pay(registry, row.reference, _typed(registry, options, row.payer, now), user, now)

    return _done(options, "draft", deed)


def run_receive(options: argparse.Namespace) -> int:
    from ledger.transfers.entering import known, receive

    def deed(registry: Registry, user: User, now: datetime) -> str:
        row = known(registry, options.reference, user)
        side = _typed(registry, options, row.payee, now)
        amount = options.amount or Money(row.fen)
        return receive(registry, row.reference, side, amount, user, now)

    return _done(options, "draft", deed)


def run_refuse(options: argparse.Namespace) -> int:
    from ledger.transfers.resolving import refuse

    def deed(registry: Registry, user: User, now: datetime) -> str:
        refuse(registry, options.reference, options.reason, user, now)
        return str(options.reference)

    return _done(options, "refused", deed)


def run_close(options: argparse.Namespace) -> int:
    from ledger.transfers.resolving import close

    def deed(registry: Registry, user: User, now: datetime) -> str:
        close(registry, options.reference, options.reason, user, now)
        return str(options.reference)

    return _done(options, "closed", deed)


def run_match(options: argparse.Namespace) -> int:
    from ledger.transfers.resolving import match, unmatch

    def deed(registry: Registry, user: User, now: datetime) -> str:
        unit, voucher = options.unit, options.voucher
        if options.undo is not None:
            unmatch(registry, unit, voucher, options.undo, user, now)
        else:
            match(registry, unit, voucher, options.reference, user, now)
        return f"{unit}/{voucher}"

    return _done(options, "unmatched" if options.undo is not None else "matched", deed)


_TOLD = {
    "reference": "调拨编号 its reference", "draft": "草稿待审核 draft waits for a checker",
    "refused": "已拒收 refused", "closed": "已了结 closed", "matched": "已指明 matched",
    "unmatched": "已撤回 taken back",
}  # fmt: skip


def _done(
    options: argparse.Namespace, key: str, deed: Callable[[Registry, User, datetime], str]
) -> int:
    with acting.signed_in(options) as (registry, user, now):
        found = deed(registry, user, now)
    told: dict[str, Any] = {key: found}
    print(json.dumps(told, ensure_ascii=False) if options.json else f"{_TOLD[key]}: {found}")
    return 0


def _typed(registry: Registry, options: argparse.Namespace, unit: str, now: datetime) -> Side:
    from ledger.cli import lines
    from ledger.registry import entries
    from ledger.transfers.entering import Side

    with registry.read() as conn:
        names = entries.accounts(conn, unit)
    account, money = (
        lines.parse([word], options.fund, names).account
        for word in (options.account, options.money)
    )
    return Side(money, account, options.fund, options.date or now.date())
