"""Who gives to the county and how much: drawn from the seed, everybody invented."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ledger.gifts.donors import SaidDonor
from ledger.money import Money, yuan
from ledger.registry.donors import ANONYMOUS, COMPANY, CONSENTS, PERSON
from ledger.registry.persons import PersonData

if TYPE_CHECKING:
    from ledger.cli.demo.county.facts import County
    from ledger.period import Month

#: Yuan that a person gives, and thousands that a company does.
_SMALL: Final = ("20.00", "50.00", "66.60", "100.00", "200.00", "300.00", "500.00", "888.88",
                 "1000.00", "2000.00")  # fmt: skip
_LARGE: Final = (3, 31)
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One gift that is drawn: whose, on which day, and whether it comes by the gifts' account."""

    donor: SaidDonor
    day: date
    amount: Money
    by_bank: bool


class Givers:
    """Everybody who gives in the year, each once."""

    def __init__(self, county: County, seed: int) -> None:
        self._county = county
        self._seed = seed
        self._count = 0
        self._companies = 0

    def drawn(self, said: dict[str, Any], month: Month) -> list[Drawn]:
        """The gifts of a campaign or stream in a month, by day."""
        draw = random.Random(f"{self._seed}:{said['id']}:{month}:gifts")
        first, last = month.first, month.period.last
        first = max(first, said.get("start", first))
        last = min(last, said.get("end", last))
        found = []
        for anonymous in self._of_month(said, month):
            is_company = not anonymous and draw.random() < Fraction(said["companies"])
            amount = (
                Money(draw.randrange(*_LARGE) * 100_000)
                if is_company
                else yuan(draw.choice(_SMALL))
            )
            donor = self._donor(draw, ANONYMOUS if anonymous else COMPANY if is_company else PERSON)
            # The last days are the bank's, so that what comes is there when it is spent.
            day = first.replace(day=draw.randrange(first.day, min(last.day, 25) + 1))
            found.append(Drawn(donor, day, amount, not anonymous and draw.random() < 0.6))
        return sorted(found, key=lambda one: one.day)

    def _of_month(self, said: dict[str, Any], month: Month) -> Iterator[bool]:
        """Of each gift of a month whether nobody is named: as many in all as the facts say."""
        scale, months = self._county.scale.gifts, said["months"]
        whole = sum(months)
        before = round(sum(months[: month.month - 1]) * scale)
        for number in range(before, round(sum(months[: month.month]) * scale)):
            yield (number + 1) * said["anonymous"] // whole > number * said["anonymous"] // whole

    def special(self, said: dict[str, Any]) -> SaidDonor:
        """Who gives a gift of which there is more to tell."""
        draw = random.Random(f"{self._seed}:{said['id']}:giver")
        return self._donor(
            draw,
            said["giver"],
            related=said.get("related", False),
            abroad=said.get("abroad", False),
        )

    def on_platform(
        self, said: dict[str, Any], month: Month, first: date
    ) -> Iterator[tuple[date, str, str, Money]]:
        """A platform's orders: day, who gives (or nobody), how they are told of, how much."""
        draw = random.Random(f"{self._seed}:{month}:platform-gifts")
        orders = max(6, round(said["orders"] * self._county.scale.gifts))
        unnamed = said["anonymous"]
        for number in range(orders):
            day = first.replace(day=draw.randrange(first.day, 20))
            amount = yuan(draw.choice(_SMALL[:7]))
            if (number + 1) * unnamed // said["orders"] > number * unnamed // said["orders"]:
                yield day, "", "匿名", amount
            else:
                yield day, self._person_name(draw), draw.choice(("实名", "隐名", "匿名")), amount

    def recipients(self, said: dict[str, Any], month: Month) -> Iterator[tuple[PersonData, Money]]:
        """Who is aided by a batch, and with how much; persons of whom a unit knows nothing else."""
        draw = random.Random(f"{self._seed}:{month}:aided")
        low, high = said["each"]
        for number in range(max(6, round(said["persons"] * self._county.scale.gifts))):
            who = PersonData(
                self._person_name(draw), identity=f"EXAMPLE-AID-{month}-{number:03d}",
                accounts=(f"6299{month.month:02d}{number:010d}",),
            )  # fmt: skip
            yield who, Money(draw.randrange(low // 100, high // 100 + 1) * 10_000)

    def _donor(
        self, draw: random.Random, kind: str, *, related: bool = False, abroad: bool = False
    ) -> SaidDonor:
        self._count += 1
        if kind == ANONYMOUS:
            return SaidDonor(self._count, "", kind, None)
        name = self._company_name() if kind == COMPANY else self._person_name(draw)
        data = PersonData(name, identity=f"EXAMPLE-{self._count:05d}")
        consent = draw.choice(CONSENTS)
        return SaidDonor(self._count, "", kind, data, consent, related, abroad)

    def _person_name(self, draw: random.Random) -> str:
        names = self._county.data["names"]
        given = "".join(draw.choice(names["given"]) for _ in range(2))
        return f"{draw.choice(names['surnames'])}{given}"

    def _company_name(self) -> str:
        number = self._companies
        self._companies += 1
        return f"示例{_STEMS[number % 10]}{_BRANCHES[number % 12]}公司{number // 60 or ''}"
