"""mingbai check, show, rebuild: a book as it stands."""

from __future__ import annotations

import argparse
import json
from contextlib import suppress

from ledger.cli import acting
from ledger.errors import WitnessMismatch


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
        help="凭证 U/收-202603-0001、报表数字 U/balance-sheet/2026-03/1、附件 sha256:… "
        "a voucher, a figure, a paper",
    )  # fmt: skip
    acting.add_json(show)
    show.set_defaults(run=run_show)

    rebuild = commands.add_parser("rebuild", help="重建 one witness from the other")
    acting.add_folder(rebuild)
    acting.add_unit(rebuild)
    rebuild.add_argument(
        "--from", dest="source", choices=["journal", "books"], required=True,
        help="可信的一方 the witness you trust",
    )  # fmt: skip
    acting.add_user(rebuild)
    rebuild.set_defaults(run=run_rebuild)


def run_check(options: argparse.Namespace) -> int:
    from ledger import checking

    with acting.opened_as_is(options.folder) as registry:
        if options.unit:
            acting.known_unit(registry, options.unit)
        # What a crash left out is appended first; any other difference is what check tells of.
        with suppress(WitnessMismatch):
            acting.bring_up(registry)
        found = checking.check_federation(registry, options.unit)
    if options.json:
        print(json.dumps({"findings": [f.as_json() for f in found]}, ensure_ascii=False))
    else:
        for fault in found:
            print(fault)
        print(f"{len(found)} 个问题 findings" if found else "没有问题 no findings")
    return 1 if found else 0


def run_show(options: argparse.Namespace) -> int:
    from ledger.cli import showing

    print(showing.show(options.folder, options.ref, as_json=options.json))
    return 0


def run_rebuild(options: argparse.Namespace) -> int:
    from ledger import clock, rebuild, workflow

    now = clock.now()
    with acting.opened_as_is(options.folder) as registry:
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "administer", "*")
        if options.source == "journal":
            unit = acting.known_unit(registry, options.unit)
            changed = rebuild.text_from_journal(registry, unit, user.id, now)
            print(f"已重写 rewritten: {', '.join(changed) or '无 nothing'}")
        else:
            count = rebuild.journal_from_text(registry, options.unit, user.id, now)
            print(f"日志已重建 journal rebuilt: {count} 条 entries")
    return 0
