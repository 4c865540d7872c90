"""Whether a draft that names aid says what the registry keeps of it: asked where it is posted.

A batch's draft, corrected by its maker or not, and its reversal name the batch with the sums of its
payments by account, fund and kind. Nothing else names aid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.aid.marks import AID, KIND, batch_of
from ledger.errors import Finding, finding
from ledger.registry import aid, drafts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.entry import Draft


def check(conn: Connection, draft: Draft) -> list[Finding]:
    """A finding unless what the draft says of aid is what was entered."""
    said: dict[tuple[str, str, str, str], int] = {}
    for posting in draft.postings:
        meta = dict(posting.meta)
        if AID in meta:
            key = (meta[AID], posting.account, posting.fund, meta.get(KIND, ""))
            said[key] = said.get(key, 0) + posting.amount.fen
    batch, sign = batch_of(draft.source), 1
    if draft.reverses is not None:
        original = drafts.by_number(conn, draft.unit, draft.reverses)
        batch, sign = batch_of(original.source) if original is not None else "", -1
    if not said and not batch:
        return []
    rows = aid.of_batch(conn, draft.unit, batch) if batch else []
    kept: dict[tuple[str, str, str, str], int] = {}
    for row in rows:
        key = (row.batch, row.account, row.fund, row.kind)
        kept[key] = kept.get(key, 0) + sign * row.fen
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
