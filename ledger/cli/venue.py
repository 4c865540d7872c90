"""mingbai venue: the register of venues, their hours and cost key, bookings and the use log."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ledger.cli import acting, venue_told
from ledger.errors import Refused
from ledger.period import Period

if TYPE_CHECKING:
    from datetime import date

    from ledger.registry.venues import FactsRow
    from ledger.venues.registering import Facts

_CODE: Final = ("CODE", "阵地编号 the venue's code: CD2026-0001-9")
_BOOKING: Final = ("BOOKING", "预约编号 the booking's code: YY2026-0001-3")
#: As the registry knows them; a test holds them equal, so that no command opens it to be parsed.
KINDS: Final = ("service-centre", "hall", "library", "sports", "members-home", "other")
OWNERS: Final = ("own", "employer", "unit", "rented")
VERSIONS: Final = ("facts", "hours", "key", "closing")
_AREA = re.compile(r"[0-9]{1,7}(\.[0-9]{1,2})?")
_WHOM: Final = (
    "对象：members、public、单位代号，或共用单位全称 members, public, a unit or an organisation"
)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("venue", help="活动阵地 venues")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")
    _registering(parts)
    _hours_and_key(parts)
    _bookings(parts)
    _log(parts)


def _part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str,
    run: Callable[[argparse.Namespace], int], code: tuple[str, str] | None = None,
) -> argparse.ArgumentParser:  # fmt: skip
    parser = acting.add_part(parts, name, help, code=code)
    acting.add_json(parser)
    parser.set_defaults(run=run)
    return parser


def _registering(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add = _part(parts, "add", "登记阵地 enter a venue", run_add)
    _facts(add, needed=True)
    add.add_argument("--opened", required=True, type=acting.day, metavar="DAY", help="启用日 since")

    change = _part(parts, "change", "变更登记，另一人审批 say anew what it is", run_change, _CODE)
    _facts(change, needed=False)
    change.add_argument("--from", dest="first", required=True, type=acting.day, metavar="DAY",
                        help="自何日起 from")  # fmt: skip
    change.add_argument("--reason", required=True, metavar="TEXT", help="变更依据 why")

    close = _part(parts, "close", "申请关闭阵地 ask that a venue is closed", run_close, _CODE)
    close.add_argument("--from", dest="first", required=True, type=acting.day, metavar="DAY",
                       help="自何日起 from")  # fmt: skip
    close.add_argument("--reason", required=True, metavar="TEXT", help="依据 why")

    approve = _part(
        parts, "approve", "审批待审批的事项 approve what waits of a venue", run_approve, _CODE
    )
    approve.add_argument("--of", choices=VERSIONS, default="", help="只审批一种 one kind")
    approve.add_argument("--refuse", action="store_true", help="退回或撤回 take it back instead")


def _facts(parser: argparse.ArgumentParser, *, needed: bool) -> None:
    parser.add_argument("--name", required=needed, metavar="TEXT", help="名称 its name")
    parser.add_argument("--name-en", metavar="TEXT", help="英文名称 its name in English")
    parser.add_argument("--kind", required=needed, choices=KINDS, help="类别 its kind")
    parser.add_argument("--place", required=needed, metavar="TEXT", help="地点 where it is")
    parser.add_argument(
        "--area", required=needed, metavar="M2", help="面积（平方米） square metres"
    )
    parser.add_argument(
        "--capacity",
        required=needed,
        type=acting.number,
        metavar="N",
        help="容纳人数 heads it holds",
    )
    benefit = parser.add_mutually_exclusive_group()
    benefit.add_argument(
        "--public-benefit", metavar="BASIS", help="公益属性及依据 public benefit, on which basis"
    )
    benefit.add_argument(
        "--no-public-benefit", action="store_true", help="不具公益属性 no public benefit"
    )
    parser.add_argument(
        "--owner", choices=OWNERS, default="own" if needed else None,
        help="权属；不属本单位的作备查登记 whose it is; what is not its own is for memory",
    )  # fmt: skip
    parser.add_argument("--owner-unit", metavar="U", help="属于哪个单位 which unit owns it")
    parser.add_argument("--asset", metavar="FA", help="资产编号 its code in the asset register")


def _hours_and_key(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    hours = _part(
        parts, "hours", "开放时间与闭馆日 opening hours and closed days", run_hours, _CODE
    )  # fmt: skip
    hours.add_argument(
        "--open", action="append", default=[], metavar="1-5=09:00-17:30",
        help="每周各日的时段，逗号分隔 spans of weekdays, 1 is Monday",
    )  # fmt: skip
    hours.add_argument("--from", dest="first", type=acting.day, metavar="DAY", help="自何日起 from")
    hours.add_argument("--closed", type=acting.day, metavar="DAY", help="闭馆日 a closed day")
    hours.add_argument("--lift", type=acting.day, metavar="DAY", help="取消闭馆 lift a closed day")
    hours.add_argument("--reason", default="", metavar="TEXT", help="依据 why")

    share = _part(
        parts, "share", "分摊比例，及费用如何分摊 the cost key, and how a cost divides by it",
        run_share, _CODE,
    )  # fmt: skip
    share.add_argument(
        "--key", action="append", default=[], metavar="PARTY=1/3",
        help="共用单位及其份额，合计为 1 parties with their shares of the whole",
    )  # fmt: skip
    share.add_argument("--from", dest="first", type=acting.day, metavar="DAY", help="自何日起 from")
    share.add_argument("--reason", default="", metavar="TEXT", help="依据 why")
    share.add_argument("--cost", type=acting.above_zero, metavar="YUAN", help="待分摊的费用 a cost")
    share.add_argument("--period", type=acting.period, metavar="P", help="费用所属期间 its period")


def _bookings(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    book = _part(parts, "book", "预约阵地 ask for a venue", run_book, _CODE)
    _when(book)
    book.add_argument("--for", dest="whom", required=True, metavar="WHOM", help=_WHOM)
    book.add_argument("--purpose", required=True, metavar="TEXT", help="用途，不写人名 what for")
    book.add_argument("--heads", type=acting.number, default=0, metavar="N", help="预计人数 heads")
    book.add_argument("--fee", type=acting.fen, default=0, metavar="YUAN", help="收费 fee")
    book.add_argument("--decision", default="", metavar="TEXT", help="决策文号 decision number")

    confirm = _part(parts, "confirm", "确认预约 confirm a booking", run_confirm, _BOOKING)
    confirm.add_argument("--refuse", metavar="REASON", help="不同意及原因 refuse it, and why")
    cancel = _part(parts, "cancel", "取消预约 cancel a booking", run_cancel, _BOOKING)
    cancel.add_argument("--note", required=True, metavar="TEXT", help="原因 why")
    _part(parts, "no-show", "登记未到场 nobody came", run_no_show, _BOOKING)


def _when(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="日期 day")
    parser.add_argument("--at", required=True, metavar="09:00-11:30", help="起止时间 from and to")


def _log(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    use = _part(parts, "use", "登记使用情况 enter that it was used", run_use, _CODE)
    _when(use)
    use.add_argument("--heads", required=True, type=acting.number, metavar="N", help="人数 heads")
    use.add_argument("--for", dest="whom", default="", metavar="WHOM", help=_WHOM)
    use.add_argument("--booking", default="", metavar="CODE", help="按哪项预约 by which booking")
    use.add_argument("--fee", type=acting.fen, default=0, metavar="YUAN", help="收费 fee")
    use.add_argument("--decision", default="", metavar="TEXT", help="决策文号 decision number")
    use.add_argument("--note", default="", metavar="TEXT", help="说明，不写人名 note")

    back = _part(
        parts, "take-back", "冲回一条使用记录 take a line of the log back", run_back, _CODE
    )
    back.add_argument("line", metavar="YEAR-N", help="哪一条 which line: 2026-0003")
    back.add_argument("--reason", required=True, metavar="TEXT", help="原因 why")

    listed = _part(parts, "list", "列出阵地及使用情况 list venues with their use", run_list)
    show = _part(parts, "show", "一个阵地的来龙去脉 the way of one venue", run_show, _CODE)
    for parser in (listed, show):
        parser.add_argument(
            "--period", type=acting.period, metavar="P", help="期间，缺省今年 else this year"
        )


# ---- what is typed -----------------------------------------------------------------------------


def _area(text: str) -> int:
    if not _AREA.fullmatch(text):
        raise Refused(
            venue_told.mistyped(text, "面积写作 120.5", "an area is written 120.5")
        )  # fmt: skip
    return int(Decimal(text) * 100)


def _said(options: argparse.Namespace) -> Facts:
    from ledger.venues.registering import Facts

    return Facts(
        options.name, options.kind, options.place, _area(options.area), options.capacity,
        bool(options.public_benefit), options.public_benefit or "", options.owner,
        options.owner_unit or "", options.asset or "", options.name_en or "",
    )  # fmt: skip


def _changed(options: argparse.Namespace, before: FactsRow) -> Facts:
    """What it is, with what the command says in its place."""
    from ledger.venues.registering import Facts

    owner = options.owner or before.owner
    kept = owner == before.owner
    benefit = before.public_benefit or bool(options.public_benefit)
    basis = options.public_benefit or before.basis
    return Facts(
        options.name or before.name, options.kind or before.kind, options.place or before.place,
        before.area if options.area is None else _area(options.area),
        before.capacity if options.capacity is None else options.capacity,
        benefit and not options.no_public_benefit, "" if options.no_public_benefit else basis,
        owner, options.owner_unit or (kept and before.owner_unit) or "",
        options.asset or (kept and before.asset) or "", options.name_en or before.name_en,
    )  # fmt: skip


# ---- what is done ------------------------------------------------------------------------------


def run_add(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.venues.registering import add

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", unit)
        row = add(registry, unit, _said(options), options.opened, user, now)
    acting.told(
        options, {"code": row.code, "state": row.state},
        [f"已登记，待另一人审批 entered, another person approves it: {row.code}"],
    )  # fmt: skip
    return 0


def run_change(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.registry import venues
    from ledger.venues.registering import change, known

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", unit)
        with registry.read() as conn:
            known(conn, unit, options.code)
            versions = venues.versions(conn, unit, options.code)
            held = venues.in_force(versions, venues.FACTS, options.first)
            last = held or [one for one in versions if one.kind == venues.FACTS][-1]
            before = venues.facts(conn, unit)[options.code, last.version]
        version = change(
            registry, unit, options.code, _changed(options, before), options.first, options.reason,
            user, now,
        )  # fmt: skip
    return venue_told.waits(options, version)


def run_close(options: argparse.Namespace) -> int:
    from ledger.venues.registering import close

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        version = close(registry, unit, options.code, options.first, options.reason, user, now)
    return venue_told.waits(options, version)


def run_approve(options: argparse.Namespace) -> int:
    from ledger.venues.registering import approve, withdraw

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        deed = withdraw if options.refuse else approve
        found = deed(registry, unit, options.code, user, now, kind=options.of)
    said = "已退回 taken back" if options.refuse else "已审批 approved"
    state = "withdrawn" if options.refuse else "approved"
    acting.told(
        options,
        {
            "code": options.code, "state": state,
            "versions": [{"kind": one.kind, "version": one.version} for one in found],
        },
        [f"{said}: {options.code} {venue_told.version(one)}" for one in found],
    )  # fmt: skip
    return 0


def run_hours(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.venues import opening

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        asked = [options.open, options.closed, options.lift]
        workflow.demand(user, "record" if any(asked) else "browse", unit)
        if sum(map(bool, asked)) > 1:
            raise Refused(
                venue_told.one_at_a_time("--open、--closed、--lift", "--open, --closed, --lift")
            )
        if options.closed:
            opening.close_day(
                registry, unit, options.code, options.closed, options.reason, user, now
            )
            return venue_told.closed_day(options, options.closed, closed=True)
        if options.lift:
            opening.open_day(registry, unit, options.code, options.lift, user, now)
            return venue_told.closed_day(options, options.lift, closed=False)
        if options.open:
            week, first = venue_told.week(options.open), _first(options)
            version = opening.set_hours(
                registry, unit, options.code, week, first, options.reason, user, now
            )
            return venue_told.waits(options, version)
        return venue_told.hours(options, registry, unit, now.date())


def run_share(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.venues import sharing

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "record" if options.key else "browse", unit)
        if options.key and options.cost:
            raise Refused(venue_told.one_at_a_time("--key、--cost", "--key, --cost"))
        if options.key:
            parts, first = venue_told.key(options.key), _first(options)
            version = sharing.set_key(
                registry, unit, options.code, parts, first, options.reason, user, now
            )
            return venue_told.waits(options, version)
        period = options.period or _year(now.date())
        if options.cost:
            shares = sharing.divide(registry, unit, options.code, options.cost, period, user)
            return venue_told.divided(options, registry, unit, shares, period)
        return venue_told.shares(options, registry, unit, period)


def run_book(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.venues.booking import Wish, book

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", unit)
        wish = Wish(
            options.on, venue_told.span(options.at), options.whom, options.purpose, options.heads,
            options.fee, options.decision,
        )  # fmt: skip
        row = book(registry, unit, options.code, wish, user, now)
        return venue_told.booking(options, registry, row)


def run_confirm(options: argparse.Namespace) -> int:
    from ledger.venues.booking import confirm, refuse

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        if options.refuse is None:
            row = confirm(registry, unit, options.code, user, now)
        else:
            row = refuse(registry, unit, options.code, options.refuse, user, now)
        return venue_told.booking(options, registry, row)


def run_cancel(options: argparse.Namespace) -> int:
    from ledger.venues.booking import cancel

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = cancel(registry, unit, options.code, options.note, user, now)
        return venue_told.booking(options, registry, row)


def run_no_show(options: argparse.Namespace) -> int:
    from ledger.venues.booking import no_show

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = no_show(registry, unit, options.code, user, now)
        return venue_told.booking(options, registry, row)


def run_use(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.venues.using import Used, use

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", unit)
        said = Used(
            options.on, venue_told.span(options.at), options.heads, options.whom, options.booking,
            options.fee, options.decision, options.note,
        )  # fmt: skip
        row, warnings = use(registry, unit, options.code, said, user, now)
        return venue_told.use(options, registry, row, warnings)


def run_back(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.venues.using import take_back

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "record", unit)
        year, number = venue_told.line(options.line)
        row = take_back(registry, unit, options.code, year, number, options.reason, user, now)
        return venue_told.use(options, registry, row, [])


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.venues.standing import stands

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        found = stands(registry, unit, options.period or _year(now.date()))
    return venue_told.listed(options, found)


def run_show(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.venues.standing import booked, standing

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        period = options.period or _year(now.date())
        found = standing(registry, unit, options.code, period)
        bookings = booked(registry, unit, options.code, period.start, period.end)
    return venue_told.shown(options, found, bookings)


def _first(options: argparse.Namespace) -> date:
    first: date | None = options.first
    if first is None:
        raise Refused(
            venue_told.mistyped("--from", "写明自何日起", "say from which day on, with --from")
        )  # fmt: skip
    return first


def _year(day: date) -> Period:
    return Period.parse(f"{day.year:04d}")
