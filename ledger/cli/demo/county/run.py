"""``mingbai demo --size county``: a county's federation and its whole year.

Everything goes through the functions that commands call; only the clock is set to the story.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger import checking, clock, closing, reopening, reversing
from ledger.cli import acting
from ledger.cli.demo.county.acts import approve_waiting
from ledger.cli.demo.county.answers import KEY
from ledger.cli.demo.county.asset_totals import ASSETS, asset_totals
from ledger.cli.demo.county.assets import Assets
from ledger.cli.demo.county.banking import Banking
from ledger.cli.demo.county.budgets import live_budgets
from ledger.cli.demo.county.counting import Counting
from ledger.cli.demo.county.custody import Custody
from ledger.cli.demo.county.dues import Dues
from ledger.cli.demo.county.ending import tell_end
from ledger.cli.demo.county.facts import OPENED, WHOLE, YEAR, County, Place, Scale, read_county
from ledger.cli.demo.county.faults import plant_faults
from ledger.cli.demo.county.founding import (
    begin,
    begin_year,
    enter_users,
    found_book,
    people,
)
from ledger.cli.demo.county.gift_totals import GIFTS, gift_totals
from ledger.cli.demo.county.gifts import Gifts
from ledger.cli.demo.county.giving import Giving
from ledger.cli.demo.county.grants import Grants
from ledger.cli.demo.county.laying_open import LayingOpen
from ledger.cli.demo.county.money import ODD, PLAN_MONTH, Flow
from ledger.cli.demo.county.names import BANK
from ledger.cli.demo.county.people import People
from ledger.cli.demo.county.publishing import publish, published_in
from ledger.cli.demo.county.totals import totals
from ledger.cli.demo.county.venues import Venues
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
from reports.packs import publication

if TYPE_CHECKING:
    from ledger.registry import User

#: The file with the year's totals, in the folder of the demonstration.
TOTALS: Final = "totals.txt"
_DECISION: Final = "青工〔2026〕15号（示例）"
#: Months in which a voucher of a unit is taken back.
_REVERSED: Final = {2: "wuliu", 5: "chachang", 6: "weisheng", 8: "huanwei", 11: "linchang"}
_CHANGES: Final = {
    "joined": "入会 joined", "left": "退会 left", "retired": "退休 retired",
    "parental": "育儿假 parental leave", "back": "休假期满 back", "reduced": "困难减交 reduced",
    "raised": "调薪 raised", "transferred": "转接 transferred",
}  # fmt: skip
_REOPENED: Final = ("fangzhi", Month(YEAR, 6))
_WRITTEN_OFF: Final = (("yiyuan", Month(YEAR, 10)), ("zhongxue", Month(YEAR, 10)))


def run_county(
    target: Path, seed: int, *, url: str | None = None, scale: Scale = WHOLE, faults: bool = False,
    out: Path | None = None,
) -> int:  # fmt: skip
    """Live the county's year in ``target``, a fresh folder; the exit status.

    With ``faults`` known faults are planted when all is done, and a key to them is written. With
    ``out`` the year is sealed and published on its way, the site into that folder.
    """
    refuse_used(target)
    if out is not None:
        publication.demand_place(out, target)
    with ids.drawn_from(seed):
        story = _Story(target, read_county(scale), seed, url or DEFAULT_URL, faults=faults, out=out)
        try:
            story.tell()
            story.lay_open()
            if faults:
                story.plant()
            acting.log_in(story.registry, story.zhou, clock.now())
        finally:
            story.registry.close()
    tell_end(target, faults=faults, out=out)
    return 0


class _Story:
    """The year, month by month."""

    def __init__(
        self, target: Path, county: County, seed: int, url: str, *, faults: bool, out: Path | None
    ) -> None:
        self._target = target
        self._seed = seed
        self._county = county
        self.registry = begin(target, county, url)
        self._members = People(county, seed)
        self._banking = Banking(self.registry, county)
        self._dues = Dues(self.registry, county, self._banking, seed)
        self._grants = Grants(self.registry, county)
        self._flow = Flow(self.registry, county, self._banking, seed)
        self._gifts = Gifts(self.registry, county, self._banking, seed)
        self._assets = Assets(self.registry, county, self._banking, seed)
        self._venues = Venues(self.registry, county, self._assets.held, seed)
        self._out = out
        self._steps = Steps(len(county.months) + 2 + faults + (out is not None))
        self._people: dict[str, User] = {}

    @property
    def zhou(self) -> User:
        """The treasurer of every unit."""
        return self._people["zhou"]

    def tell(self) -> None:
        """From the founding to the last check."""
        steps = self._steps
        with steps.step("建立联合会", "units are founded, members enrolled"):
            first = datetime.combine(OPENED, datetime.min.time(), CHINA).replace(hour=9)
            self._found(first.date(), first)
            self._take_over(first.replace(day=31))
        for month in self._county.months:
            with steps.step(f"{month}", "one month"):
                self._live(month)
                if self._out is not None:
                    self._laying.after(month)
        after = self._county.months[-1].next().first
        bought = after + timedelta(days=3)
        entered = datetime.combine(bought, datetime.min.time(), CHINA).replace(hour=10)
        with steps.step("核对", "everything is verified"):
            steps.say(self._assets.leave_waiting(bought, self.zhou, entered))
            if found := checking.check_federation(self.registry):
                raise CannotRun(*found)
            last = self._county.months[-1].period.last
            for name, told in (
                (TOTALS, totals(self.registry, last)), (GIFTS, gift_totals(self.registry, last)),
                (ASSETS, asset_totals(self.registry, last)),
            ):  # fmt: skip
                (self._target / name).write_text(told, encoding="utf-8")
                steps.say(f"{name}：{len(told.splitlines())} 行 lines")
            steps.say(f"没有问题 nothing found（{steps.seconds:.0f} s）")

    def plant(self) -> None:
        """Faults with a key to them: the year itself was clean."""
        with self._steps.step("植入差错", "faults are planted"):
            planted = plant_faults(self.registry, self._county)
            for fault in planted:
                self._steps.say(f"{fault.zh} {fault.name}：{fault.unit} — {fault.found_by}")
            self._steps.say(f"答案 the key: {KEY}")

    def lay_open(self) -> None:
        """A correction, the year with the site, and the proof of what was published."""
        if self._out is None:
            return
        with self._steps.step("公开全年", "the year is published"):
            last = self._county.months[-1]
            if last.month == 12:
                self._laying.correct(last)
                self._laying.year(self._out, last)
            self._steps.say(f"{self._steps.seconds:.0f} s")

    @cached_property
    def _laying(self) -> LayingOpen:
        return LayingOpen(self.registry, self._people, self._seed, self._steps)

    # ---- units ---------------------------------------------------------------------------------

    def _found(self, day: date, now: datetime) -> None:
        """The units that begin on a day, with all that they begin with."""
        fresh = [place for place in self._county.places if place.opened == day]
        for place in fresh:
            found_book(self.registry, self._county, place, people(self.registry)["admin"], now)
        if not self._people:
            enter_users(self.registry, now)
        # The same dictionary: whoever was given it has the rights in units that begin later, too.
        self._people.update(people(self.registry))
        count = things = 0
        for place in fresh:
            held = begin_year(self.registry, self._county, place, self._seed, self.zhou, now)
            if place.imports:
                self._banking.begin(place, BANK, held)
            if place.members:
                count += self._members.enroll(self.registry, place, self.zhou, now)
            things += self._assets.begin(place, self.zhou, now)
        if fresh:
            self._steps.say(
                f"{len(fresh)} 个单位 units，{count} 名会员 members，{things} 项资产 assets"
            )

    def _take_over(self, now: datetime) -> None:
        """The year before, taken over as totals: approved, carried over and closed."""
        there = [place for place in self._county.places if place.opened == OPENED]
        self._approve([place.id for place in there], now)
        self._assets.wear(there, Month.of(OPENED), self._people, now)
        for place in there:
            self._close(place, Month.of(OPENED), now + timedelta(days=3))
        self._steps.say(f"{OPENED.year} 年合计接管并结账 taken over as totals, and closed")

    def _merge(self, month: Month, now: datetime) -> None:
        """The units that are merged away at a month's beginning hand their books over."""
        for place in self._county.places:
            if place.merged is None or Month.of(place.merged) != month:
                continue
            last = place.merged
            one = Merging(place.id, place.into, last, _DECISION, {})
            merge(self.registry, one, self.zhou, now)
            self._approve([place.id, place.into], now)
            after = month.next()
            closed = datetime(after.year, after.month, 2, 9, tzinfo=CHINA)
            self._close(place, month, closed)
            changing.close(
                self.registry, place.id, after.first, _DECISION, self._people["admin"],
                closed.replace(hour=10),
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
        lin = self._people["lin"]
        self._tell(live_budgets(self.registry, self._county, month, zhou, lin, begin_))
        self._tell(self._gifts.open(month, zhou, lin, begin_))
        self._tell(self._venues.begin(month, self._people, begin_))
        end = datetime.combine(month.period.last, begin_.time(), CHINA)
        changed = self._change_members(alive, month, end)
        came = sum(
            self._dues.collect(place, month, zhou, end).fen for place in alive if place.members
        )
        up = self._flow.levies(month, zhou, end)
        references: tuple[str, ...] = ()
        if month == PLAN_MONTH:
            references = self._flow.propose_plan(zhou, end)
            self._approve(["xian"], end)
            self._flow.receive_plan(references, zhou, end)
        self._tell(
            self._grants.live(
                month, zhou, self._people["lin"], lambda: self._approve(["xian"], end), end
            )
        )
        spent = self._flow.spend(month, zhou, end)
        things = self._assets.come(month, zhou, end)
        self._tell(self._gifts.come(month, zhou, end))
        self._import(alive, month, end)
        posted = self._approve([place.id for place in alive], end.replace(hour=16))
        self._tell(self._give(month, end.replace(hour=17)))
        worn = self._keep(alive, month, end.replace(hour=17))
        self._reverse(month, posted, end.replace(hour=17))
        self._write_off(month, end.replace(hour=18))
        if any(place.merged and Month.of(place.merged) == month for place in self._county.places):
            self._merge(month, end.replace(hour=19))
        after = month.next()
        closed = datetime(after.year, after.month, 3, 9, 30, tzinfo=CHINA)
        for place in alive:
            self._close(place, month, closed)
        used = self._venues.end(self._people, end.replace(hour=18))
        if changed:
            told = "，".join(f"{_CHANGES[what]} {count}" for what, count in sorted(changed.items()))
            steps.say(f"会员变动 members：{told}")
        steps.say(
            f"会费 dues {came / 100:,.2f}，市级收到 city received {up.grouped}，"
            f"支出 spending {spent}，凭证 vouchers {len(posted)}，结账 closes {len(alive)}"
            + (f"，补助 grants {len(references)}" if references else "")
            + f"，资产 assets +{things}，计提 charged {worn}，"
            f"阵地使用 uses of venues {used}"
        )

    def _give(self, month: Month, now: datetime) -> list[str]:
        """What becomes of gifts, and what is told of campaigns to the public."""
        known, said = self._gifts.known, self._county.gifts
        giving = Giving(self.registry, self._county, known, self._gifts.givers, self._people)
        told = giving.live(month, now)
        for one in published_in(self.registry, said["unit"], known.codes, said, month):
            publish(self.registry, one, self.zhou, self._people["lin"])
            told.append(f"{one.campaign} {one.kind} 公示 published: {one.name}")
        return told

    def _keep(self, alive: list[Place], month: Month, now: datetime) -> int:
        """Cards of gifts, what happens to things, and what they wear; how many are charged."""
        assets, gifts = self._assets, self._gifts.known.gifts
        self._tell(assets.card(month, gifts, self.zhou, now))
        custody = Custody(self.registry, self._county, assets.held, self._people)
        self._tell(custody.live(month, now))
        counting = Counting(self.registry, self._county, assets.held, self._people)
        self._tell(counting.live(month, now))
        return assets.wear(alive, month, self._people, now)

    def _import(self, alive: list[Place], month: Month, now: datetime) -> None:
        """The month's statements of every unit; what is odd about them is told."""
        banking = self._banking
        files, lines = banking.files, banking.lines
        told = [
            one for place in alive for one in banking.import_month(place, month, self.zhou, now)
        ]
        self._steps.say(
            f"对账单 statements {banking.files - files}，流水 lines {banking.lines - lines}"
        )
        self._tell(told)

    def _tell(self, told: Iterable[str]) -> None:
        for one in told:
            self._steps.say(one)

    def _change_members(self, alive: list[Place], month: Month, now: datetime) -> dict[str, int]:
        """The month's lists of who came, went and changed; how many of what."""
        count: dict[str, int] = defaultdict(int)
        if month == self._county.months[0]:
            return count
        for place in alive:
            if place.members and Month.of(place.opened) != month:
                told = self._members.change(self.registry, place, month, self.zhou, now)
                for what, number in told.items():
                    count[what] += number
        accepting = self._people["he"]
        count["transferred"] += self._members.transfer(
            self.registry, month, self.zhou, accepting, now
        )
        return count

    def _approve(self, units: Iterable[str], now: datetime) -> list[Voucher]:
        """What waits in the units is approved, one after another; what was posted."""
        return [
            one for unit in units
            for one in approve_waiting(self.registry, unit, self._people, now)
        ]  # fmt: skip

    def _close(self, place: Place, month: Month, now: datetime) -> None:
        closing.close_month(self.registry, place.id, month, self.zhou, now)
        if (place.id, month) == _REOPENED:
            later = now + timedelta(hours=1)
            reopening.ask(self.registry, place.id, month, self.zhou, later, "补登漏记的核对说明")
            reopening.confirm(self.registry, place.id, month, self._people["lin"], later)
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
        reversing.reverse(
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
