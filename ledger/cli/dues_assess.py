"""mingbai dues scheme, assess, explain: by which rule a unit collects, who owes what, and why."""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING

from ledger.cli import acting, lines
from ledger.errors import Refused, finding
from ledger.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.dues.assessing import Assessed
    from ledger.registry.dues_schemes import SchemeRow
    from ledger.registry.entries import AccountRow


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    scheme = commands.add_parser(
        "scheme", help="设定按何规则收缴、记入何处 by which rule a unit collects dues, and where to"
    )
    acting.add_folder(scheme)
    acting.add_unit(scheme)
    scheme.add_argument(
        "words", metavar="RULE", nargs="*", help="规则；不写则列出 rule; none lists"
    )
    scheme.add_argument("--account", metavar="A", help="收到时记入 credited when it is paid")
    scheme.add_argument("--fund", metavar="F", help="资金 fund")
    scheme.add_argument("--prefix", default="HY", metavar="HY", help="缴费码首两字母 two capitals")
    acting.add_json(scheme)
    acting.add_user(scheme)
    scheme.set_defaults(run=run_scheme, rest="words")

    assess = commands.add_parser("assess", help="计算一月应缴 assess a month's dues")
    acting.add_folder(assess)
    acting.add_unit(assess)
    assess.add_argument("month", metavar="MONTH", type=acting.month, help="月份 2026-03")
    assess.add_argument("--rule", metavar="RULE", help="只按此规则 by this rule only")
    acting.add_json(assess)
    acting.add_user(assess)
    assess.set_defaults(run=run_assess)

    explain = commands.add_parser("explain", help="说明应缴的由来 why a member owes what they owe")
    acting.add_folder(explain)
    explain.add_argument("member", metavar="MEMBER", help="会员代号 m-…，或编号加 --unit")
    explain.add_argument("month", metavar="MONTH", type=acting.month, help="月份 2026-03")
    acting.add_unit(explain, required=False)
    acting.add_json(explain)
    acting.add_user(explain)
    explain.set_defaults(run=run_explain)


# ---- scheme ------------------------------------------------------------------------------------


def run_scheme(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.registry import dues_schemes, entries, oplog

    now = clock.now()
    options.rule = acting.one_word(options.words)
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        if options.rule is not None:
            user = acting.acting_user(registry, options, now)
            workflow.demand(user, "record", unit)
            with registry.write() as conn:
                row = _scheme(options, entries.accounts(conn, unit), set(entries.funds(conn, unit)))
                dues_schemes.put(conn, row, user=user.id, now=now)
                oplog.record(
                    conn, at=now, user=user.id, unit=unit, action="dues.scheme", object=row.rule,
                    detail=f"{row.account} {row.fund} {row.prefix}",
                )  # fmt: skip
        with registry.read() as conn:
            rows = dues_schemes.of_unit(conn, unit)
    told = [
        {"rule": r.rule, "account": r.account, "fund": r.fund, "prefix": r.prefix} for r in rows
    ]
    if options.json:
        print(json.dumps({"schemes": told}, ensure_ascii=False))
    else:
        for row in rows:
            print(f"{row.rule}  {row.prefix}  {row.account}  {row.fund}")
    return 0


def _scheme(
    options: argparse.Namespace, accounts: Mapping[str, AccountRow], funds: set[str]
) -> SchemeRow:
    from ledger.cli.dues_rate import RULES
    from ledger.registry.dues_schemes import SchemeRow

    if options.rule == "union-levy":
        what = ("拨缴经费由单位缴纳，用 mingbai levy scheme 设定",
                "a levy is owed by employers: see mingbai levy scheme")  # fmt: skip
    elif options.rule not in RULES or not options.account or not options.fund:
        what = (f"规则为 {'、'.join(RULES)} 之一，并写明科目与资金",
                f"the rule is one of {', '.join(RULES)}, with an account and a fund")  # fmt: skip
    elif not re.fullmatch(r"[A-Z]{2}", options.prefix):
        what = ("缴费码以两个大写字母开头", "codes begin with two capitals")
    elif options.fund not in funds:
        what = (f"没有资金 {options.fund[:40]}", f"there is no fund {options.fund[:40]}")
    else:
        account = lines.parse([options.account], options.fund, accounts).account
        return SchemeRow(options.unit, options.rule, account, options.fund, options.prefix)
    raise Refused(
        finding(
            "bad-scheme", what[0], what[1],
            "例：mingbai dues scheme DIR --unit U union-member --account 401 --fund F01",
            "such as: mingbai dues scheme DIR --unit U union-member --account 401 --fund F01",
        )
    )  # fmt: skip


# ---- assess ------------------------------------------------------------------------------------


def run_assess(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues.assessing import assess_month

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        done = assess_month(registry, unit, options.month, user, now, options.rule)
    if options.json:
        print(json.dumps({"rules": [one.as_json() for one in done]}, ensure_ascii=False))
    else:
        print("\n\n".join(map(_assessed_text, done)))
    return 1 if any(one.missing for one in done) else 0


def _assessed_text(one: Assessed) -> str:
    parts = [
        f"{one.rule} {one.month}：{one.table}（{one.confidence}）{one.source}",
        f"  应缴 owing {one.owing} 人，合计 total {one.total.grouped}；"
        f"首次计算 first {one.fresh}，有变动 changed {len(one.changed)}",
    ]
    for change in one.changed:
        why = "；".join(words.zh for words in change.reasons)
        parts.append(f"  {change.member}  {Money(change.fen).grouped}  {why}")
    for member, found in one.missing:
        parts.append(f"  {member}  {found.what}")
    parts += [str(found) for found in one.warnings]
    return "\n".join(parts)


# ---- explain -----------------------------------------------------------------------------------


def run_explain(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.cli.dues_telling import explanation_text
    from ledger.dues.explaining import explain, member_called
    from ledger.registry import oplog

    now = clock.now()
    with acting.opened(options.folder) as registry:
        user = acting.acting_user(registry, options, now)
        member = member_called(registry, options.member, options.unit)
        workflow.demand(user, "browse", member.unit)
        found = explain(registry, member, options.month)
        with registry.write() as conn:
            # A base is a person's own: who looked at it is kept.
            oplog.record(
                conn, at=now, user=user.id, unit=member.unit, action="dues.explain",
                object=member.id, detail=str(options.month),
            )  # fmt: skip
    if options.json:
        print(json.dumps({"dues": [one.as_json() for one in found]}, ensure_ascii=False))
    else:
        print("\n\n\n".join(map(explanation_text, found)))
    return 0 if all(one.holds for one in found) else 1
