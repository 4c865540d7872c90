"""What is said of promises and events that cannot be entered as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.allocations.attribution_faults import not_confirmed as not_confirmed
from ledger.errors import Finding, finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.money import Money
    from ledger.registry.allocations import AllocationRow


def bad(zh: str, en: str) -> Finding:
    return finding("bad-allocation", zh, en, "改正后重试", "correct it and try again")


def too_much(row: AllocationRow, most: Money) -> Finding:
    return finding(
        "too-much", f"拨款 {row.code}：金额须大于零，至多 {most.grouped}",
        f"allocation {row.code}: an amount above nothing, at most {most.grouped}",
        "核对金额；待审核的草稿也计入", "check the amount; drafts that wait count as well",
    )  # fmt: skip


def bad_day(row: AllocationRow) -> Finding:
    return finding(
        "bad-day", f"日期不早于批准日 {row.approved}，不晚于今天",
        f"the day is not before {row.approved} and no later than today",
        "核对日期", "check the day",
    )  # fmt: skip


def no_event(number: int) -> Finding:
    return finding(
        "no-event", f"没有可撤销的第 {number} 项", f"there is no event {number} to take back",
        "用 mingbai allocation show 查看", "see them with mingbai allocation show",
    )  # fmt: skip


def nothing_waits(row: AllocationRow, numbers: Sequence[int]) -> Finding:
    if not numbers:
        return finding(
            "nothing-waits", f"拨款 {row.code} 没有待审批的事项",
            f"nothing of allocation {row.code} waits to be confirmed",
            "用 mingbai allocation show 查看", "see it with mingbai allocation show",
        )  # fmt: skip
    told = "、".join(map(str, numbers))
    return finding(
        "which-event", f"拨款 {row.code} 待审批的是第 {told} 项",
        f"events {', '.join(map(str, numbers))} of allocation {row.code} wait",
        "用 --event 写明是哪一项", "say which with --event",
    )  # fmt: skip


def no_money_account(account: str) -> Finding:
    return finding(
        "account-not-open", f"没有收付款科目 {account[:60]}",
        f"there is no account {account[:60]} for money to come on or go from",
        "改用已开立的银行或现金科目", "use an account of bank or cash that is open",
    )  # fmt: skip
