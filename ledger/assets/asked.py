"""A request for assets as somebody says it, and what speaks against it: every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.assets import estimating
from ledger.assets.called import GROUNDS
from ledger.assets.estimating import Estimate
from ledger.assets.said import regime_for
from ledger.entry import safe_text
from ledger.errors import Finding, finding
from ledger.money import Money
from ledger.period import Month
from ledger.registry import asset_requests, assets, decisions, units
from ledger.registry.asset_requests import (
    COMING_BACK,
    CORRECTION,
    DONATION,
    ESTIMATE,
    KINDS,
    LEASE,
    LOSS,
    MOVE,
    OPEN,
    SALE,
    SCRAP,
    TRANSFER,
    RequestRow,
)
from ledger.registry.assets import GONE, MEMO
from ledger.words import typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry

MOST_ITEMS: Final = 500
_NOTHING: Final = Money(0)
#: Those that need a party outside.
_OUTSIDE: Final = (LEASE, SALE, DONATION)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as somebody says it.

    ``to`` is who receives it: a keeper, for a move within the unit and a loan to a member;
    ``party`` an organisation by name; ``to_unit`` another unit of the federation. ``until`` is when
    it is to be back. A new estimate says from which ``month`` on how long it lasts.
    """

    unit: str
    kind: str
    codes: Sequence[str]
    decision: str
    day: date
    reason: str = ""
    ground: str = ""
    to: str = ""
    to_place: str = ""
    to_unit: str = ""
    party: str = ""
    until: date | None = None
    price: Money = _NOTHING
    month: Month | None = None
    life_months: int | None = None
    residual: Money = _NOTHING
    paper: bytes = b""
    paper_name: str = ""


def as_asked(row: RequestRow, codes: Sequence[str]) -> Asked:
    return Asked(
        row.unit, row.kind, codes, row.decision, row.day,
        month=Month.parse(row.month) if row.month else None,
    )  # fmt: skip


def item_faults(
    conn: Connection, asked: Asked, codes: Sequence[str], but: str = ""
) -> Iterator[Finding]:
    """What speaks against moving these things now; ``but`` is the request that is looked at."""
    if not 1 <= len(codes) <= MOST_ITEMS:
        yield bad(f"一次申请 1 至 {MOST_ITEMS} 件", f"a request is for 1 to {MOST_ITEMS} assets")
        return
    cards = assets.with_codes(conn, asked.unit, codes)
    stands = assets.sums(conn, asked.unit, codes)
    events = assets.events(conn, asked.unit, codes)
    others = asset_requests.of_assets(conn, asked.unit, codes)
    for code in codes:
        card, stand = cards.get(code), stands.get(code)
        if card is None:
            yield bad(f"没有资产 {typed(code)}", f"there is no asset {typed(code)}")
            continue
        owned = card.source != MEMO
        if events[code][-1].kind == GONE:
            yield bad(f"{code} 已不在册", f"{code} is gone")
        elif owned and (stand is None or stand.millionths <= 0):
            yield bad(f"{code} 尚未入账", f"{code} is not in the book yet")
        elif not owned and asked.kind in (*_OUTSIDE, TRANSFER, ESTIMATE):
            yield bad(
                f"{code} 不属本单位，不能处置",
                f"{code} is not the unit's: it does not dispose of it",
            )
        for other in others.get(code, ()):
            if other.state in OPEN and other.code != but:
                yield finding(
                    "asset-busy", f"{code} 已有未办结的申请 {other.code}",
                    f"{code}: request {other.code} is open",
                    "先办结、归还或撤回它", "settle it, have it back or withdraw it first",
                )  # fmt: skip


def decided(conn: Connection, asked: Asked, today: date) -> Iterator[Finding]:
    """A finding unless a decision of this number was recorded, carried, and taken by then."""
    number = safe_text(asked.decision, 60)
    found = decisions.exactly(conn, asked.unit, [number]) if number else {}
    row = found.get(number)
    if row is None:
        what = ("须写明已登记的决策文号", "the number of a recorded decision is named")
    elif not row.carried:
        what = (f"决策 {row.number} 未获通过", f"decision {row.number} was not carried")
    elif row.day > asked.day:
        what = (
            f"决策 {row.number} 作于 {row.day}，晚于申请",
            f"decision {row.number} was taken later",
        )
    elif asked.day > today:
        what = ("申请日期不晚于今天", "a request is dated today at the latest")
    else:
        return
    yield finding(
        "asset-undecided", what[0], what[1],
        "先登记集体决策（mingbai decision record），申请写明其文号",
        "record the decision first (mingbai decision record), and name its number",
    )  # fmt: skip


def kind_faults(
    conn: Connection, registry: Registry, asked: Asked, codes: Sequence[str], today: date
) -> Iterator[Finding]:
    kind = asked.kind
    if kind not in KINDS:
        yield bad(f"种类为 {'、'.join(KINDS)} 之一", f"a kind is one of {', '.join(KINDS)}")
        return
    if kind == MOVE and not (asked.to and asked.to_place):
        yield bad("内部调动写明接收人与存放地点", "a move names who receives it and where it goes")
    if kind == TRANSFER:
        yield from _unit_faults(conn, asked)
    elif asked.to_unit:
        yield bad("只有调拨写明另一单位", "only a transfer names another unit")
    if kind in COMING_BACK and asked.until is None:
        yield bad("须写明归还日期", "say when it is to be back")
    if asked.until is not None and asked.until < asked.day:
        yield bad("归还不早于申请", "it is back after the request")
    if kind in COMING_BACK and not (asked.to or asked.party):
        yield bad("须写明借用、承租或修理的一方", "say who borrows, leases or repairs it")
    if kind in _OUTSIDE and not safe_text(asked.party):
        yield bad("须写明对方单位", "the other side is named")
    if kind in (SALE, LEASE) and asked.price.fen < (1 if kind == SALE else 0):
        yield bad("出售须写明价款", "a sale has its price")
    if kind not in (SALE, LEASE) and asked.price:
        yield bad("只有出售与出租有价款", "only a sale or a lease has a price")
    if kind == SCRAP and asked.ground not in GROUNDS:
        yield bad(f"报废的理由为 {'、'.join(GROUNDS)} 之一", f"grounds: {', '.join(GROUNDS)}")
    if kind in (SCRAP, LOSS, CORRECTION, ESTIMATE) and not safe_text(asked.reason):
        yield bad("须写明原因", "the reason is given")
    if kind == ESTIMATE:
        yield from _estimate_faults(conn, registry, asked, codes, today)


def _unit_faults(conn: Connection, asked: Asked) -> Iterator[Finding]:
    known = {row.id: row for row in units.all_units(conn)}
    other = known.get(asked.to_unit)
    if other is None or other.id == asked.unit:
        yield bad("调拨须写明联合会内的另一单位", "a transfer names another unit of the federation")
    elif other.closed is not None and other.closed <= asked.day:
        yield bad(f"{other.id} 已撤销", f"{other.id} was closed")


def _estimate_faults(
    conn: Connection, registry: Registry, asked: Asked, codes: Sequence[str], today: date
) -> Iterator[Finding]:
    """What speaks against a new estimate."""
    if asked.month is None:
        yield bad("写明自何月起重新估计", "say from which month on it is estimated anew")
        return
    table = regime_for(registry, units.find(conn, asked.unit), asked.day)
    if asked.residual and table.residual == "none":
        yield bad("本制度不考虑预计净残值", "this rule knows no residual value")
    new = Estimate(asked.month, asked.life_months or 0, asked.residual.fen)
    yield from estimating.faults(conn, asked.unit, codes, new, today)


def bad(zh: str, en: str) -> Finding:
    return finding("bad-request", zh, en, "改正后重试", "correct it and try again")
