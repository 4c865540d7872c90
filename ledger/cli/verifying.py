"""mingbai verify: what books, packs and receipts prove by themselves."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.verify.verifying import Outcome


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "verify", help="证明账簿、公开包、收据 prove books, packs and receipts by themselves"
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="+",
        help="联合会目录、单位账簿、公开目录、公开包，或收据 a federation folder, a unit's book, a "
        "publication, a pack, or a receipt (its file, or its MB1 text)",
    )  # fmt: skip
    parser.add_argument(
        "--since", metavar="OLDER", type=Path,
        help="较早的账簿或公开目录，须与现在的一致 an older copy that has to lead to this one",
    )  # fmt: skip
    parser.add_argument(
        "--no-beancount", action="store_true",
        help="不让 Beancount 再核对一遍 leave out Beancount's own opinion",
    )  # fmt: skip
    acting.add_json(parser)
    parser.set_defaults(run=run_verify)


def run_verify(options: argparse.Namespace) -> int:
    from ledger.verify.verifying import verify_paths

    done = verify_paths(options.paths, options.since, with_beancount=not options.no_beancount)
    if options.json:
        print(json.dumps(done.as_json(), ensure_ascii=False))
    else:
        for line in _lines(done):
            print(line)
    return 0 if done.is_proven else 1


def _lines(done: Outcome) -> Iterator[str]:
    for fault in done.findings:
        yield str(fault)
    if done.is_proven:
        yield "证明 proves:"
        for words in dict.fromkeys(done.proves):
            yield f"  {words.zh}\n    {words.en}"
    yield "不证明 does not prove:"
    for words in dict.fromkeys(done.does_not_prove):
        yield f"  {words.zh}\n    {words.en}"
    for unit, month, key in done.keys:
        yield f"公钥 key: {unit} {month} 起 on {key or '无签名 unsigned'}"
    count = len(done.findings)
    yield "已证明 proven" if done.is_proven else f"未证明 not proven: {count} 个问题 findings"
