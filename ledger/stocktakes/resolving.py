"""Settling a difference: one person says how, another approves it. Nothing is ever deleted.

What a resolution rests on is looked at when it is proposed, and again when it is approved: a
request that is done, a card that stands in the book, the thing where the register has it, or an
explanation in writing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.assets.keepers import same_person
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.registry import asset_requests, assets, papers, stocktakes
from ledger.registry.asset_requests import COMING_BACK, CORRECTION, DONE, HANDED, LEAVING, MOVE
from ledger.registry.assets import GONE, MEMO
from ledger.registry.stocktakes import (
    APPROVED,
    BY_CARD,
    BY_REQUEST,
    BY_SIGHT,
    EXPLAINED,
    FOUND,
    MISSING,
    NOT_AWAY,
    PROPOSED,
    REFUSED,
    RESOLVED,
    UNRESOLVED,
    WAITING,
    WAY_WORDS,
    DifferenceRow,
    ResolutionRow,
)
from ledger.stocktakes.comparing import same_place, since_opened
from ledger.stocktakes.opening import bad, known, log
from ledger.words import named_faults, typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.asset_requests import RequestRow
    from ledger.registry.assets import AssetRow

#: Requests after which a thing is no longer where the stocktake looked for it.
_AWAY_SINCE: Final = (MOVE, *COMING_BACK, *LEAVING, CORRECTION)


@dataclass(frozen=True, slots=True)
class Settled:
    """How somebody says that a difference was settled.

    ``request`` is the asset request that was carried out; ``asset`` the card of what was found;
    ``place`` where a thing was seen again. An explanation is ``note`` and ``paper``.
    """

    way: str
    request: str = ""
    asset: str = ""
    place: str = ""
    note: str = ""
    paper: bytes = b""
    paper_name: str = ""


def propose(
    registry: Registry, unit: str, code: str, number: int, settled: Settled, user: User,
    now: datetime,
) -> ResolutionRow:  # fmt: skip
    """Say how a difference was settled, to be approved by another person. Who records may.

    Refused where what it rests on is not there, and while another resolution waits.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known_difference(conn, unit, code, number)
        if row.state != UNRESOLVED:
            raise _not_in(row)
        refuse_if([
            *_way_faults(settled), *named_faults(conn, registry, settled.note, settled.place),
        ])  # fmt: skip
        before = stocktakes.resolutions(conn, unit, code, number)
        made = ResolutionRow(
            code, number, len(before) + 1, settled.way, settled.request.strip() or None,
            settled.asset.strip() or None, safe_text(settled.place, 120),
            safe_text(settled.note, 300), "", WAITING, user.id, stocktakes.moment(now),
        )  # fmt: skip
        refuse_if(_rests_on(conn, row, made, with_paper=bool(settled.paper)))
        if settled.paper:
            digest = papers.store_in(
                conn, registry, unit, settled.paper, settled.paper_name, user=user.id, now=now
            )
            made = replace(made, paper=digest)
        stocktakes.add_resolution(conn, unit, made)
        stocktakes.set_difference(conn, row, PROPOSED)
        log(conn, unit, code, "resolve", f"{number} {made.way}", user, now)
    return made


def approve(
    registry: Registry, unit: str, code: str, number: int, user: User, now: datetime, *,
    seen: int | None = None,
) -> ResolutionRow:  # fmt: skip
    """Approve how a difference was settled: its alarm ends. Who approves in the unit may.

    ``seen`` is the resolution that a page showed; Refused if another one waits by now.

    NotAllowed for who proposed it and for who keeps the thing, by the register or as it was seen.
    """
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known_difference(conn, unit, code, number)
        waits = _waiting(conn, row)
        if seen not in (None, waits.number):
            raise _not_in(row)
        _demand_other(conn, row, waits, user)
        refuse_if(_rests_on(conn, row, waits, with_paper=bool(waits.paper)))
        stocktakes.set_resolution(
            conn, unit, waits, APPROVED, checker=user.id, checked=now.date(),
            checked_at=stocktakes.moment(now),
        )  # fmt: skip
        stocktakes.set_difference(conn, row, RESOLVED)
        log(conn, unit, code, "approve", f"{number} {waits.way}", user, now)
        return stocktakes.resolutions(conn, unit, code, number)[-1]


def refuse(
    registry: Registry, unit: str, code: str, number: int, reason: str, user: User, now: datetime
) -> ResolutionRow:
    """Send a resolution back, with a reason that stays; the alarm goes on. Who approves may."""
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known_difference(conn, unit, code, number)
        waits = _waiting(conn, row)
        if not safe_text(reason):
            raise Refused(bad("退回须写明理由", "a refusal gives its reason"))
        refuse_if(named_faults(conn, registry, reason))
        stocktakes.set_resolution(
            conn, unit, waits, REFUSED, checker=user.id, checked=now.date(),
            checked_at=stocktakes.moment(now), reason=safe_text(reason, 300),
        )  # fmt: skip
        stocktakes.set_difference(conn, row, UNRESOLVED)
        log(conn, unit, code, "refuse", f"{number} {waits.way}", user, now)
        return stocktakes.resolutions(conn, unit, code, number)[-1]


def known_difference(conn: Connection, unit: str, code: str, number: int) -> DifferenceRow:
    """One difference of a stocktake; CannotRun if there is none."""
    known(conn, unit, code)
    row = stocktakes.difference(conn, unit, code, number)
    if row is None:
        raise CannotRun(
            finding(
                "no-difference", f"盘点 {typed(code)} 没有第 {number} 项差异",
                f"stocktake {typed(code)} has no difference {number}",
                "用 mingbai stocktake show 查看", "see mingbai stocktake show",
            )
        )  # fmt: skip
    return row


# ---- what a resolution rests on ----------------------------------------------------------------


def _way_faults(settled: Settled) -> Iterator[Finding]:
    said = {
        BY_REQUEST: settled.request, BY_CARD: settled.asset, BY_SIGHT: settled.place,
        EXPLAINED: settled.note,
    }  # fmt: skip
    if settled.way not in WAY_WORDS:
        yield bad(
            f"处理方式为 {'、'.join(WAY_WORDS)} 之一", f"a way is one of {', '.join(WAY_WORDS)}"
        )
    elif not safe_text(said[settled.way]):
        yield bad(
            "写明已办结的申请、卡片编号、复核地点或说明",
            "name the request, the card, the place where it was seen, or explain it",
        )


def _rests_on(
    conn: Connection, row: DifferenceRow, made: ResolutionRow, *, with_paper: bool
) -> Iterator[Finding]:
    if made.way == BY_REQUEST:
        yield from _request_faults(conn, row, made.request or "")
    elif made.way == BY_CARD:
        yield from _card_faults(conn, row, made)
    elif made.way == BY_SIGHT:
        yield from _sight_faults(conn, row, made.place)
    elif not with_paper:
        yield bad("书面说明须附材料", "an explanation has its paper", "附上扫描件或照片",
                  "attach a scan or a photo")  # fmt: skip


def _request_faults(conn: Connection, row: DifferenceRow, code: str) -> Iterator[Finding]:
    """A finding unless the request is of this thing, fits the difference, and was carried out."""
    request = asset_requests.find(conn, row.unit, code)
    of = asset_requests.items(conn, row.unit, [code]).get(code, []) if request else []
    if request is None or row.asset not in of:
        yield bad(
            f"没有这项资产的申请 {typed(code)}", f"there is no request {typed(code)} of this asset",
            "用 mingbai asset list --requests 查看", "see mingbai asset list --requests",
        )  # fmt: skip
    elif not _fits(row, request):
        yield bad(
            f"申请 {request.code}（{request.kind}）不能了结这项差异",
            f"request {request.code} ({request.kind}) does not settle this difference",
            "盘亏用 loss 等处置申请，地点或保管人不符用 move",
            "what is missing is settled by a loss or another disposal, a wrong place by a move",
        )
    elif not _carried_out(row, request):
        yield bad(
            f"申请 {request.code} 尚未办结（{request.state}）",
            f"request {request.code} is not done ({request.state})",
            "先办结：审批、交接、处置凭证记账",
            "have it approved, handed over and its voucher posted first",
        )
    elif not _since_listed(conn, row, request):
        yield bad(
            f"申请 {request.code} 在盘点清单之前已办理，与这项差异无关",
            f"request {request.code} was carried out before the list was made",
            "写明盘点之后办理的申请",
            "name what was carried out since",
        )


def _fits(row: DifferenceRow, request: RequestRow) -> bool:
    if row.kind == FOUND:
        return False
    return request.kind in (COMING_BACK if row.kind == NOT_AWAY else _AWAY_SINCE)


def _carried_out(row: DifferenceRow, request: RequestRow) -> bool:
    """Done; or, for what is lent, leased or being repaired by it, handed over."""
    lent = request.kind in COMING_BACK and request.state == HANDED and row.kind != NOT_AWAY
    return request.state == DONE or lent


def _since_listed(conn: Connection, row: DifferenceRow, request: RequestRow) -> bool:
    """Whether the thing's custody changed by this request after the list was made.

    By the order in which it was entered, not by days: what is entered late settles as well.
    """
    asset = row.asset or ""
    item = stocktakes.items(conn, row.unit, row.stocktake, [asset])[asset]
    events = assets.events(conn, row.unit, [asset])[asset]
    return any(one.request == request.code for one in since_opened(item, events))


def _card_faults(conn: Connection, row: DifferenceRow, made: ResolutionRow) -> Iterator[Finding]:
    """A finding unless what was found has a card, stands in the book, and is nothing else's."""
    code = made.asset or ""
    card = assets.find(conn, row.unit, code)
    if row.kind != FOUND:
        yield bad("只有盘盈由建卡了结", "only what was found is settled by its card")
        return
    if card is None or (row.asset is not None and row.asset != code):
        yield bad(
            f"没有这件实物的卡片 {typed(code)}", f"there is no card {typed(code)} of this thing",
            "登记：mingbai asset add … --source found", "enter it: asset add … --source found",
        )  # fmt: skip
        return
    stand = assets.sums(conn, row.unit, [code]).get(code)
    events = assets.events(conn, row.unit, [code])[code]
    there = card.source == MEMO or (stand is not None and stand.millionths > 0)
    if not there or events[-1].kind == GONE:
        yield bad(
            f"{code} 不在账上", f"{code} does not stand in the book",
            "先审核它的入账草稿", "approve the draft that enters it first",
        )  # fmt: skip
    if row.asset is None and not _new_or_missed(conn, row, card):
        yield bad(
            f"{code} 在盘点之前就有卡片，盘点中也未见缺少",
            f"{code} had its card before the stocktake, which did not miss it",
            "为找到的实物建卡", "make a card for what was found",
        )  # fmt: skip
    for other in stocktakes.settles(conn, row.unit, code):
        if (other.stocktake, other.difference) != (row.stocktake, row.number):
            yield bad(
                f"{code} 已用于 {other.stocktake}/{other.difference}",
                f"{code} settles {other.stocktake}/{other.difference} already",
            )


def _new_or_missed(conn: Connection, row: DifferenceRow, card: AssetRow) -> bool:
    """Whether a card was made since the stocktake began, or is of a thing that it missed.

    What was found without a label may be what is missing elsewhere.
    """
    if card.at >= known(conn, row.unit, row.stocktake).made_at:
        return True
    missed = stocktakes.differences(conn, row.unit, row.stocktake)
    return any(one.kind == MISSING and one.asset == card.code for one in missed)


def _sight_faults(conn: Connection, row: DifferenceRow, place: str) -> Iterator[Finding]:
    """A finding unless the thing was seen again where the register has it now."""
    if row.asset is None:
        yield bad("盘盈须建卡或书面说明", "what was found is entered, or explained in writing")
        return
    last = assets.events(conn, row.unit, [row.asset])[row.asset][-1]
    if last.kind == GONE:
        yield bad(f"{row.asset} 已不在册", f"{row.asset} is gone from the register")
    elif same_place(last.place) != same_place(place):
        yield bad(
            f"登记册的存放地点是 {last.place}", f"the register has it in {last.place}",
            "放回原处，或办理调动申请（mingbai asset request --kind move）",
            "put it back, or ask for a move (mingbai asset request --kind move)",
        )  # fmt: skip


# ---- who and when ------------------------------------------------------------------------------


def _waiting(conn: Connection, row: DifferenceRow) -> ResolutionRow:
    if row.state != PROPOSED:
        raise _not_in(row)
    return stocktakes.resolutions(conn, row.unit, row.stocktake, row.number)[-1]


def _demand_other(conn: Connection, row: DifferenceRow, waits: ResolutionRow, user: User) -> None:
    if same_person(conn, user.id, waits.maker):
        raise workflow.not_oneself("提出处理的人不能审批", "nobody approves what they proposed")
    keepers = {row.keeper, row.seen_keeper}
    if row.asset is not None:
        keepers.add(assets.events(conn, row.unit, [row.asset])[row.asset][-1].keeper)
    if any(same_person(conn, user.id, one) for one in sorted(keepers)):
        raise workflow.not_oneself(
            "保管人不能审批自己所保管资产的差异", "a keeper approves nothing of what they keep"
        )


def _not_in(row: DifferenceRow) -> Refused:
    return Refused(
        finding(
            "difference-state", f"差异 {row.ref} 的状态是 {row.state}，不能这样办理",
            f"difference {row.ref} is {row.state}: this cannot be done with it",
            "用 mingbai stocktake show 查看", "see mingbai stocktake show",
        )
    )  # fmt: skip
