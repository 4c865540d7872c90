"""The units of a federation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from ledger.errors import CannotRun, Refused, finding
from ledger.layout import UNIT_NAME
from ledger.registry.schema import unit as table
from ledger.registry.schema import unit_event


@dataclass(frozen=True, slots=True)
class UnitRow:
    """``limit_fen``: above this size a voucher needs two checkers. ``province`` and ``kinds``, with
    blanks between them, say which local rules hold for the unit; ``level``, ``regions`` (tags with
    blanks between) and ``channel`` say where it stands in the federation."""

    id: str
    name: str
    name_en: str
    upper: str | None
    chart: str
    opened: date
    closed: date | None
    limit_fen: int
    province: str = ""
    kinds: str = ""
    level: str = ""
    regions: str = ""
    channel: str = ""


_COLUMNS = tuple(table.c[name] for name in UnitRow.__slots__)


def add(
    conn: Connection,
    *,
    unit: str,
    name: str,
    name_en: str,
    chart: str,
    opened: date,
    limit_fen: int,
    upper: str | None,
) -> UnitRow:
    """Enter a unit. Refused if its id is taken or badly formed, or its upper unit unknown."""
    known = {row.id for row in all_units(conn)}
    if not UNIT_NAME.fullmatch(unit):
        what = ("代号用小写字母、数字与连字符", "its id is small letters, digits and hyphens")
    elif unit in known:
        what = ("代号已用", "its id is taken")
    elif upper is not None and upper not in known:
        what = ("上级单位不存在", "its upper unit does not exist")
    elif not name.strip() or limit_fen < 0:
        what = ("须有名称，限额不为负", "it has a name and a limit that is not negative")
    else:
        row = UnitRow(unit, name, name_en, upper, chart, opened, None, limit_fen)
        conn.execute(insert(table).values({n: getattr(row, n) for n in row.__slots__}))
        return row
    raise Refused(
        finding(
            "bad-unit",
            f"单位 {unit[:40]}：{what[0]}",
            f"unit {unit[:40]}: {what[1]}",
            "核对单位资料后重试",
            "check the unit's facts and try again",
        )
    )


def find(conn: Connection, unit: str) -> UnitRow:
    """The unit; CannotRun if there is none of that id."""
    row = conn.execute(select(*_COLUMNS).where(table.c.id == unit)).first()
    if row is None:
        raise no_unit(unit)
    return UnitRow(*row)


def no_unit(unit: str) -> CannotRun:
    """What is said of a unit that is not there, or of which the asker may not know."""
    # Which units there are is not for everybody to know; a name typed in its place is not repeated.
    shown = unit[:40] if unit.isascii() else "?"
    return CannotRun(
        finding(
            "no-unit",
            f"没有单位 {shown}",
            f"there is no unit {shown}",
            "核对代号；mingbai unit list 列出可见的单位",
            "check its id; mingbai unit list lists the units that you may see",
        )
    )


def set_place(conn: Connection, unit: str, province: str, kinds: str) -> None:
    """Say where a unit is and which kinds of unit it is, blanks between them."""
    conn.execute(update(table).where(table.c.id == unit).values(province=province, kinds=kinds))


def set_standing(conn: Connection, unit: str, *, level: str, regions: str, channel: str) -> None:
    """Say where a unit stands: its level, the tags of its region, and how its money comes."""
    conn.execute(
        update(table)
        .where(table.c.id == unit)
        .values(level=level, regions=regions, channel=channel)
    )


@dataclass(frozen=True, slots=True)
class UnitEvent:
    """What happened to a unit on a day, by which decision; ``other`` is the unit it concerns."""

    kind: str
    day: date
    other: str
    decision: str
    user: str
    at: str


MOVED, MERGING, MERGED, CLOSED = "moved", "merging", "merged", "closed"


def add_event(
    conn: Connection,
    unit: str,
    kind: str,
    day: date,
    user: str,
    now: datetime,
    *,
    other: str = "",
    decision: str = "",
) -> None:
    """Keep what happened to a unit."""
    last = conn.execute(
        select(func.max(unit_event.c.number)).where(unit_event.c.unit == unit)
    ).scalar()
    values = {
        "unit": unit, "number": int(last or 0) + 1, "kind": kind, "day": day, "other": other,
        "decision": decision, "user": user, "at": now.isoformat(timespec="seconds"),
    }  # fmt: skip
    conn.execute(insert(unit_event).values(values))


def events(conn: Connection, unit: str) -> list[UnitEvent]:
    """What happened to a unit, in order."""
    columns = [unit_event.c[name] for name in UnitEvent.__slots__]
    rows = conn.execute(
        select(*columns).where(unit_event.c.unit == unit).order_by(unit_event.c.number)
    )
    return [UnitEvent(*row) for row in rows]


def merged_into(conn: Connection) -> dict[str, str]:
    """By unit: the unit that took it over."""
    rows = conn.execute(
        select(unit_event.c.unit, unit_event.c.other).where(unit_event.c.kind == MERGED)
    )
    return {row.unit: row.other for row in rows}


def set_upper(conn: Connection, unit: str, upper: str | None) -> None:
    """Put a unit below another one, or at the top."""
    conn.execute(update(table).where(table.c.id == unit).values(upper=upper))


def set_closed(conn: Connection, unit: str, day: date) -> None:
    """A unit is closed from ``day`` on: nothing more is posted in its book."""
    conn.execute(update(table).where(table.c.id == unit).values(closed=day))


def subtree(conn: Connection, root: str) -> list[UnitRow]:
    """``root`` and every unit below it, upper units first; CannotRun if there is no such unit."""
    found = [find(conn, root)]
    below: dict[str, list[UnitRow]] = {}
    for row in all_units(conn):
        below.setdefault(row.upper or "", []).append(row)
    for row in found:  # grows while it is gone through
        found += below.get(row.id, [])
    return found


GRASS_ROOTS: Final = "grass-roots"


def grass_roots(rows: Sequence[UnitRow]) -> frozenset[str]:
    """Which units are at the grass roots: by level, or where nobody said one, with none below.

    ``rows`` are all units, so that who has units below is known.
    """
    uppers = {row.upper for row in rows}
    return frozenset(
        row.id for row in rows if (row.level == GRASS_ROOTS if row.level else row.id not in uppers)
    )


def all_units(conn: Connection) -> list[UnitRow]:
    """Every unit, by id."""
    return [UnitRow(*row) for row in conn.execute(select(*_COLUMNS).order_by(table.c.id))]
