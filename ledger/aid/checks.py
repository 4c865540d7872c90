"""Whether what names aid says what the registry keeps of it: asked of a draft where it is posted,
and of the whole book when it is verified.

A batch's draft, corrected by its maker or not, and its reversal name the batch with the sums of its
payments by account, fund and kind. Nothing else names aid.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ledger.aid.marks import AID, KIND, batch_of
from ledger.errors import Finding, finding
from ledger.registry import aid, drafts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.entry import Draft, Voucher


def check(conn: Connection, draft: Draft) -> list[Finding]:
    """A finding unless what the draft says of aid is what was entered."""
    said = _said(draft)
    batch, sign = batch_of(draft.source), 1
    if draft.reverses is not None:
        original = drafts.by_number(conn, draft.unit, draft.reverses)
        batch, sign = batch_of(original.source) if original is not None else "", -1
    if not said and not batch:
        return []
    rows = aid.of_batch(conn, draft.unit, batch) if batch else []
    kept = {key: sign * fen for key, fen in _kept(rows).items()}
    days = {row.day for row in rows}
    if said == kept and (sign < 0 or days == {draft.day}):
        return []
    return [
        finding(
            "aid-differs",
            "凭证中的帮扶发放与登记的批次、类别、科目、资金、金额或日期不符",
            "what the entry says of aid is not the batch as it was entered",
            "撤回后用 mingbai aid pay 或「帮扶」页重新登记；冲销照原凭证",
            "withdraw it and enter it anew with mingbai aid pay; a reversal keeps the metadata",
        )
    ]


def differences(conn: Connection, unit: str, vouchers: Iterable[Voucher]) -> list[Finding]:
    """A finding for each batch that was paid of which the book tells otherwise, or nothing.

    ``vouchers`` are those of the book that name aid.
    """
    by_number = {one.number: one.draft for one in vouchers}
    batches: dict[tuple[str, str], list[aid.AidRow]] = {}
    for one in aid.of_unit(conn, unit):
        if one.number:
            batches.setdefault((one.row.batch, one.number), []).append(one.row)
    found = []
    for (batch, number), rows in sorted(batches.items()):
        draft = by_number.get(number)
        if (
            draft is not None
            and _said(draft) == _kept(rows)
            and {row.day for row in rows} == {draft.day}
        ):
            continue
        found.append(
            finding(
                "aid-differs",
                f"批次 {batch} 登记的发放与凭证 {number} 的类别、科目、资金、金额或日期不符",
                f"batch {batch} as it is kept is not what voucher {number} paid",
                "查明是谁改动的；从备份恢复登记册",
                "find out who changed it; restore the registry from a backup",
                file=f"units/{unit}",
            )
        )
    return found


_Sums = dict[tuple[str, str, str, str], int]


def _said(draft: Draft) -> _Sums:
    """What a draft says of aid: by batch, account, fund and kind, in fen."""
    said: _Sums = {}
    for posting in draft.postings:
        meta = dict(posting.meta)
        if AID in meta:
            key = (meta[AID], posting.account, posting.fund, meta.get(KIND, ""))
            said[key] = said.get(key, 0) + posting.amount.fen
    return said


def _kept(rows: Iterable[aid.AidRow]) -> _Sums:
    """What the registry keeps of payments, as :func:`_said` has it."""
    kept: _Sums = {}
    for row in rows:
        key = (row.batch, row.account, row.fund, row.kind)
        kept[key] = kept.get(key, 0) + row.fen
    return kept
