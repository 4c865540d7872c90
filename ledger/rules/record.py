"""An assessment as a flat record, to be stored as columns or JSON, and read back whole.

The record names its table by id, version and a digest over every figure of it. Reading it back with
a table whose figures were changed under the same version is refused: a stored amount is explained
by the figures it was made of, or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from ledger.period import Month
from ledger.rules.assessment import Assessment
from ledger.rules.facts import Base, Chosen, Reduction
from ledger.rules.rate_tables import RateTable
from ledger.rules.rulebook import Rulebook

#: What an assessment has none of is left out.
Record = dict[str, str | int | bool | None]


def as_record(one: Assessment) -> Record:
    """Plain values, days and months as ISO text, amounts in fen."""
    head = one.table.head
    record: Record = {
        "member": one.member,
        "month": str(one.month),
        "table": head.key,
        "digest": head.digest,
        "row": one.row.id,
        "status": one.status,
        "full": one.full,
        "months": one.months,
        "due": one.due.isoformat(),
        "fen": one.fen,
    }
    base = one.base
    if base is not None:
        record["base"] = base.fen
        record["base_since"] = base.since.isoformat()
        record["base_kind"] = base.kind
        if base.refixed:
            record["base_refixed"] = True
        if base.decision:
            record["base_decision"] = base.decision
    if one.chosen is not None:
        record["chosen"] = one.chosen.fen
        record["chosen_since"] = one.chosen.since.isoformat()
        record["chosen_decision"] = one.chosen.decision
    if one.reduction is not None:
        record.update(_of_reduction(one.reduction), reduced=one.reduced)
    return record


def as_text(one: Assessment) -> str:
    """:func:`as_record` as JSON.

    Of a hundred thousand most have the usual parts only, and differ in who they are of, in base and
    amount: what they share is written once.
    """
    base, head = one.base, one.table.head
    if one.chosen is not None or one.reduction is not None or one.full != one.fen:
        return _json(as_record(one))
    shared = _shared(str(one.month), head.key, head.digest, one.row.id, one.status, one.due)
    own = f'{shared}"member":{_json(one.member)},"months":{one.months},"full":{one.fen}'
    if base is None:
        return f'{own},"fen":{one.fen}}}'
    if base.refixed or base.decision:
        return _json(as_record(one))
    since = base.since.isoformat()
    return f'{own},"fen":{one.fen},"base":{base.fen},"base_since":"{since}",{_kind(base.kind)}'


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(maxsize=1024)
def _shared(month: str, table: str, digest: str, row: str, status: str, due: date) -> str:
    """The beginning of such a text, up to what members do not share."""
    record = {
        "month": month, "table": table, "digest": digest, "row": row, "status": status,
        "due": due.isoformat(),
    }  # fmt: skip
    return _json(record)[:-1] + ","


@lru_cache(maxsize=64)
def _kind(kind: str) -> str:
    """And its end."""
    return _json({"base_kind": kind})[1:]


def _of_reduction(one: Reduction) -> Record:
    record: Record = {
        "reduction": one.fen,
        "reduction_start": str(one.start),
        "reduction_reason": one.reason,
        "reduction_study": one.study,
        "reduction_approval": one.approval,
    }
    if one.end is not None:
        record["reduction_end"] = str(one.end)
    return record


def of_record(record: Mapping[str, str | int | bool | None], book: Rulebook) -> Assessment:
    """The assessment again; Refused if its table is gone or was changed.

    ValueError if its row is none of the table's: such a record was not written by
    :func:`as_record`.
    """
    table = book.table(RateTable, _text(record, "table"), _text(record, "digest"))
    row = next((row for row in table.rows if row.id == record["row"]), None)
    if row is None:
        raise ValueError(f"{table.head.key} has no such row")
    base = chosen = reduction = None
    fen = record.get("base")
    if fen is not None:
        base = Base(
            int(fen),
            date.fromisoformat(_text(record, "base_since")),
            _text(record, "base_kind"),
            bool(record.get("base_refixed")),
            _text(record, "base_decision"),
        )
    fen = record.get("chosen")
    if fen is not None:
        since = date.fromisoformat(_text(record, "chosen_since"))
        chosen = Chosen(int(fen), since, _text(record, "chosen_decision"))
    fen = record.get("reduction")
    if fen is not None:
        end = record.get("reduction_end")
        reduction = Reduction(
            int(fen),
            Month.parse(_text(record, "reduction_start")),
            Month.parse(str(end)) if end is not None else None,
            _text(record, "reduction_reason"),
            _text(record, "reduction_study"),
            _text(record, "reduction_approval"),
        )
    return Assessment(
        member=_text(record, "member"),
        month=Month.parse(_text(record, "month")),
        table=table,
        row=row,
        status=_text(record, "status"),
        base=base,
        chosen=chosen,
        full=int(record["full"] or 0),
        months=int(record["months"] or 0),
        reduction=reduction,
        reduced=bool(record.get("reduced")),
        due=date.fromisoformat(_text(record, "due")),
        fen=int(record["fen"] or 0),
    )


def _text(record: Mapping[str, str | int | bool | None], key: str) -> str:
    return str(record.get(key) or "")
