"""A gift as somebody says it, and whether it can be: every fault is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ledger.entry import Lot, safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.fundcheck import is_restricted
from ledger.gifts import lines
from ledger.gifts.accounts import accounts_of
from ledger.gifts.campaigns import open_campaign
from ledger.gifts.donors import known_donor
from ledger.money import CNY, Money, round_yuan
from ledger.registry import campaigns, entries, gifts, units
from ledger.registry.gifts import (
    AGENCY,
    ASSET,
    BASES,
    CASH,
    CONDITIONAL,
    GOODS,
    KINDS,
    MEMO,
    NATURES,
    OWN,
    PLATFORM,
    PLEDGE,
    SERVICE,
    GiftRow,
)
from ledger.words import named_faults, typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry
    from ledger.registry.campaigns import CampaignRow

_NOTHING: Final = Money(0)
_THINGS: Final = (GOODS, ASSET)
_CALLED: Final = {
    OWN: "捐赠", AGENCY: "受托代理捐赠", CONDITIONAL: "附条件捐赠",
}  # fmt: skip


def called(row: GiftRow, campaign: CampaignRow | None) -> str:
    """What a gift is called in the book: by its campaign, never by who gave it."""
    what = _CALLED[row.nature]
    return f"{campaign.name} {what}" if campaign is not None else what


@dataclass(frozen=True, slots=True)
class Given:
    """A gift as somebody says it. ``campaign`` or ``fund`` is named, not both.

    ``amount`` is its worth in yuan, gross of ``fee``; of foreign money it is reckoned from
    ``foreign`` at ``rate``. ``money`` is the account it came on; without it, it is still to come.
    ``paper`` are the bytes of what proves it, ``paper_name`` the file's name. ``after`` is the
    user's last gift as a form showed it: once another followed, the form was sent already.
    """

    unit: str
    kind: str
    donor: str
    day: date
    amount: Money = _NOTHING
    campaign: str = ""
    fund: str = ""
    money: str = ""
    fee: Money = _NOTHING
    foreign: Money | None = None
    rate: str = ""
    rate_source: str = ""
    quantity: str = ""
    measure: str = ""
    commodity: str = ""
    basis: str = ""
    freight: Money = _NOTHING
    purpose: str = ""
    until: date | None = None
    nature: str = OWN
    terms: str = ""
    order: str = ""
    paper: bytes = b""
    paper_name: str = ""
    after: str | None = None


# ---- what it is --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """A gift that may be entered, without its code; and what entering it needs."""

    row: GiftRow
    roles: list[str]
    restricted: bool
    called: str


def planned(conn: Connection, registry: Registry, given: Given, now: datetime) -> Plan:
    unit = given.unit
    donor = known_donor(conn, unit, given.donor)
    campaign = open_campaign(conn, unit, given.campaign, given.day) if given.campaign else None
    fund = campaign.fund if campaign is not None else given.fund
    chart = accounts_of(units.find(conn, unit).chart)
    texts = (given.purpose, given.terms, given.measure, given.rate_source, given.order)
    refuse_if([
        *_faults(conn, given, fund, now.date()), *_thing_faults(given, chart.nominal),
        *named_faults(conn, registry, *texts),
    ])  # fmt: skip
    restricted = is_restricted(entries.funds(conn, unit, [fund])[fund].restriction)
    amount, rate = _worth(given)
    row = GiftRow(
        unit, "", given.kind, campaign.code if campaign is not None else None, donor.id, fund,
        given.day, amount.fen, given.fee.fen, given.foreign.currency if given.foreign else CNY,
        given.foreign.fen if given.foreign else 0, rate, safe_text(given.rate_source),
        _plain(given.quantity), safe_text(given.measure), given.commodity, given.basis, "",
        safe_text(given.purpose), given.until, given.nature, safe_text(given.terms),
        donor.related, given.order,
    )  # fmt: skip
    if row.kind == MEMO:
        return Plan(row, [], restricted, called(row, campaign))
    roles = lines.roles_of(row, chart.roles, restricted=restricted)
    if given.freight and "fee" not in roles:
        roles.append("fee")
    return Plan(row, roles, restricted, called(row, campaign))


def _worth(given: Given) -> tuple[Money, str]:
    """What a gift is worth in yuan, and the rate of foreign money as it is kept."""
    if given.foreign is None:
        return given.amount, ""
    rate = Decimal(given.rate)
    return round_yuan(given.foreign.decimal * rate), f"{rate:f}"


def _plain(quantity: str) -> str:
    return f"{Decimal(quantity).normalize():f}" if quantity else ""


# ---- findings ----------------------------------------------------------------------------------


def _faults(conn: Connection, given: Given, fund: str, today: date) -> Iterator[Finding]:
    known = entries.funds(conn, given.unit, [fund]).get(fund) if fund else None
    if given.campaign and given.fund:
        yield bad("写活动或资金，不同时写", "name a campaign or a fund, not both")
    if given.until is not None and given.until <= given.day:
        yield bad("可用日在捐赠日之后", "the day from which on it may be used is after its own")
    if known is None:
        yield bad(
            f"没有资金 {typed(fund)}" if fund else "须写明活动或资金",
            f"there is no fund {typed(fund)}" if fund else "a campaign or a fund is named",
        )
    elif not given.campaign and (own := campaigns.of_fund(conn, given.unit, fund)) is not None:
        yield bad(f"资金 {fund} 是活动 {own.code} 的，请写活动",
                   f"fund {fund} is campaign {own.code}'s: name the campaign")  # fmt: skip
    elif _limits(given) and not is_restricted(known.restriction):
        yield bad(f"有用途或时间限定的捐赠不能记入非限定资金 {fund}",
                   f"a gift with limits does not go into fund {fund}, which has none")  # fmt: skip
    if given.kind not in KINDS or given.kind == PLEDGE or given.nature not in NATURES:
        yield bad("捐赠的种类不明", "the kind of gift is unknown")
    if given.day > today:
        yield bad("日期不晚于今天", "it is dated no later than today")
    if given.nature != OWN and not safe_text(given.terms):
        yield bad("附条件的写明条件，受托代理的写明受益人（不写姓名）",
                   "say the condition, or for whom it is held (no name)")  # fmt: skip
    if given.nature == CONDITIONAL and given.kind in (*_THINGS, SERVICE):
        yield bad("附条件的物资与劳务，条件达成时才入账；此前登记备查",
                   "things and services on a condition are entered once it is met; "
                   "until then in the memo register")  # fmt: skip
    yield from _money_faults(given)
    if given.money:
        yield from money_account(conn, given.unit, given.money)
    if given.kind == PLATFORM and given.order and _order_known(conn, given):
        yield bad("此订单已登记", "this order was entered already")


def _limits(given: Given) -> bool:
    """Whether the giver set limits; a memo's words only say what it is."""
    return given.kind != MEMO and bool(given.purpose or given.until)


def _order_known(conn: Connection, given: Given) -> bool:
    return bool(gifts.with_orders(conn, given.unit, [given.order]))


def _money_faults(given: Given) -> Iterator[Finding]:
    if given.foreign is not None:
        if given.kind != CASH or given.foreign.currency == CNY or given.foreign.fen <= 0:
            yield bad("外币捐赠写明外币金额与币种", "foreign money has an amount and its currency")
        if given.amount or given.fee:
            yield bad("外币捐赠的人民币金额按汇率折算", "its worth in yuan follows from the rate")
        if not _is_rate(given.rate) or not safe_text(given.rate_source):
            yield bad("须写明汇率与来源", "a rate and its source are named")
        elif not _worth(given)[0]:
            yield bad("折合人民币不足一分", "it is worth less than a fen")
    elif given.kind == MEMO:
        if given.amount or given.money:
            yield bad("备查登记不写金额；能计量的按其种类登记",
                       "the memo register has no amounts: what has one is no memo")  # fmt: skip
        if not safe_text(given.purpose):
            yield bad("备查登记须写明是什么、用于何处", "say what it is and what it is for")
    elif given.amount.fen <= 0:
        yield bad("金额须大于零", "its amount is above nothing")
    if given.fee.fen < 0 or (given.fee and given.kind != PLATFORM):
        yield bad("只有平台捐赠有平台费用", "only a platform's gift has a fee")
    elif given.fee and given.fee >= given.amount:
        yield bad("平台费用少于捐赠金额", "a fee is less than the gift")
    if given.kind == PLATFORM and not given.money:
        yield bad(
            "平台捐赠写明收款科目；整份清单用 mingbai gifts 登记",
            "say on which account it came; a whole list is entered with mingbai gifts",
        )
    if given.freight and (given.kind not in _THINGS or not given.money):
        yield bad("运费只随物资，并写明付款科目", "freight is of things, and paid from an account")


def _thing_faults(given: Given, nominal: Money | None) -> Iterator[Finding]:
    if given.kind not in _THINGS:
        if given.quantity and given.kind != MEMO:
            yield bad("数量只随物资", "only things have a quantity")
        return
    quantity = lines.number(given.quantity)
    if quantity is None:
        yield bad("须写明数量，大于零", "a quantity above nothing is named")
    elif given.kind == ASSET and given.nature != AGENCY and quantity != 1:
        yield bad(
            "固定资产一卡一件：每件登记为一笔捐赠",
            "a card of an asset is for one piece: record each piece as a gift of its own",
        )
    elif given.amount.fen > 0:
        yield from lines.divides(quantity, given.amount)
    if not safe_text(given.measure) or len(given.measure) > 20:
        yield bad("须写明计量单位，至多 20 字", "a measure of at most 20 characters is named")
    if given.basis not in BASES:
        yield bad(f"计价依据为 {'、'.join(BASES)} 之一", f"a basis is {', '.join(BASES)}")
    elif given.basis == "nominal":
        if nominal is None:
            yield bad("本制度不以名义金额入账，登记备查（--kind memo）",
                       "this rule knows no nominal value: enter it as a memo")  # fmt: skip
        elif given.amount != nominal:
            yield bad(f"名义金额是 {nominal.grouped}", f"the nominal value is {nominal.grouped}")
    elif not given.paper:
        yield bad(
            "须附计价依据：发票、报价或评估",
            "the paper behind its worth is attached: invoice, price or appraisal",
        )
    if given.commodity:
        try:
            Lot(Decimal(1), given.commodity, Money(1))
        except ValueError:
            yield bad("物资代号为大写字母、数字与连字符",
                       "a thing's code has capitals, digits and hyphens")  # fmt: skip


def money_account(conn: Connection, unit: str, account: str) -> Iterator[Finding]:
    """A finding unless money can come to an account, or be paid from it."""
    row = entries.accounts(conn, unit, [account]).get(account)
    if row is None or not row.is_money:
        # Repeated only where it is an account: in its place may stand somebody's name.
        told = account[:60] if row is not None else "?"
        yield bad(f"{told} 不是收付款科目", f"{told} is no account of money")


def sent_twice(conn: Connection, unit: str, user: str, after: str | None) -> Iterator[Finding]:
    """A finding if the user entered a gift since a form was opened; None asks nothing."""
    last = "" if after is None else gifts.last_of(conn, unit, user)
    if after is not None and last != after:
        yield finding(
            "sent-twice", f"打开表单之后您已登记 {last}",
            f"you entered {last} since this form was opened",
            "同一笔的不必再登记；另一笔的，再提交一次",
            "if it is the same gift it is entered; if it is another one, send it again",
        )  # fmt: skip


def _is_rate(text: str) -> bool:
    found = lines.number(text)
    return found is not None and len(text) <= 24


def bad(zh: str, en: str) -> Finding:
    return finding("bad-gift", zh, en, "改正后重试", "correct it and try again")


def refused(zh: str, en: str) -> Refused:
    """The refusal of what makes no sense for a gift."""
    return Refused(bad(zh, en))
