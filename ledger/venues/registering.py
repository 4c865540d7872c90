"""The register of venues: what one person enters of a venue, and what another one approves.

What a venue is, when it is open, who shares its cost and since when it is closed are versions, each
from a day on. A version is approved as it was seen, never by who entered it; those that were
approved stay, so that what held on a day can always be said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.registry import oplog, units, venue_days, venues
from ledger.registry.venues import (
    APPROVED,
    CLOSED,
    CLOSING,
    DRAFT,
    FACTS,
    HOURS,
    KIND_WORDS,
    OPEN,
    OTHER_UNIT,
    OWN,
    OWNER_WORDS,
    TAKEN_BACK,
    WAITING,
    WITHDRAWN,
    FactsRow,
    VenueRow,
    VersionRow,
)
from ledger.venues.calendar import Span
from ledger.venues.parties import no_names
from ledger.venues.timetable import calendar_of
from ledger.venues.trouble import bad, no_venue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, User

ASSET: Final = re.compile(r"FA-[0-9]{5,9}")
#: The order in which what waits is approved: hours and key are of a venue that is there.
_ORDER: Final = (FACTS, HOURS, venues.KEY, CLOSING)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of a venue. ``area`` is in hundredths of a square metre; ``basis`` says why it
    serves the public benefit; ``owner_unit`` and ``asset`` go with what they are needed for."""

    name: str
    kind: str
    place: str
    area: int
    capacity: int
    public_benefit: bool
    basis: str = ""
    owner: str = OWN
    owner_unit: str = ""
    asset: str = ""
    name_en: str = ""


def add(
    registry: Registry, unit: str, facts: Facts, opened: date, user: User, now: datetime
) -> VenueRow:
    """Enter a venue that is there from ``opened`` on, to be approved by another person.

    Who records may. Refused with every fault of what is said, and for a registered person's name.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        refuse_if(_faults(conn, registry, unit, facts))
        row = VenueRow(unit, venues.next_code(conn, unit, now.year), WAITING)
        venues.add(conn, row)
        version = propose(conn, registry, row, FACTS, opened, "", user, now)
        venues.add_facts(conn, unit, row.code, _row(facts, version.version))
    return row


def change(
    registry: Registry, unit: str, code: str, facts: Facts, first: date, reason: str, user: User,
    now: datetime,
) -> VersionRow:  # fmt: skip
    """Say anew what a venue is, from a day on; another person approves it. Who records may."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        refuse_if(_faults(conn, registry, unit, facts))
        version = propose(conn, registry, row, FACTS, first, reason, user, now)
        venues.add_facts(conn, unit, code, _row(facts, version.version))
    return version


def close(
    registry: Registry, unit: str, code: str, first: date, reason: str, user: User, now: datetime
) -> VersionRow:
    """Ask that a venue is closed for good from a day on; another person approves it."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        refuse_if(_closing_faults(conn, row, first))
        return propose(conn, registry, row, CLOSING, first, reason, user, now)


def approve(
    registry: Registry, unit: str, code: str, user: User, now: datetime, *, kind: str = "",
    seen: int | None = None,
) -> list[VersionRow]:  # fmt: skip
    """Approve what waits of a venue, all of it or one kind; NotAllowed for who entered any of it.

    ``seen`` is the version that was looked at; Refused if another one waits by now, and where what
    was booked since would not fit.
    """
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        found = waiting(conn, row, kind)
        if seen is not None and [one.version for one in found] != [seen]:
            raise Refused(bad("待审批的已是另一版", "another version waits by now"))
        workflow.demand_other(
            conn, user, [one.maker for one in found],
            "登记人不能审批自己登记的阵地事项", "nobody approves what they entered",
        )  # fmt: skip
        for one in found:
            row = _approve(conn, row, one, user, now)
    return found


def withdraw(
    registry: Registry, unit: str, code: str, user: User, now: datetime, *, kind: str = ""
) -> list[VersionRow]:
    """Take back or refuse what waits of a venue: who records, or who would approve it."""
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        found = waiting(conn, row, kind)
        for one in found:
            venues.set_version(conn, one, TAKEN_BACK, user.id, now)
            log(conn, row, f"venue.withdraw-{one.kind}", f"v{one.version}", user, now)
            if one.kind == FACTS and row.state == WAITING:
                venues.set_state(conn, row, WITHDRAWN)
    return found


def known(conn: Connection, unit: str, code: str) -> VenueRow:
    """The unit's venue of this code; CannotRun if there is none."""
    row = venues.find(conn, unit, code)
    if row is None:
        raise CannotRun(no_venue(code))
    return row


def propose(
    conn: Connection, registry: Registry, row: VenueRow, kind: str, first: date, reason: str,
    user: User, now: datetime,
) -> VersionRow:  # fmt: skip
    """Enter a version that waits; one of its kind that waited gives way. Refused without a reason
    where it alters something, before the one in force, and of a venue that is over."""
    every = [one for one in venues.versions(conn, row.unit, row.code) if one.kind == kind]
    approved = [one for one in every if one.state == APPROVED]
    plain = safe_text(reason)[:300]
    faults = no_names(conn, registry, plain)
    if row.state in (CLOSED, WITHDRAWN):
        faults.append(bad("阵地已关闭或未通过审批", "the venue is closed, or was not approved"))
    if (approved or kind == CLOSING) and not plain:
        faults.append(bad("变更须写明依据", "a change has a reason"))
    if approved and first < approved[-1].first:
        faults.append(
            bad(f"不能早于现行版本的起始日 {approved[-1].first}",
                f"it begins no earlier than the version in force, {approved[-1].first}")
        )  # fmt: skip
    refuse_if(faults)
    for one in every:
        if one.state == DRAFT:
            venues.set_version(conn, one, TAKEN_BACK, user.id, now)
    at = now.isoformat(timespec="seconds")
    last = max((one.version for one in every), default=0)
    version = VersionRow(
        row.unit, row.code, kind, last + 1, first, DRAFT, plain, user.id, at
    )  # fmt: skip
    venues.add_version(conn, version)
    log(conn, row, f"venue.{kind}", f"v{version.version} {first}", user, now)
    return version


def waiting(conn: Connection, row: VenueRow, kind: str = "") -> list[VersionRow]:
    """What waits of a venue, in the order in which it is approved; Refused if nothing does."""
    found = [
        one for one in venues.versions(conn, row.unit, row.code)
        if one.state == DRAFT and kind in ("", one.kind)
    ]  # fmt: skip
    if not found:
        raise Refused(
            finding(
                "nothing-waits", f"阵地 {row.code} 没有待审批的事项",
                f"nothing waits of venue {row.code}",
                "用 mingbai venue show 查看", "see mingbai venue show",
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: _ORDER.index(one.kind))


def log(
    conn: Connection, row: VenueRow, action: str, detail: str, user: User, now: datetime
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.code, detail=detail
    )


# ---- approving ---------------------------------------------------------------------------------


def _approve(
    conn: Connection, row: VenueRow, version: VersionRow, user: User, now: datetime
) -> VenueRow:
    if version.kind != FACTS and row.state == WAITING:
        raise Refused(bad("先审批阵地登记本身", "the venue itself is approved first"))
    if version.kind == CLOSING:
        refuse_if(_closing_faults(conn, row, version.first))
    venues.set_version(conn, version, APPROVED, user.id, now)
    if version.kind == HOURS:
        refuse_if(_left_outside(conn, row, version.first))
    state = {FACTS: OPEN, CLOSING: CLOSED}.get(version.kind, row.state)
    if state != row.state:
        venues.set_state(conn, row, state)
    log(conn, row, f"venue.approve-{version.kind}", f"v{version.version}", user, now)
    return VenueRow(row.unit, row.code, state)


def _closing_faults(conn: Connection, row: VenueRow, first: date) -> Iterator[Finding]:
    opened = [one for one in venues.versions(conn, row.unit, row.code) if one.kind == FACTS]
    if row.state != OPEN:
        yield bad("只有开放的阵地可以关闭", "only a venue that is open is closed")
    if first <= opened[0].first:
        yield bad("关闭日须晚于启用日", "it closes after it opened")
    held = venue_days.bookings(
        conn, row.unit, row.code, since=first, states=venue_days.HELD
    )  # fmt: skip
    used = venue_days.standing(venue_days.uses(conn, row.unit, row.code, since=first))
    if held or used:
        yield _in_the_way([one.booking for one in held] or [one.ref for one in used])


def _left_outside(conn: Connection, row: VenueRow, first: date) -> Iterator[Finding]:
    """Bookings that the hours which hold from ``first`` on would leave outside."""
    calendar = calendar_of(conn, row.unit, row.code)
    held = venue_days.bookings(
        conn, row.unit, row.code, since=first,
        states=(venue_days.ASKED, venue_days.CONFIRMED),
    )  # fmt: skip
    codes = [
        one.booking for one in held
        if not one.decision and not calendar.covers(one.day, Span(one.opens, one.closes))
    ]  # fmt: skip
    if codes:
        yield _in_the_way(codes)


def _in_the_way(codes: Sequence[str]) -> Finding:
    named = " ".join(codes[:5])
    return finding(
        "booked-already", f"有 {len(codes)} 项预约或使用不相容：{named}",
        f"bookings or uses that do not fit: {len(codes)}, such as {named}",
        "先取消这些预约，或另定日期", "cancel these bookings first, or choose another day",
    )  # fmt: skip


# ---- what is said of a venue -------------------------------------------------------------------


def _row(facts: Facts, version: int) -> FactsRow:
    return FactsRow(
        version, safe_text(facts.name)[:80], safe_text(facts.name_en)[:80], facts.kind,
        safe_text(facts.place)[:120], facts.area, facts.capacity, facts.public_benefit,
        safe_text(facts.basis)[:200], facts.owner, facts.owner_unit or None, facts.asset or None,
    )  # fmt: skip


def _faults(conn: Connection, registry: Registry, unit: str, facts: Facts) -> Iterator[Finding]:
    if not safe_text(facts.name) or not safe_text(facts.place):
        yield bad("须写明名称与地点", "its name and place are written")
    if facts.kind not in KIND_WORDS:
        yield bad(f"类别为 {'、'.join(KIND_WORDS)}", f"its kind is one of {', '.join(KIND_WORDS)}")
    if not 0 < facts.area < 10**9 or not 0 < facts.capacity <= 1_000_000:
        yield bad("面积与容纳人数须大于零", "area and capacity are above zero")
    if facts.public_benefit and not safe_text(facts.basis):
        yield bad("公益属性须写明依据", "what serves the public benefit says on which basis")
    yield from _owner_faults(conn, unit, facts)
    yield from no_names(
        conn, registry, facts.name, facts.name_en, facts.place, facts.basis
    )  # fmt: skip


def _owner_faults(conn: Connection, unit: str, facts: Facts) -> Iterator[Finding]:
    if facts.owner not in OWNER_WORDS:
        yield bad(f"权属为 {'、'.join(OWNER_WORDS)}", f"it is one of {', '.join(OWNER_WORDS)}")
    if (facts.owner == OTHER_UNIT) != bool(facts.owner_unit):
        yield bad("属于其他单位的须写明是哪个单位", "what another unit owns says which unit")
    elif facts.owner_unit:
        others = {row.id for row in units.all_units(conn)} - {unit}
        if facts.owner_unit not in others:
            yield bad(f"没有单位 {facts.owner_unit[:40]}", f"no such unit: {facts.owner_unit[:40]}")
    if facts.asset and facts.owner != OWN:
        yield bad(
            "不属本单位的只作备查登记，没有资产编号",
            "what the unit does not own is registered for memory, without an asset's code",
        )
    elif facts.asset and not ASSET.fullmatch(facts.asset):
        yield bad("资产编号写作 FA-00012", "an asset's code is written FA-00012")
