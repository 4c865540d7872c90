"""mingbai publish: packs and the site of a period, for the public or for members."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.cli import acting

if TYPE_CHECKING:
    pass


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("publish", help="公开 packs and the site of a period")
    acting.add_folder(parser)
    acting.add_unit(parser, required=False)
    parser.add_argument(
        "--period", required=True, type=acting.period, metavar="P",
        help="2026、2026-Q1 或 2026-03 a period",
    )  # fmt: skip
    parser.add_argument(
        "--audience", choices=["public", "members"], default="public",
        help="给谁看：公众或会员 for whom",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", required=True, type=Path, metavar="OUT",
        help="写到此目录，其中的旧公开整个换掉 into this folder, in place of an older publication",
    )  # fmt: skip
    parser.add_argument(
        "--explain", default="", metavar="TEXT",
        help="与已公开的不同时，作为更正公开的原因 why, where it differs from what is published",
    )  # fmt: skip
    acting.add_json(parser)
    acting.add_user(parser)
    parser.set_defaults(run=run_publish)


def run_publish(options: argparse.Namespace) -> int:
    """Without a user what is written is the same, but nothing new counts as published."""
    from ledger import clock
    from reports.packs import keeping, publication

    now = clock.now()
    with acting.opened(options.folder) as registry:
        if options.unit is not None:
            acting.known_unit(registry, options.unit)
        user = acting.user_or_none(registry, options, now)
        publication.demand_place(options.output, options.folder)
        found = publication.gather(
            registry,
            options.period,
            options.audience,
            asked=options.unit,
            explanation=options.explain,
        )
        entered = []
        if user is not None:
            found = publication.only_by(found, user)
            entered = keeping.publish(registry, list(found.turns.values()), user, now)
        told = publication.write(registry, found, options.period, options.audience, options.output)
    findings = [*found.left_out, *(f for one in found.turns.values() for f in one.built.findings)]
    new = sum(1 for one in found.turns.values() if one.row is None)
    if options.json:
        rows = [{"unit": row.unit, "version": row.version, "digest": row.digest} for row in entered]
        print(json.dumps({**told, "entered": rows}, ensure_ascii=False))
        return 0
    for one in dict.fromkeys(map(str, findings)):
        print(one, file=sys.stderr)
    _say(options, told, new, len(entered))
    return 0


def _say(options: argparse.Namespace, told: dict[str, Any], new: int, entered: int) -> None:
    print(f"已写入 wrote {options.output}：{len(told['packs'])} 个公开包 packs，{options.period}")
    for pack in told["packs"]:
        print(f"  {pack['unit']} {pack['period']} v{pack['version']}  {pack['digest']}")
    if new and not entered:
        print(
            "未登录，新的公开包没有登记为已公开 nobody is logged in: what is new does not count as "
            "published"
        )
    print(f"核对 verify: python {options.output}/verify.py {options.output}")
    print(f"打开 open:   {options.output}/index.html")
