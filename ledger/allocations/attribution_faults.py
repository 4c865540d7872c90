"""What is said of a voucher that would move more of an allocation than there is, or misnames it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, Words, finding
from ledger.registry.allocation_moves import ARRIVED, RETURNED, SPENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.money import Money
    from ledger.registry.allocations import AllocationRow

_DONE: Final = {
    ARRIVED: Words("到账", "arrived"),
    SPENT: Words("支出", "spent"),
    RETURNED: Words("退回", "returned"),
}


def beyond_held(row: AllocationRow, held: Money, wanted: Money) -> Finding:
    short = wanted - held
    return finding(
        "allocation-overspent",
        f"拨款 {row.code}「{row.name}」结存 {held.grouped}，本凭证动用 {wanted.grouped}，"
        f"超出 {short.grouped}",
        f"allocation {row.code} {row.name} holds {held.grouped}; this voucher takes "
        f"{wanted.grouped}, {short.grouped} too much",
        "核减支出，或改列其他拨款或资金",
        "spend less, or charge another allocation or fund",
    )


def beyond_fund(rows: Sequence[AllocationRow], fund: str, held: Money, wanted: Money) -> Finding:
    short, codes = wanted - held, " ".join(row.code for row in rows[:5])
    return finding(
        "allocation-overspent",
        f"资金 {fund} 中的专项拨款 {codes} 共结存 {held.grouped}，本凭证支出 {wanted.grouped}，"
        f"超出 {short.grouped}",
        f"the special allocations {codes} in fund {fund} hold {held.grouped}; this voucher spends "
        f"{wanted.grouped}, {short.grouped} too much",
        "核减支出；动用该资金的其他款项，在那一行注明 allocation=other",
        "spend less; what is paid from the fund's other money says allocation=other on its line",
    )


def not_others(rows: Sequence[AllocationRow], fund: str, there: Money, wanted: Money) -> Finding:
    codes = " ".join(row.code for row in rows[:5])
    return finding(
        "allocation-overspent",
        f"资金 {fund} 的其他款项只有 {there.grouped}，本凭证动用 {wanted.grouped}："
        f"其余是专项拨款 {codes} 的钱",
        f"the other money of fund {fund} is {there.grouped}, this voucher takes "
        f"{wanted.grouped}: the rest is the special allocations' {codes}",
        "注明所用的拨款编号，或改列其他资金",
        "name the allocation that is spent, or charge another fund",
    )


def beyond_promise(row: AllocationRow, most: Money, came: Money) -> Finding:
    return finding(
        "allocation-exceeded",
        f"拨款 {row.code}「{row.name}」尚未到账 {most.grouped}，本凭证到账 {came.grouped}",
        f"of allocation {row.code} {row.name} {most.grouped} is outstanding; "
        f"{came.grouped} arrives by this voucher",
        "核对金额与编号；多拨的款项须另有文件登记",
        "check amount and code; what comes beyond is promised by a document of its own",
    )


def beyond_done(row: AllocationRow, kind: str) -> Finding:
    words = _DONE[kind]
    return finding(
        "allocation-taken-back",
        f"拨款 {row.code} 的{words.zh}没有这么多可冲回",
        f"not so much of allocation {row.code} was {words.en} that it could be taken back",
        "核对金额、日期与编号",
        "check amount, day and code",
    )


def unknown(code: str) -> Finding:
    return finding(
        "no-allocation", f"没有拨款 {code[:24]}", f"there is no allocation {code[:24]}",
        "用 mingbai allocation list 查看编号", "see the codes with mingbai allocation list",
    )  # fmt: skip


def not_confirmed(row: AllocationRow) -> Finding:
    return finding(
        "allocation-waiting",
        f"拨款 {row.code} 尚未经第二人审批，不能动用",
        f"allocation {row.code} was not confirmed by a second person: nothing is entered of it yet",
        "请审核人办理：mingbai allocation confirm",
        "ask a checker: mingbai allocation confirm",
    )


def other_fund(row: AllocationRow, fund: str) -> Finding:
    return finding(
        "allocation-fund",
        f"拨款 {row.code} 在资金 {row.fund}，分录写了 {fund}",
        f"allocation {row.code} is of fund {row.fund}; the line says {fund}",
        f"改列资金 {row.fund}，或注明别的拨款",
        f"charge fund {row.fund}, or name another allocation",
    )


def other_account(row: AllocationRow, account: str) -> Finding:
    return finding(
        "allocation-account",
        f"拨款 {row.code} 记入 {row.account}，分录写了 {account}",
        f"allocation {row.code} comes in on {row.account}; the line says {account}",
        "改用拨款登记的收入科目",
        "use the account that the allocation was entered with",
    )


def on_money(account: str) -> Finding:
    return finding(
        "allocation-line",
        f"拨款编号写在收入或支出的一行，不写在 {account}",
        f"an allocation is named on the line of income or spending, not on {account}",
        "把 allocation 移到对方科目的一行",
        "move allocation to the line of the other account",
    )


def before_promise(row: AllocationRow) -> Finding:
    return finding(
        "allocation-day",
        f"拨款 {row.code} 于 {row.approved} 批准，凭证日期在其之前",
        f"allocation {row.code} was approved on {row.approved}; the voucher is dated before",
        "核对日期",
        "check the day",
    )


def no_decision() -> Finding:
    return finding(
        "no-decision", "退回须写明依据文号", "a return names the paper it rests on",
        "用 --decision 写明", "give --decision",
    )  # fmt: skip
