"""A unit's own facts, read from its book alone: what a report needs to know of it.

The facts are the first entry of ``chart.bean``; the registry holds the same ones. Reading them from
the text keeps a report free of the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger.errors import CannotRun, Words, finding
from ledger.layout import UNIT_NAME, unit_folder
from ledger.money import Money, yuan

_FACTS = re.compile(
    r"; mingbai 1 unit [0-9a-f]{64}\n"
    r'(?P<day>[0-9]{4}-[0-9][0-9]-[0-9][0-9]) custom "unit" "(?P<unit>[a-z0-9-]+)"'
    r' "(?P<name>[^"\\]+)" "(?P<chart>[a-z0-9-]+)"\n'
    r"  limit: (?P<limit>[0-9]+\.[0-9][0-9]) CNY\n"
    r'(?:  name-en: "(?P<name_en>[^"\\]*)"\n)?'
    r'(?:  upper: "(?P<upper>[a-z0-9-]*)"\n)?'
)


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """``chart`` is the id of the unit's chart of accounts, ``opened`` its book's first day."""

    unit: str
    name: Words
    chart: str
    opened: date
    limit: Money
    upper: str = ""


def parse_facts(text: str) -> UnitFacts:
    """The facts at the head of a ``chart.bean``; ValueError if they do not stand there."""
    found = _FACTS.match(text)
    if found is None:
        raise ValueError("chart.bean does not begin with the unit's facts")
    return UnitFacts(
        unit=found["unit"],
        name=Words(found["name"], found["name_en"] or found["unit"]),
        chart=found["chart"],
        opened=date.fromisoformat(found["day"]),
        limit=yuan(found["limit"]),
        upper=found["upper"] or "",
    )


def read_facts(federation: Path, unit: str) -> UnitFacts:
    """The facts of one unit of a federation folder; CannotRun if there is no such book."""
    path = unit_folder(federation, unit) / "chart.bean"
    try:
        if not UNIT_NAME.fullmatch(unit):
            raise ValueError("no unit is named so")
        with path.open(encoding="utf-8") as file:
            facts = parse_facts(file.read(4096))
        if facts.unit != unit:
            raise ValueError("the folder is named after another unit")
    except (OSError, ValueError) as fault:
        raise CannotRun(
            finding(
                "no-book",
                f"{unit[:40]} 没有可读的账簿",
                f"there is no readable book of {unit[:40]}",
                "核对目录与 --unit；mingbai check 检查整个联合会",
                "check the folder and --unit; mingbai check looks at the whole federation",
                file=f"units/{unit[:40]}/chart.bean",
            )
        ) from fault
    return facts


def units_of(federation: Path) -> list[str]:
    """The units that have a book in this folder, sorted."""
    folder = federation / "units"
    if not folder.is_dir():
        raise CannotRun(
            finding(
                "no-federation",
                "这不是联合会目录：缺 units/",
                "this is no federation folder: units/ is missing",
                "核对路径，或用 mingbai init 新建",
                "check the path, or make one with mingbai init",
                file=str(federation),
            )
        )
    return sorted(path.parent.name for path in folder.glob("*/book.bean"))
