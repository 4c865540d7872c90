"""Handing an asset over as it was approved, against the receiver's signature; and having it back.

Who receives signs: on paper, which is kept sealed, or by acting themselves. Nothing is handed over
that was not approved, and between units not before both agreed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.assets.keepers import known_keeper, same_person
from ledger.assets.requesting import known
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.registry import asset_requests, assets, oplog, papers
from ledger.registry.asset_requests import (
    ACCEPTED,
    APPROVED,
    COMING_BACK,
    CORRECTION,
    DONE,
    ESTIMATE,
    HANDED,
    LEASE,
    LEAVING,
    LOAN,
    LOSS,
    MOVE,
    REPAIR,
    TRANSFER,
    RequestRow,
)
from ledger.registry.assets import (
    GONE,
    LEASED,
    LENT,
    MEMO,
    MOVED,
    REPAIRING,
    RETURNED,
    EventRow,
)
from ledger.words import named_faults

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_EVENTS: Final = {MOVE: MOVED, LOAN: LENT, LEASE: LEASED, REPAIR: REPAIRING}


def hand_over(
    registry: Registry, unit: str, code: str, day: date, user: User, now: datetime,
    paper: bytes = b"", name: str = "",
) -> RequestRow:  # fmt: skip
    """Hand over what a request is for; the receiver's signature is ``paper``.

    Who records may; or, without a paper, who receives it. Refused before it was approved.
    """
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        _may(conn, row, user, signed=bool(paper))
        ready = ACCEPTED if row.kind == TRANSFER else APPROVED
        if row.state != ready or row.kind in (LOSS, CORRECTION, ESTIMATE):
            raise _refused(row, "尚未批准，或已办理", "it was not approved, or is done already")
        if not row.day <= day <= now.date():
            raise _refused(
                row, "交接日期在申请与今天之间", "it is handed over between then and today"
            )
        digest = _kept(conn, registry, unit, paper, name, user, now)
        codes = asset_requests.items(conn, unit, [code])[code]
        cards = assets.with_codes(conn, unit, codes)
        state = HANDED
        events = []
        kept = assets.events(conn, unit, codes)
        for asset in codes:
            last = kept[asset][-1]
            kind = _EVENTS.get(row.kind)
            if kind is None and cards[asset].source == MEMO:
                kind = GONE  # no voucher follows for what stands in no book
            if kind is None:
                continue
            stays = row.kind == REPAIR
            events.append(
                EventRow(
                    asset, 0, kind, day, last.keeper if stays or not row.to_keeper
                    else row.to_keeper, row.to_place or last.place, row.until, code, "", digest,
                    user.id, asset_requests.moment(now),
                )
            )  # fmt: skip
        assets.add_events(conn, unit, events)
        if row.kind == MOVE or (row.kind in LEAVING and len(events) == len(codes)):
            state = DONE
        asset_requests.set_state(
            conn, row, state, signer=user.id, signed=day, sign_paper=digest,
            ended=day if state == DONE else None,
        )  # fmt: skip
        _log(conn, row, "hand-over", row.kind, user, now)
        return known(conn, unit, code)


def give_back(
    registry: Registry, unit: str, code: str, day: date, user: User, now: datetime, *,
    to: str = "", place: str = "", note: str = "", paper: bytes = b"", name: str = "",
) -> RequestRow:  # fmt: skip
    """Enter that what was lent, leased or repaired is back where it was; who records may.

    ``to`` and ``place`` may say so. Refused for anybody else, or elsewhere: that is a move, and
    asked for as one.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        if row.state != HANDED or row.kind not in COMING_BACK:
            raise _refused(row, "没有借出、出租或送修", "it is not lent, leased or being repaired")
        if not (row.signed or row.day) <= day <= now.date():
            raise _refused(row, "归还日期在交接与今天之间", "it is back between then and today")
        refuse_if(named_faults(conn, registry, place, note))
        keeper = known_keeper(conn, unit, to) if to else ""
        digest = _kept(conn, registry, unit, paper, name, user, now)
        codes = asset_requests.items(conn, unit, [code])[code]
        events = []
        for asset, of in assets.events(conn, unit, codes).items():
            before = next(one for one in reversed(of) if one.request != code)
            if (keeper or before.keeper, safe_text(place, 120) or before.place) != (
                before.keeper, before.place,
            ):  # fmt: skip
                raise Refused(_moves(asset, before))
            events.append(
                EventRow(
                    asset, 0, RETURNED, day, before.keeper, before.place, None, code,
                    safe_text(note, 300), digest, user.id, asset_requests.moment(now),
                )
            )  # fmt: skip
        assets.add_events(conn, unit, events)
        asset_requests.set_state(conn, row, DONE, ended=day)
        _log(conn, row, "return", row.kind, user, now)
        return known(conn, unit, code)


def _may(conn: Connection, row: RequestRow, user: User, *, signed: bool) -> None:
    """Refused unless the receiver acts, or somebody who records has their signature on paper."""
    if same_person(conn, user.id, row.to_keeper):
        workflow.demand(user, "browse", row.to_unit or row.unit)
        return
    workflow.demand(user, "record", row.unit)
    if not signed:
        raise Refused(
            finding(
                "not-signed", f"{row.code} 须有接收人的签字",
                f"{row.code} needs the receiver's signature",
                "附签字的交接单（--paper），或由接收人本人登录办理",
                "attach the signed sheet (--paper), or let who receives it act",
            )
        )  # fmt: skip


def _kept(
    conn: Connection, registry: Registry, unit: str, paper: bytes, name: str, user: User,
    now: datetime,
) -> str:  # fmt: skip
    if not paper:
        return ""
    return papers.store_in(conn, registry, unit, paper, name, user=user.id, now=now)


def _moves(asset: str, before: EventRow) -> Finding:
    return finding(
        "asset-undecided",
        f"{asset} 归还到原保管人 {before.keeper} 与原处 {before.place}；交给别人是内部调动",
        f"{asset} is back with {before.keeper} at {before.place}; with anybody else it has moved",
        "先归还原处，再申请调动：mingbai asset request --kind move",
        "have it back first, then ask for a move: mingbai asset request --kind move",
    )


def _refused(row: RequestRow, zh: str, en: str) -> Refused:
    return Refused(
        finding(
            "request-state", f"{row.code}：{zh}（{row.state}）", f"{row.code}: {en} ({row.state})",
            "用 mingbai asset list --requests 查看", "see mingbai asset list --requests",
        )
    )  # fmt: skip


def _log(
    conn: Connection, row: RequestRow, act: str, detail: str, user: User, now: datetime
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=f"asset.{act}", object=row.code,
        detail=detail,
    )  # fmt: skip
