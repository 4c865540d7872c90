"""What ``mingbai venue`` reads as it is typed, and prints as text and as JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ledger.cli import acting
from ledger.errors import Finding, Refused, finding
from ledger.money import Money, total
from ledger.venues.calendar import Span, clock, parse_week
from ledger.venues.dividing import share_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from datetime import date
    from fractions import Fraction

    from ledger.period import Period
    from ledger.registry import Registry
    from ledger.registry.venue_days import BookingRow, UseRow
    from ledger.registry.venues import VersionRow
    from ledger.venues.calendar import Week
    from ledger.venues.dividing import Share
    from ledger.venues.standing import Standing

_LINE = re.compile(r"(?:.{1,24}\.)?([0-9]{4})-([0-9]{1,6})")
_DAYS = "一二三四五六日"


# ---- what is typed -----------------------------------------------------------------------------


def mistyped(text: str, zh: str, en: str) -> Finding:
    return finding(
        "mistyped", f"{zh}：{text[:40]}", f"{en}: {text[:40]}", "用 --help 查看写法", "see --help"
    )


def one_at_a_time(zh: str, en: str) -> Finding:
    return finding(
        "one-at-a-time", f"{zh} 一次写一种", f"{en}: one of them at a time",
        "分两次办理", "do one after the other",
    )  # fmt: skip


def span(text: str) -> Span:
    """A span of a day as it is typed; Refused if it is none."""
    try:
        return Span.parse(text)
    except ValueError:
        raise Refused(
            mistyped(text, "时间写作 09:00-11:30，止晚于起", "a span is written 09:00-11:30")
        ) from None


def week(texts: Iterable[str]) -> Week:
    """The hours of a week as they are typed; Refused if they are none."""
    try:
        return parse_week(texts)
    except ValueError as fault:
        raise Refused(
            mistyped(
                " ".join(texts),
                "开放时间写作 1-5=09:00-12:00,14:00-18:00，同日各段不重叠",
                str(fault),
            )
        ) from None


def key(texts: Iterable[str]) -> list[tuple[str, Fraction]]:
    """Parties with their shares as they are typed; Refused if one is none."""
    return [_share(text) for text in texts]


def _share(text: str) -> tuple[str, Fraction]:
    party, sign, typed = text.rpartition("=")
    share = share_of(typed)
    if not sign or not party or share is None:
        raise Refused(
            mistyped(
                text, "份额写作 单位=1/3 或 单位=25%", "a share is written party=1/3 or party=25%"
            )
        )
    return party, share


def line(text: str) -> tuple[int, int]:
    """A line of the log as it is typed, by year and number; Refused if it is none."""
    found = _LINE.fullmatch(text)
    if found is None:
        raise Refused(mistyped(text, "记录写作 2026-0003", "a line is written 2026-0003"))
    return int(found[1]), int(found[2])


# ---- what is told ------------------------------------------------------------------------------


def version(one: VersionRow) -> str:
    from ledger.registry.venues import VERSION_WORDS

    words = VERSION_WORDS[one.kind]
    return f"{words.zh} {words.en} 第 {one.version} 版 version，自 from {one.first}"


def waits(options: argparse.Namespace, one: VersionRow) -> int:
    acting.told(
        options,
        {
            "code": one.code, "kind": one.kind, "version": one.version, "state": one.state,
            "from": one.first.isoformat(),
        },
        [f"待另一人审批 waits for another person: {one.code} {version(one)}"],
    )  # fmt: skip
    return 0


def closed_day(options: argparse.Namespace, day: date, *, closed: bool) -> int:
    said = "已登记闭馆 closed" if closed else "已取消闭馆 open again"
    acting.told(
        options, {"code": options.code, "day": day.isoformat(), "closed": closed},
        [f"{said}: {options.code} {day}"],
    )  # fmt: skip
    return 0


def week_lines(of: Week) -> list[str]:
    """The hours of a week, a weekday a line."""
    return [
        f"周{_DAYS[weekday - 1]}  {' '.join(one.text for one in spans)}"
        for weekday, spans in sorted(of.items())
    ]


def hours(options: argparse.Namespace, registry: Registry, unit: str, today: date) -> int:
    """The hours in force today, what waits, and the days that are closed."""
    from ledger.registry import venues
    from ledger.venues.registering import known

    with registry.read() as conn:
        known(conn, unit, options.code)
        every = venues.versions(conn, unit, options.code)
        spans = venues.hours(conn, unit)
        closed = venues.closed_days(conn, unit, options.code)
    told = []
    lines = []
    held = venues.in_force(every, venues.HOURS, today)
    for one in every:
        if one.kind != venues.HOURS or one.state == venues.TAKEN_BACK:
            continue
        of: dict[int, tuple[Span, ...]] = {}
        for row in spans.get((one.code, one.version), ()):
            of[row.weekday] = (*of.get(row.weekday, ()), Span(row.opens, row.closes))
        mark = "现行 in force" if one == held else _state_of(one)
        lines += [f"{version(one)}  {mark}", *(f"  {text}" for text in week_lines(of))]
        told.append(
            {
                "version": one.version, "from": one.first.isoformat(), "state": one.state,
                "in_force": one == held,
                "week": {str(day): [each.text for each in every] for day, every in of.items()},
            }
        )  # fmt: skip
    lines += [f"闭馆 closed {row.day}  {row.reason}" for row in closed]
    acting.told(
        options,
        {
            "code": options.code, "hours": told,
            "closed_days": [{"day": row.day.isoformat(), "reason": row.reason} for row in closed],
        },
        lines or ["没有设定开放时间 no opening hours were set"],
    )  # fmt: skip
    return 0


def _state_of(one: VersionRow) -> str:
    return {"draft": "待审批 waits", "approved": "已审批 approved"}.get(one.state, one.state)


def shares(options: argparse.Namespace, registry: Registry, unit: str, period: Period) -> int:
    """The cost key at the period's end, with each party's share of use beside it."""
    from ledger.venues.standing import standing

    found = standing(registry, unit, options.code, period)
    acting.told(
        options,
        {
            "code": found.row.code, "period": str(period),
            "key": {party: str(share) for party, share in found.key.items()},
        },
        [
            f"{found.names.get(party, party)}  {party}  分摊 key {share}  使用 use "
            f"{found.share_text(_tally_of(found, unit, party)) or '—'}"
            for party, share in found.key.items()
        ]
        or ["没有设定分摊比例 no cost key was set"],
    )  # fmt: skip
    return 0


def _tally_of(found: Standing, unit: str, party: str) -> int:
    return found.by_user()["members" if party == unit else party].minutes


def divided(
    options: argparse.Namespace, registry: Registry, unit: str, shares: Sequence[Share],
    period: Period,
) -> int:  # fmt: skip
    from ledger.venues.parties import names

    with registry.read() as conn:
        called = names(conn, unit)
    whole = total(one.amount for one in shares)
    acting.told(
        options,
        {
            "code": options.code, "period": str(period), "cost": whole.text,
            "shares": [one.as_json() for one in shares],
        },
        [
            *(
                f"{one.amount.grouped:>16}  {one.share!s:>9}  {called.get(one.party, one.party)}"
                f"  {one.party}"
                for one in shares
            ),
            f"{whole.grouped:>16}  {'1':>9}  合计 total",
        ],
    )  # fmt: skip
    return 0


def booking_json(one: BookingRow) -> dict[str, Any]:
    return {
        "booking": one.booking, "code": one.code, "day": one.day.isoformat(),
        "from": clock(one.opens), "to": clock(one.closes), "audience": one.audience,
        "party": one.party, "purpose": one.purpose, "heads": one.heads,
        "fee": Money(one.fee_fen).text, "decision": one.decision, "state": one.state,
        "note": one.note,
    }  # fmt: skip


def booking_line(one: BookingRow, called: dict[str, str]) -> str:
    from ledger.registry.venue_days import STATE_WORDS

    state = STATE_WORDS[one.state]
    fee = f"  收费 fee {Money(one.fee_fen).grouped}" if one.fee_fen else ""
    return "  ".join(
        part
        for part in (
            one.booking, f"{one.day} {Span(one.opens, one.closes).text}",
            f"{state.zh} {state.en}", _whom(one.audience, one.party, called), one.purpose,
            f"预计 expected {one.heads}{fee}", one.decision, one.note,
        )
        if part
    )  # fmt: skip


def booking(options: argparse.Namespace, registry: Registry, one: BookingRow) -> int:
    from ledger.venues.parties import names

    with registry.read() as conn:
        called = names(conn, one.unit)
    acting.told(options, booking_json(one), [booking_line(one, called)])
    return 0


def use_json(one: UseRow) -> dict[str, Any]:
    return {
        "ref": f"{one.unit}/{one.ref}", "code": one.code, "year": one.year, "number": one.number,
        "day": one.day.isoformat(), "from": clock(one.opens), "to": clock(one.closes),
        "minutes": one.minutes, "audience": one.audience, "party": one.party, "heads": one.heads,
        "fee": Money(one.fee_fen).text, "booking": one.booking, "decision": one.decision,
        "note": one.note, "takes_back": one.takes_back,
    }  # fmt: skip


def use_line(one: UseRow, called: dict[str, str]) -> str:
    back = "" if one.takes_back is None else f"冲回 takes back {one.year}-{one.takes_back:04d}"
    fee = f"  收费 fee {Money(one.fee_fen).grouped}" if one.fee_fen else ""
    return "  ".join(
        part
        for part in (
            f"{one.year}-{one.number:04d}", f"{one.day} {Span(one.opens, one.closes).text}",
            _whom(one.audience, one.party, called), f"人数 heads {one.heads}{fee}",
            one.booking, one.decision, one.note, back,
        )
        if part
    )  # fmt: skip


def use(
    options: argparse.Namespace, registry: Registry, one: UseRow, warnings: Sequence[Finding]
) -> int:
    from ledger.venues.parties import names

    with registry.read() as conn:
        called = names(conn, one.unit)
    acting.told(
        options, use_json(one) | acting.as_json(warnings),
        [acting.with_warnings(f"{one.code}  {use_line(one, called)}", warnings)],
    )  # fmt: skip
    return 0


def _whom(audience: str, party: str, called: dict[str, str]) -> str:
    from ledger.registry.venue_days import AUDIENCE_WORDS, SHARED

    if audience == SHARED:
        return called.get(party, party)
    words = AUDIENCE_WORDS[audience]
    return f"{words.zh} {words.en}"


def listed(options: argparse.Namespace, found: Sequence[Standing]) -> int:
    acting.told(
        options, {"venues": [one.as_json() for one in found]},
        [_line(one) for one in found] or ["没有登记阵地 no venue was entered"],
    )  # fmt: skip
    return 0


def _line(one: Standing) -> str:
    from ledger.registry.venues import KIND_WORDS, STATE_WORDS, VERSION_WORDS

    state, kind = STATE_WORDS[one.state], KIND_WORDS[one.facts.kind]
    memo = "  备查 for memory" if one.facts.is_memo else ""
    waits = "".join(f"  待审批 waits: {VERSION_WORDS[each.kind].zh}" for each in one.waits)
    used = one.used
    return (
        f"{one.row.code}  {one.facts.name}  {kind.zh}  {state.zh} {state.en}{memo}\n"
        f"  {one.period}: 开放 open {one.open.days} 天 days {clock(one.open.minutes)}  "
        f"使用 used {clock(used.minutes)}  次数 uses {used.uses}  人次 heads {used.heads}  "
        f"公益 public benefit {one.share_text(one.benefit.minutes) or '—'}  "
        f"收费 fees {Money(used.fee_fen).grouped}{waits}"
    )


def shown(options: argparse.Namespace, one: Standing, bookings: Sequence[BookingRow]) -> int:
    from ledger.registry.venue_days import AUDIENCE_WORDS
    from ledger.registry.venues import OWNER_WORDS

    facts = one.facts
    owner = OWNER_WORDS[facts.owner]
    lines = [
        _line(one),
        f"  地点 place {facts.place}  面积 area {Money(facts.area).text} m²  "
        f"容纳 capacity {facts.capacity}",
        f"  权属 owner {owner.zh} {owner.en} {facts.owner_unit or ''}{facts.asset or ''}".rstrip(),
    ]
    if facts.public_benefit:
        lines.append(f"  公益属性 public benefit: {facts.basis}")
    lines += [
        f"  待审批 waits: {version(each)}  {each.reason}".rstrip() for each in one.waits
    ]  # fmt: skip
    for user, tally in one.by_user().items():
        share = one.key_of(user)
        words = AUDIENCE_WORDS.get(user)
        called = f"{words.zh} {words.en}" if words else one.names.get(user, user)
        lines.append(
            f"  {called}: {clock(tally.minutes)}  {one.share_text(tally.minutes) or '—'}  "
            f"分摊 key {'—' if share is None else share}  人次 heads {tally.heads}"
        )
    lines += [f"  预约 booking  {booking_line(each, one.names)}" for each in bookings]
    lines += [f"  使用 use  {use_line(each, one.names)}" for each in one.uses]
    acting.told(
        options,
        one.as_json() | {
            "bookings": [booking_json(each) for each in bookings],
            "log": [use_json(each) for each in one.uses],
        },
        lines,
    )  # fmt: skip
    return 0
