"""Drafts as canonical JSON, for the registry; the digest is what a checker approves."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any

from ledger.entry import Draft, Lot, Meta, Posting
from ledger.money import Money


def draft_to_json(draft: Draft) -> str:
    """One line of JSON with sorted keys; equal drafts give equal text."""
    fields = {
        "unit": draft.unit,
        "day": draft.day.isoformat(),
        "kind": draft.kind,
        "payee": draft.payee,
        "narration": draft.narration,
        "tags": draft.tags,
        "links": draft.links,
        "papers": draft.papers,
        "source": draft.source,
        "reverses": draft.reverses,
        "meta": draft.meta,
        "postings": [_posting_fields(posting) for posting in draft.postings],
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _posting_fields(posting: Posting) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "account": posting.account,
        "fen": posting.amount.fen,
        "currency": posting.amount.currency,
        "fund": posting.fund,
        "meta": posting.meta,
    }
    if posting.lot is not None:
        lot = posting.lot
        fields["lot"] = {
            "units": f"{lot.units:f}",
            "commodity": lot.commodity,
            "cost_fen": lot.cost.fen,
            "label": lot.label,
        }
    return fields


def draft_from_json(text: str) -> Draft:
    """The draft that :func:`draft_to_json` wrote; ValueError or KeyError for anything else."""
    fields = json.loads(text)
    return Draft(
        unit=fields["unit"],
        day=date.fromisoformat(fields["day"]),
        kind=fields["kind"],
        payee=fields["payee"],
        narration=fields["narration"],
        tags=tuple(fields["tags"]),
        links=tuple(fields["links"]),
        papers=tuple(fields["papers"]),
        source=fields["source"],
        reverses=fields["reverses"],
        meta=_meta(fields["meta"]),
        postings=tuple(_posting(part) for part in fields["postings"]),
    )


def _posting(fields: dict[str, Any]) -> Posting:
    lot = None
    if "lot" in fields:
        part = fields["lot"]
        cost = Money(part["cost_fen"], fields["currency"])
        lot = Lot(Decimal(part["units"]), part["commodity"], cost, part["label"])
    amount = Money(fields["fen"], fields["currency"])
    return Posting(fields["account"], amount, fields["fund"], _meta(fields["meta"]), lot)


def _meta(pairs: list[list[str]]) -> Meta:
    return tuple((key, value) for key, value in pairs)


def draft_digest(text: str) -> str:
    """SHA-256 of a draft's canonical JSON: what an approval refers to."""
    return hashlib.sha256(text.encode()).hexdigest()
