"""mingbai stocktake: things are counted, and what differs is settled by two."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.cli import acting
from ledger.money import Money

if TYPE_CHECKING:
    from ledger.registry.stocktakes import DifferenceRow, ResolutionRow
    from ledger.stocktakes.counting import Judged, Sight
    from ledger.stocktakes.standing import Difference, Stand

_NONE = Money(0)
_CODE = ("CODE", "盘点编号 stocktake: PD2026-0001-3")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("stocktake", help="资产盘点 stocktakes")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")
    _add_open(parts)
    _add_scan(parts)
    close = acting.add_part(
        parts, "close", "结束盘点，列出差异 end it; what differs becomes an alarm", code=_CODE
    )
    close.add_argument("--on", type=acting.day, metavar="DAY", help="结束日 day; today if not said")
    acting.add_json(close)
    close.set_defaults(run=run_close)
    withdraw = acting.add_part(parts, "withdraw", "撤回误开的盘点 take one back", code=_CODE)
    acting.add_json(withdraw)
    withdraw.set_defaults(run=run_withdraw)
    _add_resolve(parts)
    approve = _of_difference(parts, "approve", "批准一项差异的处理 approve how one is settled")
    approve.set_defaults(run=run_approve)
    refuse = _of_difference(parts, "refuse", "退回一项差异的处理 send it back")
    refuse.add_argument("--note", required=True, metavar="TEXT", help="理由 the reason")
    refuse.set_defaults(run=run_refuse)
    listed = acting.add_part(parts, "list", "列出盘点 list stocktakes")
    acting.add_json(listed)
    listed.set_defaults(run=run_list)
    show = acting.add_part(
        parts, "show", "一次盘点：应盘、实盘、差异 what was expected, seen, and differs", code=_CODE
    )
    acting.add_json(show)
    show.set_defaults(run=run_show)


def _add_open(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    open_ = acting.add_part(parts, "open", "开始盘点：定下应盘清单 begin: freeze what is expected")
    open_.add_argument(
        "--scope", default="all", choices=["all", "class", "place", "keeper"],
        help="范围 scope: all, or one class, place or keeper",
    )  # fmt: skip
    open_.add_argument(
        "--of", default="", metavar="TEXT", help="哪一个类别、地点或保管人 which one"
    )
    open_.add_argument(
        "--counter", action="append", default=[], metavar="LOGIN",
        help="盘点人，可多次 who may count; again for more",
    )  # fmt: skip
    open_.add_argument("--on", type=acting.day, metavar="DAY", help="盘点日 day; today if not said")
    open_.add_argument("--note", default="", metavar="TEXT", help="说明 note")
    acting.add_json(open_)
    open_.set_defaults(run=run_open)


def _add_scan(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    scan = acting.add_part(parts, "scan", "登记看到的资产 enter what was seen", code=_CODE)
    scan.add_argument(
        "assets", nargs="*", metavar="FA", help="资产编号或标签上的文字 codes, or labels' texts"
    )
    scan.add_argument(
        "--file", type=Path, metavar="FILE",
        help="每行一个编号，或编号、地点、保管人 a code a line, or code,place,keeper",
    )  # fmt: skip
    scan.add_argument("--place", default="", metavar="TEXT", help="在哪里看到 where it was seen")
    scan.add_argument("--keeper", default="", metavar="WHO", help="在谁手中 who has it")
    scan.add_argument("--note", default="", metavar="TEXT", help="完好情况 in what condition")
    scan.add_argument("--unseen", action="store_true", help="没有看到，或误扫 not seen after all")
    scan.add_argument(
        "--found", default="", metavar="TEXT", help="盘盈：没有登记的实物 a thing without a card"
    )
    scan.add_argument(
        "--worth", type=acting.amount, default=_NONE, metavar="YUAN", help="盘盈的估价 its value"
    )
    scan.add_argument("--photo", type=Path, metavar="FILE", help="照片 a photo")
    acting.add_json(scan)
    scan.set_defaults(run=run_scan, rest="assets")


def _add_resolve(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    resolve = _of_difference(parts, "resolve", "提出一项差异的处理 say how one was settled")
    ways = resolve.add_mutually_exclusive_group(required=True)
    ways.add_argument(
        "--explained", metavar="TEXT", help="书面说明，附材料 explained; with its --paper"
    )
    ways.add_argument(
        "--request", metavar="ZB", help="已办结的资产申请 a request that is done: loss, move …"
    )
    ways.add_argument("--asset", metavar="FA", help="盘盈已建卡入账 the card of what was found")
    ways.add_argument("--seen", metavar="PLACE", help="复核在登记的地点 seen where it belongs")
    resolve.add_argument("--note", default="", metavar="TEXT", help="说明 note")
    resolve.add_argument("--paper", type=Path, metavar="FILE", help="材料 its paper")
    resolve.set_defaults(run=run_resolve)


def _of_difference(
    parts: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str
) -> argparse.ArgumentParser:
    parser = acting.add_part(parts, name, help, code=_CODE)
    parser.add_argument("number", type=acting.number, metavar="N", help="第几项差异 difference")
    acting.add_json(parser)
    return parser


def _file(path: Path | None) -> tuple[bytes, str]:
    if path is None:
        return b"", ""
    name, data = acting.paper(path)
    return data, name


# ---- counting ----------------------------------------------------------------------------------


def run_open(options: argparse.Namespace) -> int:
    from ledger.stocktakes.opening import Opening, open_stocktake
    from ledger.stocktakes.standing import row_json, scope_of

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        day = options.on or now.date()
        opening = Opening(unit, day, options.scope, options.of, options.counter, options.note)
        row, expected = open_stocktake(registry, opening, user, now)
    scope = scope_of(row)
    acting.told(options, {**row_json(row), "expected": expected}, [
        f"{row.code}  {row.day}  {scope.zh} {scope.en}：应盘 expected {expected}",
        f"登记看到的：mingbai stocktake scan DIR --unit {unit} {row.code} FA-… --place …",
    ])  # fmt: skip
    return 0


def run_scan(options: argparse.Namespace) -> int:
    from ledger.registry import stocktakes
    from ledger.stocktakes.counting import count

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        done = count(registry, unit, options.code, _sights(options), user, now)
        with registry.read() as conn:
            expected, looked = stocktakes.progress(conn, unit, options.code)
    lines = [_judged_line(one) for one in done]
    lines.append(f"已盘 counted {looked} / {expected}")
    fields = {
        "stocktake": options.code, "scans": [_judged_json(one) for one in done],
        "expected": expected, "counted": looked,
    }  # fmt: skip
    acting.told(options, fields, lines)
    return 0


def _sights(options: argparse.Namespace) -> list[Sight]:
    from importers.read import file_bytes
    from importers.scans import scanned
    from ledger.stocktakes.counting import Sight

    photo, photo_name = _file(options.photo)
    found: list[Sight] = []
    if options.file is not None:
        data = file_bytes(options.file)
        found += scanned(data, options.file.name, options.place, options.keeper)
    said = {
        "place": options.place, "keeper": options.keeper, "note": options.note, "photo": photo,
        "photo_name": photo_name, "worth": options.worth,
    }  # fmt: skip
    seen = not options.unseen
    if options.found:
        found.append(Sight(found=options.found, seen=seen, **said))
        said |= {"worth": _NONE, "photo": b"", "photo_name": ""}
    return found + [Sight(word, seen=seen, **said) for word in options.assets]


def _judged_json(one: Judged) -> dict[str, Any]:
    scan, item = one.scan, one.item
    return {
        "scan": scan.number, "asset": scan.asset, "seen": scan.seen, "place": scan.place,
        "keeper": scan.keeper, "again": one.again, "differences": list(one.kinds),
        "listed": item.expected if item else False,
        "expected_place": item.place if item else None,
        "expected_keeper": item.keeper if item else None,
        "expected_state": item.state if item else None,
    }  # fmt: skip


def _judged_line(one: Judged) -> str:
    from ledger.registry.stocktakes import KIND_WORDS

    scan, item = one.scan, one.item
    if item is None:
        return f"#{scan.number}  盘盈 found  {scan.note}  {scan.place}"
    again = "  再次 again" if one.again else ""
    beside = "" if item.expected else "  清单之外 beside the list"
    said = "  ".join(f"{KIND_WORDS[kind].zh} {KIND_WORDS[kind].en}" for kind in one.kinds)
    if not said:
        said = "相符 as expected" if scan.seen else "记为未见 noted as not seen"
        return f"#{scan.number}  {item.asset}  {said}{again}{beside}"
    who = f"{scan.keeper} " if scan.keeper else ""
    where = f"应在 expected {item.keeper} {item.place}，实见 seen {who}{scan.place}"
    return f"#{scan.number}  {item.asset}  {said}{again}{beside}\n  {where}"


def run_close(options: argparse.Namespace) -> int:
    from ledger.stocktakes.closing import close_stocktake

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        day = options.on or now.date()
        found = close_stocktake(registry, unit, options.code, day, user, now)
        shown = _stand(registry, unit, options.code, now.date())
    lines = [f"{options.code} 已结束 closed：{len(found)} 项差异 differences"]
    lines += [_difference_line(one) for one in shown.differences]
    acting.told(options, shown.as_json(), lines)
    return 0


def run_withdraw(options: argparse.Namespace) -> int:
    from ledger.stocktakes.opening import withdraw

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = withdraw(registry, unit, options.code, user, now)
    acting.told(options, {"stocktake": row.code, "state": row.state},
                [f"{row.code} 已撤回 taken back"])  # fmt: skip
    return 0


# ---- differences -------------------------------------------------------------------------------


def run_resolve(options: argparse.Namespace) -> int:
    from ledger.stocktakes.resolving import Settled, propose

    paper, name = _file(options.paper)
    way = next(
        one for one in ("request", "asset", "seen", "explained") if getattr(options, one)
    )  # fmt: skip
    settled = Settled(
        "card" if way == "asset" else way, options.request or "", options.asset or "",
        options.seen or "", options.explained or options.note, paper, name,
    )  # fmt: skip
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        made = propose(registry, unit, options.code, options.number, settled, user, now)
    return _told(made, options, "待另一人审批 waits for somebody else to approve it")


def run_approve(options: argparse.Namespace) -> int:
    from ledger.stocktakes.resolving import approve

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        made = approve(registry, unit, options.code, options.number, user, now)
    return _told(made, options, "已处理 resolved")


def run_refuse(options: argparse.Namespace) -> int:
    from ledger.stocktakes.resolving import refuse

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        made = refuse(registry, unit, options.code, options.number, options.note, user, now)
    return _told(made, options, "已退回，差异仍未处理 sent back; the difference is open")


def _told(made: ResolutionRow, options: argparse.Namespace, said: str) -> int:
    fields = {
        "stocktake": made.stocktake, "difference": made.difference, "way": made.way,
        "request": made.request, "card": made.asset, "state": made.state,
    }  # fmt: skip
    what = made.request or made.asset or made.way
    acting.told(options, fields, [f"{made.stocktake}/{made.difference}  {what}：{said}"])
    return 0


def _stand(registry: Any, unit: str, code: str, on: Any) -> Stand:
    from ledger.stocktakes.opening import known
    from ledger.stocktakes.standing import stand

    with registry.read() as conn:
        row = known(conn, unit, code)
    return stand(registry, row, on)


# ---- looking -----------------------------------------------------------------------------------


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.registry import stocktakes
    from ledger.registry.stocktakes import STATE_WORDS
    from ledger.stocktakes.standing import row_json, scope_of

    with acting.signed_in(options) as (registry, user, _):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            rows = stocktakes.of_unit(conn, unit)
            alarms = stocktakes.differences(conn, unit, alarms=True)
            told = [(row, *stocktakes.progress(conn, unit, row.code)) for row in rows]
    lines, fields = [], []
    for row, expected, looked in told:
        left = sum(one.stocktake == row.code for one in alarms)
        state, scope = STATE_WORDS[row.state], scope_of(row)
        alarm = f"  未处理差异 differences {left}" if left else ""
        lines.append(
            f"{row.code}  {row.day}  {state.zh} {state.en}  {scope.zh} {scope.en}  "
            f"已盘 counted {looked} / {expected}{alarm}"
        )
        fields.append({**row_json(row), "expected": expected, "counted": looked, "alarms": left})
    acting.told(options, {"stocktakes": fields}, lines or ["没有盘点 no stocktakes"])
    return 0


def run_show(options: argparse.Namespace) -> int:
    from ledger import workflow

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        shown = _stand(registry, unit, options.code, now.date())
    acting.told(options, shown.as_json(), _shown_lines(shown))
    return 0


def _shown_lines(shown: Stand) -> list[str]:
    from ledger.registry.stocktakes import OPEN, STATE_WORDS
    from ledger.stocktakes.standing import scope_of

    row = shown.row
    state, scope = STATE_WORDS[row.state], scope_of(row)
    lines = [
        f"{row.code}  {row.day}  {scope.zh} {scope.en}  {state.zh} {state.en}",
        f"已盘 counted {shown.looked} / 应盘 expected {shown.expected}",
    ]
    for one in shown.tallies():
        lines.append(
            f"  {one.words.zh} {one.class_id}  应盘 expected {one.expected} "
            f"{Money(one.expected_fen).grouped}  实盘 seen {one.seen} {Money(one.seen_fen).grouped}"
            f"  在外 away {one.excused}  未见 not seen {one.missing} "
            f"{Money(one.missing_fen).grouped}"
        )
    lines += [_difference_line(one) for one in shown.differences]
    if row.state == OPEN:
        left = [one.item.asset for one in shown.compared if one.item.expected and not one.scan]
        lines.append(f"还没有看的 not looked at: {' '.join(left[:50]) or '—'}")
    return lines


def _difference_line(one: Difference) -> str:
    from ledger.registry.stocktakes import DIFFERENCE_WORDS, KIND_WORDS

    row = one.row
    kind, state = KIND_WORDS[row.kind], DIFFERENCE_WORDS[one.state]
    said = f"  {one.said.zh} {one.said.en}" if one.said.zh else ""
    seen = _where(row)
    return (
        f"  {row.number}  {kind.zh} {kind.en}  {row.asset or ''} {one.name}  "
        f"{Money(row.fen).grouped}  {state.zh} {state.en}{said}\n     {seen}"
    )


def _where(row: DifferenceRow) -> str:
    expected = f"应在 expected {row.keeper} {row.place}" if row.keeper or row.place else ""
    who = f"{row.seen_keeper} " if row.seen_keeper else ""
    seen = f"实见 seen {who}{row.seen_place}" if row.seen_place else "未见 not seen"
    return "，".join(part for part in (expected, seen) if part)
