"""What units published, held against the logs of their restored books.

A publication shows, for each unit, the root over its entries up to its newest seal. A log contains
it if the root over as many of its own first entries is the same (RFC 6962): then nothing of what
was published was altered, put in or taken out, and whatever stands behind only extends it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from ledger.errors import CannotRun, Finding, finding
from ledger.layout import unit_folder
from ledger.verify import standalone
from ledger.verify.books import verify_book


class Standing(NamedTuple):
    """How a unit's restored log stands to what was published: ``size`` entries under ``root``.

    ``state`` is ``equal``, ``extends``, or ``unknown`` where nothing of the unit was published.
    """

    unit: str
    state: str
    size: int = 0
    root: str = ""


def read(paths: Sequence[Path]) -> dict[str, tuple[int, str]]:
    """The newest published root of each unit. CannotRun for what is no publication that holds."""
    found: dict[str, tuple[int, str]] = {}
    for path in paths:
        place = path.parent if path.is_file() else path
        packs, faults = standalone.verify_publication(place) if place.is_dir() else ([], [])
        if faults or not packs:
            raise CannotRun(_no_publication(path, faults))
        for pack in packs:
            seal = pack.seals[-1]
            if seal["size"] > found.get(seal["unit"], (0, ""))[0]:
                found[seal["unit"]] = (seal["size"], seal["root"])
    return found


def hold_against(
    folder: Path, units: Collection[str], published: dict[str, tuple[int, str]]
) -> tuple[list[Standing], list[Finding]]:
    """How each unit of a federation folder stands, and what cannot be shown of published roots."""
    standings: list[Standing] = []
    found: list[Finding] = []
    for unit in sorted({*units, *published}):
        if unit not in published:
            standings.append(Standing(unit, "unknown"))
            continue
        size, root = published[unit]
        log = verify_book(unit_folder(folder, unit), with_beancount=False).log
        last = log.heads[-1].size if log is not None and log.heads else 0
        if log is None or last < size:
            found.append(_too_short(unit, last, size))
        elif log.root(size) != root:
            found.append(_another(unit, size))
        else:
            standings.append(Standing(unit, "equal" if last == size else "extends", size, root))
    return standings, found


def _no_publication(path: Path, faults: Sequence[tuple[str, str]]) -> Finding:
    what = "; ".join(f"{where}: {said}" for where, said in faults[:3]) or "—"
    return finding(
        "no-publication", f"公开目录不成立：{what}", f"this is no publication that holds: {what}",
        "给出 mingbai publish -o 写出的目录，或其中一包",
        "give a folder that mingbai publish -o wrote, or one pack of it", file=str(path),
    )  # fmt: skip


def _too_short(unit: str, last: int, size: int) -> Finding:
    return finding(
        "published-later",
        f"单位 {unit} 已公开到第 {size} 条，此备份只结账到第 {last} 条：不能证明",
        f"unit {unit} published up to entry {size}, and this backup is closed up to {last}: it "
        "cannot be shown that nothing is missing",
        "换用更晚的备份；只想看旧账时不写 --published",
        "take a later backup; to look at old books, leave --published out",
        file=f"units/{unit}",
    )  # fmt: skip


def _another(unit: str, size: int) -> Finding:
    return finding(
        "published-otherwise",
        f"单位 {unit} 前 {size} 条的根与公开的不同：其中有改动、插入或删除",
        f"the root over the first {size} entries of unit {unit} is not the published one: they "
        "were altered",
        "以公开的为准；换用另一份备份，并查明是谁改动的",
        "what was published decides: take another backup and find out who altered it",
        file=f"units/{unit}",
    )  # fmt: skip
