"""Beginning a stocktake: what the register says on that day is frozen, and then it is looked for.

Things without a body, such as software, are not counted; nor is what no voucher brought yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.assets.keepers import known_keeper
from ledger.assets.standing import WAITING, AssetStanding, register, register_now
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.reference import make_code
from ledger.registry import asset_requests, assets, oplog, stocktakes, units, users
from ledger.registry.asset_requests import REPAIR
from ledger.registry.assets import GONE
from ledger.registry.stocktakes import (
    ALL,
    CLASS,
    KEEPER,
    OPEN,
    PLACE,
    PREFIX,
    SCOPE_WORDS,
    WITHDRAWN,
    ItemRow,
    StocktakeRow,
)
from ledger.rules.assets import INTANGIBLE
from ledger.stocktakes.comparing import AWAY, same_place
from ledger.words import named_faults, typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

MOST_COUNTERS: Final = 20


@dataclass(frozen=True, slots=True)
class Opening:
    """A stocktake as somebody says it.

    ``of`` is the class, the place or the keeper that it is limited to, empty for all. ``counters``
    are the logins of who may count beside those who record.
    """

    unit: str
    day: date
    scope: str = ALL
    of: str = ""
    counters: Sequence[str] = ()
    note: str = ""


def open_stocktake(
    registry: Registry, opening: Opening, user: User, now: datetime
) -> tuple[StocktakeRow, int]:
    """Begin a stocktake; with how many things it expects. Who records may.

    Refused for a day to come or before the book began, for a scope in which nothing stands, for
    counters without any right in the unit, and while the same is being counted already.
    """
    unit = opening.unit
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        faults = list(_faults(conn, opening, now.date()))
        faults += named_faults(conn, registry, opening.note)
        counters = _counters(conn, opening, faults)
        refuse_if(faults)
        # Whoever would alter the register waits for this transaction.
        today = opening.day == now.date()
        there = (register_now if today else register)(registry, unit, opening.day)
        of, expected = _in_scope(conn, opening, there)
        items = _items(conn, unit, expected, opening.day)
        row = StocktakeRow(
            unit, _next_code(conn, unit, opening.day.year), opening.day, opening.scope, of,
            " ".join(counters), OPEN, user.id, stocktakes.moment(now),
            note=safe_text(opening.note, 300),
        )  # fmt: skip
        refuse_if(_counted_already(conn, row))
        stocktakes.add(conn, row, items)
        log(conn, unit, row.code, "open", f"{row.scope} {len(items)}", user, now)
    return row, len(items)


def withdraw(registry: Registry, unit: str, code: str, user: User, now: datetime) -> StocktakeRow:
    """Take a stocktake back that was opened by an error. Refused once anything was seen in it."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        demand_open(row)
        if stocktakes.scans(conn, unit, code):
            raise Refused(bad(
                f"{code} 已有盘点记录，不能撤回", f"something was seen in {code}: it stays",
                "请另一人结束盘点（mingbai stocktake close）",
                "let another person close it (mingbai stocktake close)",
            ))  # fmt: skip
        stocktakes.set_state(conn, row, WITHDRAWN)
        log(conn, unit, code, "withdraw", "", user, now)
        return known(conn, unit, code)


def known(conn: Connection, unit: str, code: str) -> StocktakeRow:
    """The unit's stocktake of this code; CannotRun if there is none."""
    row = stocktakes.find(conn, unit, code)
    if row is None:
        raise CannotRun(
            finding(
                "no-stocktake", f"没有盘点 {typed(code)}", f"there is no stocktake {typed(code)}",
                "用 mingbai stocktake list 核对编号", "look it up with mingbai stocktake list",
            )
        )  # fmt: skip
    return row


def demand_open(row: StocktakeRow) -> None:
    """Refused for a stocktake that is over."""
    if row.state != OPEN:
        raise Refused(bad(
            f"盘点 {row.code} 已结束（{row.state}）", f"stocktake {row.code} is {row.state}",
            "重新开始一次：mingbai stocktake open", "begin another one: mingbai stocktake open",
        ))  # fmt: skip


def bad(zh: str, en: str, todo_zh: str = "改正后重试", todo_en: str = "correct it and try again",
        *, line: int | None = None) -> Finding:  # fmt: skip
    """A finding of a stocktake."""
    return finding("bad-stocktake", zh, en, todo_zh, todo_en, line=line)


def log(
    conn: Connection, unit: str, code: str, act: str, detail: str, user: User, now: datetime
) -> None:
    """Keep in the log what was done; codes and counts, no words."""
    oplog.record(
        conn, at=now, user=user.id, unit=unit, action=f"stocktake.{act}", object=code,
        detail=detail,
    )  # fmt: skip


# ---- what is expected --------------------------------------------------------------------------


def _in_scope(
    conn: Connection, opening: Opening, there: Iterable[AssetStanding]
) -> tuple[str, list[AssetStanding]]:
    """What the stocktake is limited to as it is kept, and what stands within it."""
    scope, word = opening.scope, opening.of.strip()
    bodies = [
        one for one in there
        if one.state not in (GONE, WAITING) and (one.group != INTANGIBLE or scope == CLASS)
    ]  # fmt: skip
    of = ""
    if scope == CLASS:
        bodies = [one for one in bodies if word in (one.row.class_id, one.class_words.zh)]
        of = bodies[0].row.class_id if bodies else ""
    elif scope == PLACE:
        bodies = [one for one in bodies if same_place(one.place) == same_place(word)]
        of = bodies[0].place if bodies else ""
    elif scope == KEEPER:
        keeper = _keeper(conn, opening.unit, word)
        bodies = [one for one in bodies if one.keeper in (keeper, word)]
        of = bodies[0].keeper if bodies else ""
    if not bodies:
        raise Refused(bad(
            "这个范围内没有在册资产", "nothing of the register stands in this scope",
            "用 mingbai asset list 核对类别、地点、保管人",
            "look classes, places and keepers up with mingbai asset list",
        ))  # fmt: skip
    return of, bodies


def _keeper(conn: Connection, unit: str, word: str) -> str:
    """The id of a keeper, who may have left since; what was typed where nobody is of that name."""
    try:
        return known_keeper(conn, unit, word)
    except Refused:
        return word


def _items(
    conn: Connection, unit: str, expected: Sequence[AssetStanding], day: date
) -> list[ItemRow]:
    codes = [one.row.code for one in expected]
    events = assets.events(conn, unit, codes)
    away = [one.row.code for one in expected if one.state in AWAY]
    requests = asset_requests.of_assets(conn, unit, away) if away else {}
    items = []
    for one in expected:
        code = one.row.code
        until = [event for event in events.get(code, ()) if event.day <= day]
        place, keeper = one.place, one.keeper
        if one.state in AWAY:
            # Where it went, if that was said: else it may be anywhere.
            by = until[-1].request
            asked = next((row for row in requests.get(code, ()) if row.code == by), None)
            place = asked.to_place if asked is not None else ""
            keeper = asked.to_keeper if asked is not None and asked.kind != REPAIR else ""
        last = until[-1].number if until else 0
        items.append(ItemRow(code, True, one.state, place, keeper, one.cost_fen, last))
    return items


# ---- findings ----------------------------------------------------------------------------------


def _faults(conn: Connection, opening: Opening, today: date) -> Iterator[Finding]:
    opened = units.find(conn, opening.unit).opened
    if not opened <= opening.day <= today:
        yield bad(
            f"盘点日在账簿开始（{opened}）与今天之间",
            f"a stocktake begins from {opened} to today",
        )
    if opening.scope not in SCOPE_WORDS:
        scopes = (CLASS, PLACE, KEEPER)
        yield bad(f"范围为 all、{'、'.join(scopes)} 之一", f"a scope is all, {', '.join(scopes)}")
    elif (opening.scope == ALL) == bool(opening.of.strip()):
        yield bad(
            "只有按类别、地点或保管人盘点写明是哪一个",
            "a stocktake of a class, a place or a keeper says of which one; one of all does not",
        )


def possible_counters(conn: Connection, unit: str) -> list[User]:
    """Who may be named to count: active users with a right to look at the unit."""
    gone = users.inactive(conn)
    return [
        user for user in users.all_users(conn) if user.may("browse", unit) and user.id not in gone
    ]


def _counters(conn: Connection, opening: Opening, faults: list[Finding]) -> list[str]:
    """The ids of who was named to count."""
    named = list(dict.fromkeys(word.strip() for word in opening.counters if word.strip()))
    if not named:
        return []
    known = {
        word: user.id
        for user in possible_counters(conn, opening.unit)
        for word in (user.login, user.id)
    }
    for word in named:
        if word not in known:
            faults.append(bad(
                "盘点人须是本单位有权查阅的用户",
                "who counts is a user with a right to look at the unit",
                "用 mingbai user list 核对登录名", "look logins up with mingbai user list",
            ))  # fmt: skip
    if len(named) > MOST_COUNTERS:
        faults.append(bad(f"盘点人至多 {MOST_COUNTERS} 位", f"at most {MOST_COUNTERS} may count"))
    return list(dict.fromkeys(known[word] for word in named if word in known))


def _counted_already(conn: Connection, row: StocktakeRow) -> Iterator[Finding]:
    for other in stocktakes.of_unit(conn, row.unit):
        if other.state == OPEN and (other.scope, other.of) == (row.scope, row.of):
            yield bad(
                f"同一范围的盘点 {other.code} 尚未结束", f"{other.code} counts the same already",
                f"继续它：mingbai stocktake scan DIR --unit {row.unit} {other.code} …",
                f"go on with it: mingbai stocktake scan DIR --unit {row.unit} {other.code} …",
            )  # fmt: skip


def _next_code(conn: Connection, unit: str, year: int) -> str:
    return make_code(PREFIX, year, stocktakes.last_number(conn, unit, year) + 1)
