"""Three allocations to the county federation: drawn whole, capped, and partly lapsed and returned.

Each is special money in a fund of its own. What happens to it in which month stands in
``county.toml``; an attempt to spend more than was given is refused, and the story says so.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.allocations import entering, moving
from ledger.cli.demo.county.acts import payment, refusal_of
from ledger.cli.demo.county.facts import YEAR, County
from ledger.cli.demo.county.names import BANK, FISCAL
from ledger.money import Money, yuan
from ledger.registry import allocations

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.period import Month
    from ledger.registry import Registry, User

UNIT: Final = "xian"
_GIVER: Final = "青潭县财政局（示例）"


class Grants:
    """The allocations by their funds, once they are promised."""

    def __init__(self, registry: Registry, county: County) -> None:
        self._registry = registry
        self._county = county
        self._codes: dict[str, str] = {}

    def live(
        self, month: Month, maker: User, checker: User, post: Callable[[], object], now: datetime
    ) -> list[str]:
        """What happens to allocations in a month, in words.

        ``checker`` confirms what ``maker`` enters of them, ``post`` approves drafts that wait.
        """
        told: list[str] = []
        for said in self._county.data["grant"]:
            if (said["approved"].year, said["approved"].month) == (month.year, month.month):
                told.append(self._promise(said, maker, now))
                self._confirm(said, checker, now)
            for event in said["events"]:
                if event["month"] == month.month:
                    told.append(self._happen(said, event, month, maker, now))
                    if "lapse" in event:
                        self._confirm(said, checker, now)
                    post()
        return told

    def _promise(self, said: dict[str, Any], maker: User, now: datetime) -> str:
        one = entering.Promise(
            UNIT, said["document"], _GIVER, "county", YEAR, allocations.SPECIAL,
            allocations.PROJECT, said["name"], yuan(said["amount"]), FISCAL, said["fund"],
            said["approved"], arrive_by=said["arrive_by"], spend_by=date(YEAR, 12, 31),
        )  # fmt: skip
        row = entering.approve(self._registry, one, maker, now)
        self._codes[said["fund"]] = row.code
        return f"{said['name']} 批准 approved {one.amount.grouped}，{row.code}"

    def _confirm(self, said: dict[str, Any], checker: User, now: datetime) -> None:
        entering.confirm(self._registry, UNIT, self._codes[said["fund"]], checker, now)

    def _happen(
        self, said: dict[str, Any], event: dict[str, Any], month: Month, maker: User, now: datetime
    ) -> str:  # fmt: skip
        what = next(key for key in event if key != "month")
        amount, code, registry = yuan(event[what]), self._codes[said["fund"]], self._registry
        day = month.first.replace(day=26)
        if what == "release":
            entering.release(registry, UNIT, code, amount, day, said["document"], maker, now)
        elif what == "lapse":
            entering.lapse(registry, UNIT, code, amount, day, said["document"], maker, now)
        elif what == "arrive":
            moving.arrive(registry, UNIT, code, amount, BANK, day, maker, now)
        elif what == "give_back":
            moving.give_back(registry, UNIT, code, amount, BANK, day, said["returned"], maker, now)
        elif what == "spend":
            self._spend(said, amount, day, maker, now)
        else:
            return self._refused(said, amount, day, maker, now)
        return f"{said['name']} {_WORDS[what]} {amount.grouped}"

    def _spend(
        self, said: dict[str, Any], amount: Money, day: date, maker: User, now: datetime
    ) -> None:  # fmt: skip
        draft = payment(
            UNIT, day, f"{said['name']}支出", said["spent_on"], said["fund"], amount,
            payee="示例服务机构", source=f"county:grant:{said['fund']}:{day}:{amount.text}",
        )  # fmt: skip
        workflow.propose_many(self._registry, UNIT, [draft], maker, now)

    def _refused(
        self, said: dict[str, Any], amount: Money, day: date, maker: User, now: datetime
    ) -> str:  # fmt: skip
        why = refusal_of(
            lambda: self._spend(said, amount, day, maker, now),
            f"{said['name']}: {amount.text} beyond what is there",
        )
        return f"{said['name']} 超支 {amount.grouped} 被拒 overspending, refused: {why}"


_WORDS: Final = {
    "release": "下达 released", "arrive": "到账 arrived", "spend": "支出 spent",
    "lapse": "失效 lapsed", "give_back": "退回 returned",
}  # fmt: skip
