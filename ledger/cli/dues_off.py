"""mingbai dues write-off, write-offs: dues that are given up by two, and taken back."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from ledger.cli import acting

if TYPE_CHECKING:
    from ledger.registry.write_offs import WriteOff


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    one = commands.add_parser("write-off", help="核销会费 give dues up: propose, approve, reopen")
    acting.add_folder(one)
    acting.add_unit(one)
    one.add_argument(
        "code", metavar="CODE", help="要核销的缴费码，或核销号 the claim, or the write-off's number"
    )
    what = one.add_mutually_exclusive_group()
    what.add_argument("--approve", action="store_true", help="审核（须两人） approve; two have to")
    what.add_argument("--refuse", action="store_true", help="退回 refuse it")
    what.add_argument("--reopen", action="store_true", help="恢复应收 it is owed again")
    one.add_argument("--reason", default="", metavar="TEXT", help="原因 why")
    one.add_argument("--decision", default="", metavar="TEXT", help="决议文号 decision number")
    acting.add_json(one)
    acting.add_user(one)
    one.set_defaults(run=run_one)

    all_ = commands.add_parser("write-offs", help="核销清单 every write-off, with who approved it")
    acting.add_folder(all_)
    acting.add_unit(all_)
    acting.add_json(all_)
    acting.add_user(all_)
    all_.set_defaults(run=run_all)


def run_one(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues import writing_off
    from ledger.registry import write_offs

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        code = options.code
        if options.approve:
            writing_off.approve(registry, unit, code, user, now)
        elif options.refuse:
            writing_off.refuse(registry, unit, code, user, now, options.reason)
        elif options.reopen:
            writing_off.reopen(registry, unit, code, user, now, options.reason)
        else:
            code = writing_off.propose(
                registry, unit, code, user, now, reason=options.reason, decision=options.decision
            )
        with registry.read() as conn:
            found = write_offs.find(conn, unit, code)
            told = _told(conn, found) if found is not None else {}
    print(json.dumps(told, ensure_ascii=False) if options.json else _text(told))
    return 0


def _told(conn: Any, row: WriteOff) -> dict[str, Any]:
    from ledger.dues.writing_off import told
    from ledger.registry import claims

    return told(row, claims.find(conn, row.unit, row.claim))


def _text(told: dict[str, Any]) -> str:
    head = (
        f"{told['code']}  {told['claim']}  {told['member']}  {told['month']}  {told['amount']}  "
        f"{told['state']}  {told['off_on'] or ''}"
    )
    acts = [f"  {one['at']}  {one['deed']}  {one['user']}  {one['note']}" for one in told["acts"]]
    return "\n".join([head.rstrip(), f"  {told['decision']}：{told['reason']}", *acts])


def run_all(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.registry import write_offs

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            rows = [_told(conn, row) for row in write_offs.of_unit(conn, unit)]
    if options.json:
        print(json.dumps({"write-offs": rows}, ensure_ascii=False))
    else:
        print("\n".join(map(_text, rows)) or "没有核销 no write-offs")
    return 0
