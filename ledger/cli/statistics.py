"""mingbai statistics: units, members, staff and venues by level and region, as of a day."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from ledger.cli import acting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.tree.statistics import Rolled, UnitStatistics


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "statistics", help="基础信息统计 units, members, staff, venues by level and region"
    )
    acting.add_folder(parser)
    acting.add_unit(parser, required=False)
    parser.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="截至 as of")
    acting.add_json(parser)
    acting.add_user(parser)
    parser.set_defaults(run=run_statistics)


def run_statistics(options: argparse.Namespace) -> int:
    from ledger.tree import statistics

    with acting.signed_in(options) as (registry, user, _):
        if options.unit:
            acting.known_unit(registry, options.unit)
            found = statistics.statistics(registry, options.unit, user, options.on)
        else:
            found = statistics.everywhere(registry, user, options.on)
    whole = statistics.roll_up(found)
    levels = statistics.by_level(found)
    regions = statistics.by_region(found)
    if options.json:
        told = {
            "on": options.on.isoformat(),
            "total": _rolled(whole),
            "levels": {level: _rolled(statistics.roll_up(own)) for level, own in levels.items()},
            "regions": {tag: _rolled(statistics.roll_up(own)) for tag, own in regions.items()},
            "units": [one.as_json() for one in found],
        }
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for level, own in levels.items():
        words = statistics.LEVEL_WORDS.get(level)
        print(_sum(f"{words.zh} {words.en}" if words else "未写层级 level not said", own))
        for one in own:
            print(f"  {_line(one)}")
    for tag, own in regions.items():
        print(_sum(tag, own))
    print(_sum("合计 total", found))
    return 0


def _rolled(one: Rolled) -> dict[str, object]:
    return {"units": one.units, **one.sums, "without": one.without}


def _sum(label: str, own: Sequence[UnitStatistics]) -> str:
    from ledger.tree.statistics import roll_up

    rolled = roll_up(own)
    parts = [f"{label}: 单位 units {rolled.units}"]
    for key, zh in (("members", "会员"), ("staff", "专职"), ("venues", "阵地")):
        lack = rolled.without[key]
        known = "—" if lack == rolled.units else str(rolled.sums[key])
        parts.append(f"{zh} {key} {known}" + (f"（{lack} 个未填 not entered）" if lack else ""))
    return "  ".join(parts)


def _line(one: UnitStatistics) -> str:
    counts = [
        f"{key} {count.value}（{count.source} {count.day}）" for key, count in one.counts.items()
    ]
    lack = f"  未填 not entered: {', '.join(one.missing)}" if one.missing else ""
    channel = f"  [{one.row.channel}]" if one.row.channel else ""
    return f"{one.row.id}  {one.row.name}{channel}  {'  '.join(counts)}{lack}"
