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
_DAY: Final = re.compile(r"20[0-9]{2}\s*[-年/.]\s*[0-9]{1,2}\s*[-月/.]\s*[0-9]{1,2}\s*日?")
_MONTH: Final = re.compile(r"(20[0-9]{2})\s*[-年/.]\s*(0?[1-9]|1[0-2])(?![0-9])")
_CALLED: Final = re.compile(
    r"(?:所属|月份|期间|month)[^0-9]{0,8}(20[0-9]{2})\s*[-年/.]\s*(0?[1-9]|1[0-2])(?![0-9])", re.I
)
_ANY_CODE: Final = re.compile(r"[A-Z]{2}\s*20[0-9]{2}[\s-]*[0-9]{4,6}[\s-]*[0-9](?![0-9])", re.I)
#: A voucher holds 5,000 entries at the most, and a list is paid by one voucher.
_MOST: Final = 4_900


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
    listed = _members(rows, name)
    code, month = _head(rows, name)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        refuse_if(_being_paid(claims.of_list(conn, unit, code), code, name))
        known = members.by_numbers(conn, unit, {number for _, number, _ in listed})
        owed: dict[str, list[claims.ClaimRow]] = {}
        for row in claims.of_members(conn, unit, {member.id for member in known.values()}):
            if row.month == str(month) and row.member is not None:
                owed.setdefault(row.member, []).append(row)
        found: list[Finding] = []
        codes: list[str] = []
        for place, number, amount in listed:
            member = known.get(number)
            due = [
                row
                for row in (owed.get(member.id, []) if member is not None else [])
                if row.state == claims.OPEN
                and row.fen == amount.fen
                and row.currency == amount.currency
                and row.list_code in (None, code)
                and row.code not in codes
            ]
            if len(due) == 1:
                codes.append(due[0].code)
            else:
                found.append(_no_claim(name, place, number, amount, month, len(due)))
        refuse_if(found)
        claims.set_list(conn, unit, codes, code)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="payroll.enter", object=code,
            detail=f"{len(codes)} members",
        )  # fmt: skip
    amount = total(part for _, _, part in listed)
    return ListEntered(code, str(month), len(codes), amount)


def _being_paid(rows: list[claims.ClaimRow], code: str, name: str) -> list[Finding]:
    """A list may be entered again until its payment came: the new one takes its place."""
    if all(row.state == claims.OPEN for row in rows):
        return []
    return [
        finding(
            "payroll-paid",
            f"清单 {code} 的款项已到账或正在入账，不能更改",
            f"the payment of list {code} has come or is being entered: it cannot be changed",
            "新的代扣清单用新的编号；要更正请先冲销或撤回",
            "give a new list a new code; to correct this one, reverse or withdraw first",
            file=name,
        )
    ]


def _head(rows: list[list[str]], name: str) -> tuple[str, Month]:
    """The list's code and month, from the lines above the table.

    A day such as that of printing is no month of dues: only what is called so, or the one month
    that stands there, counts.
    """
    top = rows[: _heading(rows) or 0]
    text = " ".join(cell for row in top for cell in row)
    codes = [code for code in find_codes(text) if code.startswith("DK")]
    bare = _DAY.sub(" ", _ANY_CODE.sub(" ", text))
    called = {Month(int(y), int(m)) for y, m in _CALLED.findall(bare)}
    months = called or {Month(int(y), int(m)) for y, m in _MONTH.findall(bare)}
    if len(codes) != 1 or len(months) != 1:
        raise Refused(
            finding(
                "payroll-head",
                "表格上方须写明一个清单编号（DK…）与一个所属月份",
                "above the table stand one code of the list (DK…) and one month",
                "写作：清单编号 DK2026-0003-8，所属月份 2026-03",
                "write: 清单编号 DK2026-0003-8, 所属月份 2026-03",
                file=name,
            )
        )
    return codes[0], months.pop()


def _heading(rows: list[list[str]]) -> int | None:
    """The place of the table's header row."""
    for place, row in enumerate(rows):
        folded = {"".join(cell.split()) for cell in row}
        if folded & set(_NUMBER) and folded & set(_AMOUNT):
            return place
    return None


def _members(rows: list[list[str]], name: str) -> list[tuple[int, str, Money]]:
    """``(row, member number, amount)`` of every member in the table."""
    place = _heading(rows)
    if place is None:
        raise Refused(
            finding(
                "payroll-table",
                "清单中没有「会员编号」和「实缴」两列",
                "the list has no columns for the member's number and the amount",
                "表头写「会员编号」与「实缴」；样例见 importers/README.md",
                "head the columns 会员编号 and 实缴; importers/README.md shows an example",
                file=name,
            )
        )
    folded = ["".join(cell.split()) for cell in rows[place]]
    number = next(folded.index(key) for key in _NUMBER if key in folded)
    amount = next(folded.index(key) for key in _AMOUNT if key in folded)
    return _rows_below(rows, place + 1, number, amount, name)


def _rows_below(
    rows: list[list[str]], start: int, number: int, amount: int, name: str
) -> list[tuple[int, str, Money]]:
    found: list[tuple[int, str, Money]] = []
    faults: list[Finding] = []
    ended = False
    for place, row in enumerate(rows[start:], start=start + 1):
        cells = [*row, *[""] * (max(number, amount) + 1 - len(row))]
        who, much = cells[number].strip(), cells[amount].strip()
        if not who and not much:
            continue
        if any("合计" in cell for cell in row):
            ended = True
            if _amount(much) != total(part for _, _, part in found):
                faults.append(_total_differs(name, place))
            continue
        part = _amount(much)
        if ended or not who or part is None or part.fen <= 0:
            # Beside remarks, a row below the total would be a member whom it leaves out.
            if not ended or part is not None:
                faults.append(_bad_row(name, place))
            continue
        found.append((place, who, part))
    if len(found) > _MOST:
        faults.append(_too_long(name))
    if not found:
        faults.append(_bad_row(name, start + 1))
    refuse_if(faults)
    return found


def _amount(text: str) -> Money | None:
    try:
        return yuan(text.removeprefix("¥").removeprefix("￥").strip())
    except ValueError:
        return None


def _no_claim(
    name: str, place: int, number: str, amount: Money, month: Month, count: int
) -> Finding:
    who = number[:20]
    return finding(
        "payroll-claim",
        f"会员 {who} 在 {month} 有 {count} 笔 {amount.grouped} 的未缴应收"
        if count
        else f"会员 {who} 没有 {month} 的 {amount.grouped} 未缴应收",
        f"member {who} has {count} open claims of {amount.grouped} in {month}"
        if count
        else f"member {who} has no open claim of {amount.grouped} in {month}",
        "核对编号、金额与月份；此清单未登记",
        "check number, amount and month; nothing of this list was entered",
        file=name,
        line=place,
    )


def _too_long(name: str) -> Finding:
    return finding(
        "payroll-long",
        f"清单超过 {_MOST} 人",
        f"the list has more than {_MOST} members",
        "分成几份清单，各用自己的编号",
        "split it into lists with codes of their own",
        file=name,
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
