"""What an administrator says of units: where they stand, what is above them, that they are closed.

Nothing here moves money; a unit that holds any, or has drafts that wait, is not closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.registry import drafts, figures, oplog, units
from ledger.tree.moving_members import ALONG, CLAIMS, Moved, move_all
from ledger.tree.words import CHANNELS, FIGURES, LEVELS, REGIONS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.units import UnitRow


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a unit stands; None leaves what was said."""

    level: str | None = None
    regions: tuple[str, ...] | None = None
    channel: str | None = None


def check_standing(said: Standing) -> None:
    """Refused for words that are none of the lists."""
    refuse_if(_standing_faults(said))


def set_standing(
    registry: Registry, unit: str, said: Standing, user: User, now: datetime
) -> UnitRow:
    """Say where a unit stands. NotAllowed; Refused for words that are none of the lists."""
    workflow.demand(user, "administer", "*")
    check_standing(said)
    with registry.write() as conn:
        row = units.find(conn, unit)
        regions = row.regions if said.regions is None else " ".join(dict.fromkeys(said.regions))
        level = row.level if said.level is None else said.level
        channel = row.channel if said.channel is None else said.channel
        units.set_standing(conn, unit, level=level, regions=regions, channel=channel)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="unit.standing", object=unit,
            detail=f"{level} {regions} {channel}".strip(),
        )  # fmt: skip
        return units.find(conn, unit)


def move(
    registry: Registry, unit: str, upper: str, day: date, decision: str, user: User, now: datetime
) -> None:
    """Put a unit, and all below it, below another one; ``upper`` is empty for the top.

    Refused without a decision, below itself or a unit of its own subtree, and below a closed one.
    """
    workflow.demand(user, "administer", "*")
    with registry.write() as conn:
        row = units.find(conn, unit)
        faults = list(_move_faults(conn, row, upper, day))
        if not safe_text(decision):
            faults.append(_no_decision())
        refuse_if(faults)
        units.set_upper(conn, unit, upper or None)
        units.add_event(
            conn, unit, units.MOVED, day, user.id, now, other=upper, decision=safe_text(decision)
        )
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="unit.move", object=unit,
            detail=f"{row.upper or ''} → {upper}",
        )  # fmt: skip


def enter_figure(
    registry: Registry,
    unit: str,
    key: str,
    value: int,
    day: date,
    source: str,
    user: User,
    now: datetime,
) -> None:
    """Enter how many of something a unit has on a day, with the paper that says so.

    Who records for the unit may, and administrators. Refused for another key, a negative number, no
    source.
    """
    if not user.may("administer", "*"):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        units.find(conn, unit)
        if key not in FIGURES or not 0 <= value <= 10**9 or not safe_text(source):
            raise Refused(
                finding(
                    "bad-figure",
                    f"基础数据须为 {'、'.join(FIGURES)} 之一，不为负，并写明来源",
                    f"a figure is one of {', '.join(FIGURES)}, not negative, and has a source",
                    "改正后重试",
                    "correct it and try again",
                )
            )
        figures.add(conn, unit, key, day, value, safe_text(source)[:300], user.id, now)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="unit.figure", object=key,
            detail=f"{day} {value}",
        )  # fmt: skip


def close(
    registry: Registry,
    unit: str,
    day: date,
    decision: str,
    user: User,
    now: datetime,
    *,
    open_claims: str = ALONG,
) -> Moved:
    """Close a unit: from ``day`` on nothing is posted in its book, which stays readable.

    Refused without a decision, while units below it are open, drafts wait, or it holds anything: a
    unit that goes hands its book over first (``mingbai unit merge``), or pays out what it has. Its
    members who were asked for by the merger go along, and with them what they owe, or not.
    """
    workflow.demand(user, "administer", "*")
    if open_claims not in CLAIMS:
        raise ValueError(f"claims go along or stay: {open_claims}")
    with registry.write() as conn:
        row = units.find(conn, unit)
        successor = _successor(conn, unit)
        for one in sorted({unit, successor} - {""}):
            registry.lock_unit(conn, one)
        faults = list(_close_faults(conn, row, day))
        faults += [] if safe_text(decision) else [_no_decision()]
        faults += list(_balances(registry, unit, day))
        refuse_if(faults)
        units.set_closed(conn, unit, day)
        moved = Moved()
        if successor:
            moved = move_all(conn, registry, unit, successor, open_claims, day, user, now)
            units.add_event(conn, unit, units.MERGED, day, user.id, now, other=successor)
        units.add_event(conn, unit, units.CLOSED, day, user.id, now, decision=safe_text(decision))
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="unit.close", object=unit,
            detail=successor,
        )  # fmt: skip
    return moved


def _successor(conn: Connection, unit: str) -> str:
    """Who takes the unit over, if its book was handed over."""
    handed = [one.other for one in units.events(conn, unit) if one.kind == units.MERGING]
    return handed[-1] if handed else ""


# ---- findings ----------------------------------------------------------------------------------


def _standing_faults(said: Standing) -> Iterator[Finding]:
    for value, known, zh, en in (
        (said.level, LEVELS, "层级", "level"),
        (said.channel, CHANNELS, "经费渠道", "channel"),
    ):
        if value and value not in known:
            yield finding(
                "bad-standing", f"{zh}须为 {'、'.join(known)} 之一", f"a {en} is one of "
                f"{', '.join(known)}", "改正后重试", "correct it and try again",
            )  # fmt: skip
    for region in said.regions or ():
        if region not in REGIONS:
            yield finding(
                "bad-standing", f"地区标签须为 {'、'.join(REGIONS)} 之一：{region[:20]}",
                f"a region's tag is one of {', '.join(REGIONS)}: {region[:20]}",
                "改正后重试", "correct it and try again",
            )  # fmt: skip


def _move_faults(conn: Connection, row: UnitRow, upper: str, day: date) -> Iterator[Finding]:
    if not upper:
        return
    above = units.find(conn, upper)
    if above.closed is not None and above.closed <= day:
        yield finding(
            "unit-closed", f"单位 {upper} 已撤销", f"unit {upper} is closed",
            "选择仍在的上级单位", "choose an upper unit that is open",
        )  # fmt: skip
    if upper in {one.id for one in units.subtree(conn, row.id)}:
        yield finding(
            "circle", f"{upper} 在 {row.id} 之下，不能作其上级",
            f"{upper} is below {row.id} and cannot be above it",
            "核对上下级", "check which is above which",
        )  # fmt: skip


def _close_faults(conn: Connection, row: UnitRow, day: date) -> Iterator[Finding]:
    if row.closed is not None:
        yield finding(
            "unit-closed", f"单位 {row.id} 已于 {row.closed} 撤销",
            f"unit {row.id} was closed on {row.closed}", "无须再办", "nothing is left to do",
        )  # fmt: skip
    if day < row.opened:
        yield finding(
            "before-book", f"账簿于 {row.opened} 建账", f"the book was opened on {row.opened}",
            "选择其后的日期", "choose a later day",
        )  # fmt: skip
    below = [one.id for one in units.subtree(conn, row.id)[1:] if one.closed is None]
    if below:
        yield finding(
            "units-below", f"其下还有单位：{'、'.join(below)[:120]}",
            f"units are below it: {', '.join(below)[:120]}",
            "先用 mingbai unit move 转到别的上级", "move them first, with mingbai unit move",
        )  # fmt: skip
    waiting = drafts.in_states(conn, row.id, drafts.UNDECIDED)
    if waiting:
        yield finding(
            "drafts-wait", f"有 {len(waiting)} 张草稿未了", f"{len(waiting)} drafts are not done",
            "审核或撤回草稿", "approve or withdraw them",
        )  # fmt: skip


def _balances(registry: Registry, unit: str, day: date) -> Iterator[Finding]:
    """What the book still holds, by account and fund; and what it says of later days."""
    model = Model.open(unit_folder(registry.folder, unit))
    held: dict[tuple[str, str, str], int] = {}
    for cell in model.cells():
        key = (cell.account, cell.fund, cell.currency)
        held[key] = held.get(key, 0) + cell.net
    late = [month for month in model.months() if month.first >= day]
    model.close()
    left = {key: fen for key, fen in held.items() if fen}
    if left:
        (account, fund, currency), fen = next(iter(sorted(left.items())))
        amount = Money(fen, currency).grouped
        yield finding(
            "unit-holds",
            f"账上还有余额：{len(left)} 项，如 {account} 资金 {fund} {amount}",
            f"the book still holds {len(left)} balances, as {account}, fund {fund}: {amount}",
            "用 mingbai unit merge 移交账簿，或付清后再撤销",
            "hand the book over with mingbai unit merge, or pay out what it holds",
        )
    if late:
        yield finding(
            "posted-later", f"{late[0]} 起还有凭证", f"vouchers were posted from {late[0]} on",
            "撤销日期应在最后一张凭证之后", "close it on a day after its last voucher",
        )  # fmt: skip


def _no_decision() -> Finding:
    return finding(
        "no-decision", "须写明决议文号", "a decision is named",
        "用 --decision 写明", "give --decision",
    )  # fmt: skip
