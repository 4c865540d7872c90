"""mingbai dues floor, grass-roots: what units have per head, and what stays at the grass roots."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ledger.cli import acting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.dues.granting import Floor
    from ledger.dues.passing_on import Share


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    floor = _deed(commands, "floor", "人均经费保底 the floor per head")
    floor.add_argument("year", metavar="YEAR", type=acting.number, help="年度 2026")
    floor.add_argument(
        "--fund", action="append", default=[], metavar="F", help="资金 funds counted"
    )
    floor.set_defaults(run=run_floor)

    share = _deed(commands, "grass-roots", "逐月留基层比例 what stays at the grass roots")
    share.add_argument(
        "month", metavar="MONTH", type=acting.month, help="截至月份 up to this month"
    )
    share.set_defaults(run=run_share)


def _deed(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, told: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=told)
    acting.add_folder(parser)
    acting.add_unit(parser)
    parser.add_argument(
        "--below", action="store_true", help="连同全部下级 with every unit below it"
    )
    acting.add_json(parser)
    acting.add_user(parser)
    return parser


# ---- the floor per head ------------------------------------------------------------------------


def run_floor(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.dues.floors import floors_below
    from ledger.dues.granting import floor

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        if options.below:
            found = floors_below(registry, unit, options.year, now.date(), user, options.fund)
        else:
            workflow.demand(user, "browse", unit)
            one = floor(registry, unit, options.year, now.date(), options.fund)
    if not options.below:
        acting.told(options, _floor_json(one), _floor_text(one))
        return 0 if one.check.met else 1
    short = [row for row in found if row.floor is not None and not row.floor.check.met]
    without = sum(row.floor is None for row in found)
    told = {
        "units": [
            {"name": row.name, **(_no_rule(row.unit) if row.floor is None
                                  else _floor_json(row.floor))}
            for row in found
        ],
        "short": len(short), "no_rule": without,
    }  # fmt: skip
    text: list[str] = []
    for row in found:
        if row.floor is None:
            text.append(f"{row.unit} {row.name}：没有装入规则 no rule loaded")
        else:
            text += _floor_text(row.floor)
    text.append(
        f"{len(found)} 个单位 units：不足 short {len(short)}，没有装入规则 no rule loaded {without}"
    )
    acting.told(options, told, text)
    return 1 if short else 0


def _no_rule(unit: str) -> dict[str, Any]:
    return {"unit": unit, "required": None, "short": None, "met": None, "source": None}


def _floor_json(found: Floor) -> dict[str, Any]:
    check, head = found.check, found.check.table.head
    return {
        "unit": found.unit, "year": check.year, "members": check.members,
        "funds": list(found.funds), "received": check.funds.text,
        "required": check.required.text, "short": check.short.text, "met": check.met,
        "source": head.cite(check.table.article), "confidence": head.confidence,
    }  # fmt: skip


def _floor_text(found: Floor) -> list[str]:
    check, head = found.check, found.check.table.head
    fault = check.finding()
    return [
        f"{found.unit} {check.year}：党员 members {check.members}，"
        f"经费 funds {check.funds.grouped}，"
        f"应有 required {check.required.grouped}（{head.source}，{head.confidence}）",
        *([str(fault)] if fault else []),
    ]


# ---- the grass-roots share ---------------------------------------------------------------------


def run_share(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.dues.shares import shares_below, shares_of

    with acting.signed_in(options) as (registry, user, _):
        unit = acting.known_unit(registry, options.unit)
        if options.below:
            below = shares_below(registry, unit, options.month, user)
        else:
            workflow.demand(user, "browse", unit)
            months = shares_of(registry, unit, options.month)
    if not options.below:
        acting.told(options, {"months": _shares_json(months)}, _shares_text(months))
        return 0
    told = {
        "units": [
            {"unit": one, "name": below.names[one], "months": _shares_json(found)}
            for one, found in below.units.items()
        ],
        "months": _shares_json(below.months),
    }  # fmt: skip
    text = [
        f"{one} {below.names[one]}  {_line(_year(found))}" for one, found in below.units.items()
    ]
    text.append(f"基层单位合计 grass-roots units in all：{len(below.units)}")
    acting.told(options, told, text + _shares_text(below.months))
    return 0


def _year(months: list[Share]) -> Share:
    """The months of a year up to the last of them, added up."""
    from ledger.dues.passing_on import Share
    from ledger.money import total

    return Share(
        months[-1].month, total(one.received for one in months), total(one.up for one in months)
    )


def _line(one: Share) -> str:
    return (
        f"收到 received {one.received.grouped}  上级 up {one.up.grouped}  "
        f"留基层 kept {one.kept.grouped}  {one.percent}"
    ).rstrip()


def _shares_json(months: Iterable[Share]) -> list[dict[str, Any]]:
    return [
        {"month": str(one.month), "received": one.received.text, "up": one.up.text,
         "kept": one.kept.text, "share": one.percent} for one in months
    ]  # fmt: skip


def _shares_text(months: Iterable[Share]) -> list[str]:
    return [f"{one.month}  {_line(one)}" for one in months]
