"""An asset as somebody says it, and whether it can be: every fault is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger.assets import accounts
from ledger.assets.keepers import known_keeper
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.money import Money
from ledger.registry import assets, entries, gifts, units
from ledger.registry.assets import (
    BOUGHT,
    BUILT,
    EMPLOYER,
    GIFT,
    MEMO,
    OTHER,
    OWNERSHIPS,
    SOURCES,
    AssetRow,
)
from ledger.rules import rulebook
from ledger.rules.assets import METHODS, NO_RESIDUAL, STRAIGHT_LINE, UNITS
from ledger.rules.depreciation import Terms, first_month
from ledger.rules.regimes import regime_of
from ledger.rules.table import Place
from ledger.words import named_faults, typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.assets.accounts import AssetAccounts
    from ledger.registry import Registry
    from ledger.registry.units import UnitRow
    from ledger.rules.assets import AssetClass, AssetTable

_NOTHING: Final = Money(0)
#: Sources of which the money or the account is named that they were paid from.
_PAID: Final = (BOUGHT,)


@dataclass(frozen=True, slots=True)
class SaidAsset:
    """An asset as somebody says it.

    ``money`` is the account that it was paid from, or that is owed for it. ``gift`` is the gift
    that brought it, which is in the book already; ``code`` likewise names a thing that the book
    holds without a card. ``opening``: it was there when the book began, with ``depreciated`` of it
    worn already. ``bulk``: below the threshold, but one of a large lot of the same kind.
    ``decision`` is by which something that was found is entered, ``request`` by which another
    unit gave it. ``after`` is the user's last card
    as a form showed it.
    """

    unit: str
    name: str
    class_id: str
    acquired: date
    source: str
    fund: str = ""
    cost: Money = _NOTHING
    keeper: str = ""
    place: str = ""
    ownership: str = "unit"
    spec: str = ""
    serial: str = ""
    life_months: int | None = None
    residual: Money = _NOTHING
    method: str = STRAIGHT_LINE
    units_total: int = 0
    charged: str = ""
    money: str = ""
    gift: str = ""
    code: str = ""
    parent: str = ""
    decision: str = ""
    request: str = ""
    opening: bool = False
    depreciated: Money = _NOTHING
    bulk: bool = False
    paper: bytes = b""
    paper_name: str = ""
    photo: bytes = b""
    photo_name: str = ""
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A card that may be entered, without its code; ``card_only`` where the book has it already."""

    row: AssetRow
    kind: AssetClass
    chart: AssetAccounts
    keeper: str
    card_only: bool
    warnings: tuple[Finding, ...] = ()


def planned(conn: Connection, registry: Registry, said: SaidAsset, now: datetime) -> Plan:
    """What entering an asset comes to; Refused with every finding where it cannot be."""
    facts = units.find(conn, said.unit)
    chart = accounts.accounts_of(facts.chart)
    table = regime_for(registry, facts, said.acquired)
    kind = _class(table, said.class_id)
    there = _there(conn, said)
    cost = Money(there.cost_fen) if there is not None else said.cost
    fund = there.fund if there is not None else said.fund
    memo = said.source == MEMO
    refuse_if([
        *_faults(conn, facts, said, fund, now.date(), memo=memo),
        *named_faults(conn, registry, said.name, said.spec, said.serial, said.place, said.decision),
    ])  # fmt: skip
    keeper = known_keeper(conn, said.unit, said.keeper)
    nominal = table.nominal is not None and cost.fen == table.nominal
    wears = kind.depreciated and not memo and not nominal
    faults, warnings = _rule_faults(said, table, kind, cost, memo=memo, wears=wears)
    refuse_if(faults)
    life = (said.life_months or kind.usual) if wears else None
    first = first_month(said.acquired, kind.starts)
    if life is not None:
        # Values that cannot be are refused in the words of the rule's own arithmetic.
        Terms(cost.fen, said.residual.fen, life, said.method, first, said.units_total)
    row = AssetRow(
        unit=said.unit, code=said.code, name=safe_text(said.name, 120),
        spec=safe_text(said.spec, 120), serial=safe_text(said.serial, 60), class_id=kind.id,
        regime=table.head.key[:32], source=said.source, ownership=said.ownership, fund=fund,
        acquired=said.acquired, cost_fen=0 if memo else cost.fen,
        residual_fen=said.residual.fen if wears else 0, life_months=life, method=said.method,
        units_total=said.units_total, first=str(first), removal_charged=kind.charged_on_removal,
        begun_fen=said.depreciated.fen, charged=said.charged, gift=said.gift or None,
        parent=said.parent or None, paper="", photo="", user="", at="",
    )  # fmt: skip
    return Plan(row, kind, chart, keeper, memo or there is not None, tuple(warnings))


def regime_for(registry: Registry, facts: UnitRow, day: date) -> AssetTable:
    """The regime that an asset acquired on ``day`` is classed by; NoRuleLoaded if there is none.

    What was acquired before the unit's book began is classed by the rule that book began under.
    """
    book, _ = rulebook.load(registry.folder, facts.id)
    return regime_of(book, facts.chart, max(day, facts.opened), Place.of(facts))


def _class(table: AssetTable, word: str) -> AssetClass:
    kind = table.class_called(word.strip())
    if kind is None:
        known = "、".join(one.id for one in table.classes)
        raise Refused(
            finding(
                "unknown-class", f"{table.head.key} 没有类别 {typed(word)}",
                f"{table.head.key} has no class {typed(word)}",
                f"可用的类别：{known}", f"classes: {known}",
            )
        )  # fmt: skip
    return kind


def _there(conn: Connection, said: SaidAsset) -> assets.Standing | None:
    """What the book holds already of what a card is made for; None where the card brings it."""
    code = said.code
    if said.gift:
        gift = gifts.find(conn, said.unit, said.gift)
        if gift is None or gift.kind != gifts.ASSET or said.source != GIFT:
            raise refused(
                f"{typed(said.gift)} 不是固定资产的捐赠；先登记：mingbai gift record --kind asset",
                f"{typed(said.gift)} is no gift of a fixed asset: record it first with "
                "mingbai gift record --kind asset",
            )
        code = gift.commodity
    if not code:
        return None
    standing = assets.sums(conn, said.unit, [code]).get(code)
    if standing is None or standing.millionths <= 0:
        raise refused(
            f"账簿中没有 {typed(code)}：先把它入账",
            f"the book has no {typed(code)}: enter it first",
        )
    if standing.millionths != assets.PIECE:
        raise refused(
            f"{code} 不止一件或不足一件：一卡一件，冲销后逐件登记",
            f"{code} is not one piece: a card is for one; reverse it and enter each by itself",
        )
    if assets.find(conn, said.unit, code) is not None:
        raise refused(f"{code} 已有卡片", f"{code} has a card already")
    return standing


def _faults(
    conn: Connection, facts: UnitRow, said: SaidAsset, fund: str, today: date, *, memo: bool
) -> Iterator[Finding]:
    if not safe_text(said.name) or not safe_text(said.place):
        yield bad("须写明名称与存放地点", "its name and its place are named")
    if said.source not in SOURCES:
        yield bad(f"来源为 {'、'.join(SOURCES)} 之一", f"a source is one of {', '.join(SOURCES)}")
    if said.ownership not in OWNERSHIPS:
        yield bad(
            f"权属为 {'、'.join(OWNERSHIPS)} 之一", f"ownership is one of {', '.join(OWNERSHIPS)}"
        )
    elif memo != (said.ownership in (EMPLOYER, OTHER)):
        yield bad(
            "不属本单位的登记备查（来源 memo，权属 employer 或 other），属本单位的入账",
            "what the unit does not own is a memo (source memo, ownership employer or other), "
            "what it owns stands in the book",
        )
    if said.acquired > today:
        yield bad("取得日期不晚于今天", "it was acquired by today")
    known = entries.funds(conn, said.unit, [fund]).get(fund) if fund else None
    if not memo and (known is None or known.closed is not None):
        yield bad(f"没有可用的资金 {typed(fund)}", f"there is no fund {typed(fund)}")
    if said.source in _PAID and not said.opening and not (said.code or said.gift):
        row = entries.accounts(conn, said.unit, [said.money]).get(said.money)
        if row is None or row.closed is not None or row.capital or not _pays(said.money):
            yield bad("购置须写明付款或应付科目", "say what it was paid from, or is owed on")
    if said.charged:
        row = entries.accounts(conn, said.unit, [said.charged]).get(said.charged)
        if row is None or not said.charged.startswith("Expenses:"):
            yield bad("折旧列支科目不存在", "the account that bears depreciation is not there")
    if said.parent and assets.find(conn, said.unit, said.parent) is None:
        yield bad(f"没有资产 {typed(said.parent)}", f"there is no asset {typed(said.parent)}")
    if said.opening and said.acquired >= facts.opened:
        yield bad(
            f"账簿 {facts.opened} 开始，此前取得的才是期初资产",
            f"the book begins on {facts.opened}: what was there then was acquired before",
        )
    if not said.opening and not (memo or said.code or said.gift) and said.acquired < facts.opened:
        yield bad(
            f"取得在账簿开始（{facts.opened}）之前：作为期初资产登记",
            f"it was acquired before the book began ({facts.opened}): enter it as there at first",
        )
    if said.depreciated and not said.opening:
        yield bad("已提折旧只随期初资产", "only what was there at first has depreciation already")


def _pays(account: str) -> bool:
    return account.startswith(("Assets:", "Liabilities:"))


def _rule_faults(
    said: SaidAsset, table: AssetTable, kind: AssetClass, cost: Money, *, memo: bool, wears: bool
) -> tuple[list[Finding], list[Finding]]:
    """What the rule refuses, and what it only warns of."""
    found: list[Finding] = []
    told: list[Finding] = []
    nominal = table.nominal
    if not memo and cost.fen <= 0:
        found.append(bad("原值须大于零", "its cost is above nothing"))
    small = kind.threshold is not None and cost.fen < kind.threshold
    if small and not memo and cost.fen != nominal:
        words = (
            f"{kind.name.zh}单位价值 {Money(kind.threshold or 0).grouped} 起为固定资产"
            f"（{table.head.key}）",
            f"{kind.name.en} is a fixed asset from {Money(kind.threshold or 0).grouped} on "
            f"({table.head.key})",
        )
        one = finding(
            "below-threshold", *words, "大批同类的注明 --bulk；否则列作库存物品或支出",
            "say --bulk for a large lot of one kind; else it is stock, or spent",
            severity="warning" if said.bulk else "error",
        )  # fmt: skip
        (told if said.bulk else found).append(one)
    if said.method not in METHODS or (wears and said.method not in kind.methods):
        allowed = "、".join(kind.methods)
        found.append(bad(
            f"{table.head.key} 只允许 {allowed}", f"{table.head.key} allows {allowed} only"
        ))  # fmt: skip
    if said.method == UNITS and said.units_total <= 0 and wears:
        found.append(bad("工作量法须写明总工作量", "by units of use their total is named"))
    if said.residual and table.residual == NO_RESIDUAL:
        found.append(bad(
            f"{table.head.key} 不考虑预计净残值", f"{table.head.key} knows no residual value"
        ))  # fmt: skip
    if wears and said.life_months is None and kind.usual is None:
        found.append(bad("须写明使用年限（月）", "its life in months is named"))
    if wears and said.life_months is not None and not _may_last(said, kind):
        found.append(bad(
            f"{kind.name.zh}的年限{kind.lives.zh}", f"{kind.name.en} lasts {kind.lives.en}"
        ))  # fmt: skip
    if said.depreciated.fen < 0 or (cost.fen and said.depreciated > cost):
        found.append(bad("已提折旧不多于原值", "depreciation is at most its cost"))
    return found, told


def _may_last(said: SaidAsset, kind: AssetClass) -> bool:
    """Whether a life may be chosen; things that are not new last what they still can."""
    if said.source in (BOUGHT, BUILT):
        return kind.allows(said.life_months or 0)
    return 0 < (said.life_months or 0) <= max(kind.most or 0, 1200)


def bad(zh: str, en: str) -> Finding:
    return finding("bad-asset", zh, en, "改正后重试", "correct it and try again")


def refused(zh: str, en: str) -> Refused:
    """The refusal of what makes no sense for an asset."""
    return Refused(bad(zh, en))
