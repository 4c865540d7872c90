"""What the county lays open of its year: seals, four quarters, a correction, the year, and a site.

Months are sealed the day after their closing and quarters published on the tenth of the month that
follows them. A voucher that comes late corrects the last quarter of one unit; both versions stay.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ledger import closing, reopening, workflow
from ledger.cli.demo import publishing
from ledger.cli.demo.county.acts import approve_waiting
from ledger.cli.demo.county.facts import OPENED, YEAR
from ledger.cli.demo.county.names import OTHER, PAYABLE
from ledger.cli.demo.steps import Steps
from ledger.clock import CHINA
from ledger.entry import Draft, Posting
from ledger.money import yuan
from ledger.period import Month, Period
from ledger.registry import month_states, units
from reports.packs import keeping, publication

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.registry import Registry, User
    from ledger.sealing.signing import SigningKey

#: The file with the sealed root of every pack, in the folder of the demonstration.
ROOTS: Final = "roots.txt"
#: The unit whose last quarter is corrected, by what, and why.
CORRECTED: Final = "weisheng"
_LATE: Final = "补记十二月垃圾清运费"
_FEE: Final = yuan("386.00")
_REASON: Final = "供应商十二月的单据在一月才送到"
WHY: Final = f"{_REASON}，十二月重开补记一张凭证 a bill for December came in January, and is in now"


class LayingOpen:
    """Seals and publications of the year, in the order of its days."""

    def __init__(
        self, registry: Registry, people: dict[str, User], seed: int, steps: Steps
    ) -> None:
        self._registry = registry
        self._people = people
        self._steps = steps
        self._key: SigningKey = publishing.example_key(registry.folder, seed)

    def after(self, month: Month) -> None:
        """What is laid open when a month is over: at a quarter's end, the quarter."""
        if month.month % 3:
            return
        months = [Month(month.year, month.month - back) for back in (2, 1, 0)]
        if month.month == 3:  # what was taken over is sealed as well
            months.insert(0, Month.of(OPENED))
        self.quarter(_quarter(month), months)

    def quarter(self, period: Period, months: list[Month]) -> None:
        """Seal some months in every unit that closed them, then publish the quarter."""
        sealed = sum(self._seal(month) for month in months)
        now = _at(months[-1], 10)
        found = publication.gather(self._registry, period, "public")
        turns = list(found.turns.values())
        keeping.publish(self._registry, turns, self._people["zhou"], now)
        vouchers = sum(len(one.built.book.rows) for one in turns)
        self._steps.say(
            f"{period}：封存 seals {sealed}，公开包 packs {len(turns)}，公开凭证 rows {vouchers}"
        )

    def correct(self, month: Month) -> None:
        """Two reopen a month for a voucher that came late; it is closed and sealed once more."""
        registry, unit, zhou = self._registry, CORRECTED, self._people["zhou"]
        now = _at(month, 12)
        reopening.ask(registry, unit, month, zhou, now, _REASON)
        reopening.confirm(registry, unit, month, self._people["lin"], now)
        lines = (Posting(OTHER, _FEE, "F01"), Posting(PAYABLE, -_FEE, "F01"))
        draft = Draft(unit, month.period.last, "转", _LATE, lines, source="county:late")
        workflow.propose(registry, draft, zhou, now)
        approve_waiting(registry, unit, self._people, now)
        closing.close_month(registry, unit, month, zhou, now + timedelta(hours=1))
        publishing.seal_months(registry, unit, [month], self._key, zhou, now + timedelta(hours=2))
        turn = keeping.turn(registry, unit, _quarter(month), "public", WHY)
        row, *_ = keeping.publish(registry, [turn], zhou, _at(month, 13))
        self._steps.say(f"{unit} {_quarter(month)} 更正 corrected: v{row.version}，{WHY}")

    def year(self, out: Path, month: Month) -> None:
        """Publish the year with every pack before it and the site; prove what was published."""
        told = self.write(Period.parse(str(YEAR)), out, month)
        roots = "".join(f"{one['place']} {one['size']} {one['root']}\n" for one in told["packs"])
        (self._registry.folder / ROOTS).write_text(roots, encoding="utf-8")
        publishing.prove(out, self._steps)

    def write(self, period: Period, out: Path, month: Month) -> dict[str, Any]:
        """Publish a period with its site after its last month; what ``publication.json`` says."""
        told = publishing.publish(
            self._registry, period, out, self._people["zhou"], _at(month, 20), self._key
        )
        for one in told["left_out"]:
            self._steps.say(f"未公开 left out: {one['message']}")
        self._steps.say(f"公开包 packs {len(told['packs'])}：{out}")
        return told

    def _seal(self, month: Month) -> int:
        """Seal a month in every unit that closed it; in how many."""
        registry = self._registry
        with registry.read() as conn:
            asked = [row.id for row in units.all_units(conn)]
            found = {unit: month_states.find(conn, unit, month) for unit in asked}
        closed = [unit for unit, row in found.items() if row is not None and row.state == "closed"]
        for unit in closed:
            publishing.seal_months(
                registry, unit, [month], self._key, self._people["zhou"], _at(month, 4)
            )
        return len(closed)


def _quarter(month: Month) -> Period:
    return Period.parse(f"{month.year}-Q{(month.month + 2) // 3}")


def _at(month: Month, day: int) -> datetime:
    """A day of the month after this one."""
    after = month.next()
    return datetime(after.year, after.month, day, 9, tzinfo=CHINA)
