"""One export from beginning to end: the book is whole, the place is free, the sums agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.money import fen_text
from reports.exports import place
from reports.exports.place import ARCHIVE, SAFT
from reports.exports.source import ExportSource, open_source
from reports.exports.things import things_of
from reports.exports.values import Totals

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from ledger.period import Period
    from ledger.registry import Registry
    from reports.exports.source import Progress


def export(
    registry: Registry, unit: str, period: Period, format: str, out: Path, today: date,
    progress: Progress,
) -> dict[str, object]:  # fmt: skip
    """Write an export and say what it holds.

    Raises: Refused with findings if the book does not hold, or sums disagree: then nothing is
    written. OSError where the place cannot be written to.
    """
    with open_source(registry, unit, period, today, progress) as source:
        if format == SAFT:
            from reports.exports import saft

            with place.new_file(out) as file:
                totals = saft.write(source, things_of(source), file)
                source.demand_same(totals)
            return _told(source, format, totals)
        if format == ARCHIVE:
            from reports.exports import archive

            with place.new_file(out) as file:
                totals, names = archive.write(source, file)
                source.demand_same(totals)
            return {**_told(source, format, totals), "files": names}
        with place.new_folder(out) as folder:
            totals = _tables(source, format, folder)
            source.demand_same(totals)
            told = _told(source, format, totals)
            place.write_list(folder, told)
            names = sorted(path.name for path in folder.iterdir())
        return {**told, "files": names}


def _tables(source: ExportSource, format: str, folder: Path) -> Totals:
    if format == "fec":
        from reports.exports import fec

        return fec.write(source, folder)
    if format == "iso21378":
        from reports.exports import iso21378

        return iso21378.write(source, things_of(source), folder)
    from reports.exports import gbt24589

    return gbt24589.write(source, things_of(source), folder)


def _told(source: ExportSource, format: str, totals: Totals) -> dict[str, object]:
    """What an export holds, as JSON: texts and counts."""
    return {
        "format": format,
        "unit": source.unit,
        "period": str(source.period),
        "vouchers": totals.vouchers,
        "lines": totals.lines,
        "totals": [
            {"currency": currency, "debit": fen_text(debit), "credit": fen_text(credit)}
            for currency, (debit, credit) in totals.by_currency().items()
        ],
    }
