"""mingbai bench: measurements, each beside its peer in the same run."""

from __future__ import annotations

import argparse


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    bench = commands.add_parser("bench", help="测量 measurements, each beside its peer")
    bench.add_argument(
        "what",
        choices=[
            "post", "open", "report", "import", "dues", "members", "arrears", "consolidate",
            "gifts", "assets", "rebuild", "audit",
        ],
        help="post：记账与账簿大小 posting by size of book；open：打开账簿与 bean-check 之比 "
        "balances beside bean-check；report：报表格式 drawing a report；"
        "import：长对账单 a long statement beside a million known lines；"
        "dues：一月会费的计算与入库 assessing a month of members, and storing it；"
        "members：登记名单与查找会员 entering a list and finding members；"
        "arrears：欠费账龄 the ageing report of many members；"
        "consolidate：大联合会的汇总 a federation of 1,000 units as one；"
        "gifts：捐赠的跟踪 following the gifts of a campaign；"
        "assets：一个月的折旧 a month's depreciation of many assets；"
        "rebuild：由一方重建另一方与备份 one witness from the other, and a backup；"
        "audit：整本账簿的审计程序 audit procedures over a whole book",
    )  # fmt: skip
    bench.add_argument(
        "--vouchers",
        "--members",
        dest="vouchers",
        type=int,
        default=100_000,
        metavar="N",
        help="账簿、对账单或名册大小 size of the book, statement or roll",
    )
    bench.add_argument(
        "--units", type=int, default=1000, metavar="N", help="consolidate 的单位数 units"
    )
    bench.add_argument(
        "--postings",
        type=int,
        default=10_000_000,
        metavar="N",
        help="consolidate 的分录数 postings",
    )
    bench.add_argument(
        "--gifts", type=int, default=10_000, metavar="N", help="gifts 的捐赠笔数 gifts"
    )
    bench.add_argument(
        "--assets", type=int, default=100_000, metavar="N", help="assets 的资产项数 assets"
    )
    bench.add_argument("--runs", type=int, metavar="N", help="次数 runs")
    bench.set_defaults(run=run_bench)


def run_bench(options: argparse.Namespace) -> int:
    from ledger.cli.bench import (
        arrears,
        assessing,
        auditing,
        enrolling,
        importing,
        opening,
        posting,
        rebuilding,
        rendering,
    )

    if options.what == "consolidate":
        from ledger.cli.bench import consolidating

        print(consolidating.measure(options.postings, options.runs, options.units))
        return 0
    if options.what == "gifts":
        from ledger.cli.bench import following

        print(following.measure(options.gifts, options.runs))
        return 0
    if options.what == "assets":
        from ledger.cli.bench import wearing

        print(wearing.measure(options.assets, options.runs))
        return 0
    modules = {
        "post": posting,
        "open": opening,
        "report": rendering,
        "import": importing,
        "dues": assessing,
        "members": enrolling,
        "arrears": arrears,
        "rebuild": rebuilding,
        "audit": auditing,
    }
    module = modules[options.what]
    print(module.measure(options.vouchers, options.runs))
    return 0
