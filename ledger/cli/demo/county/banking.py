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
from ledger.cli.demo.county.names import ALIPAY, BANK, COLLECTING, WECHAT
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
_ORDER: Final = (WECHAT, ALIPAY, COLLECTING, BANK)
_SHORT: Final = {BANK: "basic", COLLECTING: "dues", WECHAT: "wechat", ALIPAY: "alipay"}

#: What the treasurer does about a line of which no rule and no reference says enough.
Answer = Callable[["OpenLine", "User", datetime], None]


@dataclass
class _Account:
    """One account: what it holds, and its movements, those of the running month apart."""

    held: Money = field(default_factory=lambda: Money(0))
    rows: list[Balanced] = field(default_factory=list)
    pending: list[Movement] = field(default_factory=list)


class Banking:
    """The accounts of all units that import what their banks send."""

    def __init__(self, registry: Registry, county: County) -> None:
        self._registry = registry
        self._county = county
        self._accounts: dict[tuple[str, str], _Account] = defaultdict(_Account)
        self._known: dict[tuple[str, str], Answer] = {}
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
        told: list[str] = []
        asked = False
        for account in _ORDER:
            known = self._accounts.get((place.id, account))
            if known is None or not known.pending:
                continue
            before = len(known.rows)
            self._enter(place, account, known, month)
            first = self._first(place, account, known, before, month)
            if (place.id, month) == GAP[:2] and account == BANK:
                asked = self._with_gap(place, known, before, month, user, now, told) or asked
                continue
            asked = self._import(place, account, known, first, month, user, now, told) or asked
        if asked:
            self._answer(place.id, user, now)
        return told

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
        return next((n for n, (row, _) in enumerate(known.rows) if row.at.date() >= since), before)

    def _import(
        self, place: Place, account: str, known: _Account, first: int, month: Month, user: User,
        now: datetime, told: list[str], *, end: int | None = None, name: str = "",
    ) -> bool:  # fmt: skip
        """Write one statement and import it; whether it left questions."""
        rows = known.rows[first:end]
        since = min(month.first, rows[0][0].at.date())
        if name or ((place.id, month) == GAP[:2] and account == BANK):
            since = rows[0][0].at.date()
        until = month.period.last
        last = rows[-1][0].at.date() if end is not None else until
        data, ending = self._write(place, account, rows, first, since, last)
        name = f"{name or _SHORT[account]}-{month}.{ending}"
        folder = self._registry.folder / FOLDER / place.id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        times = 2 if (place.id, month) == _TWICE and account == BANK else 1
        asked = False
        for _ in range(times):
            done = staging.import_statement(
                self._registry, place.id, read_bytes(data, name), data, user, now, account=account
            )
            asked = asked or bool(done.questions)
            self.lines += done.new
            if done.again:
                told.append(f"{place.id} {name}：再次导入，没有变化 imported again, nothing new")
            elif done.known:
                told.append(f"{place.id} {name}：重叠 known {done.known}，新 new {done.new}")
            told += [f"{place.id} {name}：{found.what.zh}" for found in done.findings]
        self.files += 1
        return asked

    def _with_gap(
        self, place: Place, known: _Account, before: int, month: Month, user: User, now: datetime,
        told: list[str],
    ) -> bool:  # fmt: skip
        """A statement that begins too late, then the days that it lacks; they prove each other."""
        rows = known.rows[before:]
        cut = before + sum(row.at.day < GAP[2] for row, _ in rows)
        self._import(place, BANK, known, cut, month, user, now, told)
        self._import(
            place, BANK, known, before, month, user, now, told, end=cut, name="basic-missing-days"
        )
        again = staging.match_again(self._registry, place.id, user, now)
        told.append(
            f"{place.id}：补齐后重新匹配 {len(again.drafts)} 笔 matched once the days were there"
        )
        return bool(again.questions)

    def _write(
        self, place: Place, account: str, rows: Sequence[Balanced], first: int, since: date,
        last: date,
    ) -> tuple[bytes, str]:  # fmt: skip
        """A statement's bytes, and how its file's name ends."""
        if account == WECHAT:
            return wechat_fund(rows, serial=f"WX{YEAR % 100}", first=first + 1), "csv"
        number = account_number(self._county, place, account)
        if account == ALIPAY:
            period = (since, last + timedelta(days=1))
            return alipay_detail(
                rows, number, serial=f"ZFB{YEAR % 100}", first=first + 1, period=period
            ), "csv"
        write, ending = BANKS[place.bank]
        return write(Statement(number, place.name, since, last, rows)), ending

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
