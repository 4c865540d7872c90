"""The checklist of a month: everything that speaks against closing it, item by item.

What is cheap and open is told first; the book itself is verified last, and only once nothing else
stands in the way, unless the whole list is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger import checking, clearing, workflow
from ledger.account import account_label
from ledger.assets import tie_out
from ledger.checklist import balances, funds, numbers, overdue, papers, transfers
from ledger.checklist.items import OPEN, Item
from ledger.errors import Finding, Words, finding
from ledger.layout import month_file, unit_folder
from ledger.period import Month
from ledger.registry import closing_rules, drafts, entries, month_states, staging, units
from ledger.stocktakes import due
from ledger.yearend.standing import not_carried

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.registry import Registry

#: So many of what is open are named; the inbox lists all.
_MOST: Final = 10


def checklist(
    registry: Registry, unit: str, month: Month, today: date, *, whole: bool = False,
    verify: bool = True,
) -> list[Item]:  # fmt: skip
    """Every item in its order, as of ``today``.

    Items behind an open one of their stage are not asked, unless the ``whole`` list is wanted; a
    month that is not the next, or has no file, is asked nothing more.
    """
    with registry.read() as conn:
        found = [
            Item(
                "order", Words("月份顺序", "the next month"), tuple(order(conn, unit, month, today))
            )
        ]
        work = open_work(conn, unit, month)
    found.append(
        _item("lines", Words("银行流水全部入账", "statement lines settled"), work, "lines-open")
    )
    found.append(_item("drafts", Words("草稿全部审核", "drafts decided"), work, "drafts-open"))
    there = (unit_folder(registry.folder, unit) / month_file(month)).is_file()
    found.append(
        Item(
            "file",
            Words("账簿有本月", "the book has the month"),
            () if there else (_nothing(month),),
        )
    )
    # Of another month than the next nothing is asked; one that runs still may be looked at.
    stuck = not there or any(one.rule == "close-order" for one in found[0].findings or ())
    is_open = any(one.state == OPEN for one in found)
    for key, words, ask in _deeper(registry, unit, month, today):
        skipped = stuck or (is_open and not whole)
        found.append(Item(key, words, None if skipped else tuple(ask())))
    # The verification reads the whole book: it is asked when nothing else is open.
    is_open = any(one.state == OPEN for one in found)
    words = Words("两份见证、附件与整本账核对", "witnesses, papers and the whole book")
    skipped = stuck or not verify or (is_open and not whole)
    verified = None if skipped else checking.check_unit(registry, unit)
    found.append(Item("book", words, None if verified is None else tuple(verified)))
    return found


def looked_at(registry: Registry, unit: str, month: Month, today: date) -> list[Item]:
    """The whole list but for what reads the whole book: for a page that is looked at often."""
    return checklist(registry, unit, month, today, whole=True, verify=False)


def findings(items: Sequence[Item]) -> list[Finding]:
    """What all items found, in their order."""
    return [found for item in items for found in item.findings or ()]


def _item(key: str, words: Words, found: list[Finding], rule: str) -> Item:
    return Item(key, words, tuple(one for one in found if one.rule == rule))


def _deeper(
    registry: Registry, unit: str, month: Month, today: date
) -> list[tuple[str, Words, Callable[[], list[Finding]]]]:
    """The items that look into the month, each with how it is asked."""

    def read(ask: Callable[[Connection], list[Finding]]) -> list[Finding]:
        with registry.read() as conn:
            return ask(conn)

    return [
        ("bank", Words("货币资金核对", "money proven"),
         lambda: balances.faults(registry, unit, month, today)),
        ("papers", Words("附件齐全", "papers there"),
         lambda: read(lambda conn: papers.faults(conn, unit, month, today))),
        ("waivers", Words("没有逾期的暂缓", "no waiver overdue"),
         lambda: overdue.faults(registry, unit, month, today)),
        ("numbers", Words("凭证号连续", "numbers without a gap"),
         lambda: read(lambda conn: numbers.gaps(conn, unit, month))),
        ("funds", Words("限定资金未透支", "no restricted fund overdrawn"),
         lambda: read(lambda conn: funds.overdrawn(conn, unit, month))),
        ("transfers", Words("单位往来相符", "transfers between units agree"),
         lambda: transfers.faults(registry, unit, month, today)),
        ("clearing", Words("在途资金结平", "clearing accounts back to zero"),
         lambda: _clearing(registry, unit, month)),
        ("assets", Words("资产卡片与账相符", "register of assets ties to the book"),
         lambda: list(tie_out.faults(registry, unit, month))),
        ("stocktakes", Words("盘点", "stocktakes"),
         lambda: due.warnings(registry, unit, month.period.last)),
        ("year-end", Words("年末收支结转", "the year carried over"),
         lambda: _year_end(registry, unit, month)),
    ]  # fmt: skip


# ---- the first stage ---------------------------------------------------------------------------


def order(conn: Connection, unit: str, month: Month, today: date) -> list[Finding]:
    """A finding unless ``month`` is the next to close, and over."""
    last = month_states.last_closed(conn, unit)
    first = entries.first_entry_day(conn, unit)
    expected = Month.parse(last).next() if last else Month.of(first) if first else month
    if Month.of(units.find(conn, unit).opened) > expected:
        expected = Month.of(units.find(conn, unit).opened)
    if month > expected:
        return [
            finding(
                "close-order",
                f"{month} 月还不能结账：应先结 {expected} 月",
                f"{month} is not closed yet: {expected} comes first",
                f"逐月结账：先 mingbai close … {expected}",
                f"close month by month: mingbai close … {expected} first",
            )
        ]
    closed = {row.month for row in month_states.all_months(conn, unit) if row.state == "closed"}
    if str(month) in closed:
        return [
            finding(
                "close-order",
                f"{month} 月已结账；下一个要结的是 {expected} 月",
                f"{month} is closed already; the month to close next is {expected}",
                f"结下一月：mingbai close … {expected}；要改最近结账的 {last} 月，由两人重开："
                f"mingbai reopen … {last}",
                f"close the next one: mingbai close … {expected}; to change {last}, which was "
                f"closed last, two persons open it again: mingbai reopen … {last}",
            )
        ]
    if month < expected:
        return [
            finding(
                "close-order",
                f"{month} 月在账簿的第一个月之前，无账可结；下一个要结的是 {expected} 月",
                f"{month} is before the book's first month: there is nothing to close; the month "
                f"to close next is {expected}",
                f"结下一月：mingbai close … {expected}",
                f"close the next one: mingbai close … {expected}",
            )
        ]
    if today < month.next().first:
        return [
            finding(
                "month-running",
                f"{month} 月尚未结束",
                f"the month {month} is not over",
                f"{month.next().first} 起可以结账",
                f"it can be closed from {month.next().first} on",
            )
        ]
    return []


def open_work(conn: Connection, unit: str, month: Month) -> list[Finding]:
    """Statement lines and drafts up to the month's end of which nobody has decided."""
    until = month.next().first
    found = []
    lines = staging.open_lines(conn, unit, until)
    if lines:
        zh, en = _first([str(line) for line in lines])
        found.append(
            finding(
                "lines-open",
                f"尚有 {len(lines)} 笔银行流水未入账：第 {zh} 笔",
                f"{len(lines)} statement lines are not in the book yet: {en}",
                f"用 mingbai inbox DIR --unit {unit} 查看，逐笔回答：mingbai answer DIR --unit "
                f"{unit} {lines[0]} …；已起草的由审核人审核",
                f"see mingbai inbox DIR --unit {unit} and answer each: mingbai answer DIR --unit "
                f"{unit} {lines[0]} …; a checker approves what is drafted",
            )
        )
    waiting = [
        row
        for row in drafts.in_states(conn, unit, drafts.UNDECIDED)
        if workflow.draft_day(row) < until
    ]
    if waiting:
        zh, en = _first([row.id for row in waiting])
        approve, back = (
            f"mingbai {word} DIR --unit {unit} {waiting[0].id}" for word in ("approve", "withdraw")
        )
        found.append(
            finding(
                "drafts-open",
                f"尚有 {len(waiting)} 笔草稿待审核或已退回：{zh}",
                f"{len(waiting)} drafts wait for a checker or were returned: {en}",
                f"由审核人审核：{approve}；或由制单人撤回：{back}",
                f"a checker approves each: {approve}; or its maker takes it back: {back}",
            )
        )
    return found


def _first(names: list[str]) -> tuple[str, str]:
    """Some names in both languages, and how many there are besides."""
    zh, en, more = "、".join(names[:_MOST]), ", ".join(names[:_MOST]), len(names) - _MOST
    return (f"{zh} 等", f"{en} and {more} more") if more > 0 else (zh, en)


def _nothing(month: Month) -> Finding:
    return finding(
        "month-empty",
        f"{month} 月没有账簿文件",
        f"there is no file of {month}",
        "核对月份",
        "check the month",
    )


# ---- told, and no more -------------------------------------------------------------------------


def _clearing(registry: Registry, unit: str, month: Month) -> list[Finding]:
    return [
        finding(
            "clearing-open",
            f"{account_label(one.account)}（资金 {one.fund}）月末尚有 {one.amount.grouped}，"
            f"自 {one.since} 起未结平",
            f"{account_label(one.account)} (fund {one.fund}) still holds {one.amount.grouped}, "
            f"not back to zero since {one.since}",
            "导入另一个账户的对账单，记入到账的一方",
            "import the other account's statement and enter the side that arrived",
            severity="warning",
        )
        for one in clearing.in_transit(registry, unit, month)
    ]


def _year_end(registry: Registry, unit: str, month: Month) -> list[Finding]:
    if month.month != 12:
        return []
    with registry.read() as conn:
        required = closing_rules.YEAR_END in closing_rules.required_on(
            conn, unit, month.period.last
        )
    left = not_carried(registry, unit, month.year)
    if not left:
        return []
    shown = "、".join(account_label(account) for account in left[:5])
    more = f" 等 {len(left)} 个科目" if len(left) > 5 else ""
    return [
        finding(
            "year-not-carried",
            f"{month.year} 年收支尚未结转：{shown}{more}",
            f"income and spending of {month.year} are not carried over: {len(left)} accounts hold "
            "a balance",
            f"mingbai close-year DIR --unit {unit} {month.year}，审核后再结账",
            f"mingbai close-year DIR --unit {unit} {month.year}, have it approved, then close",
            severity="error" if required else "warning",
        )
    ]
