"""Entering an asset: its card, and the draft that brings it into the book at cost.

What a gift brought, or a bank's line paid for, may stand in the book already; then there is only a
card to make. What the unit does not own has a card and stands in no book.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.assets import accounts
from ledger.assets.marks import ASSET, REQUEST, entering
from ledger.assets.said import Plan, SaidAsset, bad, planned
from ledger.entry import Lot, Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import Finding, finding, refuse_if
from ledger.fundcheck import is_restricted
from ledger.money import Money
from ledger.period import Month
from ledger.registry import asset_requests, assets, entries, oplog, papers, units
from ledger.registry.asset_requests import DONE, HANDED
from ledger.registry.assets import (
    ADDED,
    BOUGHT,
    BUILT,
    FOUND,
    GIFT,
    GRANTED,
    MOVED_IN,
    AssetRow,
    EstimateRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_CALLED: Final = {
    BOUGHT: "购置", GRANTED: "拨入", GIFT: "受赠", BUILT: "建成交付", FOUND: "盘盈",
    MOVED_IN: "调入",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Added:
    """A card, and the draft that waits for it; ``""`` where the book has it, or never will."""

    row: AssetRow
    draft: str = ""
    warnings: tuple[Finding, ...] = ()


def add(registry: Registry, said: SaidAsset, user: User, now: datetime) -> Added:
    """Enter an asset. Who records may. Refused with every finding where it cannot be."""
    return add_each(registry, [said], user, now)[0]


def add_each(
    registry: Registry, every: Sequence[SaidAsset], user: User, now: datetime
) -> list[Added]:
    """Enter several assets of one unit: all of them, or none."""
    unit = every[0].unit
    workflow.demand(user, "record", unit)
    with registry.read() as conn:
        plans = [planned(conn, registry, said, now) for said in every]
        bound = _bound(conn, unit, plans)
    roles = {role for plan, said in zip(plans, every, strict=True)
             for role in _roles(plan, said, bound)}  # fmt: skip
    there = accounts.ready(registry, unit, roles, user, now)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        refuse_if(_sent_twice(conn, unit, user.id, every[0].after))
        refuse_if(_given_twice(conn, unit, {said.request for said in every if said.request}))
        # What was looked at before the lock may be another by now.
        plans = [planned(conn, registry, said, now) for said in every]
        done = []
        for said, plan in zip(every, plans, strict=True):
            row = _with_papers(conn, registry, plan, said, user, now)
            assets.add_many(conn, [row])
            assets.add_event(
                conn, unit, row.code, ADDED, row.acquired, user.id, now, keeper=plan.keeper,
                place=safe_text(said.place, 120), paper=row.paper, request=said.request or None,
            )  # fmt: skip
            if said.opening and row.life_months is not None and row.begun_fen:
                _estimated(conn, row)
            oplog.record(
                conn, at=now, user=user.id, unit=unit, action="asset.add", object=row.code,
                detail=f"{row.source} {Money(row.cost_fen).text}",
            )  # fmt: skip
            if plan.card_only:
                done.append(Added(row, warnings=plan.warnings))
                continue
            posted = tuple(_postings(row, plan, said, there, restricted=row.fund in bound))
            done.append(Added(row, _proposed(conn, registry, row, posted, said, user, now),
                              plan.warnings))  # fmt: skip
        return done


def _bound(conn: Connection, unit: str, plans: Sequence[Plan]) -> set[str]:
    """The funds of these assets that somebody bound."""
    known = entries.funds(conn, unit, {plan.row.fund for plan in plans})
    return {code for code, row in known.items() if is_restricted(row.restriction)}


def _with_papers(
    conn: Connection, registry: Registry, plan: Plan, said: SaidAsset, user: User, now: datetime
) -> AssetRow:
    unit = said.unit
    digests = [
        papers.store_in(conn, registry, unit, data, name, user=user.id, now=now) if data else ""
        for data, name in ((said.paper, said.paper_name), (said.photo, said.photo_name))
    ]
    code = plan.row.code
    if said.gift and not code:
        from ledger.registry import gifts

        gift = gifts.find(conn, unit, said.gift)
        code = gift.commodity if gift is not None else ""
    return replace(
        plan.row, code=code or next_code(conn, unit), paper=digests[0], photo=digests[1],
        user=user.id, at=now.isoformat(timespec="seconds"),
    )  # fmt: skip


def next_code(conn: Connection, unit: str) -> str:
    """The code of the unit's next asset: ``FA-00012``."""
    return f"{assets.PREFIX}{assets.last_number(conn, unit) + 1:05d}"


def _estimated(conn: Connection, row: AssetRow) -> None:
    """What came with depreciation is spread from the book's first month on, over what is left."""
    facts = units.find(conn, row.unit)
    begins, first = Month.of(facts.opened), Month.parse(row.first)
    gone = (begins.year - first.year) * 12 + begins.month - first.month
    left = max(1, (row.life_months or 0) - max(0, gone))
    assets.add_estimate(
        conn, row.unit,
        EstimateRow(row.code, 1, str(max(begins, first)), left, row.residual_fen, row.method,
                    row.begun_fen, ""),
    )  # fmt: skip


# ---- the draft ---------------------------------------------------------------------------------


def _roles(plan: Plan, said: SaidAsset, bound: set[str]) -> Iterator[str]:
    """The roles whose accounts the draft of an asset stands on."""
    if plan.card_only:
        return
    chart, group = plan.chart, plan.kind.group
    yield chart.role("cost", group)
    if said.depreciated:
        yield chart.role("accumulated", group)
    if chart.by_fund:
        yield chart.role("fund", group)
        if said.opening:
            return
        yield from {BUILT: ("construction", "construction-fund"), FOUND: ("clearing",)}.get(
            said.source, ()
        )
        if said.source == BOUGHT:
            yield _spending(plan)
        return
    credit = _credit(plan, said, bound)
    if credit:
        yield credit


def _spending(plan: Plan) -> str:
    """What buying an asset is spent on: the class's own account, where the rule names one."""
    return f"spending:{plan.kind.capital}" if plan.kind.capital else "spending"


def _credit(plan: Plan, said: SaidAsset, bound: set[str]) -> str:
    """What an asset is credited on where no asset fund stands against it; empty for money."""
    ending = "-restricted" if plan.row.fund in bound else ""
    if said.opening:
        return f"opening{ending}"
    if said.source == BOUGHT:
        return ""
    if said.source == BUILT:
        return "construction"
    if said.source == FOUND:
        return "found"
    if said.source == GIFT:
        return "given"
    return f"granted{ending}"


def _postings(
    row: AssetRow, plan: Plan, said: SaidAsset, there: Mapping[str, str], *, restricted: bool
) -> Iterator[Posting]:
    chart, group, fund = plan.chart, plan.kind.group, row.fund
    cost, worn = Money(row.cost_fen), Money(row.begun_fen)
    lot = Lot(Decimal(1), row.code, cost)
    mark = meta_of({
        ASSET: row.code, "decision": safe_text(said.decision, 60) or None,
        REQUEST: said.request or None,
    })  # fmt: skip
    yield Posting(there[chart.role("cost", group)], cost, fund, mark, lot)
    if worn:
        yield Posting(there[chart.role("accumulated", group)], -worn, fund, mark)
    if not chart.by_fund:
        credit = _credit(plan, said, {fund} if restricted else set())
        yield Posting(there[credit] if credit else said.money, worn - cost, fund, mark)
        return
    against = there[chart.role("fund", group)]
    if said.source == FOUND and not said.opening:
        yield Posting(there["clearing"], -cost, fund, mark)
        yield Posting(there["clearing"], cost, fund, mark)
    yield Posting(against, worn - cost, fund, mark)
    if said.opening:
        return
    if said.source == BOUGHT:
        yield Posting(there[_spending(plan)], cost, fund, mark)
        yield Posting(said.money, -cost, fund, mark)
    if said.source == BUILT:
        yield Posting(there["construction-fund"], cost, fund, mark)
        yield Posting(there["construction"], -cost, fund, mark)


def _proposed(
    conn: Connection, registry: Registry, row: AssetRow, posted: tuple[Posting, ...],
    said: SaidAsset, user: User, now: datetime,
) -> str:  # fmt: skip
    opened = units.find(conn, row.unit).opened
    what = "期初" if said.opening else _CALLED[row.source]
    draft = build_draft(
        unit=row.unit, day=opened if said.opening else row.acquired, kind=voucher_class(posted),
        postings=posted, papers=(row.paper,) if row.paper else (), source=entering(row.code),
        narration=safe_text(f"{what}固定资产 {row.code} {row.name}"),
        tags=("opening",) if said.opening else (),
    )  # fmt: skip
    return workflow.propose_in(conn, registry, draft, user.id, now)


def _given_twice(conn: Connection, unit: str, requests: set[str]) -> Iterator[Finding]:
    """A finding if what another unit gave is entered already, or is not given any more."""
    for code in sorted(requests):
        for asset in assets.entered_by(conn, unit, [code]).get(code, ())[:1]:
            yield bad(f"{code} 已登记为 {asset}", f"{code} is entered as {asset}")
        given = (one.state for one in asset_requests.towards(conn, unit, code))
        if not any(state in (HANDED, DONE) for state in given):
            yield bad(f"{code} 已撤回", f"{code} was taken back")


def _sent_twice(conn: Connection, unit: str, user: str, after: str | None) -> Iterator[Finding]:
    """A finding if the user entered an asset since a form was opened; None asks nothing."""
    last = "" if after is None else assets.last_of(conn, unit, user)
    if after is not None and last != after:
        yield finding(
            "sent-twice", f"打开表单之后您已登记 {last}",
            f"you entered {last} since this form was opened",
            "同一件的不必再登记；另一件的，再提交一次",
            "if it is the same asset it is entered; if it is another one, send it again",
        )  # fmt: skip
