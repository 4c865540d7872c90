"""What moves on the units' accounts, the statements of it, and how treasurers import them.

Every account's movements of the year are kept with the balance after each, so that statements may
overlap and still prove. The files stay in ``statements/`` of the demonstration, as banks send them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from importers import staging
from importers.drafting import OtherSide
from importers.read import read_bytes
from ledger.cli.demo.county.banks import BANKS, Statement
from ledger.cli.demo.county.facts import YEAR, County, Place
from ledger.cli.demo.county.founding import account_number
from ledger.cli.demo.county.names import ALIPAY, BANK, COLLECTING, GIVING, WECHAT
from ledger.cli.demo.files import Balanced, alipay_detail, wechat_fund
from ledger.cli.demo.month import Movement
from ledger.money import Money, total
from ledger.period import Month

if TYPE_CHECKING:
    from importers.staging import OpenLine
    from ledger.registry import Registry, User

FOLDER: Final = "statements"
#: Banks whose statement of every second month goes back to the 25th of the month before.
_OVERLAPPING: Final = ("icbc", "boc", WECHAT)
_BACK_TO: Final = 25
#: A statement that was fetched from the 11th on: what came before is missing until it is fetched.
GAP: Final = ("fangzhi", Month(YEAR, 4), 11)
#: The statement that is imported a second time.
_TWICE: Final = ("xuexiao", Month(YEAR, 3))
_ORDER: Final = (WECHAT, ALIPAY, COLLECTING, BANK, GIVING)
_SHORT: Final = {
    BANK: "basic",
    COLLECTING: "dues",
    WECHAT: "wechat",
    ALIPAY: "alipay",
    GIVING: "gifts",
}

#: What the treasurer does about a line of which no rule and no reference says enough.
Answer = Callable[["OpenLine", "User", datetime], None]


@dataclass
class _Account:
    """One account: what it holds, and its movements, those of the running month apart."""

    held: Money = field(default_factory=lambda: Money(0))
    rows: list[Balanced] = field(default_factory=list)
    pending: list[Movement] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of an account from the one numbered ``first`` on, which a file tells of by days."""

    name: str
    rows: Sequence[Balanced]
    first: int
    since: date
    last: date


def put_file(registry: Registry, place: Place, name: str, data: bytes) -> None:
    """A file as it came to a unit, kept where the demonstration's reader finds it."""
    folder = registry.folder / FOLDER / place.id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def _day(row: Balanced) -> date:
    return row[0].at.date()


class Banking:
    """The accounts of all units that import what their banks send."""

    def __init__(self, registry: Registry, county: County) -> None:
        self._registry = registry
        self._county = county
        self._accounts: dict[tuple[str, str], _Account] = defaultdict(_Account)
        self._known: dict[tuple[str, str], Answer] = {}
        self._told: list[str] = []  # what was odd about the statements imported last
        self.files = 0
        self.lines = 0

    # ---- what happens --------------------------------------------------------------------------

    def begin(self, place: Place, account: str, held: Money) -> None:
        """What an account holds when the year begins."""
        self._accounts[place.id, account].held = held

    def move(self, place: Place, account: str, one: Movement) -> None:
        """Money comes or goes."""
        self._accounts[place.id, account].pending.append(one)

    def held(self, place: Place, account: str, at: datetime) -> Money:
        """What an account holds at a moment of the running month."""
        known = self._accounts[place.id, account]
        return known.held + total([
            Money(0), *(one.amount for one in known.pending if one.at < at)
        ])  # fmt: skip

    def know(self, unit: str, memo: str, answer: Answer) -> None:
        """The treasurer will know what to do about a line with this in its memo."""
        self._known[unit, memo] = answer

    def know_sides(self, unit: str, memo: str, sides: Sequence[OtherSide], said: str) -> None:
        """The treasurer knows where a line is entered."""

        def enter(line: OpenLine, user: User, now: datetime) -> None:
            staging.answer(self._registry, unit, line.number, sides, user, now, narration=said)

        self.know(unit, memo, enter)

    # ---- statements ----------------------------------------------------------------------------

    def import_month(self, place: Place, month: Month, user: User, now: datetime) -> list[str]:
        """Write a unit's statements of a month and import them; what was odd about them."""
        self._told = []
        asked = False
        for account in _ORDER:
            known = self._accounts.get((place.id, account))
            if known is None or not known.pending:
                continue
            before = len(known.rows)
            self._enter(place, account, known, month)
            if account == BANK and (place.id, month) == GAP[:2]:
                asked = self._with_gap(place, known.rows, before, month, user, now) or asked
                continue
            first = self._first(place, account, known, before, month)
            rows = known.rows[first:]
            since = min(month.first, _day(rows[0]))
            name = f"{_SHORT[account]}-{month}"
            part = _Part(name, rows, first, since, month.period.last)
            asked = self._import(place, account, part, user, now) or asked
            if account == BANK and (place.id, month) == _TWICE:
                asked = self._import(place, account, part, user, now) or asked
        if asked:
            self._answer(place.id, user, now)
        return self._told

    def _enter(self, place: Place, account: str, known: _Account, month: Month) -> None:
        """The month's movements behind those before it, with serials and balances."""
        index = self._county.places.index(place)
        for row in sorted(known.pending, key=lambda one: one.at):
            known.held += row.amount
            kind = _ORDER.index(account)
            serial = row.order or f"{month.first:%y%m}{index:02d}{kind}{len(known.rows):06d}"
            known.rows.append((replace(row, order=serial), known.held))
        known.pending.clear()

    def _first(
        self, place: Place, account: str, known: _Account, before: int, month: Month
    ) -> int:  # fmt: skip
        """The first row of a month's statement: some go back into the month before."""
        who = place.bank if account in (BANK, COLLECTING) else account
        if who not in _OVERLAPPING or month.month % 2:
            return before
        since = month.previous().first.replace(day=_BACK_TO)
        return next((n for n, row in enumerate(known.rows) if _day(row) >= since), before)

    def _import(
        self, place: Place, account: str, part: _Part, user: User, now: datetime
    ) -> bool:  # fmt: skip
        """Write one statement and import it; whether it left questions."""
        data, ending = self._write(place, account, part)
        name = f"{part.name}.{ending}"
        put_file(self._registry, place, name, data)
        done = staging.import_statement(
            self._registry, place.id, read_bytes(data, name), data, user, now, account=account
        )
        self.lines += done.new
        self.files += not done.again
        if done.again:
            self._told.append(f"{place.id} {name}：再次导入，没有变化 imported again, nothing new")
        elif done.known:
            self._told.append(f"{place.id} {name}：重叠 known {done.known}，新 new {done.new}")
        self._told += [f"{place.id} {name}：{found.what.zh}" for found in done.findings]
        return bool(done.questions)

    def _with_gap(
        self, place: Place, rows: Sequence[Balanced], before: int, month: Month, user: User,
        now: datetime,
    ) -> bool:  # fmt: skip
        """A statement that begins too late, then the days that it lacks; they prove each other."""
        cut = before + sum(row.at.day < GAP[2] for row, _ in rows[before:])
        late, missing = rows[cut:], rows[before:cut]
        for part in (
            _Part(f"basic-{month}", late, cut, _day(late[0]), month.period.last),
            _Part(
                f"basic-missing-days-{month}", missing, before, _day(missing[0]), _day(missing[-1])
            ),
        ):
            self._import(place, BANK, part, user, now)
        again = staging.match_again(self._registry, place.id, user, now)
        self._told.append(
            f"{place.id}：补齐后重新匹配 {len(again.drafts)} 笔 matched once the days were there"
        )
        return bool(again.questions)

    def _write(self, place: Place, account: str, part: _Part) -> tuple[bytes, str]:
        """A statement's bytes, and how its file's name ends."""
        if account == WECHAT:
            return wechat_fund(part.rows, serial=f"WX{YEAR % 100}", first=part.first + 1), "csv"
        number = account_number(self._county, place, account)
        if account == ALIPAY:
            period = (part.since, part.last + timedelta(days=1))
            return alipay_detail(
                part.rows, number, serial=f"ZFB{YEAR % 100}", first=part.first + 1, period=period
            ), "csv"
        write, ending = BANKS[place.bank]
        return write(Statement(number, place.name, part.since, part.last, part.rows)), ending

    def _answer(self, unit: str, user: User, now: datetime) -> None:
        for line in staging.inbox(self._registry, unit).questions:
            known = [
                answer
                for (of_unit, memo), answer in self._known.items()
                if of_unit == unit and memo in line.memo
            ]
            if len(known) != 1:
                raise LookupError(f"{unit}: nobody knows what line {line.memo!r} is: {line.reason}")
            known[0](line, user, now)
