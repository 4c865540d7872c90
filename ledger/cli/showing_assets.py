"""What ``mingbai show`` opens of fixed assets: one asset with its history, and a request.

Each unit counts its own assets: where several have a code, the unit is named before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ledger import clock
from ledger.cli.record import Record
from ledger.errors import Refused, finding
from ledger.money import Money
from ledger.registry import asset_requests, assets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry

ASSET: Final = re.compile(r"FA-[0-9]{1,9}")
_HEAD = ("日期 day", "事项 what", "保管 keeper", "地点 place", "凭证、申请 ref", "金额 amount")


def find(registry: Registry, conn: Connection, units: Sequence[str], code: str) -> Record | None:
    """The asset, or the request, of this code; None if it is of something else.

    Refused where several of the units have it.
    """
    one = ASSET.fullmatch(code) is not None
    if not one and not code.startswith(asset_requests.PREFIX):
        return None
    there = assets.find if one else asset_requests.find
    having = [unit for unit in units if there(conn, unit, code) is not None]
    if len(having) > 1:
        raise Refused(
            finding(
                "several-units", f"{'、'.join(having[:8])} 各有 {code}",
                f"{', '.join(having[:8])} have {code} each",
                f"写明单位，如 {having[0]}/{code}", f"name the unit, as in {having[0]}/{code}",
            )
        )  # fmt: skip
    if not having:
        return None
    return _asset(registry, having[0], code) if one else _request(conn, having[0], code)


def _asset(registry: Registry, unit: str, code: str) -> Record:
    from ledger.assets.called import STEPS
    from ledger.assets.history import history
    from ledger.assets.standing import STATES

    found = history(registry, unit, code, clock.now().date())
    told = found.asset.as_json()
    state, words = STATES[found.asset.state], found.asset.class_words
    facts = (
        ("名称 name", str(told["name"])), ("类别 class", f"{words.zh} {words.en}".strip()),
        ("状态 state", f"{state.zh} {state.en}"), ("来源 source", str(told["source"])),
        ("权属 ownership", str(told["ownership"])), ("资金 fund", str(told["fund"])),
        ("原值 cost", Money(found.asset.cost_fen).grouped),
        ("累计折旧 depreciated", Money(found.asset.worn_fen).grouped),
        ("净值 net", Money(found.asset.net_fen).grouped),
        ("保管人 keeper", found.asset.keeper), ("存放地点 place", found.asset.place),
    )  # fmt: skip
    rows = [
        (
            step.day.isoformat(), f"{STEPS[step.what].zh} {STEPS[step.what].en}", step.keeper,
            step.place, f"{unit}/{step.voucher}" if step.voucher else step.request,
            Money(step.fen).grouped if step.voucher else "",
        )
        for step in found.steps
    ]  # fmt: skip
    data = {
        "ref": f"{unit}/{code}", "unit": unit, **told,
        "history": [step.as_json() for step in found.steps],
    }  # fmt: skip
    return Record(f"资产 asset {unit}/{code}", facts, _HEAD, tuple(rows), frozenset({5}), data)


def _request(conn: Connection, unit: str, code: str) -> Record | None:
    row = asset_requests.find(conn, unit, code)
    if row is None:
        return None
    facts = (
        ("种类 kind", row.kind), ("状态 state", row.state), ("日期 day", row.day.isoformat()),
        ("决策 decision", row.decision), ("原因 reason", row.reason),
        ("调入单位 to unit", row.to_unit or ""), ("对方 party", row.to_party or ""),
        ("接收人 receiver", row.to_keeper), ("归还 back by", str(row.until or "")),
        ("价款 price", Money(row.price_fen).grouped if row.price_fen else ""),
        ("申请 asked by", row.maker), ("审批 approved by", row.checker or ""),
        ("签收 signed", f"{row.signed or ''}"), ("签收单 sheet", row.sign_paper and
         f"sha256:{row.sign_paper}"),
    )  # fmt: skip
    codes = asset_requests.items(conn, unit, [code]).get(code, [])
    data = {
        "ref": f"{unit}/{code}", "unit": unit, "request": code, "kind": row.kind,
        "state": row.state, "day": row.day.isoformat(), "decision": row.decision,
        "assets": codes, "to_unit": row.to_unit, "price": Money(row.price_fen).text,
        "checker": row.checker, "signed": row.signed.isoformat() if row.signed else None,
    }  # fmt: skip
    rows = tuple((one,) for one in codes)
    return Record(
        f"资产申请 request {unit}/{code}", facts, ("资产 asset",), rows, frozenset(), data
    )
