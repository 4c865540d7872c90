"""Drafts as canonical JSON, for the registry; the digest is what a checker approves."""

from __future__ import annotations

import hashlib
import json
import json.encoder
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ledger.entry import Draft, Lot, Meta, Posting
from ledger.money import Money

#: A text as JSON writes it, with quotation marks.
_quoted = json.encoder.encode_basestring


def draft_to_json(draft: Draft) -> str:
    """One line of JSON with sorted keys; equal drafts give equal text.

    It is what ``json.dumps`` gives with sorted keys and without blanks, and much faster: a long
    statement makes a hundred thousand drafts.
    """
    reverses = "null" if draft.reverses is None else _quoted(draft.reverses)
    return (
        f'{{"day":"{draft.day.isoformat()}","kind":{_quoted(draft.kind)},'
        f'"links":{_list(draft.links)},"meta":{_pairs(draft.meta)},'
        f'"narration":{_quoted(draft.narration)},"papers":{_list(draft.papers)},'
        f'"payee":{_quoted(draft.payee)},'
        f'"postings":[{",".join(map(_posting_text, draft.postings))}],'
        f'"reverses":{reverses},"source":{_quoted(draft.source)},'
        f'"tags":{_list(draft.tags)},"unit":{_quoted(draft.unit)}}}'
    )


def _posting_text(posting: Posting) -> str:
    amount, lot = posting.amount, ""
    if posting.lot is not None:
        label = "null" if posting.lot.label is None else _quoted(posting.lot.label)
        lot = (
            f'"lot":{{"commodity":{_quoted(posting.lot.commodity)},'
            f'"cost_fen":{posting.lot.cost.fen},"label":{label},'
            f'"units":"{posting.lot.units:f}"}},'
        )
    return (
        f'{{"account":{_quoted(posting.account)},"currency":{_quoted(amount.currency)},'
        f'"fen":{amount.fen},"fund":{_quoted(posting.fund)},{lot}"meta":{_pairs(posting.meta)}}}'
    )


def _list(texts: Sequence[str]) -> str:
    return f"[{','.join(map(_quoted, texts))}]" if texts else "[]"


def _pairs(meta: Meta) -> str:
    if not meta:
        return "[]"
    return "[" + ",".join(f"[{_quoted(key)},{_quoted(text)}]" for key, text in meta) + "]"


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
