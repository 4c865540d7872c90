"""One pack: everything that a unit publishes of a period for an audience, as files.

Nothing comes from the clock, the machine or the folder: the same sealed book, version and earlier
publications give the same bytes.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.errors import LedgerError, refuse_if
from ledger.money import CNY, Money
from ledger.publishing.differences import differences
from ledger.publishing.knowing import project_unit
from ledger.rules.disclosure_tables import MEMBERS
from reports.packs.drawing import (
    Version,
    files_of,
    funds_in,
    of_the_book,
    redacted_source,
)
from reports.packs.for_members import of_members
from reports.packs.noting import noted, reopened_in
from reports.packs.proofs import leaf_lines, tree_of
from reports.packs.registered import Gathering
from reports.packs.sealed import sealed
from reports.packs.writing import SUMS, json_bytes, sums

if TYPE_CHECKING:
    from ledger.errors import Finding
    from ledger.period import Period
    from ledger.publishing.values import PublicBook, PublicLine, Published
    from ledger.registry import Registry
    from reports.packs.noting import Reopened
    from reports.packs.sealed import Sealed
    from reports.site.model import Fund
    from reports.statement import Statement

FORMAT: Final = "mingbai-pack-1"


@dataclass(frozen=True)
class Built:
    """A pack with what it was made of. ``digest`` is the SHA-256 of its list of digests.

    ``statements`` have more behind each figure than their files, for pages that open it.
    ``reopened`` are the months of the period that were opened again, each with the day.
    """

    unit: str
    period: Period
    audience: str
    version: Version
    files: Mapping[str, bytes]
    digest: str
    sealed: Sealed
    book: PublicBook
    statements: tuple[Statement, ...]
    funds: tuple[Fund, ...]
    findings: tuple[Finding, ...]
    reopened: tuple[Reopened, ...] = ()

    @property
    def place(self) -> str:
        """Its folder in a publication."""
        return place_of(self.unit, str(self.period), self.audience, self.version.number)


def place_of(unit: str, period: str, audience: str, version: int) -> str:
    return f"packs/{unit}/{period}/{audience}/v{version}"


def build_pack(
    registry: Registry, unit: str, period: Period, audience: str, *,
    version: Version | None = None, supersedes: str | None = None,
    published: Sequence[Published] = (),
) -> Built:  # fmt: skip
    """The pack of a unit for a period whose months are all sealed; Refused if they are not.

    ``published`` are the groups of all that was published of the unit before. ``supersedes`` is the
    digest of the version before, of a correction.
    """
    version = version or Version()
    found = sealed(registry, unit, period)
    book = project_unit(
        registry, unit, period, audience, through=found.last.size, published=published
    )
    refuse_if(differences(book, published))
    with registry.read() as conn:
        reopened = reopened_in(conn, found)
    mine = tuple(one for one in reopened if one[0] in found.months)
    with tempfile.TemporaryDirectory(prefix="mingbai-") as folder:
        source = redacted_source(Path(folder), book, period, version)
        statements = noted(of_the_book(source, period), book, mine)
        funds, by_month = funds_in(source, statements, period)
        pattern = next(one for one in statements if one.name == "trial-balance")
        more, told = Gathering(registry, unit, period, source, pattern, book, found).statements()
        statements += more
        if audience == MEMBERS:
            try:
                statements += of_members(registry, unit, period, source, book, found)
            except LedgerError as fault:
                told = [*told, *fault.findings]
        files, drawn = files_of(statements)
    months = set(found.months)
    # What carries income over says what is published of it, not what was sealed: it stays shut.
    shown = {row.seq for row in book.rows if f"{row.day:%Y-%m}" in months and not row.carried}
    files |= {f"book/{name}": text.encode() for name, text in book.texts.items()}
    files["leaves.jsonl"] = "".join(leaf_lines(found, shown)).encode()
    files["pack.json"] = json_bytes(
        {
            "format": FORMAT,
            "unit": unit,
            "names": {"zh": book.name.zh, "en": book.name.en},
            "period": str(period),
            "months": list(found.months),
            "audience": audience,
            "version": version.number,
            "supersedes": supersedes,
            "explanation": version.explanation or None,
            "held": bool(book.held),
            "reopened": [{"month": month, "day": day.isoformat()} for month, day in reopened],
            "seals": [seal.text.decode() for seal in found.seals],
            "tree": tree_of(found),
            "totals": totals_of(book, months),
        }
    )
    files[SUMS] = sums(files)
    return Built(
        unit, period, audience, version, files, hashlib.sha256(files[SUMS]).hexdigest(), found,
        book, (*statements, *by_month), funds, (*book.findings, *told, *drawn), mine,
    )  # fmt: skip


def totals_of(book: PublicBook, months: set[str]) -> dict[str, dict[str, str]]:
    """What the redacted book moves in some months on each account, in yuan; openings apart."""
    moved: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    lines: list[PublicLine] = []
    for row in book.rows:
        if f"{row.day:%Y-%m}" in months and not row.opening:
            lines += row.lines
    for group in book.groups:
        if f"{group.day:%Y-%m}" in months:
            lines += group.lines
    for line in lines:
        if line.amount.currency == CNY:
            moved[line.account][line.amount.fen < 0] += abs(line.amount.fen)
    return {
        name: {"debit": Money(debit).text, "credit": Money(credit).text}
        for name, (debit, credit) in moved.items()
    }
