"""The units of a federation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, select, update

from ledger.errors import CannotRun, Refused, finding
from ledger.layout import UNIT_NAME
from ledger.registry.schema import unit as table


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
        names = [known.id for known in all_units(conn)]
        raise CannotRun(
            finding(
                "no-unit",
                f"没有单位 {unit[:40]}",
                f"there is no unit {unit[:40]}",
                f"已有单位：{'、'.join(names) or '无'}",
                f"units here: {', '.join(names) or 'none'}",
            )
        )
    return UnitRow(*row)


def set_place(conn: Connection, unit: str, province: str, kinds: str) -> None:
    """Say where a unit is and which kinds of unit it is, blanks between them."""
    conn.execute(update(table).where(table.c.id == unit).values(province=province, kinds=kinds))


def all_units(conn: Connection) -> list[UnitRow]:
    """Every unit, by id."""
    return [UnitRow(*row) for row in conn.execute(select(*_COLUMNS).order_by(table.c.id))]
