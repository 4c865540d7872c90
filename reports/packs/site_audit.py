"""What auditors say of units, for the site and as open data: results, words, counts of findings.

Words were written to be read by everybody, and are asked for names and numbers once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from ledger.audit.evaluation_standing import (
    OF_CAMPAIGN,
    OF_FUND,
    SCOPE_WORDS,
    Evaluation,
    evaluations,
)
from ledger.audit.standing import ANSWERED, OPEN, RETURNED
from ledger.errors import Words
from reports.site import model

if TYPE_CHECKING:
    from datetime import date

    from ledger.registry import Registry

FORMAT: Final = "mingbai-evaluations-1"
#: Whether a text may be read by everyone, and what stands in its place if not.
Told = Callable[[str], str]
_OPEN: Final = (OPEN, ANSWERED, RETURNED)


def by_unit(registry: Registry, units: Sequence[str], on: date) -> dict[str, list[Evaluation]]:
    """The evaluations of each unit as of the end of a day, those that nobody may read left out."""
    found: dict[str, list[Evaluation]] = {unit: [] for unit in units}
    for one in evaluations(registry, units, on):
        if one.published:
            found[one.unit].append(one)
    return found


def evaluations_of(found: Iterable[Evaluation], told: Told) -> Iterator[model.Evaluation]:
    """Every version that was published."""
    for one in found:
        for version, public in zip(one.published, one.public(), strict=True):
            row = version.row
            if row.day is None:
                continue  # never: what is published has its day
            scope = SCOPE_WORDS[row.scope]
            about = Words(f"{scope.zh} {row.subject}".strip(), f"{scope.en} {row.subject}".strip())
            yield model.Evaluation(
                row.code, row.version, about, row.period, row.result, told(row.words), row.day,
                public["superseded"], told(row.note),
                tuple(
                    model.Found(
                        each["severity"], each["state"], each["count"], each["state"] in _OPEN
                    )
                    for each in version.counts
                ),
                fund=row.subject if row.scope == OF_FUND else "",
                campaign=row.subject if row.scope == OF_CAMPAIGN else "",
            )  # fmt: skip


def open_data(
    found: Iterable[Evaluation], told: Told, federation: str, on: date
) -> dict[str, Any] | None:
    """The same as data; None where nothing was published."""
    rows = [
        row | {"words": told(row["words"]), "note": told(row["note"]) if row["note"] else None}
        for one in found
        for row in one.public()
    ]
    if not rows:
        return None
    return {
        "format": FORMAT, "federation": federation, "on": on.isoformat(),
        "title": "审计评价 Evaluations by auditors", "evaluations": rows,
    }  # fmt: skip
