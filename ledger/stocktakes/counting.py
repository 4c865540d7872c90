"""Counting: what somebody saw, where and with whom, and at once whether the list says the same.

Who was named to count may, and who records. A thing that is scanned twice has two scans, of which
the last counts; one that no register names is entered by its description.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.assets.keepers import known_keeper, same_person
from ledger.assets.labels import parse_label, typed_code
from ledger.assets.standing import WAITING, register_now
from ledger.entry import safe_text
from ledger.errors import Finding, NotAllowed, Refused, finding, refuse_if
from ledger.money import Money
from ledger.registry import assets, papers, stocktakes
from ledger.registry.stocktakes import FOUND, ItemRow, ScanRow, StocktakeRow
from ledger.stocktakes.comparing import kinds_of, since_opened
from ledger.stocktakes.opening import bad, demand_open, known, log
from ledger.words import named_faults, typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_NOTHING: Final = Money(0)
MOST_AT_ONCE: Final = 5000


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody saw, as they say it.

    ``what`` is an asset's code, its number, or the text of its label; empty with ``found``, which
    describes a thing that no register names. ``keeper`` is a member's number or a login; empty
    where nobody looked. ``note`` is in what condition it is. ``seen`` is false for what was looked
    for in vain, or was scanned by an error. ``line`` is where it stands in a file, from 1.
    """

    what: str = ""
    place: str = ""
    keeper: str = ""
    note: str = ""
    seen: bool = True
    found: str = ""
    worth: Money = _NOTHING
    photo: bytes = b""
    photo_name: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A scan beside what was expected; ``again`` if the thing was scanned before."""

    scan: ScanRow
    item: ItemRow | None
    kinds: tuple[str, ...]
    again: bool = False


def count(
    registry: Registry, unit: str, code: str, sights: Sequence[Sight], user: User, now: datetime
) -> list[Judged]:
    """Keep what was seen in a stocktake: all of it, or nothing with every finding.

    Refused for things that are not the unit's or not in the book yet, for what was seen nowhere,
    and once the stocktake is closed. NotAllowed for who was not named to count.
    """
    workflow.demand(user, "browse", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        _demand_counter(row, user)
        demand_open(row)
        if not sights:
            raise Refused(bad(
                "没有写看到了什么", "nothing is said of what was seen",
                "写资产编号；没有编号的实物作为盘盈登记",
                "name assets by their codes; a thing without one is entered as found",
            ))  # fmt: skip
        if len(sights) > MOST_AT_ONCE:
            raise Refused(bad(
                f"一次至多登记 {MOST_AT_ONCE} 件", f"at most {MOST_AT_ONCE} things at a time"
            ))  # fmt: skip
        desk = _Desk(conn, registry, row, user, now)
        return desk.keep(sights)


def may_count(row: StocktakeRow, user: User) -> bool:
    """Whether a user may enter what they see."""
    named = user.id in row.counters.split() and user.may("browse", row.unit)
    return named or user.may("record", row.unit)


def _demand_counter(row: StocktakeRow, user: User) -> None:
    if not may_count(row, user):
        raise NotAllowed(
            finding(
                "not-a-counter", f"用户 {user.id} 不是 {row.code} 的盘点人",
                f"user {user.id} was not named to count in {row.code}",
                "请盘点人登记；盘点人在开始盘点时指定",
                "ask who was named to count when it was opened",
            )
        )  # fmt: skip


class _Desk:
    """One batch of sights being entered."""

    def __init__(
        self, conn: Connection, registry: Registry, row: StocktakeRow, user: User, now: datetime
    ) -> None:
        self.conn, self.registry, self.row, self.user, self.now = conn, registry, row, user, now
        self._keepers: dict[tuple[str, str], str] = {}

    def keep(self, sights: Sequence[Sight]) -> list[Judged]:
        conn, row = self.conn, self.row
        faults: list[Finding] = []
        codes = [self._code(one, faults) for one in sights]
        wanted = {code for code in codes if code}
        items = stocktakes.items(conn, row.unit, row.code, wanted)
        beside = self._beside(wanted - set(items), faults, codes, sights)
        items.update(beside)
        for one in sights:
            faults += _sight_faults(one)
        texts = [text for one in sights for text in (one.place, one.note, one.found)]
        faults += named_faults(conn, self.registry, *texts)
        rows = [
            self._scan(one, code, items, faults) for one, code in zip(sights, codes, strict=True)
        ]
        refuse_if(faults)
        earlier = stocktakes.scans(conn, row.unit, row.code, wanted)
        refuse_if(_found_again(rows, earlier))
        before = {one.asset for one in earlier}
        stocktakes.add_items(conn, row, beside.values())
        made = stocktakes.add_scans(conn, row, rows)
        events = assets.events(conn, row.unit, wanted)
        detail = f"{len(made)} {made[0].asset or ''}".strip()
        log(conn, row.unit, row.code, "scan", detail, self.user, self.now)
        judged = []
        for scan in made:
            judged.append(_judged(scan, items, events, again=scan.asset in before))
            before.add(scan.asset)
        return judged

    def _code(self, sight: Sight, faults: list[Finding]) -> str:
        """The asset that is meant; empty for what no register names, and where nobody can tell."""
        if sight.found:
            return ""
        label = parse_label(sight.what)
        if label is not None and label.unit != self.row.unit:
            faults.append(bad(
                "这是另一单位的标签", "this is another unit's label",
                "作为盘盈登记，写明标签上的编号，并告知该单位",
                "enter it as found, with what its label says, and tell that unit",
                line=sight.line,
            ))  # fmt: skip
            return ""
        code = label.code if label is not None else typed_code(sight.what)
        if not code:
            faults.append(bad(
                "不是资产编号，也不是资产标签", "this is no asset's code and no label",
                "写作 FA-00012 或 12", "write it as FA-00012 or 12", line=sight.line,
            ))  # fmt: skip
        return code

    def _beside(
        self, codes: set[str], faults: list[Finding], said: Sequence[str], sights: Sequence[Sight]
    ) -> dict[str, ItemRow]:
        """What is of the register and not of the list, as the register has it now."""
        if not codes:
            return {}
        row = self.row
        there = register_now(self.registry, row.unit, self.now.date(), codes)
        known_ones = {one.row.code: one for one in there}
        events = assets.events(self.conn, row.unit, codes)
        for code, sight in zip(said, sights, strict=True):
            if code not in codes:
                continue
            if code not in known_ones:
                faults.append(bad(
                    f"没有资产 {typed(code)}", f"there is no asset {typed(code)}",
                    "核对编号；没有编号的实物作为盘盈登记",
                    "check its code; a thing without one is entered as found",
                    line=sight.line,
                ))  # fmt: skip
            elif known_ones[code].state == WAITING:
                faults.append(bad(
                    f"{code} 尚未入账，不在盘点之列", f"{code} is not in the book yet",
                    "先审核它的草稿", "approve its draft first", line=sight.line,
                ))  # fmt: skip
        return {
            code: ItemRow(
                code, False, one.state, one.place, one.keeper, one.cost_fen, len(events[code])
            )
            for code, one in sorted(known_ones.items())
        }

    def _scan(
        self, sight: Sight, code: str, items: dict[str, ItemRow], faults: list[Finding]
    ) -> ScanRow:
        item = items.get(code)
        photo = ""
        if sight.photo:
            photo = papers.store_in(
                self.conn, self.registry, self.row.unit, sight.photo, sight.photo_name,
                user=self.user.id, now=self.now,
            )  # fmt: skip
        keeper = self._keeper(sight, item, faults) if sight.keeper.strip() else ""
        return ScanRow(
            0, code or None, sight.seen, safe_text(sight.place, 120), keeper,
            safe_text(sight.found or sight.note, 300), sight.worth.fen, photo, self.user.id,
            stocktakes.moment(self.now),
        )  # fmt: skip

    def _keeper(self, sight: Sight, item: ItemRow | None, faults: list[Finding]) -> str:
        """Who has it, by the id that the register has for the same person."""
        expected = item.keeper if item is not None else ""
        word = sight.keeper.strip()
        if word == expected:
            return expected
        key = (word, expected)
        if key not in self._keepers:
            try:
                found = known_keeper(self.conn, self.row.unit, word)
            except Refused as refused:
                faults += refused.findings
                found = ""
            self._keepers[key] = expected if self._same(found, expected) else found
        return self._keepers[key]

    def _same(self, one: str, other: str) -> bool:
        """Whether two ids, of a user or a member, are one person."""
        if not one or not other:
            return False
        user, keeper = (one, other) if one.startswith("u-") else (other, one)
        return same_person(self.conn, user, keeper)


def _judged(
    scan: ScanRow, items: dict[str, ItemRow], events: dict[str, list[assets.EventRow]], *,
    again: bool,
) -> Judged:  # fmt: skip
    if scan.asset is None:
        return Judged(scan, None, (FOUND,))
    item = items[scan.asset]
    since = since_opened(item, events.get(scan.asset, ()))
    return Judged(scan, item, tuple(kinds_of(item, scan, since)), again)


def judge(conn: Connection, row: StocktakeRow, number: int) -> Judged | None:
    """One scan of a stocktake beside what was expected; None if there is none."""
    scan = stocktakes.scan(conn, row.unit, row.code, number)
    if scan is None or scan.asset is None:
        return None if scan is None else Judged(scan, None, (FOUND,))
    items = stocktakes.items(conn, row.unit, row.code, [scan.asset])
    return _judged(scan, items, assets.events(conn, row.unit, [scan.asset]), again=False)


def _found_again(rows: Sequence[ScanRow], earlier: Sequence[ScanRow]) -> Iterator[Finding]:
    """A finding for what was entered as found already: sent twice it would be two things."""
    known_ones = {(one.note, one.place): one.number for one in earlier if one.asset is None}
    for row in rows:
        number = known_ones.get((row.note, row.place)) if row.asset is None else None
        if number is not None:
            yield bad(
                f"同一地点已登记这件实物（#{number}）", f"it is entered already (#{number})",
                "同一件不必再登记；另一件的，说明中写出区别",
                "the same thing is there; of another one say how it differs",
            )  # fmt: skip


def _sight_faults(sight: Sight) -> Iterator[Finding]:
    if sight.seen and not safe_text(sight.place):
        yield bad("须写明在哪里看到", "say where it was seen", "写明地点",
                  "name the place", line=sight.line)  # fmt: skip
    if sight.found and (sight.what or not safe_text(sight.found)):
        yield bad("没有编号的实物写明是什么，不写编号",
                  "a thing without a code is described, and has none", line=sight.line)  # fmt: skip
    if sight.found and not sight.seen:
        yield bad("没有看到的不作盘盈", "what was not seen was not found", line=sight.line)
    if sight.worth and not sight.found:
        yield bad("只有盘盈的实物估价", "only what was found is valued", line=sight.line)
