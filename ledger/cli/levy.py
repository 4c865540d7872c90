"""mingbai levy: what employers owe on their payrolls, what comes of it, and by which way."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.cli import acting, lines
from ledger.errors import Finding, Refused, finding
from ledger.money import Money

if TYPE_CHECKING:
    from ledger.dues.levy_coming import Announced, Standing
    from ledger.dues.levying import Declaration
    from ledger.registry.levies import ShareRow

_RULES = ("union-levy", "union-preparation")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("levy", help="拨缴经费 the levy of employers")
    deeds = group.add_subparsers(dest="deed", required=True, metavar="DEED")

    scheme = _deed(deeds, "scheme", "各部分记入何处 where each share of a levy is entered")
    scheme.add_argument("words", metavar="RULE", nargs="*", help="union-levy, union-preparation")
    scheme.add_argument(
        "--share", nargs=3, action="append", default=[], metavar=("PART", "A", "F"),
        help="部分、科目、资金 part, account, fund: grass-roots 402 F02",
    )  # fmt: skip
    scheme.set_defaults(run=run_scheme, rest="words")

    employer = _deed(deeds, "employer", "登记缴费单位 register an employer")
    employer.add_argument("name", metavar="NAME", help="名称 name")
    employer.add_argument("--code", default="", metavar="CODE", help="统一社会信用代码 credit code")
    union = employer.add_mutually_exclusive_group(required=True)
    union.add_argument("--union-since", type=acting.day, metavar="DAY", help="建会日 since when")
    union.add_argument("--no-union", action="store_true", help="尚未建会 it has no union yet")
    employer.set_defaults(run=run_employer)

    _deed(deeds, "employers", "列出缴费单位 list employers").set_defaults(run=run_employers)

    declare = _deed(deeds, "declare", "申报工资总额 declare the payroll of a month")
    declare.add_argument(
        "month", metavar="MONTH|FILE", help="月份，或填好的 levy-declaration 模板 month, or a list"
    )
    declare.add_argument("--employer", metavar="E", help="代号、名称或信用代码 id, name or code")
    declare.add_argument(
        "--payroll", type=acting.amount, metavar="YUAN", help="工资总额 whole payroll"
    )
    declare.set_defaults(run=run_declare)

    tax = _deed(deeds, "tax", "登记税务代收清单，按分成应收 what the tax office collected, shared")
    tax.add_argument("file", metavar="FILE", type=Path, help="模板 union-fee-list the template")
    tax.set_defaults(run=run_tax)

    announce = _deed(deeds, "announce", "登记将到账的一笔 an amount that will come for a month")
    announce.add_argument("month", metavar="MONTH", type=acting.month, help="月份 2026-03")
    announce.add_argument("--employer", required=True, metavar="E", help="缴费单位 employer")
    announce.add_argument(
        "--amount", required=True, type=acting.amount, metavar="YUAN", help="金额 amount"
    )
    announce.add_argument(
        "--channel", choices=["direct", "tax", "fiscal"], default="direct", help="渠道 by which way"
    )
    announce.add_argument(
        "--code", default="", metavar="C", help="清单编号或拨款文号 its reference"
    )
    announce.set_defaults(run=run_announce)

    listed = _deed(deeds, "list", "一月各单位应缴实缴 how a month's levies stand")
    listed.add_argument("month", metavar="MONTH", type=acting.month, help="月份 2026-03")
    listed.set_defaults(run=run_list)

    founded = _deed(deeds, "founded", "建会后转出筹备金 release what was held for a new union")
    founded.add_argument("--employer", required=True, metavar="E", help="缴费单位 employer")
    founded.add_argument("--since", required=True, type=acting.day, metavar="DAY", help="建会日")
    founded.add_argument("--decision", required=True, metavar="TEXT", help="批复文号 the decision")
    founded.add_argument("--money", metavar="A", help="划转的银行科目 bank account to move it on")
    founded.set_defaults(run=run_founded)


def _deed(
    deeds: argparse._SubParsersAction[argparse.ArgumentParser], name: str, told: str
) -> argparse.ArgumentParser:
    parser = deeds.add_parser(name, help=told)
    acting.add_folder(parser)
    acting.add_unit(parser)
    acting.add_json(parser)
    acting.add_user(parser)
    return parser


# ---- scheme and employers ----------------------------------------------------------------------


def run_scheme(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.registry import levies, oplog

    now = clock.now()
    options.rule = acting.one_word(options.words)
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        if options.rule is not None:
            workflow.demand(user, "record", unit)
            with registry.write() as conn:
                rows = _shares(options, conn)
                levies.put_shares(conn, unit, options.rule, rows, user=user.id, now=now)
                oplog.record(
                    conn, at=now, user=user.id, unit=unit, action="levy.scheme",
                    object=options.rule,
                    detail=" ".join(f"{r.part}={r.account}/{r.fund}" for r in rows),
                )  # fmt: skip
        else:
            workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            rows = levies.shares(conn, unit)
    told = [
        {"rule": r.rule, "part": r.part, "account": r.account, "fund": r.fund} for r in rows
    ]  # fmt: skip
    acting.told(
        options, {"shares": told}, [f"{r.rule}  {r.part}  {r.account}  {r.fund}" for r in rows]
    )
    return 0


def _shares(options: argparse.Namespace, conn: Any) -> list[ShareRow]:
    from ledger.registry import entries
    from ledger.registry.levies import ShareRow

    accounts, funds = entries.accounts(conn, options.unit), entries.funds(conn, options.unit)
    rows = []
    for part, account, fund in options.share:
        target = lines.parse([account], fund, accounts)
        if target.fund not in funds:
            raise Refused(_bad_scheme(f"没有资金 {fund[:40]}", f"there is no fund {fund[:40]}"))
        rows.append(ShareRow(options.unit, options.rule, part, target.account, target.fund))
    parts = [row.part for row in rows]
    if options.rule not in _RULES or not rows or len(set(parts)) != len(parts):
        raise Refused(_bad_scheme("规则或部分有误", "the rule or its parts are wrong"))
    if options.rule == "union-preparation" and (
        parts != ["held"] or not rows[0].account.startswith("Liabilities:")
    ):
        raise Refused(
            _bad_scheme(
                "筹备金只有 held 一部分，记入负债", "preparation money is held: a liability"
            )
        )
    if any(r.part != "grass-roots" and r.account.startswith("Income:") for r in rows) and any(
        r.part == "grass-roots" and r.account.startswith("Income:") for r in rows
    ):
        raise Refused(_bad_scheme("上级的部分不是收入", "a share of an upper union is no income"))
    return rows


def _bad_scheme(zh: str, en: str) -> Finding:
    remedy = (
        "mingbai levy scheme DIR --unit U union-levy --share grass-roots 402 F02 "
        "--share upper 211 F02"
    )
    return finding("bad-scheme", zh, en, f"例：{remedy}", f"such as: {remedy}")


def run_employer(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues.levying import register

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        row = register(
            registry, unit, options.name, options.code, user, now, union_since=options.union_since
        )
    acting.told(options, {"employer": row.id}, [f"已登记 registered: {row.id}"])
    return 0


def run_employers(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.registry import employers, oplog

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "browse", unit)
        with registry.write() as conn:
            rows = employers.of_unit(conn, registry.vault, unit)
            # A small employer is a person: who looked at the names is kept.
            oplog.record(
                conn, at=now, user=user.id, unit=unit, action="levy.employers", object=unit,
                detail=f"{len(rows)} names",
            )  # fmt: skip
    told = [
        {
            "id": row.id, "name": row.name, "credit_code": row.credit_code,
            "union_since": row.union_since.isoformat() if row.union_since else None,
        }
        for row in rows
    ]  # fmt: skip
    text = [
        f"{r.id}  {r.name}  {r.credit_code}  {r.union_since or '未建会 no union'}" for r in rows
    ]
    acting.told(options, {"employers": told}, text)
    return 0


# ---- declared and announced --------------------------------------------------------------------


def run_declare(options: argparse.Namespace) -> int:
    from importers.levies import declare_list
    from importers.read import file_bytes
    from ledger import clock
    from ledger.dues.levying import Declared, declare
    from ledger.period import Month

    try:
        month = Month.parse(options.month)
    except ValueError:
        month = None
    if (month is None) != (options.employer is None and options.payroll is None) or (
        month is not None and (options.employer is None or options.payroll is None)
    ):
        raise Refused(_declared_how())
    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        if month is None:
            path = Path(options.month)
            done = declare_list(registry, unit, file_bytes(path), path.name, user, now)
        else:
            one = Declared(options.employer, options.payroll)
            done = declare(registry, unit, month, [one], user, now)
    acting.told(
        options, {"declared": [d.as_json() for d in done]}, [_declared_text(d) for d in done]
    )  # fmt: skip
    return 0


def _declared_how() -> Finding:
    return finding(
        "usage", "写明月份、单位与工资总额，或给出填好的清单",
        "give a month with employer and payroll, or a list alone",
        "mingbai levy declare DIR --unit U --employer E --payroll 123456.00 2026-03",
        "mingbai levy declare DIR --unit U --employer E --payroll 123456.00 2026-03",
    )  # fmt: skip


def _declared_text(done: Declaration) -> str:
    head = done.levy.rated.table.head
    parts = [
        f"{done.employer} {done.month} {done.row.rule}：{done.arithmetic}",
        f"  应缴 due {Money(done.row.total_fen).grouped}，差额 difference {Money(done.fen).grouped}"
        f"；{done.levy.rated.source}（{head.confidence}）",
    ]
    parts += [f"  {s.part.name}  {s.amount.grouped}" for s in done.levy.shares]
    if done.list_code:
        parts.append(f"  缴款时注明 the payment carries {done.list_code}")
    return "\n".join(parts)


def run_tax(options: argparse.Namespace) -> int:
    from importers.levies import announce_tax
    from importers.read import file_bytes
    from ledger import clock

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        data = file_bytes(options.file)
        return _announced(options, announce_tax(registry, unit, data, options.file.name, user, now))


def run_announce(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues.levy_coming import Coming, announce

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        one = Coming(options.employer, options.amount)
        code = _code(options.code)
        done = announce(registry, unit, options.month, [one], options.channel, user, now, code)
    return _announced(options, done)


def _code(text: str) -> str:
    """A code that a payment can be found by: one of ours, or a document's number."""
    from importers.reference import find_codes
    from ledger.reference import document_number

    if not text:
        return ""
    found = find_codes(text)
    code = document_number(text) or (found[0] if len(found) == 1 else "")
    if not code or len(code) > 24:
        raise Refused(
            finding(
                "bad-code", "不是清单编号或文号", "this is no list code and no document's number",
                "写作 BL2026-0001-9 或 青财预〔2026〕12号，或留空",
                "write BL2026-0001-9 or 青财预〔2026〕12号, or leave it out",
            )
        )  # fmt: skip
    return code


def _announced(options: argparse.Namespace, done: Announced) -> int:
    told = {
        "code": done.code, "channel": done.channel, "total": done.amount.text,
        "claims": list(done.claims), "findings": [f.as_json() for f in done.findings],
    }  # fmt: skip
    text = [
        f"清单 list {done.code}（{done.channel}）：{len(done.claims)} 笔应收 claims，"
        f"到账应为 its deposit is {done.amount.grouped}",
        *map(str, done.findings),
    ]
    acting.told(options, told, text)
    return 0


def run_list(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.dues.levy_coming import standings

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(acting.acting_user(registry, options, now), "browse", unit)
        found = standings(registry, unit, [options.month])
    acting.told(
        options, {"levies": [_standing(one) for one in found]}, [_standing_text(o) for o in found]
    )
    return 0


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "employer": one.employer, "rule": one.rule, "month": one.month,
        "payroll": one.payroll.text if one.payroll is not None else None, "due": one.due.text,
        "received": {name: Money(fen).text for name, fen in sorted(one.received.items())},
        "open": one.open.text, "outstanding": one.outstanding.text,
        "overpaid": one.overpaid.text,
    }  # fmt: skip


def _standing_text(one: Standing) -> str:
    came = "，".join(f"{name} {Money(fen).grouped}" for name, fen in sorted(one.received.items()))
    rest = f"未收 outstanding {one.outstanding.grouped}"
    if one.overpaid.fen:
        rest = f"多缴 overpaid {one.overpaid.grouped}"
    return (
        f"{one.employer}  {one.month}  {one.rule}  应缴 due {one.due.grouped}  "
        f"实收 received {came or '0.00'}  {rest}"
    )


def run_founded(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues.levy_founding import found_union
    from ledger.registry import entries

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        money = ""
        if options.money:
            with registry.read() as conn:
                money = lines.parse([options.money], "", entries.accounts(conn, unit)).account
        held, draft = found_union(
            registry, unit, options.employer, options.since, options.decision, user, now,
            money=money,
        )  # fmt: skip
    told = {
        "employer": held.employer, "came": held.came.text, "released": held.released.text,
        "left": held.left.text, "draft": draft,
    }  # fmt: skip
    text = f"{held.employer}：已收 came {held.came.grouped}，待转出 to release {held.left.grouped}"
    acting.told(options, told, [text, *([f"草稿 draft {draft}"] if draft else [])])
    return 0
