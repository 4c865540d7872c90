"""mingbai check, show: a book as it stands."""

from __future__ import annotations

import argparse
import json
from contextlib import suppress
from pathlib import Path

from ledger.cli import acting
from ledger.errors import Finding, Refused, WitnessMismatch, finding


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser("check", help="核对账簿 verify books, papers and the log")
    acting.add_folder(check)
    acting.add_unit(check, required=False)
    acting.add_json(check)
    check.set_defaults(run=run_check)

    show = commands.add_parser("show", help="打开凭证、数字或附件 open a reference")
    acting.add_folder(show)
    show.add_argument(
        "ref", metavar="REF",
        help="凭证 U/收-202603-0001、报表数字 U/balance-sheet/2026-03/assets、附件 sha256:…、"
        "会员 m-…、捐赠 JZ…、活动 HD…、帮扶 BF… a voucher, a figure, a paper, a member, a gift, "
        "a campaign, a batch of aid",
    )  # fmt: skip
    show.add_argument(
        "-o", "--output", type=Path, metavar="FILE",
        help="附件解封写入 FILE，记入操作日志 unseal a paper into FILE; the log keeps it",
    )  # fmt: skip
    acting.add_json(show)
    acting.add_user(show)
    show.set_defaults(run=run_show)


def run_check(options: argparse.Namespace) -> int:
    from ledger import checking
    from reports.packs import keeping

    with acting.opened_as_is(options.folder) as registry:
        if options.unit:
            acting.known_unit(registry, options.unit)
        # What a crash left out is appended first; any other difference is what check tells of.
        with suppress(WitnessMismatch):
            acting.bring_up(registry)
        found = checking.check_federation(registry, options.unit)
        found += keeping.every_fault(registry, options.unit)
    if options.json:
        print(json.dumps({"findings": [f.as_json() for f in found]}, ensure_ascii=False))
    else:
        for fault in found:
            print(fault)
        print(f"{len(found)} 个问题 findings" if found else "没有问题 no findings")
    return 1 if found else 0


def run_show(options: argparse.Namespace) -> int:
    from ledger.cli import showing

    if options.output is not None:
        return _open_paper(options)
    print(showing.show(options.folder, options.ref, as_json=options.json))
    return 0


def _open_paper(options: argparse.Namespace) -> int:
    """Write what is in a paper, for whoever may browse the unit that it belongs to."""
    from ledger import clock, workflow
    from ledger.registry import oplog, papers, units

    now = clock.now()
    digest = options.ref.removeprefix("sha256:")
    with acting.opened_as_is(options.folder) as registry:
        user = acting.acting_user(registry, options, now)
        with registry.read() as conn:
            found = [
                (unit.id, row)
                for unit in units.all_units(conn)
                if (row := papers.find(conn, unit.id, digest)) is not None
            ]
        unit, row = next(((u, r) for u, r in found if user.may("browse", u)), (None, None))
        if unit is None or row is None:
            for place, _ in found:
                workflow.demand(user, "browse", place)
            raise Refused(_no_paper(digest))
        data = papers.read(registry, unit, row)
        if data is None:
            raise Refused(_no_paper(digest))
        with registry.write() as conn:
            oplog.record(
                conn, at=now, user=user.id, unit=unit, action="open-paper",
                object=f"sha256:{digest}",
            )  # fmt: skip
    options.output.write_bytes(data)
    print(f"已写入 wrote {options.output} ({len(data):,} 字节 bytes)")
    return 0


def _no_paper(digest: str) -> Finding:
    return finding(
        "no-paper",
        f"没有附件 sha256:{digest[:16]}，或其内容已被改动",
        f"there is no paper sha256:{digest[:16]}, or its content was altered",
        "写附件的完整摘要；mingbai check 核对附件",
        "give the paper's whole digest; mingbai check verifies papers",
    )
