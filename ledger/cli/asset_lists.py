"""mingbai asset list and history: the register as of a day, open requests, one asset's life."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.money import Money

if TYPE_CHECKING:
    from ledger.assets.history import Step
    from ledger.assets.standing import AssetStanding
    from ledger.registry.asset_requests import RequestRow


def add_commands(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listed = acting.add_part(parts, "list", "资产清册，或未办结的申请 list assets, or requests")
    listed.add_argument("--on", type=acting.day, metavar="DAY", help="截至何日 as of")
    listed.add_argument("--class", dest="class_id", default="", metavar="C", help="类别 class")
    listed.add_argument(
        "--state", default="", choices=["", "waiting", "in-use", "lent", "leased", "repairing",
                                        "gone", "overdue"],
        help="状态；overdue 为逾期未还 state; overdue is what should be back",
    )  # fmt: skip
    listed.add_argument("--keeper", default="", metavar="WHO", help="保管人 m-… 或 u-… keeper")
    listed.add_argument("--requests", action="store_true", help="列出申请 list requests instead")
    listed.add_argument(
        "--suspects", action="store_true",
        help="列出可疑的：购置未登记、提前折旧 list what looks wrong: expensed, charged too early",
    )  # fmt: skip
    acting.add_json(listed)
    listed.set_defaults(run=run_list)
    one = acting.add_part(
        parts, "history", "一项资产的来龙去脉 what happened to one asset",
        code=("FA", "资产编号 asset: FA-00012"),
    )  # fmt: skip
    one.add_argument("--on", type=acting.day, metavar="DAY", help="截至何日 as of")
    acting.add_json(one)
    one.set_defaults(run=run_history)


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.assets.standing import register, register_now
    from ledger.registry import stocktakes

    if options.requests:
        return _requests(options)
    if options.suspects:
        return _suspects(options)
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        if options.on is None or options.on >= now.date():
            found = register_now(registry, unit, options.on or now.date())
        else:
            found = register(registry, unit, options.on)
        with registry.read() as conn:
            alarms = stocktakes.differences(conn, unit, alarms=True)
    found = [one for one in found if _shown(one, options)]
    lines = [_line(one) for one in found]
    cost, worn = sum(one.cost_fen for one in found), sum(one.worn_fen for one in found)
    lines.append(
        f"{len(found)} 项 assets  原值 cost {Money(cost).grouped}  "
        f"累计折旧 depreciated {Money(worn).grouped}  净值 net {Money(cost - worn).grouped}"
    )
    if alarms:
        refs = " ".join(one.ref for one in alarms)
        lines.append(f"盘点差异未处理 differences of stocktakes: {len(alarms)}  {refs[:400]}")
    fields = {
        "assets": [one.as_json() for one in found], "cost": Money(cost).text,
        "accumulated": Money(worn).text, "net": Money(cost - worn).text,
        "alarms": [one.ref for one in alarms],
    }  # fmt: skip
    acting.told(options, fields, lines)
    return 0


def _shown(one: AssetStanding, options: argparse.Namespace) -> bool:
    if options.state == "overdue":
        fits = one.overdue_days > 0
    elif options.state:
        fits = one.state == options.state
    else:
        fits = one.state != "gone"
    return (
        fits
        and options.class_id in ("", one.row.class_id, one.class_words.zh)
        and options.keeper in ("", one.keeper)
    )


def _line(one: AssetStanding) -> str:
    from ledger.assets.standing import STATES
    from ledger.registry.stocktakes import KIND_WORDS

    row, state = one.row, STATES[one.state]
    late = f"  逾期 overdue {one.overdue_days} 天 days" if one.overdue_days else ""
    opened = f"  申请 request {one.open.code}" if one.open is not None else ""
    alarms = "".join(
        f"\n  盘点差异 stocktake: {' '.join(KIND_WORDS[found.kind])} {found.ref}"
        for found in one.alarms
    )
    return (
        f"{row.code}  {row.name}  {one.class_words.zh} {row.class_id}  {state.zh} {state.en}\n"
        f"  原值 cost {Money(one.cost_fen).grouped}  净值 net {Money(one.net_fen).grouped}  "
        f"{one.keeper}  {one.place}{late}{opened}{alarms}"
    )


def _suspects(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.assets.suspects import suspects

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        found = suspects(registry, unit, options.on or now.date())
    lines = [str(one) for one in found] or ["没有可疑的 nothing looks wrong"]
    acting.told(options, {"suspects": [one.as_json() for one in found]}, lines)
    return 0


def _requests(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.registry import asset_requests

    with acting.signed_in(options) as (registry, user, _):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            rows = asset_requests.of_unit(conn, unit, incoming=True)
            items = {
                (row.unit, row.code): asset_requests.items(conn, row.unit, [row.code]).get(
                    row.code, []
                )
                for row in rows
            }
    told = [(row, items[row.unit, row.code]) for row in rows]
    lines = [_request_line(row, of) for row, of in told] or ["没有申请 no requests"]
    acting.told(options, {"requests": [_request_json(row, of) for row, of in told]}, lines)
    return 0


def _request_line(row: RequestRow, of: list[str]) -> str:
    price = f"  {Money(row.price_fen).grouped}" if row.price_fen else ""
    to = f"  → {row.to_unit or row.to_party or row.to_keeper}" if (
        row.to_unit or row.to_party or row.to_keeper
    ) else ""  # fmt: skip
    return (
        f"{row.code}  {row.kind}  {row.state}  {row.day}  {row.decision}{to}{price}\n"
        f"  {' '.join(of)}"
    )


def _request_json(row: RequestRow, of: list[str]) -> dict[str, object]:
    return {
        "request": row.code, "unit": row.unit, "kind": row.kind, "state": row.state,
        "day": row.day.isoformat(), "decision": row.decision, "assets": of,
        "to_unit": row.to_unit, "to_party": row.to_party, "to_keeper": row.to_keeper,
        "until": row.until.isoformat() if row.until else None, "price": Money(row.price_fen).text,
        "maker": row.maker, "checker": row.checker, "signed":
        row.signed.isoformat() if row.signed else None, "note": row.note,
    }  # fmt: skip


def run_history(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.assets.history import history

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        found = history(registry, unit, options.code, options.on or now.date())
    fields = {
        **found.asset.as_json(), "history": [step.as_json() for step in found.steps],
        "requests": [_request_json(row, [options.code]) for row in found.requests],
    }  # fmt: skip
    acting.told(options, fields, [_line(found.asset), *map(_step, found.steps)])
    return 0


def _step(one: Step) -> str:
    from ledger.assets.called import STEPS

    called = STEPS[one.what]
    money = f"  {Money(one.fen).grouped}  {one.voucher}" if one.voucher else ""
    where = f"  {one.keeper}  {one.place}" if one.keeper or one.place else ""
    request = f"  {one.request}" if one.request else ""
    return f"  {one.day}  {called.zh} {called.en}{where}{request}{money}  {one.note}".rstrip()
