"""What ``mingbai show`` opens of gifts, campaigns and aid; who gave or was aided stays sealed.

Each unit counts its own: where several have a code, the unit is named before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger import clock
from ledger.cli.record import Record
from ledger.errors import Refused, finding
from ledger.money import Money
from ledger.registry import aid, campaigns, gifts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry

_HEAD = ("日期 day", "事项 what", "凭证 voucher", "金额 amount", "用途 purpose")


def find(registry: Registry, conn: Connection, units: Sequence[str], code: str) -> Record | None:
    """The gift, campaign or batch of aid of this code; None if it is of something else.

    Refused where several of the units have it.
    """
    drawn = {gifts.PREFIX: _gift, campaigns.PREFIX: _campaign, aid.BATCH: _aid, aid.PAYMENT: _aid}
    draw = drawn.get(code[:2])
    if draw is None:
        return None
    having = [unit for unit in units if _has(conn, unit, code)]
    if len(having) > 1:
        raise Refused(
            finding(
                "several-units", f"{'、'.join(having[:8])} 各有 {code}",
                f"{', '.join(having[:8])} have {code} each",
                f"写明单位，如 {having[0]}/{code}", f"name the unit, as in {having[0]}/{code}",
            )
        )  # fmt: skip
    return draw(registry, conn, having[0], code) if having else None


def _has(conn: Connection, unit: str, code: str) -> bool:
    if code.startswith(gifts.PREFIX):
        return gifts.find(conn, unit, code) is not None
    if code.startswith(campaigns.PREFIX):
        return campaigns.find(conn, unit, code) is not None
    return aid.batch_named(conn, unit, code) is not None


def _gift(registry: Registry, _conn: Connection, unit: str, code: str) -> Record:
    from ledger.gifts.standing import gift_standing

    one = gift_standing(registry, unit, code, clock.now().date())
    told = one.as_json()
    rows = [
        (use.day.isoformat(), word, f"{unit}/{use.voucher}", Money(use.fen).grouped, use.purpose)
        for part in one.parts
        for word, uses in (
            ("收到 received", part.came), ("使用 used", part.uses), ("退还 returned", part.returns)
        )
        for use in uses
    ]  # fmt: skip
    keys = ("kind", "nature", "state", "campaign", "fund", "donor", "date", "amount", "received",
            "used", "held", "returned", "until", "deadline")  # fmt: skip
    facts = tuple((key, str(told[key] or "")) for key in keys)
    data = {"ref": f"{unit}/{code}", "unit": unit, **told}
    return _record(f"捐赠 gift {unit}/{code}", facts, sorted(rows), data)


def _campaign(registry: Registry, _conn: Connection, unit: str, code: str) -> Record:
    from ledger.gifts.standing import campaign_standing

    told = campaign_standing(registry, unit, code, clock.now().date()).as_json()
    keys = ("name", "name_en", "purpose", "state", "fund", "rule", "start", "end", "filing",
            "partner", "target", "gifts", "raised", "used", "held", "returned", "coverage",
            "untraced", "closed", "decision", "leftover")  # fmt: skip
    facts = tuple((key, str(told[key] or "")) for key in keys)
    rows = [(line["purpose"], line["amount"]) for line in told["budget"]]
    data = {"ref": f"{unit}/{code}", "unit": unit, **told}
    return Record(
        f"募捐活动 campaign {unit}/{code}", facts, ("预算 budget", "金额 amount"), tuple(rows),
        frozenset({1}), data,
    )  # fmt: skip


def _aid(_registry: Registry, conn: Connection, unit: str, code: str) -> Record:
    """A batch, or the one that a payment is in; to whom it went stays sealed."""
    batch = aid.batch_named(conn, unit, code) or code
    found = aid.of_unit(conn, unit, batch=batch)
    whole = Money(sum(one.row.fen for one in found))
    first = found[0]
    voucher = f"{unit}/{first.number}" if first.number else ""
    facts = (
        ("日期 day", first.row.day.isoformat()), ("状态 state", first.state),
        ("资金 fund", first.row.fund), ("决定 decision", first.row.decision),
        ("合计 total", whole.grouped), ("凭证 voucher", voucher),
    )  # fmt: skip
    rows = tuple((one.row.code, one.row.kind, Money(one.row.fen).grouped) for one in found)
    data = {
        "ref": f"{unit}/{batch}", "unit": unit, "day": first.row.day.isoformat(),
        "state": first.state, "fund": first.row.fund, "decision": first.row.decision,
        "total": whole.text, "voucher": voucher or None,
        "payments": [
            {"code": one.row.code, "kind": one.row.kind, "amount": Money(one.row.fen).text}
            for one in found
        ],
    }  # fmt: skip
    head = ("编号 code", "类别 kind", "金额 amount")
    return Record(f"帮扶批次 batch {unit}/{batch}", facts, head, rows, frozenset({2}), data)


def _record(
    heading: str, facts: tuple[tuple[str, str], ...], rows: Sequence[tuple[str, ...]],
    data: dict[str, Any],
) -> Record:  # fmt: skip
    return Record(heading, facts, _HEAD, tuple(rows), frozenset({3}), data)
