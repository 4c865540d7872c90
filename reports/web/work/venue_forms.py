"""What the forms of venues say, as the library takes it; Refused with every fault of a form."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from flask import request

from ledger.errors import Finding, Refused
from ledger.registry.venues import KIND_WORDS, OWNER_WORDS
from ledger.venues.booking import Wish
from ledger.venues.calendar import Span, parse_week
from ledger.venues.dividing import share_of
from ledger.venues.registering import Facts
from ledger.venues.using import Used
from reports.web.work import typed
from reports.web.work.members import bad_field, fen_typed

if TYPE_CHECKING:
    from fractions import Fraction

    from ledger.venues.calendar import Week

#: How many parties the form of a key has room for.
PARTIES: Final = 6
#: What is chosen where a party is typed beside.
TYPED: Final = "typed"
_NAMES: Final = "一二三四五六日"


def facts() -> Facts:
    """What the form says of a venue."""
    faults: list[Finding] = []
    area = _area(typed.text("area", 12))
    capacity = typed.digits(typed.text("capacity", 7))
    if area is None:
        faults.append(bad_field("面积写作 120.5", "an area is written 120.5"))
    if capacity is None:
        faults.append(bad_field("容纳人数须为数字", "capacity is a number"))
    if faults or area is None or capacity is None:
        raise Refused(*faults)
    return Facts(
        typed.text("name", 80), typed.chosen(KIND_WORDS, typed.text("kind", 16)),
        typed.text("place", 120), area, capacity, bool(request.form.get("benefit")),
        typed.text("basis", 200), typed.chosen(OWNER_WORDS, typed.text("owner", 10)),
        typed.text("owner_unit", 40), typed.text("asset", 16).upper(), typed.text("name_en", 80),
    )  # fmt: skip


def _area(text: str) -> int | None:
    plain = text.replace(".", "", 1)
    if not (plain.isascii() and plain.isdigit()) or len(text.partition(".")[2]) > 2:
        return None
    return int(Decimal(text) * 100)


def week() -> Week:
    """The hours of each weekday, which stand in fields ``day1`` to ``day7``."""
    faults: list[Finding] = []
    found: dict[int, tuple[Span, ...]] = {}
    for weekday in range(1, 8):
        text = typed.text(f"day{weekday}", 60).replace("，", ",").replace("：", ":")
        if not text:
            continue
        try:
            found |= parse_week([f"{weekday}={text}"])
        except ValueError:
            faults.append(
                bad_field(f"周{_NAMES[weekday - 1]}：写作 09:00-12:00,14:00-18:00，各段不重叠",
                          f"weekday {weekday}: write 09:00-12:00,14:00-18:00")
            )  # fmt: skip
    if faults:
        raise Refused(*faults)
    return found


def key() -> list[tuple[str, Fraction]]:
    """Parties with their shares; rows that are empty are left out."""
    faults: list[Finding] = []
    found = []
    for place in range(PARTIES):
        party, text = typed.text(f"party{place}", 120), typed.text(f"share{place}", 16)
        if not party and not text:
            continue
        share = share_of(text)
        if not party or share is None:
            faults.append(
                bad_field(f"第 {place + 1} 行：写明单位，份额写作 1/3 或 25%",
                          f"row {place + 1}: a party, and its share as 1/3 or 25%")
            )  # fmt: skip
        else:
            found.append((party, share))
    if faults:
        raise Refused(*faults)
    return found


def wish() -> Wish:
    """What the form of a booking asks for."""
    faults: list[Finding] = []
    span, fee = _span(faults), fen_typed("fee", faults) or 0
    heads = _heads(faults)
    if faults or span is None:
        raise Refused(*faults)
    return Wish(
        typed.day(), span, _whom(), typed.text("purpose", 120), heads, fee,
        typed.text("decision", 120),
    )  # fmt: skip


def used() -> Used:
    """What the form of a use says; with a booking, for whom and the fee are the booking's."""
    faults: list[Finding] = []
    span, fee = _span(faults), fen_typed("fee", faults) or 0
    heads = _heads(faults)
    if faults or span is None:
        raise Refused(*faults)
    booking = typed.text("booking", 24)
    return Used(
        typed.day(), span, heads, "" if booking else _whom(), booking, 0 if booking else fee,
        typed.text("decision", 120), typed.text("note", 120),
    )  # fmt: skip


def _span(faults: list[Finding]) -> Span | None:
    try:
        return Span.parse(f"{typed.text('from', 8)}-{typed.text('to', 8)}")
    except ValueError:
        faults.append(
            bad_field(
                "时间写作 09:00，止晚于起", "times are written 09:00; it ends after it begins"
            )
        )
        return None


def _heads(faults: list[Finding]) -> int:
    heads = typed.digits(typed.text("heads", 7) or "0")
    if heads is None:
        faults.append(bad_field("人数须为数字", "heads are a number"))
    return heads or 0


def _whom() -> str:
    whom = typed.text("whom", 120)
    return typed.text("party", 120) if whom == TYPED else whom
