"""mingbai init, account, fund, demo, serve: a federation, its accounts and funds."""

from __future__ import annotations

import argparse
import shlex
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.errors import Refused, finding, refuse_if

if TYPE_CHECKING:
    from ledger.registry import Registry, User


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = commands.add_parser("init", help="新建联合会 make a federation folder")
    acting.add_folder(init)
    init.add_argument("--id", required=True, metavar="ID", help="代号 id, such as qinghe")
    init.add_argument("--name", required=True, metavar="TEXT", help="名称 name")
    init.add_argument("--name-en", default="", metavar="TEXT", help="英文名称 English name")
    init.add_argument(
        "--url", metavar="URL", help="数据库，缺省为目录内的 SQLite database, by default SQLite"
    )
    init.set_defaults(run=run_init)

    account = commands.add_parser("account", help="开立科目 open an account")
    acting.add_folder(account)
    acting.add_unit(account)
    account.add_argument("name", metavar="ACCOUNT", help="Assets:102-银行存款:01-基本户")
    account.add_argument("--name-en", default="", metavar="TEXT", help="英文名称 English name")
    account.add_argument("--opened", type=acting.day, metavar="DAY", help="开立日 first day")
    account.add_argument(
        "--statements", choices=["bank", "wechat", "alipay", "cash"],
        help="此科目有对账单 statements come for it",
    )  # fmt: skip
    account.add_argument("--number", default="", metavar="NUMBER", help="账号 account number")
    account.add_argument("--fund", default="", metavar="F", help="未标明款项的资金 fund by default")
    acting.add_user(account)
    account.set_defaults(run=run_account)

    fund = commands.add_parser("fund", help="设立资金 declare a fund")
    acting.add_folder(fund)
    acting.add_unit(fund)
    fund.add_argument("code", metavar="CODE", help="F05")
    fund.add_argument("--name", required=True, metavar="TEXT", help="名称 name")
    fund.add_argument("--name-en", default="", metavar="TEXT", help="英文名称 English name")
    fund.add_argument(
        "--restriction", required=True, metavar="KIND",
        help="限定类别 none, designated, purpose, time, endowment, agency",
    )  # fmt: skip
    fund.add_argument("--source", default="", metavar="TEXT", help="依据 the paper it rests on")
    fund.add_argument(
        "--uses", metavar="RULE", help="只准用于此规则所列用途 bound to the uses of a rule: party"
    )
    fund.add_argument("--opened", type=acting.day, metavar="DAY", help="设立日 first day")
    acting.add_user(fund)
    fund.set_defaults(run=run_fund)

    demo = commands.add_parser("demo", help="演示一个月 live one month of a demonstration unit")
    acting.add_folder(demo)
    demo.add_argument(
        "--size", choices=["tiny", "county", "stress"], default="tiny",
        help="单位一月、县一年，或测量用 a unit's month, a county's year, or to measure",
    )  # fmt: skip
    demo.add_argument(
        "--units", type=acting.number, default=400, metavar="N", help="stress 的单位数 units"
    )
    demo.add_argument(
        "--vouchers", type=acting.number, default=100_000, metavar="M",
        help="stress 的凭证总数 vouchers in all",
    )  # fmt: skip
    demo.add_argument(
        "--faults", action="store_true",
        help="在 county 中植入差错，答案在 answers.toml plant faults, with a key",
    )  # fmt: skip
    demo.add_argument(
        "--publish", type=Path, metavar="OUT",
        help="county：封存一年并公开到此目录 seal the county's year, and publish it here",
    )  # fmt: skip
    demo.add_argument("--seed", type=int, default=2026, metavar="N", help="随机种子 seed")
    demo.add_argument(
        "--by-hand", action="store_true",
        help="停在三月初，其余亲手办理 stop where March begins, the rest is yours",
    )  # fmt: skip
    demo.add_argument(
        "--url", metavar="URL", help="数据库，缺省为目录内的 SQLite database, by default SQLite"
    )
    demo.set_defaults(run=run_demo)

    serve = commands.add_parser("serve", help="打开网页 serve the pages behind a login")
    acting.add_folder(serve)
    serve.add_argument("--host", default="127.0.0.1", metavar="HOST", help="监听地址 address")
    serve.add_argument("--port", type=acting.port, default=5000, metavar="PORT", help="端口 port")
    serve.add_argument(
        "--public-url", metavar="URL",
        help="反向代理后的公开网址 the address that people type when a proxy stands in front",
    )  # fmt: skip
    serve.set_defaults(run=run_serve)


def run_init(options: argparse.Namespace) -> int:
    import os

    from ledger.registry import Registry
    from ledger.registry.settings import DEFAULT_URL
    from ledger.registry.vault import KEY_VARIABLE

    registry = Registry.create(
        options.folder,
        id=options.id,
        name=options.name,
        name_en=options.name_en,
        url=options.url or DEFAULT_URL,
    )
    registry.close()
    keys = (
        f"  密钥在环境变量 {KEY_VARIABLE} 中，与数据库分开备份\n"
        f"  the key is in {KEY_VARIABLE}: back it up apart from the database\n"
        if KEY_VARIABLE in os.environ
        else "  密钥 master.key 与数据库分开备份；失去它，人员资料与附件无法读出\n"
        "  back up master.key apart from the database: without it persons and papers are lost\n"
    )
    folder = shlex.quote(str(options.folder))
    print(
        f"已建立 made: {options.folder}\n{keys}"
        f"  下一步 next: mingbai user add {folder} --login admin --role administrator"
    )
    return 0


def run_account(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.founding import open_accounts
    from ledger.journal import open_pen
    from ledger.registry import entries, imports, oplog
    from ledger.words import named_faults

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit, user = _recorder(registry, options)
        if options.statements and not (options.number.strip() and options.fund):
            raise Refused(
                finding(
                    "money-account",
                    "有对账单的科目须给出账号与资金",
                    "an account with statements has a number and a fund",
                    "加上 --number 与 --fund",
                    "add --number and --fund",
                )
            )
        opened = options.opened or now.date()
        row = entries.AccountRow(options.name, options.name_en, "CNY", False, opened, None)
        with open_pen(registry, unit, now) as pen:
            refuse_if(named_faults(pen.conn, registry, options.name, options.name_en))
            open_accounts(pen, [row])
            if options.statements:
                imports.add_account(
                    pen.conn,
                    registry.vault,
                    imports.MoneyAccount(
                        unit, options.name, options.statements, options.name_en, options.number,
                        options.fund,
                    ),
                )  # fmt: skip
            oplog.record(
                pen.conn, at=now, user=user.id, unit=unit, action="account.open",
                object=options.name[:120],
            )  # fmt: skip
    print(f"已开立 opened: {options.name}")
    return 0


def run_fund(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.binding import bind_in
    from ledger.founding import declare_fund
    from ledger.journal import open_pen
    from ledger.registry import entries, oplog
    from ledger.words import named_faults

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit, user = _recorder(registry, options)
        row = entries.FundRow(
            options.code, options.name, options.name_en, options.restriction, options.source,
            options.opened or now.date(), None,
        )  # fmt: skip
        with open_pen(registry, unit, now) as pen:
            refuse_if(named_faults(pen.conn, registry, row.name, row.name_en, row.source))
            declare_fund(pen, row)
            oplog.record(
                pen.conn, at=now, user=user.id, unit=unit, action="fund.declare",
                object=options.code, detail=options.restriction,
            )  # fmt: skip
            if options.uses:
                bind_in(pen, registry, options.code, options.uses, user, row.opened)
    print(f"已设立 declared: {options.code} {options.name}")
    return 0


def _recorder(registry: Registry, options: argparse.Namespace) -> tuple[str, User]:
    """The unit, and the acting user if they may close its months: charts and funds are theirs."""
    from ledger import clock, workflow

    unit = acting.known_unit(registry, options.unit)
    user = acting.acting_user(registry, options, clock.now())
    workflow.demand(user, "close", unit)
    return unit, user


def run_demo(options: argparse.Namespace) -> int:
    from ledger.cli.demo.run import refuse_used

    refuse_used(options.folder)
    for name, given in (("--faults", options.faults), ("--publish", options.publish)):
        if given and options.size != "county":
            raise Refused(
                finding(
                    "usage", f"{name} 只用于 --size county", f"{name} goes with --size county only",
                    "加上 --size county", "add --size county",
                )
            )  # fmt: skip
    if options.faults and options.publish:
        raise Refused(
            finding(
                "usage", "有差错的账簿不公开", "books with planted faults are not published",
                "--faults 与 --publish 只用其一", "use --faults or --publish, not both",
            )
        )  # fmt: skip
    if options.size == "stress":
        from ledger.cli.demo.stress import run_stress

        return run_stress(
            options.folder, options.units, options.vouchers, options.seed, url=options.url
        )
    if options.size == "county":
        from ledger.cli.demo.county.run import run_county

        return run_county(
            options.folder, options.seed, url=options.url, faults=options.faults,
            out=options.publish,
        )  # fmt: skip
    from ledger.cli.demo.run import run_demo as live

    return live(options.folder, options.seed, url=options.url, by_hand=options.by_hand)


def run_serve(options: argparse.Namespace) -> int:
    with acting.opened(options.folder):
        pass  # books are brought up to their journals before anyone looks at them
    from ledger import clock
    from reports.web.app import serve

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl+C
    serve(
        Path(options.folder),
        options.host,
        options.port,
        clock=clock.now,
        public_url=options.public_url,
        announce=acting.announce,
    )
    return 0
