"""Closing a stocktake: the differences are worked out, and each is an alarm until it is settled.

Whoever opened it or counted does not close it. What was not looked at is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.assets.keepers import same_person
from ledger.errors import Refused
from ledger.registry import assets, stocktakes
from ledger.registry.stocktakes import CLOSED, FOUND, MISSING, DifferenceRow, ScanRow, StocktakeRow
from ledger.stocktakes.comparing import Compared, compare, unknown_things
from ledger.stocktakes.opening import bad, demand_open, known, log

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User


def close_stocktake(
    registry: Registry, unit: str, code: str, day: date, user: User, now: datetime
) -> list[DifferenceRow]:
    """End a stocktake as of ``day``; its differences. Who approves in the unit may.

    NotAllowed for who opened it, counted, or was named to count. Refused where nothing was looked
    at, before it began and for a day to come.
    """
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        demand_open(row)
        scans = stocktakes.scans(conn, unit, code)
        _demand_other(conn, row, scans, user)
        if not row.day <= day <= now.date():
            raise Refused(bad(
                f"结束日在 {row.day} 与今天之间", f"it is closed from {row.day} to today"
            ))  # fmt: skip
        if not scans:
            raise Refused(bad(
                f"{code} 还没有盘点记录", f"nothing was looked at in {code}",
                "先盘点；开错了的用 mingbai stocktake withdraw",
                "count first; one opened by an error is taken back: mingbai stocktake withdraw",
            ))  # fmt: skip
        items = stocktakes.items(conn, unit, code)
        events = assets.events(conn, unit, items)
        found = list(differences_of(row, compare(items.values(), scans, events), scans))
        stocktakes.add_differences(conn, found)
        stocktakes.set_state(
            conn, row, CLOSED, checker=user.id, closed=day, closed_at=stocktakes.moment(now)
        )
        log(conn, unit, code, "close", f"{len(items)} {len(found)}", user, now)
    return found


def differences_of(
    row: StocktakeRow, compared: Sequence[Compared], scans: Sequence[ScanRow]
) -> Iterator[DifferenceRow]:
    """Every difference once: things of the register by their codes, then what no register names."""
    number = 0
    for one in compared:
        item, scan = one.item, one.scan
        for kind in one.kinds:
            number += 1
            seen = scan if kind != MISSING else None
            yield DifferenceRow(
                row.unit, row.code, number, kind, item.asset, seen.number if seen else None,
                item.place, item.keeper, seen.place if seen else "", seen.keeper if seen else "",
                item.cost_fen,
            )  # fmt: skip
    for scan in unknown_things(scans):
        number += 1
        yield DifferenceRow(
            row.unit, row.code, number, FOUND, None, scan.number, "", "", scan.place, scan.keeper,
            scan.worth_fen,
        )  # fmt: skip


def _demand_other(
    conn: Connection, row: StocktakeRow, scans: Sequence[ScanRow], user: User
) -> None:
    """NotAllowed for who opened the stocktake or counted in it."""
    who = {row.maker, *row.counters.split(), *(one.user for one in scans)}
    if any(same_person(conn, user.id, one) for one in sorted(who)):
        raise workflow.not_oneself(
            "开始盘点的人与盘点人不能结束盘点", "who opened it or counts does not close it"
        )
