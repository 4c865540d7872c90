"""What is missing of a unit in a period, as its page on completeness says it.

Counts and days alone: banks are called by the account of the published book and a number, vouchers
that stand in groups are counted, reasons that somebody typed are not told.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger.account import account_label
from ledger.checklist import papers
from ledger.checklist.reconciled import account_days
from ledger.errors import Words
from ledger.period import Month
from ledger.registry import month_states, oplog, waivers
from reports.site import model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.checklist.papers import Bare
    from ledger.checklist.reconciled import AccountDays
    from ledger.gifts.published import PublishedCampaign
    from ledger.registry.waivers import WaiverRow
    from reports.packs.building import Built
    from reports.packs.site_gifts import Shown

_WAIVED: Final = Words(
    "已申请并经另一人确认暂缓，附件至此日补齐", "Waived by two persons until the paper comes"
)
_RAN_OUT: Final = Words("暂缓已过期，附件未补", "Waived until a day that is past; no paper came")
_LATER: Final = Words(
    "暂缓后附件已补齐（不计入缺漏）", "The paper came later; not counted as missing"
)
_REVERSED: Final = Words(
    "缺附件、已冲销（不计入缺漏）", "Without paper, and reversed; not counted as missing"
)
_REOPENED: Final = Words(
    "结账后重新打开并再次结账的月份", "Months opened again after closing, and closed anew"
)
_COUNTED: Final = Words(
    "月末余额由盘点或银行函证证明的次数",
    "Ends of months proven by a count or a bank's confirmation",
)


def looked_for(
    shown: Shown, campaigns: Sequence[model.Campaign], on: date
) -> Iterator[model.Looked]:
    """Entries without papers, unreconciled days, late closings, untraced gifts.

    ``campaigns`` are those of the site, which hold no amount that is not told.
    """
    registry, built = shown.registry, shown.built
    months = [Month.parse(month) for month in built.sealed.months]
    with registry.read() as conn:
        yield _papers(conn, built, months, on)
        closed = _closed(conn, built, months)
    yield _reconciled(built, account_days(registry, built.unit, months))
    yield closed
    yield _untraced(shown.campaigns, {one.code: one.untraced for one in campaigns})


# ---- papers ------------------------------------------------------------------------------------


def _papers(
    conn: Connection, built: Built, months: Sequence[Month], on: date
) -> model.Looked:  # fmt: skip
    """All vouchers of the period, whether they stand as rows, in groups, or wait."""
    found = [papers.sifted(conn, built.unit, month) for month in months]
    waived: dict[str, list[WaiverRow]] = defaultdict(list)
    for row in waivers.of_kinds(conn, built.unit, (waivers.PAPERS,)):
        waived[row.subject].append(row)
    lacking: list[Bare] = []
    counts: dict[tuple[Words, date | None], int] = defaultdict(int)
    for bare in (one for month in found for one in month.bare):
        said = waived[bare.number]
        if any(row.end_paper for row in said):
            counts[_LATER, None] += 1
            continue
        lacking.append(bare)
        standing = [row for row in said if row.stands(on)]
        if standing:
            counts[_WAIVED, standing[-1].until] += 1
        elif any(row.is_overdue(on) for row in said):
            counts[_RAN_OUT, max(row.until for row in said if row.until)] += 1
    for month in found:
        if month.reversed:
            counts[_REVERSED, None] += month.reversed
        for words, count in month.exempt.items():
            zh, en = f"按规则不需另附：{words.zh}", f"Needs none by rule: {words.en}"
            counts[Words(zh, en), None] += count
    rows = {row.number: row.words for row in built.book.rows}
    lacks = (
        model.Lack(rows[one.number], one.day, None, one.number)
        for one in lacking
        if one.number in rows
    )
    return model.Looked(
        model.NO_PAPERS, sum(month.vouchers for month in found), len(lacking), tuple(lacks),
        tuple(model.Part(what, count, until) for (what, until), count in _ordered(counts)),
    )  # fmt: skip


def _ordered(
    counts: Mapping[tuple[Words, date | None], int],
) -> list[tuple[tuple[Words, date | None], int]]:
    """What was waived first, by its day; then what needs no paper."""
    return sorted(
        counts.items(), key=lambda it: (it[0][1] is None, it[0][1] or date.min, it[0][0].en)
    )


# ---- days and closings -------------------------------------------------------------------------


def _reconciled(built: Built, found: Sequence[AccountDays]) -> model.Looked:
    """Days by account, each called as the published book calls the one it is a part of."""
    lacks: list[model.Lack] = []
    parts: list[model.Part] = []
    for number, one in enumerate(found, 1):
        name = _called(built, one.account, number)
        for gap in one.uncovered:
            zh = f"{name.zh}：{gap.first} 至 {gap.last} 没有对账单"
            en = f"{name.en}: no statement covers {gap.first} to {gap.last}"
            lacks.append(model.Lack(Words(zh, en), gap.first, count=gap.days))
        for day in one.differs:
            zh, en = f"{name.zh}：月末账面与对账单不符", f"{name.en}: book and statement differ"
            lacks.append(model.Lack(Words(zh, en), day))
        covered = one.days - sum(gap.days for gap in one.uncovered)
        parts.append(
            model.Part(Words(f"{name.zh}：对账单覆盖的日子", f"{name.en}: days covered"), covered)
        )
    if counted := sum(len(one.counted) for one in found):
        parts.append(model.Part(_COUNTED, counted))
    return model.Looked(
        model.UNRECONCILED, sum(one.days for one in found),
        sum(one.unreconciled for one in found), tuple(lacks), tuple(parts),
    )  # fmt: skip


def _called(built: Built, account: str, number: int) -> Words:
    """What the published book calls the account of which this one is a part, and a number."""
    known = {one.name: one for one in built.book.accounts}
    first = ":".join(account.split(":")[:2])
    zh, found = account_label(first), known.get(first)
    english = found.name_en if found is not None and found.name_en else zh
    return Words(f"{zh}（第 {number} 个账户）", f"{english}, account {number}")


def _closed(conn: Connection, built: Built, months: Sequence[Month]) -> model.Looked:
    """The first closing of each month: one that was opened again was not late for that."""
    first = {row.month: row.at for row in month_states.all_months(conn, built.unit)}
    times: dict[str, int] = defaultdict(int)
    for act in oplog.entries(conn, built.unit, actions=("month.close",)):
        first[act.object] = min(act.at, first.get(act.object, act.at))
        times[act.object] += 1
    late = [
        (month, day)
        for month in months
        if (day := datetime.fromisoformat(first[str(month)]).date()) > month.next().period.last
    ]
    again = sum(1 for month in months if times[str(month)] > 1)
    return model.Looked(
        model.CLOSED_LATE, len(months), len(late),
        tuple(
            model.Lack(
                Words(f"{month} 月于 {day} 第一次结账", f"{month}, first closed on {day}"), day
            )
            for month, day in late
        ),
        (model.Part(_REOPENED, again),) if again else (),
    )  # fmt: skip


# ---- gifts -------------------------------------------------------------------------------------


def _untraced(
    campaigns: Sequence[PublishedCampaign], told: Mapping[str, int | None]
) -> model.Looked:
    """What campaigns spent that no gift covers; the amount where it is told."""
    untraced = [one for one in campaigns if one.fund.untraced_fen]
    return model.Looked(
        model.UNTRACED, len(campaigns), len(untraced),
        tuple(
            model.Lack(
                Words(f"活动 {one.row.code}", f"campaign {one.row.code}"), None,
                told.get(one.row.code), campaign=one.row.code,
            )
            for one in untraced
        ),
    )  # fmt: skip
