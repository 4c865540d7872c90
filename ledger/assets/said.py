"""An asset as somebody says it, and whether it can be: every fault is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger.assets import accounts
from ledger.assets.keepers import known_keeper
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, Words, finding, refuse_if
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
from ledger.rules.assets import STRAIGHT_LINE
from ledger.rules.regimes import regime_of
from ledger.rules.table import Place
from ledger.rules.wearing import BELOW, Choice, Wear, class_of, wear
from ledger.words import named_faults, typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.assets.accounts import AssetAccounts
    from ledger.registry import Registry
    from ledger.registry.units import UnitRow
    from ledger.rules.assets import AssetClass, AssetTable

_NOTHING: Final = Money(0)
#: Sources of things that are new, unless that is said otherwise.
_NEW: Final = (BOUGHT, BUILT)


@dataclass(frozen=True, slots=True)
class SaidAsset:
    """An asset as somebody says it.

    ``money`` is the account that it was paid from, or that is owed for it. ``gift`` is the gift
    that brought it, which is in the book already; ``code`` likewise names a thing that the book
    holds without a card. ``opening``: it was there when the book began, with ``depreciated`` of it
    worn already. ``bulk``: below the threshold, but one of a large lot of the same kind;
    ``worn``: it was used before it came, and lasts what is left of it.
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
    worn: bool = False
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
    kind = class_of(table, said.class_id.strip())
    there = _there(conn, said)
    cost = Money(there.cost_fen) if there is not None else said.cost
    fund = there.fund if there is not None else said.fund
    memo = said.source == MEMO
    refuse_if([
        *_faults(conn, facts, said, fund, now.date(), memo=memo, gives=chart.has("given")),
        *named_faults(conn, registry, said.name, said.spec, said.serial, said.place, said.decision),
    ])  # fmt: skip
    keeper = known_keeper(conn, said.unit, said.keeper)
    if not memo and cost.fen <= 0:
        raise refused("原值须大于零", "its cost is above nothing")
    found = None if memo else _worn(said, kind, table, cost)
    terms = found.terms if found is not None else None
    if terms is not None and said.depreciated.fen > terms.base_fen:
        raise refused("已提折旧多于应提的", "more is depreciated than there is to depreciate")
    row = AssetRow(
        unit=said.unit, code=said.code, name=safe_text(said.name, 120),
        spec=safe_text(said.spec, 120), serial=safe_text(said.serial, 60), class_id=kind.id,
        regime=table.head.key[:32], source=said.source, ownership=said.ownership, fund=fund,
        acquired=said.acquired, cost_fen=0 if memo else cost.fen,
        residual_fen=terms.residual_fen if terms else 0,
        life_months=terms.life_months if terms else None,
        method=terms.method if terms else "", units_total=terms.units_total if terms else 0,
        first=str(terms.first) if terms else "", removal_charged=kind.charged_on_removal,
        begun_fen=said.depreciated.fen, charged=said.charged, gift=said.gift or None,
        parent=said.parent or None, paper="", photo="", user="", at="",
    )  # fmt: skip
    return Plan(row, kind, chart, keeper, memo or there is not None, found.told if found else ())


def regime_for(registry: Registry, facts: UnitRow, day: date) -> AssetTable:
    """The regime that an asset acquired on ``day`` is classed by; NoRuleLoaded if there is none.

    What was acquired before the unit's book began is classed by the rule that book began under.
    """
    book, _ = rulebook.load(registry.folder, facts.id)
    return regime_of(book, facts.chart, max(day, facts.opened), Place.of(facts))


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
    conn: Connection,
    facts: UnitRow,
    said: SaidAsset,
    fund: str,
    today: date,
    *,
    memo: bool,
    gives: bool,
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
    if said.source == BOUGHT and not said.opening and not (said.code or said.gift):
        row = entries.accounts(conn, said.unit, [said.money]).get(said.money)
        if row is None or row.closed is not None or row.capital or not _pays(said.money):
            yield bad("购置须写明付款或应付科目", "say what it was paid from, or is owed on")
    if said.source == GIFT and not (said.gift or said.code or said.opening or gives):
        yield bad(
            "受赠的资产先登记捐赠（mingbai gift record --kind asset），再用 --gift 建卡",
            "record what was given first (mingbai gift record --kind asset), then make its card "
            "with --gift",
        )
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
    if said.depreciated.fen < 0 or (said.depreciated and not said.opening):
        yield bad("已提折旧只随期初资产", "only what was there at first has depreciation already")


def _pays(account: str) -> bool:
    return account.startswith(("Assets:", "Liabilities:"))


def _worn(said: SaidAsset, kind: AssetClass, table: AssetTable, cost: Money) -> Wear:
    """What it is depreciated by; Refused with all that the rule forbids."""
    found = wear(
        table, kind,
        Choice(
            cost.fen, said.acquired, said.method, said.residual.fen, said.life_months,
            said.units_total, worn=said.worn or said.source not in _NEW or said.opening,
        ),
    )  # fmt: skip
    small = [one for one in found.told if one.rule == BELOW]
    if small and not said.bulk:
        raise Refused(*(
            replace(one, severity="error", remedy=Words(
                f"{one.remedy.zh}：注明 --bulk", f"{one.remedy.en}: say so with --bulk"
            )) for one in small
        ))  # fmt: skip
    return found


def bad(zh: str, en: str) -> Finding:
    return finding("bad-asset", zh, en, "改正后重试", "correct it and try again")


def refused(zh: str, en: str) -> Refused:
    """The refusal of what makes no sense for an asset."""
    return Refused(bad(zh, en))
