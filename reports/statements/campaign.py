"""A campaign as the public reads it: raised, used, held, returned; its budget; every gift's way.

It is the projection of :mod:`ledger.gifts.published`, drawn. Sums open to the vouchers behind them;
of a voucher that several gifts paid, each gift's part opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.gifts.called import CAMPAIGN_STATES, NATURES, RULES, STATES, WAYS
from ledger.money import Money, percent_text
from reports.statement import DAY, TEXT, Backing, Bar, Column, Line, Statement
from reports.statements.figures import Span
from reports.statements.gift_backing import (
    backing_of,
    move_lines,
    spending_backing,
    untraced_backing,
    use_lines,
)
from reports.statements.gift_disclosure import PUBLIC
from reports.statements.gift_moves import (
    MOVED_IN,
    MOVED_OUT,
    RECEIVED,
    RETURNED,
    USED,
    GiftFund,
    GiftMove,
)
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from datetime import date

    from ledger.gifts.published import PublishedCampaign, PublishedGift
    from ledger.period import Period
    from reports.statement import Cell, VoucherLine
    from reports.statements.source import Source

NAME: Final = "campaign"
TITLE: Final = Words("募捐活动公示", "Campaign")
_SUMS: Final = {
    RECEIVED: Words("收到", "Raised"),
    MOVED_IN: Words("经同意转入", "Moved in with consent"),
    USED: Words("使用", "Used"),
    RETURNED: Words("退还", "Returned"),
    MOVED_OUT: Words("经同意转出", "Moved out with consent"),
}
_HELD: Final = Words("结存", "Held")
_TARGET: Final = Words("目标", "Target")
_UNTRACED: Final = Words("未追溯余额", "Untraced remainder")
_REGISTERED: Final = Words("活动登记的数额", "As registered with the campaign")
_PROMISED: Final = Words("捐赠人承诺的数额", "As promised by donors")
_PLAN, _AMOUNT, _USED, _LEFT = "plan", "amount", "used", "held"
_COLUMNS: Final = (
    Column("day", Words("日期", "Day"), kind=DAY, share=0.8),
    Column("detail", Words("说明", "Detail"), kind=TEXT, share=2.0),
    Column(_PLAN, Words("目标·预算", "Target, budget")),
    Column(_AMOUNT, Words("金额", "Amount"), primary=True),
    Column(_USED, Words("其中使用", "Used of it")),
    Column(_LEFT, Words("其中结存", "Held of it")),
)
_MOST_BARS: Final = 6
_NOTES: Final = (
    Words(
        "捐赠人按其现行的同意公开。承诺值是捐赠人所持凭据与捐赠编号的摘要（SHA-256），"
        "出示凭据即可证明此笔为其所捐；全文见 mingbai campaign show --public --json。",
        "Donors stand here as they consent to today. A commitment is the SHA-256 of what the donor "
        "holds and the gift's code: whoever shows it proves that the line is theirs. In full: "
        "mingbai campaign show --public --json.",
    ),
    Words(
        "每笔捐赠的去向按活动的跟踪规则确定；未追溯余额是活动支出中由利息等其他资金支付的部分。",
        "What became of each gift follows from the campaign's rule; the untraced remainder is what "
        "was spent from other money, such as interest.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Page:
    """A campaign with the moves of its fund, from the beginning to the period's end."""

    told: PublishedCampaign
    fund: GiftFund

    @property
    def code(self) -> str:
        return self.told.row.code

    def of(self, kind: str) -> list[tuple[GiftFund, GiftMove]]:
        return [(self.fund, move) for move in self.fund.of(kind)]


def build(source: Source, period: Period) -> Statement:
    """Every campaign that began, or the one that is asked for, as of the period's end."""
    pages = _pages(source)
    lines = tuple(line for page in pages for line in _page(source, period, page))
    notes = _NOTES if lines else (Words("没有募捐活动。", "There is no campaign."),)
    statement = make_statement(
        source, Span.of(period, quarters=True), period, NAME, TITLE, _COLUMNS, lines, notes=notes,
        label_column=Words("项目", "Item"),
    )  # fmt: skip
    facts = [*statement.facts, PUBLIC]
    bars: tuple[Bar, ...] = ()
    for page in pages if len(pages) <= _MOST_BARS // 2 else ():
        bars += _bars(page, alone=len(pages) == 1)
    if len(pages) == 1:
        facts += _facts(pages[0].told)
    title = statement.title
    if len(pages) == 1:
        row = pages[0].told.row
        title = Words(f"{row.name} · 公示", row.name_en or row.code)
    return replace(statement, facts=tuple(facts), bars=bars, title=title)


def _pages(source: Source) -> list[_Page]:
    rows = source.gifts
    if rows is None:
        raise ValueError("a statement of campaigns is built from the registry's gifts")
    return [_Page(one, rows.wholes[one.row.code]) for one in rows.campaigns]


# ---- head --------------------------------------------------------------------------------------


def _facts(told: PublishedCampaign) -> Iterator[tuple[Words, str]]:
    row = told.row
    state = CAMPAIGN_STATES[told.state]
    yield Words("活动编号", "Campaign"), row.code
    yield Words("目的", "Purpose"), row.purpose
    yield Words("起止", "From, to"), f"{row.start} – {row.end or '未定 open'}"
    yield Words("进展", "Progress"), f"{state.zh} {state.en}"
    if row.filing:
        yield Words("备案编号", "Filing"), row.filing
    if row.partner:
        yield Words("合作方", "Partner"), row.partner
    yield Words("跟踪规则", "Gifts are followed"), f"{RULES[row.rule].zh} {RULES[row.rule].en}"
    ended = told.ending
    if ended["closed"]:
        yield Words("结束", "Closed"), str(ended["closed"])
        if ended["decision"]:
            yield Words("决议", "Decision"), str(ended["decision"])
        if ended["leftover"]:
            yield Words("结余去向", "What becomes of the rest"), str(ended["leftover"])


def _bars(page: _Page, *, alone: bool) -> tuple[Bar, ...]:
    told, row = page.told, page.told.row
    mark = Words("", "") if alone else Words(f"{row.code} ", f"{row.code} ")
    found = []
    if row.target_fen:
        label = Words(
            f"{mark.zh}目标 {Money(row.target_fen).grouped}", f"{mark.en}Raised of target"
        )
        whole = max(row.target_fen, told.raised_fen)
        found.append(Bar(label, whole, ((_SUMS[RECEIVED], told.raised_fen),), told.progress))
    came = told.raised_fen + told.moved_in_fen
    gone = told.returned_fen + told.moved_out_fen
    away = Words("退还、转出", "Returned, moved")
    parts = [
        (_SUMS[USED], told.used_fen),
        (_HELD, told.held_fen),
        *([(away, gone)] if gone else ()),
    ]
    if came:
        label = Words(f"{mark.zh}收到 {Money(came).grouped}", f"{mark.en}What became of it")
        used = f"{percent_text(told.used_fen, came)} 已用"
        found.append(Bar(label, came, tuple(parts), used))
    return tuple(found)


# ---- lines -------------------------------------------------------------------------------------


def _page(source: Source, period: Period, page: _Page) -> Iterator[Line]:
    row = page.told.row
    yield _heading(
        page.code, f"{row.name}（{row.code}）", f"{row.name_en or row.name} ({row.code})"
    )
    yield from _money(source, period, page)
    if page.told.budget:
        yield _heading(f"{page.code}.budget", "预算与实际支出", "Budget and spending", level=1)
        yield from _budget(source, period, page)
    if page.told.gifts:
        yield _heading(
            f"{page.code}.gifts", "捐赠及其去向", "Gifts and what became of them", level=1
        )
        for one in page.told.gifts:
            yield from _gift(source, period, page, one)


def _heading(code: str, zh: str, en: str, level: int = 0) -> Line:
    return Line(code, Words(zh, en), (), style="heading", level=level)


def _money(source: Source, period: Period, page: _Page) -> Iterator[Line]:
    told = page.told

    def line(
        key: str, words: Words, detail: str = "", style: str = "line", *, plan: int | None = None,
        amount: int | None = None,
    ) -> Line:  # fmt: skip
        code = f"{page.code}.{key}"
        return _line(
            source, period, code, words, detail=detail, style=style, plan=plan, amount=amount
        )

    if told.row.target_fen:
        yield line("target", _TARGET, plan=told.row.target_fen)
    sums = {
        RECEIVED: told.raised_fen, MOVED_IN: told.moved_in_fen, USED: told.used_fen,
        RETURNED: told.returned_fen, MOVED_OUT: told.moved_out_fen,
    }  # fmt: skip
    for kind, fen in sums.items():
        if fen or kind in (RECEIVED, USED):
            detail = f"{len(told.gifts)} 笔 gifts" if kind == RECEIVED else ""
            if kind == RECEIVED and told.progress:
                detail += f"，目标的 of target {told.progress}"
            yield line(kind, _SUMS[kind], detail, amount=fen)
    yield line("held", _HELD, style="total", amount=told.held_fen)
    coverage = told.coverage or "尚无支出 nothing spent yet"
    yield line("coverage", Words("可追溯比例", "Coverage rate"), coverage)
    yield line("untraced", _UNTRACED, amount=told.fund.untraced_fen)
    if told.over_fen:
        yield line("over", Words("超出目标", "Above the target"), amount=told.over_fen)
    if told.expected_fen:
        yield line("expected", Words("承诺待收", "Promised, to come"), amount=told.expected_fen)
    if told.defaulted_fen:
        yield line(
            "defaulted", Words("承诺未履行", "Promised, not kept"), amount=told.defaulted_fen
        )


def _budget(source: Source, period: Period, page: _Page) -> Iterator[Line]:
    for number, (purpose, planned, spent) in enumerate(page.told.budget, start=1):
        yield _line(
            source, period, f"{page.code}.p{number}", Words(purpose, purpose), level=1,
            detail=percent_text(spent, planned) if planned else "预算外 not in the budget",
            amount=spent, plan=planned or None,
        )  # fmt: skip
    plan = sum(planned for _, planned, _ in page.told.budget)
    spent = sum(fen for *_, fen in page.told.budget)
    yield _line(
        source, period, f"{page.code}.spent", Words("支出合计", "Spending, total"),
        style="subtotal", detail=percent_text(spent, plan), plan=plan, amount=spent,
    )  # fmt: skip


def _gift(source: Source, period: Period, page: _Page, one: PublishedGift) -> Iterator[Line]:
    row = one.row
    code = f"{page.code}.{row.code}"
    way = WAYS[one.way]
    things = f"{row.quantity} {row.measure}" if row.quantity else ""
    detail = "，".join(
        filter(None, (way.zh, NATURES[row.nature].zh, things, row.purpose, STATES[one.state].zh))
    )
    if one.commitment:
        detail += f"；承诺值 {one.commitment[:16]}…"
    part = one.part
    yield _line(
        source, period, code, _called(one), level=1, day=one.day,
        detail=detail, amount=one.came_fen, used=part.used_fen, held=part.held_fen,
    )  # fmt: skip
    for number, use in enumerate(one.uses, start=1):
        paper = f"（附件 {use.papers[0][:12]}…）" if use.papers else ""
        yield _line(
            source, period, f"{code}.{number}", Words(use.voucher, use.voucher), level=2,
            day=use.day, detail=f"{use.purpose}{paper}", used=use.fen,
        )  # fmt: skip


def _called(one: PublishedGift) -> Words:
    donor = one.donor.name
    english = donor.en if donor.en != donor.zh else ""
    return Words(f"{one.row.code} {donor.zh}", english or one.row.code)


def _line(
    source: Source, period: Period, code: str, label: Words, *, detail: str = "",
    style: str = "line", level: int = 0, day: date | None = None, plan: int | None = None,
    amount: int | None = None, used: int | None = None, held: int | None = None,
) -> Line:  # fmt: skip
    """A line with the figures that it has, by column; each has its reference."""
    said = {_PLAN: plan, _AMOUNT: amount, _USED: used, _LEFT: held}
    money = {key: Money(fen) for key, fen in said.items() if fen is not None}
    cells: tuple[Cell, ...] = (
        day, detail or None, *map(money.get, said),
    )  # fmt: skip
    refs = figure_refs(source.unit, NAME, period, code, money, _AMOUNT)
    ref = figure_ref(source.unit, NAME, period, code) if _AMOUNT in money else ""
    return Line(code, label, cells, ref=ref, style=style, level=level, refs=refs)


# ---- what stands behind ------------------------------------------------------------------------


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers behind a figure; a target, a plan or a promise as it was registered."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    code, _, rest = line.partition(".")
    for page in _pages(source):
        if page.code == code:
            found = _of_page(ref, page, rest, column or _AMOUNT)
            if found is not None:
                return found
    raise unknown_ref(ref)


def _of_page(ref: str, page: _Page, key: str, column: str) -> Backing | None:
    told = page.told
    said = {
        ("target", _PLAN): (told.row.target_fen, _REGISTERED),
        ("expected", _AMOUNT): (told.expected_fen, _PROMISED),
        ("defaulted", _AMOUNT): (told.defaulted_fen, _PROMISED),
        ("spent", _PLAN): (sum(planned for _, planned, _ in told.budget), _REGISTERED),
    }
    for number, (_, planned, _) in enumerate(told.budget, start=1):
        said[f"p{number}", _PLAN] = (planned, _REGISTERED)
    if (key, column) in said:
        return _as_said(ref, *said[key, column])
    if key == "over" and column == _AMOUNT:
        less = Words("减：目标", "Less the target")
        return backing_of(
            ref, _SUMS[RECEIVED], page.of(RECEIVED), opening=-told.row.target_fen,
            opening_label=less,
        )  # fmt: skip
    if column == _AMOUNT and (found := _of_sums(ref, page, key)) is not None:
        return found
    return _of_gifts(ref, page, key, column)


def _as_said(ref: str, fen: int, label: Words) -> Backing:
    return Backing(ref, label, Money(fen), (), Money(fen), opening_label=label)


def _of_sums(ref: str, page: _Page, key: str) -> Backing | None:
    if key in _SUMS:
        return backing_of(ref, _SUMS[key], page.of(key))
    if key == "held":
        return backing_of(ref, _HELD, [(page.fund, one) for one in page.fund.moves], held=True)
    if key == "untraced":
        return untraced_backing(ref, _UNTRACED, [page.fund])
    purposes = {f"p{n}": name for n, (name, *_) in enumerate(page.told.budget, start=1)}
    if key in purposes:
        name = purposes[key]
        return spending_backing(ref, Words(name, name), page.fund, name)
    if key == "spent":
        return spending_backing(ref, Words("支出合计", "Spending, total"), page.fund, None)
    return None


def _of_gifts(ref: str, page: _Page, key: str, column: str) -> Backing | None:
    code, _, number = key.partition(".")
    for one in page.told.gifts:
        if one.row.code == code:
            label = _called(one)
            if number:
                uses = {str(n): use for n, use in enumerate(one.uses, start=1)}
                if column != _USED or number not in uses:
                    return None
                return _sum(ref, label, use_lines(page.fund, [uses[number]]))
            if column in (_AMOUNT, _USED, _LEFT):
                return _sum(ref, label, _way(page, one, column))
    return None


def _way(page: _Page, one: PublishedGift, column: str) -> Iterator[VoucherLine]:
    """What came of a gift, was used of it, or both with what went back."""
    if column in (_AMOUNT, _LEFT):
        for _, move in [*page.of(RECEIVED), *page.of(MOVED_IN)]:
            if move.gift == one.row.code:
                yield from move_lines(page.fund, move)
    if column in (_USED, _LEFT):
        yield from use_lines(page.fund, one.uses, 1 if column == _USED else -1)
    if column == _LEFT:
        for _, move in [*page.of(RETURNED), *page.of(MOVED_OUT)]:
            if move.gift == one.row.code:
                for line in move_lines(page.fund, move):
                    yield replace(line, amount=-line.amount)


def _sum(ref: str, label: Words, lines: Iterator[VoucherLine]) -> Backing:
    found = tuple(lines)
    return Backing(ref, label, None, found, Money(sum(line.amount.fen for line in found)))
