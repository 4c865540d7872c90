"""An assessment as a flat record, to be stored as columns or JSON, and read back whole.

The record names its table by id, version and a digest over every figure of it. Reading it back with
a table whose figures were changed under the same version is refused: a stored amount is explained
by the figures it was made of, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ledger.period import Month
from ledger.rules.assessment import Assessment
from ledger.rules.facts import Base, Chosen, Reduction
from ledger.rules.rulebook import Rulebook
from ledger.rules.table import RateTable

Record = dict[str, str | int | bool | None]


def as_record(one: Assessment) -> Record:
    """Plain values, days and months as ISO text, amounts in fen."""
    base, chosen, reduction = one.base, one.chosen, one.reduction
    return {
        "member": one.member,
        "month": str(one.month),
        "table": one.table.head.key,
        "digest": one.table.head.digest,
        "row": one.row.id,
        "status": one.status,
        "base": base.fen if base else None,
        "base_since": base.since.isoformat() if base else None,
        "base_kind": base.kind if base else None,
        "base_refixed": base.refixed if base else None,
        "base_decision": base.decision if base else None,
        "chosen": chosen.fen if chosen else None,
        "chosen_since": chosen.since.isoformat() if chosen else None,
        "chosen_decision": chosen.decision if chosen else None,
        "full": one.full,
        "months": one.months,
        "reduction": reduction.fen if reduction else None,
        "reduction_start": str(reduction.start) if reduction else None,
        "reduction_end": str(reduction.end) if reduction and reduction.end else None,
        "reduction_reason": reduction.reason if reduction else None,
        "reduction_study": reduction.study if reduction else None,
        "reduction_approval": reduction.approval if reduction else None,
        "reduced": one.reduced,
        "due": one.due.isoformat(),
        "fen": one.fen,
    }


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
    if record["base"] is not None:
        base = Base(
            int(record["base"]),
            date.fromisoformat(_text(record, "base_since")),
            _text(record, "base_kind"),
            bool(record["base_refixed"]),
            _text(record, "base_decision"),
        )
    if record["chosen"] is not None:
        since = date.fromisoformat(_text(record, "chosen_since"))
        chosen = Chosen(int(record["chosen"]), since, _text(record, "chosen_decision"))
    if record["reduction"] is not None:
        end = record["reduction_end"]
        reduction = Reduction(
            int(record["reduction"]),
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
        reduced=bool(record["reduced"]),
        due=date.fromisoformat(_text(record, "due")),
        fen=int(record["fen"] or 0),
    )


def _text(record: Mapping[str, str | int | bool | None], key: str) -> str:
    return str(record[key] or "")
