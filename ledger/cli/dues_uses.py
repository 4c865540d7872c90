"""mingbai dues uses: the purposes that a fund may be spent on, by which rule and article."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from ledger.cli import acting

if TYPE_CHECKING:
    from ledger.usecheck import Binding


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    uses = commands.add_parser(
        "uses", help="资金只准用于何处，或由此约束 what a fund may be spent on; binds it by a rule"
    )
    acting.add_folder(uses)
    acting.add_unit(uses)
    uses.add_argument(
        "words", metavar="FUND RULE", nargs="*",
        help="资金与规则；不写则列出 fund and rule (party, league, union-levy); none lists",
    )  # fmt: skip
    uses.add_argument("--from", dest="since", type=acting.day, metavar="DAY", help="自何日 since")
    acting.add_json(uses)
    acting.add_user(uses)
    uses.set_defaults(run=run_uses, rest="words")


def run_uses(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.binding import bind
    from ledger.bound_funds import bindings

    now = clock.now()
    options.fund, options.rule = (*options.words, None, None)[:2]
    if len(options.words) > 2:
        acting.one_word(options.words)
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        if options.fund is not None and options.rule is not None:
            since = options.since or now.date()
            bind(registry, unit, options.fund, options.rule, user, now, since)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            found = [
                one for one in bindings(conn, unit) if options.fund in (None, one.fund)
            ]  # fmt: skip
    if options.json:
        print(json.dumps({"bindings": [_told(one) for one in found]}, ensure_ascii=False))
    else:
        print("\n".join(map(_text, found)) or "没有受约束的资金 no fund is bound")
    return 0


def _told(one: Binding) -> dict[str, Any]:
    return {
        "fund": one.fund, "since": one.since.isoformat(), "rule": one.rule, "table": one.table,
        "source": one.source, "uses": dict(one.uses), "accounts": dict(one.accounts),
    }  # fmt: skip


def _text(one: Binding) -> str:
    parts = [f"{one.fund} 自 since {one.since}：{one.table} {one.source}"]
    parts += [f"  {use}  {name}" for use, name in one.uses.items()]
    parts += [f"  科目 account {code} → {use}" for code, use in one.accounts.items()]
    return "\n".join(parts)
