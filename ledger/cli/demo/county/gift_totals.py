"""What was given and what became of it, as a text that can be read and compared."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.gifts.standing import (
    CampaignStanding,
    GiftStanding,
    campaign_standings,
    gift_standings,
)
from ledger.money import Money
from ledger.registry import aid, donors, units
from ledger.registry.donors import ANONYMOUS
from ledger.registry.gifts import MEMO

if TYPE_CHECKING:
    from ledger.registry import Registry

#: The file with the totals of gifts, in the folder of the demonstration.
GIFTS: Final = "gifts.txt"


def gift_totals(registry: Registry, on: date) -> str:
    """Campaigns, funds of gifts, kinds, things and relief of every unit that has any, as of a day;
    lines of words."""
    with registry.read() as conn:
        names = [row.id for row in units.all_units(conn)]
    lines: list[str] = []
    for unit in names:
        found = gift_standings(registry, unit, on)
        if found:
            lines += _unit(registry, unit, found, on)
    return "\n".join([*lines, ""])


def _unit(registry: Registry, unit: str, found: list[GiftStanding], on: date) -> Iterator[str]:
    yield f"{unit}：{len(found)} 笔捐赠 gifts，{on}"
    yield from _campaigns(campaign_standings(registry, unit, on))
    yield from _funds(found)
    yield from _counts(registry, unit, found)
    yield from _things(found)
    yield from _relief(registry, unit)


def _campaigns(found: list[CampaignStanding]) -> Iterator[str]:
    yield ""
    yield (
        "活动 campaigns: code, name, state, rule, gifts, raised, moved in, used, held, returned,"
        " moved out"
    )
    for one in found:
        told = one.as_json()
        keys = ("raised", "moved_in", "used", "held", "returned", "moved_out")
        yield "  ".join([
            one.row.code, one.row.name, one.row.state, one.row.rule, str(len(one.gifts)),
            *(told[key] for key in keys),
        ])  # fmt: skip
    yield ""
    yield "追溯 coverage: code, spent, traced, untraced, rate"
    for one in found:
        told = one.as_json()
        yield f"{one.row.code}  {told['spent']}  {told['traced']}  {told['untraced']}  " + (
            one.coverage or "-"
        )


def _sums(found: list[GiftStanding]) -> str:
    """Received, used, held and returned of some gifts."""
    names = ("received_fen", "used_fen", "held_fen", "returned_fen")
    return "  ".join(Money(sum(getattr(one, name) for one in found)).text for name in names)


def _funds(found: list[GiftStanding]) -> Iterator[str]:
    yield ""
    yield "资金 by fund in which they came: fund, gifts, received, used, held, returned"
    of: dict[str, list[GiftStanding]] = defaultdict(list)
    for one in found:
        of[one.row.fund].append(one)
    for fund, inside in sorted(of.items()):
        yield f"{fund}  {len(inside)}  {_sums(inside)}"
    yield f"合计 total  {len(found)}  {_sums(found)}"


def _counts(registry: Registry, unit: str, found: list[GiftStanding]) -> Iterator[str]:
    with registry.read() as conn:
        givers = {row.id: row for row in donors.of_unit(conn, unit)}
    kinds = Counter(one.row.kind for one in found)
    whose = Counter(givers[one.row.donor].kind for one in found)
    special = {
        "agency": sum(one.row.nature == "agency" for one in found),
        "anonymous": whose[ANONYMOUS],
        "conditional": sum(one.row.nature == "conditional" for one in found),
        "foreign": sum(bool(one.row.foreign_fen) for one in found),
        "related": sum(one.row.related for one in found),
        "moved": sum(any(part.moved_in_fen for part in one.parts) for one in found),
        "until": sum(one.row.until is not None for one in found),
    }
    for title, counted in (
        ("种类 by kind", kinds), ("捐赠人 by kind of giver", whose),
        ("状态 by state", Counter(one.state for one in found)), ("其中 among them", special),
        ("公开 by consent", Counter(givers[one.row.donor].consent for one in found)),
    ):  # fmt: skip
        yield ""
        yield f"{title}: " + ", ".join(f"{key} {count}" for key, count in sorted(counted.items()))


def _things(found: list[GiftStanding]) -> Iterator[str]:
    yield ""
    yield "物资 things: gift, commodity, measure, received, used, held, returned"
    for one in found:
        things = one.as_json().get("things")
        if one.row.kind == MEMO:
            yield f"{one.row.code}  备查 memo  {one.row.quantity} {one.row.measure}"
        elif things:
            told = (things[key] for key in (
                "commodity", "measure", "received", "used", "held", "returned"
            ))  # fmt: skip
            yield f"{one.row.code}  " + "  ".join(told)


def _relief(registry: Registry, unit: str) -> Iterator[str]:
    yield ""
    yield "救助 relief: batch, day, fund, persons, amount, state"
    with registry.read() as conn:
        paid = aid.of_unit(conn, unit)
    batches: dict[str, list[aid.Stood]] = defaultdict(list)
    for one in paid:
        batches[one.row.batch].append(one)
    for batch, inside in sorted(batches.items()):
        first = inside[0]
        amount = Money(sum(one.row.fen for one in inside)).text
        yield (
            f"{batch}  {first.row.day}  {first.row.fund}  {len(inside)}  {amount}  {first.state}"
        )
