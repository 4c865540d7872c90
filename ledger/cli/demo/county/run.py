"""``mingbai demo --size county``: a county's federation and its whole year.

Everything goes through the functions that commands call; only the clock is set to the story.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger import checking, clock, closing, workflow
from ledger.cli import acting
from ledger.cli.demo.county.dues import Dues
from ledger.cli.demo.county.facts import WHOLE, YEAR, County, Place, Scale, read_county
from ledger.cli.demo.county.founding import (
    PASSWORD,
    begin,
    begin_year,
    enter_users,
    found_book,
    people,
)
from ledger.cli.demo.county.money import ODD, PLAN_MONTH, Flow
from ledger.cli.demo.county.totals import totals
from ledger.cli.demo.run import refuse_used
from ledger.cli.demo.steps import Steps
from ledger.clock import CHINA
from ledger.dues import writing_off
from ledger.entry import Voucher
from ledger.errors import CannotRun
from ledger.period import Month
from ledger.registry import claims, ids
from ledger.registry.settings import DEFAULT_URL
from ledger.tree import changing
from ledger.tree.handing_over import Merging, merge

if TYPE_CHECKING:
    from ledger.registry import User

#: The file with the year's totals, in the folder of the demonstration.
TOTALS: Final = "totals.txt"
_DECISION: Final = "青工〔2026〕15号（示例）"
#: Months in which a voucher of a unit is taken back.
_REVERSED: Final = {2: "xuexiao", 5: "jixie", 6: "yiyuan", 8: "huanwei", 11: "linchang"}
_REOPENED: Final = ("fangzhi", Month(YEAR, 6))
_WRITTEN_OFF: Final = (("yiyuan", Month(YEAR, 10)), ("zhongxue", Month(YEAR, 10)))


def run_county(target: Path, seed: int, *, url: str | None = None, scale: Scale = WHOLE) -> int:
    """Live the county's year in ``target``, a fresh folder; the exit status."""
    refuse_used(target)
    with ids.drawn_from(seed):
        story = _Story(target, read_county(scale), seed, url or DEFAULT_URL)
        try:
            story.tell()
            acting.log_in(story.registry, story.zhou, clock.now())
        finally:
            story.registry.close()
    print(
        f"\n登录名 logins: zhou, lin, gao, shen, admin；口令 password: {PASSWORD}\n"
        f"已登录 zhou，接着可办 zhou is logged in; try:\n"
        f"mingbai matrix {target} --period {YEAR}\n"
        f"mingbai consolidate {target} --unit shi --period {YEAR}"
    )
    return 0


class _Story:
    """The year, month by month."""

    def __init__(self, target: Path, county: County, seed: int, url: str) -> None:
        self._target = target
        self._county = county
        self.registry = begin(target, county, url)
        self._dues = Dues(county, seed)
        self._flow = Flow(self.registry, county, seed)
        self._steps = Steps(len(county.months) + 2)
        self._people: dict[str, User] = {}

    @property
    def zhou(self) -> User:
        """The treasurer of every unit."""
        return self._people["zhou"]

    def tell(self) -> None:
        """From the founding to the last check."""
        steps = self._steps
        with steps.step("建立联合会", "units are founded, members enrolled"):
            first = datetime(YEAR, 1, 1, 9, tzinfo=CHINA)
            self._found(first.date(), first)
        for month in self._county.months:
            with steps.step(f"{month}", "one month"):
                self._live(month)
        with steps.step("核对", "everything is verified"):
            if found := checking.check_federation(self.registry):
                raise CannotRun(*found)
            last = self._county.months[-1].next().first - timedelta(days=1)
            told = totals(self.registry, last)
            (self._target / TOTALS).write_text(told, encoding="utf-8")
            steps.say(f"{TOTALS}：{len(told.splitlines())} 行 lines")
            steps.say(f"没有问题 nothing found（{steps.seconds:.0f} s）")

    # ---- units ---------------------------------------------------------------------------------

    def _found(self, day: date, now: datetime) -> None:
        """The units that begin on a day, with all that they begin with."""
        fresh = [place for place in self._county.places if place.opened == day]
        for number, place in enumerate(self._county.places):
            if place in fresh:
                found_book(self.registry, place, number, people(self.registry)["admin"], now)
        if not self._people:
            enter_users(self.registry, now)
        self._people = people(self.registry)
        count = 0
        for place in fresh:
            begin_year(self.registry, place, self.zhou, now)
            if place.members:
                count += self._dues.enroll(self.registry, place, self.zhou, now)
        if fresh:
            self._steps.say(f"{len(fresh)} 个单位 units，{count} 名会员 members")

    def _merge(self, month: Month, now: datetime) -> None:
        """The units that are merged away at a month's beginning hand their books over."""
        for place in self._county.places:
            if place.merged is None or Month.of(place.merged) != month:
                continue
            last = place.merged
            one = Merging(place.id, place.into, last, _DECISION, {})
            merge(self.registry, one, self.zhou, now)
            self._approve([place.id, place.into], now)
            self._close(place, month, datetime(YEAR, month.month + 1, 2, 9, tzinfo=CHINA))
            day = month.next().first
            changing.close(
                self.registry, place.id, day, _DECISION, self._people["admin"],
                datetime(YEAR, month.month + 1, 2, 10, tzinfo=CHINA),
            )  # fmt: skip
            self._steps.say(f"{place.id} 并入 merged into {place.into}")

    # ---- a month -------------------------------------------------------------------------------

    def _live(self, month: Month) -> None:
        steps, zhou = self._steps, self.zhou
        begin_ = datetime(month.year, month.month, 1, 9, tzinfo=CHINA)
        if month != self._county.months[0]:
            self._found(month.first, begin_)
            zhou = self.zhou
        alive = [place for place in self._county.places if place.lives(month)]
        end = datetime.combine(month.next().first - timedelta(days=1), begin_.time(), CHINA)
        came = sum(
            self._dues.collect(self.registry, place, month, zhou, end).fen
            for place in alive
            if place.members
        )
        up = self._flow.levies(month, zhou, end)
        references: tuple[str, ...] = ()
        if month == PLAN_MONTH:
            references = self._flow.propose_plan(zhou, end)
            self._flow.receive_plan(references, zhou, end)
        spent = self._flow.spend(month, zhou, end)
        posted = self._approve([place.id for place in alive], end.replace(hour=16))
        self._reverse(month, posted, end.replace(hour=17))
        self._write_off(month, end.replace(hour=18))
        if any(place.merged and Month.of(place.merged) == month for place in self._county.places):
            self._merge(month, end.replace(hour=19))
        closed = datetime(month.next().first.year, month.next().first.month, 3, 9, 30, tzinfo=CHINA)
        for place in alive:
            self._close(place, month, closed)
        steps.say(
            f"会费 dues {came / 100:,.2f}，市级收到 city received {up.grouped}，"
            f"支出 spending {spent}，凭证 vouchers {len(posted)}，结账 closes {len(alive)}"
            + (f"，补助 grants {len(references)}" if references else "")
        )

    def _approve(self, units: Iterable[str], now: datetime) -> list[Voucher]:
        """Lin approves what waits, and Gao what is above the limit; what was posted."""
        posted: list[Voucher] = []
        for unit in units:
            for login in ("lin", "gao"):
                waits = [row.id for row in workflow.waiting(self.registry, unit)]
                if waits:
                    done = workflow.approve_many(
                        self.registry, unit, waits, self._people[login], now
                    )
                    posted += [one for one in done if isinstance(one, Voucher)]
        return posted

    def _close(self, place: Place, month: Month, now: datetime) -> None:
        closing.close_month(self.registry, place.id, month, self.zhou, now)
        if (place.id, month) == _REOPENED:
            later = now + timedelta(hours=1)
            closing.reopen_month(
                self.registry, place.id, month, self.zhou, later, "补登漏记的核对说明"
            )
            closing.close_month(
                self.registry, place.id, month, self.zhou, later + timedelta(hours=1)
            )

    def _reverse(self, month: Month, posted: list[Voucher], now: datetime) -> None:
        unit = _REVERSED.get(month.month)
        spent = [
            one
            for one in posted
            if one.draft.unit == unit and one.draft.source.startswith("county:spending")
        ]
        if unit is None or not spent:
            return
        number = spent[0].number
        workflow.reverse(
            self.registry, unit, number, self.zhou, now, day=now.date(), reason="付款人有误"
        )
        self._approve([unit], now)
        self._steps.say(f"{unit} {number} 冲销 reversed")

    def _write_off(self, month: Month, now: datetime) -> None:
        for unit, when in _WRITTEN_OFF:
            if when != month:
                continue
            with self.registry.read() as conn:
                rows = claims.of_month(conn, unit, f"{YEAR}-02")
                late = min((row.code for row in rows if row.state == claims.OPEN), default="")
            if not late:
                continue
            code = writing_off.propose(
                self.registry, unit, late, self.zhou, now,
                reason="多次催收无法联系", decision=_DECISION,
            )  # fmt: skip
            for login in ("lin", "gao"):
                writing_off.approve(self.registry, unit, code, self._people[login], now)
            self._steps.say(f"{unit} {code} 核销 written off")


__all__ = ["ODD", "TOTALS", "run_county"]
