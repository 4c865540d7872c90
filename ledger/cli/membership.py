"""``mingbai show m-…``: what a member owes and why, what was paid, and where the money went."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.account import account_label
from ledger.errors import Refused, finding
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.period import Month

if TYPE_CHECKING:
    from ledger.model import PostedLine
    from ledger.registry.claims import ClaimRow

_STATES: Final = {
    "open": "待缴 open",
    "drafted": "待审核 waits for a checker",
    "paid": "已缴 paid",
    "void": "作废 void",
    "off": "核销 written off",
    "credit": "余缴 credit",
    "used": "已抵用 used",
}


@dataclass(frozen=True)
class Membership:
    """A member's claims, the postings that name the member, and what the fund was spent on."""

    id: str
    unit: str
    number: str
    claims: list[ClaimRow]
    paid: list[PostedLine]
    spent: list[tuple[Month, str, str, Money]]  # month, fund, account, amount


def find(federation: Path, member: str) -> Membership:
    """The member of this id; Refused if there is none."""
    from ledger.registry import Registry, claims, members

    registry = Registry.open(federation)
    try:
        with registry.read() as conn:
            row = members.find(conn, member)
            if row is None:
                raise Refused(
                    finding(
                        "no-member",
                        f"没有会员 {member[:20]}",
                        f"there is no member {member[:20]}",
                        "用 mingbai members list 查看会员",
                        "see the members with mingbai members list",
                    )
                )
            owed = claims.of_member(conn, row.unit, row.id)
    finally:
        registry.close()
    model = Model.open(unit_folder(federation, row.unit))
    try:
        paid = [
            line
            for line in model.lines()
            if ("member", row.id) in line.meta and line.account.startswith("Income:")
        ]
        months = {(Month.of(line.day), line.fund) for line in paid}
        spent = _spent(model, months)
    finally:
        model.close()
    return Membership(row.id, row.unit, row.number, owed, paid, spent)


def _spent(model: Model, months: set[tuple[Month, str]]) -> list[tuple[Month, str, str, Money]]:
    found = []
    for month in sorted({month for month, _ in months}):
        for cell in model.cells(since=month, through=month):
            if (month, cell.fund) in months and cell.account.startswith("Expenses:") and cell.net:
                found.append((month, cell.fund, cell.account, Money(cell.net, cell.currency)))
    return sorted(found, key=lambda item: (item[0], item[1], item[2]))


def as_text(found: Membership) -> str:
    from reports.table import aligned

    parts = [f"会员 member {found.id}  单位 unit {found.unit}  编号 number {found.number}"]
    if found.claims:
        rows = [
            (row.month, Money(row.fen, row.currency).grouped, row.fund, row.code,
             _STATES.get(row.state, row.state))
            for row in found.claims
        ]  # fmt: skip
        head = ("月份 month", "应缴 owed", "资金 fund", "编码 code", "状态 state")
        parts += ["应缴 claims", aligned([head, *rows], right={1})]
        parts.append(_why(found))
    else:
        parts.append("没有应缴 no claims")
    rows2 = [
        (line.day.isoformat(), (-line.amount).grouped, line.fund, f"{found.unit}/{line.number}")
        for line in found.paid
    ]
    if rows2:
        head2 = ("日期 day", "已缴 paid", "资金 fund", "凭证 voucher")
        parts += ["缴款 payments", aligned([head2, *rows2], right={1})]
    rows3 = [
        (str(month), fund, account_label(account), amount.grouped,
         f"{found.unit}/funds/{month}/{fund}/out")
        for month, fund, account, amount in found.spent
    ]  # fmt: skip
    if rows3:
        head3 = ("月份 month", "资金 fund", "用途 spent on", "金额 amount", "引用 reference")
        parts += ["这些资金当月用在 what the funds paid for", aligned([head3, *rows3], right={3})]
    return "\n".join(parts)


def _why(found: Membership) -> str:
    """Where the amounts come from, and how to see it."""
    assessed = [row.month for row in found.claims if row.rule]
    if not assessed:
        return (
            "金额是登记应收时填写的；没有载入会费规则\n"
            "the amounts were entered with the claims; no dues rule is loaded"
        )
    command = f"mingbai dues explain DIR {found.id} {assessed[-1]}"
    return f"按规则计算的，为何是这个数：{command}\nwhy the rule says so: {command}"


def as_json(found: Membership) -> str:
    told: dict[str, Any] = {
        "member": found.id,
        "unit": found.unit,
        "number": found.number,
        "claims": [
            {
                "month": row.month,
                "amount": Money(row.fen, row.currency).text,
                "fund": row.fund,
                "code": row.code,
                "state": row.state,
            }
            for row in found.claims
        ],
        "payments": [
            {
                "day": line.day.isoformat(),
                "amount": (-line.amount).text,
                "fund": line.fund,
                "voucher": f"{found.unit}/{line.number}",
            }
            for line in found.paid
        ],
        "spent": [
            {
                "month": str(month),
                "fund": fund,
                "account": account,
                "amount": amount.text,
                "ref": f"{found.unit}/funds/{month}/{fund}/out",
            }
            for month, fund, account, amount in found.spent
        ],
    }
    return json.dumps(told, ensure_ascii=False)
