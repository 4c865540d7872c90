"""What a unit may publish: periods whose months are all sealed, and what is new in one of them.

The list of periods comes from the registry alone; one of them is drawn only when it is looked at,
which takes seconds.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.disclosing.packs import AUDIENCES
from ledger.errors import Refused, finding, refuse_if
from ledger.period import Month, Period
from ledger.registry import entries, packs
from ledger.sealing.turns import SEALED, turns
from ledger.words import personal_faults
from reports.packs import keeping
from reports.packs.writing import SUMS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from ledger.errors import Finding
    from ledger.registry import Registry
    from ledger.registry.packs import PackRow

#: How a pack stands to what was published of its period.
NEW, SAME, CORRECTION = "new", "same", "correction"
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Offer:
    """A period that may be published; ``last`` is by audience what was published of it last.

    ``moved`` says for which audiences the period was sealed again since.
    """

    period: Period
    last: Mapping[str, PackRow]
    moved: frozenset[str]


@dataclass(frozen=True, slots=True)
class File:
    name: str
    size: int
    digest: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A pack as it would be published. ``digest`` is empty while a correction lacks its words."""

    period: Period
    audience: str
    state: str
    version: int
    digest: str
    explanation: str
    files: tuple[File, ...]
    findings: tuple[Finding, ...]
    before: PackRow | None


def offered(conn: Connection, unit: str) -> list[Offer]:
    """Every month, quarter and year whose months are all closed and sealed, the newest first.

    A book's first quarter and year are those of the months that it has.
    """
    sizes = {one.month: one.size for one in turns(conn, unit) if one.state == SEALED}
    if not sizes:
        return []
    began = [month for month, _ in entries.closings(conn, unit)]
    day = entries.first_entry_day(conn, unit)
    first = min([*map(str, began), *([str(Month.of(day))] if day else [])])
    last: dict[str, dict[str, PackRow]] = {}
    for row in packs.of_units(conn, [unit]):
        last.setdefault(row.period, {})[row.audience] = row
    found = []
    for period in _periods(list(sizes)):
        covered = [month for month in period.months() if str(month) >= first]
        if not covered or not all(month in sizes for month in covered):
            continue
        rows = last.get(str(period), {})
        size = max(sizes[month] for month in covered)
        moved = frozenset(key for key, row in rows.items() if row.seal_size != size)
        found.append(Offer(period, rows, moved))
    return sorted(found, key=lambda one: (one.period.last, -len(list(one.period.months()))),
                  reverse=True)  # fmt: skip


def _periods(months: list[Month]) -> list[Period]:
    """The months, and the quarters and years that they lie in."""
    names = {str(month) for month in months}
    names |= {f"{month.year:04d}-Q{(month.month + 2) // 3}" for month in months}
    names |= {f"{month.year:04d}" for month in months}
    return [Period.parse(name) for name in names]


def look(
    registry: Registry, unit: str, period: Period, audience: str, explanation: str = ""
) -> Looked:
    """Draw one unit's pack, and say what of it is new; nothing is kept.

    Refused for a period with a month that is not sealed, and for an explanation that names a person
    or is too long.
    """
    refuse_if(faults(registry, audience, explanation))
    now = keeping.as_it_is(registry, unit, period, audience)
    row, built = now.row, now.built
    if row is None or built.digest == row.digest:
        state, changed = (NEW if row is None else SAME), frozenset[str]()
        digest = built.digest
    else:
        state = CORRECTION
        changed = frozenset(keeping.changed_files(registry.folder, built, row))
        digest = ""
        if explanation:
            built = keeping.turn(registry, unit, period, audience, explanation).built
            changed = frozenset(keeping.changed_files(registry.folder, built, row))
            digest = built.digest
    files = tuple(
        File(name, len(data), hashlib.sha256(data).hexdigest(), name in changed)
        for name, data in sorted(built.files.items())
        if name != SUMS
    )
    version = row.version + 1 if row is not None and state == CORRECTION else built.version.number
    return Looked(
        period, audience, state, version, digest, explanation, files, built.findings, row
    )  # fmt: skip


def faults(registry: Registry, audience: str, explanation: str) -> list[Finding]:
    """What speaks against publishing for an audience with these words, before anything is drawn."""
    found: list[Finding] = []
    if audience not in AUDIENCES:
        found.append(
            finding(
                "bad-audience", "选择公开给谁：公众或会员", "choose for whom: public or members",
                "从列表中选一个", "choose one of the list",
            )
        )  # fmt: skip
    if len(explanation) > _LONGEST:
        found.append(
            finding(
                "bad-explanation", f"说明不超过 {_LONGEST} 字",
                f"an explanation has up to {_LONGEST} characters", "写短一些", "write less",
            )
        )  # fmt: skip
    with registry.read() as conn:
        return found + personal_faults(conn, registry, explanation)


def changed_since() -> Refused:
    """What is drawn now is not what was shown."""
    return Refused(
        finding(
            "changed-since", "查看之后内容又有变动，没有公开",
            "what would be published changed since it was shown; nothing was",
            "再看一遍后公开", "look at it again, then publish",
        )
    )  # fmt: skip
