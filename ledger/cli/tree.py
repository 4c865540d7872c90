"""mingbai unit: the tree of units."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from ledger.cli import acting
from ledger.errors import Refused, finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.registry import User
    from ledger.registry.units import UnitRow


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    unit = commands.add_parser("unit", help="单位 units, and the tree that they make")
    parts = unit.add_subparsers(dest="part", required=True, metavar="PART")

    add = _part(parts, "add", "新建单位及其账簿 enter a unit and open its book")
    add.add_argument("--name", required=True, metavar="TEXT", help="名称 name")
    add.add_argument("--name-en", default="", metavar="TEXT", help="英文名称 English name")
    add.add_argument("--chart", required=True, metavar="CHART", help="科目表 chart of accounts")
    add.add_argument(
        "--opened", required=True, type=acting.day, metavar="DAY", help="建账日 first day"
    )
    add.add_argument(
        "--limit", default=None, type=acting.amount, metavar="YUAN",
        help="超过此额须两人审核，缺省 10000.00 above this two checkers sign, by default 10000.00",
    )  # fmt: skip
    add.add_argument("--upper", default="", metavar="U", help="上级单位 upper unit")
    _standing(add)
    add.set_defaults(run=run_add)

    listed = _part(parts, "list", "列出单位 list units as a tree", unit=False)
    acting.add_json(listed)
    listed.set_defaults(run=run_list)

    show = _part(parts, "show", "单位的资料与沿革 what is known of a unit, and its history")
    acting.add_json(show)
    show.set_defaults(run=run_show)

    place = _part(parts, "set", "层级、地区、经费渠道 level, regions, channel of a unit")
    _standing(place)
    place.set_defaults(run=run_set)

    figure = _part(parts, "figure", "登记基础数据：人数、职工、阵地 enter heads, staff, venues")
    figure.add_argument("key", metavar="KEY", help="heads, members, staff, venues")
    figure.add_argument("value", type=acting.number, metavar="N", help="数目 how many")
    figure.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="截至 as of")
    figure.add_argument("--source", required=True, metavar="TEXT", help="来源 where it comes from")
    figure.set_defaults(run=run_figure)

    move = _part(parts, "move", "改变上级单位 put a unit below another one")
    move.add_argument("--upper", required=True, metavar="U", help="上级，空为无 upper; empty: none")
    _by_decision(move)
    move.set_defaults(run=run_move)

    merge = _part(parts, "merge", "并入另一单位：移交账簿 hand a unit's book over to another")
    merge.add_argument("--into", required=True, metavar="U", help="接收单位 which takes it")
    merge.add_argument(
        "--fund", action="append", default=[], metavar="OLD=NEW",
        help="资金对应 which fund becomes which",
    )  # fmt: skip
    merge.add_argument(
        "--without-members", action="store_true",
        help="会员不随同转接 its members do not go along",
    )  # fmt: skip
    _by_decision(merge)
    acting.add_json(merge)
    merge.set_defaults(run=run_merge)

    close = _part(parts, "close", "撤销单位 close a unit")
    close.add_argument(
        "--claims", choices=("along", "stay"), default="along",
        help="合并时未收的会费随同或留下 what members of a merged unit owe goes along, or stays",
    )  # fmt: skip
    _by_decision(close)
    close.set_defaults(run=run_close)


def _part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    help: str,
    *,
    unit: bool = True,
) -> argparse.ArgumentParser:
    parser = parts.add_parser(name, help=help)
    acting.add_folder(parser)
    if unit:
        acting.add_unit(parser)
    acting.add_user(parser)
    return parser


def _standing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--level", metavar="LEVEL",
        help="层级 level: national, province, city, county, township, grass-roots",
    )  # fmt: skip
    parser.add_argument(
        "--region", action="append", metavar="TAG",
        help="地区 region: 革命老区, 民族地区, 边疆地区, 贫困地区",
    )  # fmt: skip
    parser.add_argument(
        "--channel", metavar="WAY",
        help="经费渠道 channel: district-finance, original, village, own",
    )  # fmt: skip


def _by_decision(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="自何日 from")
    parser.add_argument("--decision", required=True, metavar="TEXT", help="决议文号 decision")


def run_add(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.founding import Founding, found_unit
    from ledger.money import yuan
    from ledger.registry import oplog
    from ledger.tree import changing

    with acting.signed_in(options) as (registry, user, now):
        workflow.demand(user, "administer", "*")
        said = _said(options)
        changing.check_standing(said)
        founding = Founding(
            unit=options.unit,
            name=options.name,
            name_en=options.name_en,
            chart=options.chart,
            opened=options.opened,
            limit=options.limit or yuan("10000.00"),
            upper=options.upper,
            strict=True,
        )
        found_unit(registry, founding, now)
        with registry.write() as conn:
            oplog.record(
                conn, at=now, user=user.id, unit=options.unit, action="unit.found",
                object=options.unit, detail=options.chart,
            )  # fmt: skip
        changing.set_standing(registry, options.unit, said, user, now)
    print(f"已建账 opened: {options.unit}")
    return 0


def _said(options: argparse.Namespace) -> Any:
    from ledger.tree.changing import Standing

    regions = None if options.region is None else tuple(options.region)
    return Standing(options.level, regions, options.channel)


def run_list(options: argparse.Namespace) -> int:
    from ledger.registry import units

    with acting.signed_in(options) as (registry, user, _), registry.read() as conn:
        rows = [row for row in units.all_units(conn) if _sees(user, row.id)]
        merged = units.merged_into(conn)
    if options.json:
        told = {"units": [_as_json(row, merged) for row in rows]}
        print(json.dumps(told, ensure_ascii=False))
    else:
        print("\n".join(_tree(rows, merged)))
    return 0


def _sees(user: User, unit: str) -> bool:
    """Who administers sees the whole tree, everybody else what they may browse."""
    return user.may("administer", "*") or user.may("browse", unit)


def _as_json(row: UnitRow, merged: dict[str, str]) -> dict[str, object]:
    return {
        "id": row.id, "name": row.name, "name_en": row.name_en, "upper": row.upper,
        "kinds": row.kinds.split(), "level": row.level, "regions": row.regions.split(),
        "channel": row.channel, "province": row.province, "chart": row.chart,
        "opened": row.opened.isoformat(), "closed": row.closed.isoformat() if row.closed else None,
        "merged_into": merged.get(row.id),
    }  # fmt: skip


def _tree(rows: Sequence[UnitRow], merged: dict[str, str]) -> list[str]:
    known = {row.id for row in rows}
    below: dict[str, list[UnitRow]] = {}
    for row in rows:
        upper = row.upper if row.upper in known else ""
        below.setdefault(upper or "", []).append(row)
    lines: list[str] = []

    def add(upper: str, depth: int) -> None:
        for row in below.get(upper, []):
            words = [row.level, *row.regions.split()]
            if row.closed:
                into = f"，并入 into {merged[row.id]}" if row.id in merged else ""
                words.append(f"已撤销 closed {row.closed}{into}")
            said = f"  [{' '.join(word for word in words if word)}]" if any(words) else ""
            lines.append(f"{'  ' * depth}{row.id}  {row.name}{said}")
            add(row.id, depth + 1)

    add("", 0)
    return lines


def run_show(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.registry import units

    with acting.signed_in(options) as (registry, user, _):
        if not _sees(user, options.unit):
            workflow.demand(user, "browse", options.unit)
        with registry.read() as conn:
            row = units.find(conn, options.unit)
            merged = units.merged_into(conn)
            events = units.events(conn, options.unit)
    told = {
        **_as_json(row, merged),
        "events": [
            {"kind": one.kind, "day": one.day.isoformat(), "other": one.other,
             "decision": one.decision, "user": one.user}
            for one in events
        ],
    }  # fmt: skip
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(f"{row.id}  {row.name}  {row.name_en}")
    for key, value in told.items():
        if key not in ("id", "name", "name_en", "events") and value:
            print(f"  {key}: {' '.join(value) if isinstance(value, list) else value}")
    for one in events:
        print(f"  {one.day} {one.kind} {one.other} {one.decision}".rstrip())
    return 0


def run_set(options: argparse.Namespace) -> int:
    from ledger.tree import changing

    with acting.signed_in(options) as (registry, user, now):
        row = changing.set_standing(registry, options.unit, _said(options), user, now)
    print(f"{row.id}: {row.level} {row.regions} {row.channel}".rstrip())
    return 0


def run_figure(options: argparse.Namespace) -> int:
    from ledger.tree import changing

    with acting.signed_in(options) as (registry, user, now):
        changing.enter_figure(
            registry, options.unit, options.key, options.value, options.on, options.source, user,
            now,
        )  # fmt: skip
    print(f"已登记 entered: {options.unit} {options.key} {options.value}")
    return 0


def run_move(options: argparse.Namespace) -> int:
    from ledger.tree import changing

    with acting.signed_in(options) as (registry, user, now):
        changing.move(
            registry, options.unit, options.upper, options.on, options.decision, user, now
        )
    print(f"已改上级 moved: {options.unit} → {options.upper or '–'}")
    return 0


def run_merge(options: argparse.Namespace) -> int:
    from ledger.tree.handing_over import Merging, merge

    with acting.signed_in(options) as (registry, user, now):
        one = Merging(
            options.unit, options.into, options.on, options.decision, _funds(options.fund),
            members=not options.without_members,
        )  # fmt: skip
        done = merge(registry, one, user, now)
    if options.json:
        told = {"closing": done.closing, "opening": done.opening, "balances": done.balances,
                "members": done.members}  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(
            f"已提出移交 proposed: {options.unit} {done.closing}，{options.into} {done.opening}"
            f"（{done.balances} 项余额 balances，{done.members} 名会员 members）\n"
            f"两张都审核后 when both are approved: mingbai unit close … --unit {options.unit}"
        )
    return 0


def _funds(words: Sequence[str]) -> dict[str, str]:
    found = dict(word.partition("=")[::2] for word in words)
    if not all(found.values()) or len(found) != len(words):
        raise Refused(
            finding(
                "usage", "资金对应写作 旧=新，每个写一次", "funds are written OLD=NEW, each once",
                "例如 --fund F03=F02", "for example --fund F03=F02",
            )
        )  # fmt: skip
    return found


def run_close(options: argparse.Namespace) -> int:
    from ledger.tree import changing

    with acting.signed_in(options) as (registry, user, now):
        moved = changing.close(
            registry, options.unit, options.on, options.decision, user, now,
            open_claims=options.claims,
        )  # fmt: skip
    went = f"，会员 members {moved.members}，未收 claims {moved.claims}" if moved.members else ""
    print(f"已撤销 closed: {options.unit}{went}")
    return 0
