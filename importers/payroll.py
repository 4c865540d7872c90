"""Payroll dues lists: what an employer withheld, member by member, under one code.

The employer pays one sum and sends a list. Entering the list puts the members' open claims of the
month under the list's code, so that the one deposit settles each of them. The list's total has to
be what it claims to be; a member without an open claim of that amount is a finding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from importers.reference import find_codes
from importers.tables import table_of
from ledger import workflow
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.money import Money, total, yuan
from ledger.period import Month
from ledger.registry import claims, members, oplog

if TYPE_CHECKING:
    from ledger.registry import Registry, User

_NUMBER: Final = ("会员编号", "编号", "会员号", "number")
_AMOUNT: Final = ("实缴", "代扣金额", "金额", "amount")
_MONTH = re.compile(r"(20[0-9]{2})\s*[-年/.]\s*(0?[1-9]|1[0-2])")
_MOST = 20_000


@dataclass(frozen=True)
class ListEntered:
    """An entered list: its code, month, and what the employer's payment has to be."""

    code: str
    month: str
    members: int
    amount: Money

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "month": self.month,
            "members": self.members,
            "total": self.amount.text,
        }


def enter_list(
    registry: Registry, unit: str, data: bytes, name: str, user: User, now: datetime
) -> ListEntered:
    """Put a payroll list's claims under its code; Refused with every finding if a row is wrong."""
    workflow.demand(user, "record", unit)
    rows = table_of(data, name)
    code, month = _head(rows, name)
    found: list[Finding] = []
    with registry.write() as conn:
        codes: list[str] = []
        amounts: list[Money] = []
        for place, number, amount in _members(rows, name):
            member = members.by_number(conn, unit, number)
            due = (
                []
                if member is None
                else [
                    row
                    for row in claims.of_member(conn, unit, member.id)
                    if row.state == claims.OPEN
                    and row.month == str(month)
                    and row.fen == amount.fen
                    and row.list_code in (None, code)
                    and row.code not in codes
                ]
            )
            if len(due) != 1:
                found.append(_no_claim(name, place, number, amount))
                continue
            codes.append(due[0].code)
            amounts.append(amount)
        refuse_if(found)
        claims.set_list(conn, unit, codes, code)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="payroll.enter", object=code,
            detail=f"{len(codes)} members",
        )  # fmt: skip
    return ListEntered(code, str(month), len(codes), total(amounts))


def _head(rows: list[list[str]], name: str) -> tuple[str, Month]:
    """The list's code and month, from the lines above the table."""
    text = " ".join(cell for row in rows[:10] for cell in row)
    codes = [code for code in find_codes(text) if code.startswith("DK")]
    months = _MONTH.findall(text.replace(codes[0], "") if codes else text)
    if len(codes) != 1 or not months:
        raise Refused(
            finding(
                "payroll-head",
                "清单表头须写明清单编号（DK…）与所属月份",
                "the head of the list gives its code (DK…) and its month",
                "按模板在表格上方写：清单编号 DK2026-0003-0，所属月份 2026-03",
                "write both above the table, as the template does",
                file=name,
            )
        )
    return codes[0], Month(int(months[0][0]), int(months[0][1]))


def _members(rows: list[list[str]], name: str) -> list[tuple[int, str, Money]]:
    """``(row, member number, amount)`` of every member in the table."""
    for place, row in enumerate(rows):
        folded = ["".join(cell.split()) for cell in row]
        number = next((folded.index(key) for key in _NUMBER if key in folded), None)
        amount = next((folded.index(key) for key in _AMOUNT if key in folded), None)
        if number is not None and amount is not None:
            return list(_rows_below(rows, place + 1, number, amount, name))
    raise Refused(
        finding(
            "payroll-table",
            "清单中没有「会员编号」和「实缴」两列",
            "the list has no columns for the member's number and the amount",
            "按模板填写",
            "fill in the template",
            file=name,
        )
    )


def _rows_below(
    rows: list[list[str]], start: int, number: int, amount: int, name: str
) -> list[tuple[int, str, Money]]:
    found: list[tuple[int, str, Money]] = []
    faults: list[Finding] = []
    for place, row in enumerate(rows[start : start + _MOST], start=start + 1):
        cells = [*row, *[""] * (max(number, amount) + 1 - len(row))]
        who, much = cells[number].strip(), cells[amount].strip()
        if not who and not much:
            continue
        if any("合计" in cell for cell in row):
            stated = yuan(much)
            if stated != total(part for _, _, part in found):
                faults.append(_total_differs(name, place))
            break
        try:
            found.append((place, who, yuan(much)))
        except ValueError:
            faults.append(_bad_row(name, place))
    if not found:
        faults.append(_bad_row(name, start + 1))
    refuse_if(faults)
    return found


def _no_claim(name: str, place: int, number: str, amount: Money) -> Finding:
    return finding(
        "payroll-claim",
        f"会员 {number[:20]} 没有 {amount.grouped} 的当月未缴应收",
        f"member {number[:20]} has no open claim of {amount.grouped} in that month",
        "核对编号与金额；此清单未登记",
        "check number and amount; nothing of this list was entered",
        file=name,
        line=place,
    )


def _bad_row(name: str, place: int) -> Finding:
    return finding(
        "payroll-row",
        "此行没有编号或金额",
        "this row has no number or no amount",
        "补全后重新登记",
        "complete it and enter the list again",
        file=name,
        line=place,
    )


def _total_differs(name: str, place: int) -> Finding:
    return finding(
        "payroll-total",
        "合计与各行之和不符",
        "the total is not the sum of the rows",
        "请单位更正清单",
        "ask the employer to correct the list",
        file=name,
        line=place,
    )
