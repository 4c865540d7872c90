"""What follows for cards and custody when a voucher is posted, withdrawn or taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.assets import sums
from ledger.assets.marks import IN, OUT, is_of
from ledger.canonical_reader import parse_voucher
from ledger.registry import asset_requests, assets, entries
from ledger.registry.asset_requests import (
    APPROVED,
    CORRECTION,
    DONE,
    HANDED,
    LOSS,
)
from ledger.registry.assets import BACK, GONE

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from ledger.entry import Draft
    from ledger.registry.asset_requests import RequestRow


def on_posted(conn: Connection, draft: Draft, now: datetime) -> None:
    """A voucher of this draft is being entered."""
    if not sums.touches(draft):
        return
    sums.on_posted(conn, draft)
    if draft.reverses is not None:
        _taken_back(conn, draft, now)
        return
    code = is_of(draft.source, OUT)
    row = asset_requests.find(conn, draft.unit, code) if code else None
    if row is not None:
        codes = asset_requests.items(conn, row.unit, [code])[code]
        _events(conn, row.unit, codes, GONE, draft.day, now, row)
        asset_requests.set_state(conn, row, DONE, ended=draft.day)


def on_withdrawn(conn: Connection, draft: Draft) -> None:
    """A draft that would have brought an asset was taken back: its card goes with it."""
    code = is_of(draft.source, IN)
    if code and code not in assets.sums(conn, draft.unit, [code]):
        assets.forget(conn, draft.unit, code)


def _taken_back(conn: Connection, draft: Draft, now: datetime) -> None:
    """What left is there again, and may leave anew; what came by an error is gone."""
    original = entries.by_number(conn, draft.unit, draft.reverses or "")
    if original is None:
        return
    of = parse_voucher(original.text.decode()).draft.source
    code = is_of(of, OUT)
    row = asset_requests.find(conn, draft.unit, code) if code else None
    if row is not None:
        codes = asset_requests.items(conn, row.unit, [code])[code]
        _events(conn, row.unit, codes, BACK, draft.day, now, row)
        state = APPROVED if row.kind == LOSS else HANDED
        asset_requests.set_state(conn, row, state, ended=None)
        return
    gone = [
        line.lot.commodity for line in draft.postings if line.lot is not None and line.lot.units < 0
    ]
    corrected = {}
    for asset, requests in asset_requests.of_assets(conn, draft.unit, gone).items():
        for one in requests:
            if one.kind == CORRECTION and one.state == APPROVED:
                _events(conn, draft.unit, [asset], GONE, draft.day, now, one)
                corrected[one.code] = one
    for request, items in asset_requests.items(conn, draft.unit, corrected).items():
        # Each asset has a voucher of its own: the correction is done with the last of them.
        stands = assets.sums(conn, draft.unit, items)
        if not any(one.millionths for one in stands.values()):
            asset_requests.set_state(conn, corrected[request], DONE, ended=draft.day)


def _events(
    conn: Connection, unit: str, codes: list[str], kind: str, day: date, now: datetime,
    row: RequestRow,
) -> None:  # fmt: skip
    """What happened to each asset, where and with whom it was last."""
    for code, of in assets.events(conn, unit, codes).items():
        last = of[-1]
        assets.add_event(
            conn, unit, code, kind, day, row.signer or row.maker, now, keeper=last.keeper,
            place=last.place,
            request=row.code, paper=row.sign_paper,
        )  # fmt: skip
