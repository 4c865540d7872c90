"""mingbai dues remit, remittance, grant, place: what goes up and comes back."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from ledger.cli import acting, lines
from ledger.errors import Finding, Refused, finding
from ledger.money import yuan

if TYPE_CHECKING:
    from ledger.dues.remitting import Remitted


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    remit = _deed(commands, "remit", "上缴与返还 propose what is outstanding upwards and back")
    remit.add_argument(
        "month", metavar="MONTH", type=acting.month, help="截至月份 up to this month"
    )
    remit.add_argument("--look", action="store_true", help="只看不提草稿 say only what is due")
    remit.add_argument(
        "--by",
        type=acting.day,
        metavar="DAY",
        help="应到账的日期 the day by which it should arrive",
    )
    remit.set_defaults(run=run_remit)

    path = _deed(commands, "remittance", "上缴记入何处 where what goes up is entered")
    path.add_argument("words", metavar="ROW", nargs="*", help="规则/行 such as party/province")
    path.add_argument("--account", metavar="A", help="借方科目 debited")
    path.add_argument("--fund", metavar="F", help="资金 fund")
    path.add_argument("--money", metavar="A", help="付款的银行科目 bank account that pays")
    path.add_argument("--counter", default="", metavar="U", help="收款单位，缺省为上级 receiver")
    path.add_argument(
        "--held", action="store_true", help="科目中代存的全额上缴 the account holds all of it"
    )
    path.set_defaults(run=run_path, rest="words")

    grant = _deed(commands, "grant", "留存党费专项支持 earmark retained dues as support")
    for name, metavar, told in (
        ("from", "F", "出资资金 given by"), ("to", "F", "限定资金 a restricted fund"),
        ("amount", "YUAN", "金额 amount"), ("money", "A", "银行科目 bank account"),
        ("decision", "TEXT", "决议 decision"), ("what", "TEXT", "支持事项，不写人名 for what"),
    ):  # fmt: skip
        grant.add_argument(f"--{name}", dest=f"{name}_", required=True, metavar=metavar, help=told)
    grant.set_defaults(run=run_grant)

    place = _deed(commands, "place", "单位所在省与类型 a unit's province and kinds, for rules")
    place.add_argument("--province", metavar="TEXT", help="省 province")
    place.add_argument("--kinds", metavar="K,…", help="类型 such as basic-unit,charity,association")
    place.set_defaults(run=run_place)


def _deed(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, told: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=told)
    acting.add_folder(parser)
    acting.add_unit(parser)
    acting.add_json(parser)
    acting.add_user(parser)
    return parser


def run_remit(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues.remitting import remit

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        found = remit(registry, unit, options.month, user, now, look=options.look, by=options.by)
    acting.told(
        options, {"remittances": [one.as_json() for one in found]}, [_remitted(o) for o in found]
    )
    return 1 if any(one.finding for one in found) else 0


def _remitted(one: Remitted) -> str:
    way, of = one.reckoned.way, one.reckoned
    parts = [
        f"{way.key} {way.name}：{of.arithmetic}",
        f"  应缴 due {of.due.grouped}，已缴 remitted {of.went.grouped}，"
        f"待审 proposed {one.proposed.grouped}，未缴 outstanding {one.outstanding.grouped}"
        + (f"，期限 by {of.deadline}" if of.deadline else ""),
        f"  {way.source}（{way.confidence or '–'}）" + (f" → {way.counter}" if way.counter else ""),
    ]
    if one.draft:
        parts.append(f"  草稿 draft {one.draft}")
    if one.finding:
        parts.append(f"  {one.finding}")
    return "\n".join(parts)


def run_path(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.layout import UNIT_NAME
    from ledger.registry import entries, oplog, remittances
    from ledger.registry.remittances import PathRow

    now = clock.now()
    options.row = acting.one_word(options.words)
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        if options.row is not None:
            workflow.demand(user, "record", unit)
            with registry.write() as conn:
                known, funds = entries.accounts(conn, unit), entries.funds(conn, unit)
                words = (options.account, options.fund, options.money)
                if not all(words) or options.fund not in funds or not _ROW.fullmatch(options.row):
                    raise Refused(_bad_path())
                account = lines.parse([options.account], options.fund, known).account
                money = lines.parse([options.money], options.fund, known).account
                held_well = not options.held or account.startswith("Liabilities:")
                named = not options.counter or UNIT_NAME.fullmatch(options.counter)
                if not money.startswith("Assets:") or not held_well or not named:
                    raise Refused(_bad_path())
                row = PathRow(
                    unit, options.row, options.held, account, options.fund, money, options.counter
                )
                remittances.put(conn, row, user=user.id, now=now)
                oplog.record(
                    conn, at=now, user=user.id, unit=unit, action="dues.remittance",
                    object=row.row, detail=f"{account} {row.fund} {money} {row.counter}",
                )  # fmt: skip
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            rows = remittances.of_unit(conn, unit)
    told = [
        {"row": r.row, "held": r.held, "account": r.account, "fund": r.fund, "money": r.money,
         "counter": r.counter} for r in rows
    ]  # fmt: skip
    text = [f"{r.row}  {r.account}  {r.fund}  {r.money}  {r.counter}" for r in rows]
    acting.told(options, {"remittances": told}, text)
    return 0


_ROW = re.compile(r"[a-z][a-z0-9-]{0,30}/[a-z][a-z0-9-]{0,30}")


def _bad_path() -> Finding:
    remedy = (
        "mingbai dues remittance DIR --unit U party/province --account 201 --fund F01 --money 102"
    )
    return finding(
        "bad-remittance", "写明行、借方科目、资金与银行科目；代存的科目是负债",
        "give row, debited account, fund and bank account; what is held is a liability",
        f"例：{remedy}", f"such as: {remedy}",
    )  # fmt: skip


def run_grant(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues.granting import Grant, grant
    from ledger.registry import entries

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        with registry.read() as conn:
            known = entries.accounts(conn, unit)
        money = lines.parse([options.money_], options.from_, known).account
        try:
            amount = yuan(options.amount_)
        except ValueError:
            amount = yuan(0)
        if amount.fen <= 0:
            raise Refused(_bad_amount())
        one = Grant(
            options.from_, options.to_, amount, money, options.decision_, options.what_
        )  # fmt: skip
        draft = grant(registry, unit, one, user, now)
    acting.told(options, {"draft": draft}, [f"草稿 draft {draft}"])
    return 0


def _bad_amount() -> Finding:
    return finding(
        "bad-amount", "金额写作 1234.50，大于零", "an amount is written 1234.50, above zero",
        "改正金额", "correct the amount",
    )  # fmt: skip


def run_place(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.registry import oplog, units

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        with registry.read() as conn:
            row = units.find(conn, unit)
        province = row.province if options.province is None else options.province
        kinds = row.kinds if options.kinds is None else " ".join(options.kinds.split(","))
        changes = (province, kinds) != (row.province, row.kinds)
        # Which rules hold for a unit is no matter of those whose money they bind.
        workflow.demand(user, *(("administer", "*") if changes else ("browse", unit)))
        if changes:
            if len(province) > 40 or not re.fullmatch(r"(?:[a-z][a-z0-9-]{0,38} ?)*", kinds):
                raise Refused(_bad_place())
            with registry.write() as conn:
                units.set_place(conn, unit, province, kinds)
                oplog.record(
                    conn, at=now, user=user.id, unit=unit, action="unit.place", object=unit,
                    detail=f"{province} {kinds}"[:300],
                )  # fmt: skip
    acting.told(
        options, {"province": province, "kinds": kinds.split()}, [f"{unit}  {province}  {kinds}"]
    )
    return 0


def _bad_place() -> Finding:
    return finding(
        "bad-place", "类型用小写字母与连字符，逗号分隔", "kinds are small letters and hyphens",
        "例：--kinds basic-unit,social-organisation",
        "such as --kinds basic-unit,social-organisation",
    )  # fmt: skip
