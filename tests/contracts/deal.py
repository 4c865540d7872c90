"""One contract of the house, and what people do with it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from ledger.contracts import performing, signing
from ledger.contracts.performing import Evidence
from ledger.contracts.signing import Planned, Terms
from ledger.contracts.standing import Standing, standing
from ledger.entry import Voucher
from ledger.errors import Refused
from ledger.money import yuan
from tests.house import ACTIVITY, BANK, UNIT, House

SERVICES = "Income:408-其他收入"
PAPER = ("合同.pdf", b"%PDF-1.4 the contract")
DAY = date(2026, 3, 2)


def open_services(house: House) -> None:
    """The account on which the house earns by services."""
    house.open(SERVICES)


def terms(*amounts: str, **changed: Any) -> Terms:
    stones = tuple(
        Planned(date(2026, 3, 2 + place), yuan(amount), f"成果{place}")
        for place, amount in enumerate(amounts or ("600.00", "400.00"), start=1)
    )
    facts: dict[str, Any] = {
        "purpose": "技能培训", "account": SERVICES, "fund": "F01",
        "amount": sum((one.amount for one in stones[1:]), stones[0].amount),
        "signed": date(2026, 3, 1), "starts": date(2026, 3, 1), "ends": date(2026, 12, 31),
        "decision": "青工委〔2026〕3号", "milestones": stones, "paper": PAPER,
    }  # fmt: skip
    return Terms(**{**facts, **changed})


class Deal:
    """A contract, confirmed; the house serves, or buys."""

    def __init__(
        self, house: House, role: str = "supplier", *amounts: str, confirmed: bool = True,
        **changed: Any,
    ) -> None:  # fmt: skip
        self.house, self.role = house, role
        if role == "buyer":
            changed = {"account": ACTIVITY, **changed}
        said = terms(*amounts, **changed)
        self.row = signing.sign(
            house.registry, UNIT, "青购2026-7", role, "青禾区民政局（示例）", said, house.maker,
            house.now,
        )  # fmt: skip
        self.code = self.row.code
        if confirmed:
            signing.confirm(house.registry, UNIT, self.code, house.checker, house.now)

    def _where(self) -> tuple[Any, str, str]:
        return self.house.registry, UNIT, self.code

    def deliver(self, number: int, day: date = DAY) -> None:
        said = Evidence(day, ("成果.pdf", b"%PDF-1.4 what was delivered"))
        performing.deliver(*self._where(), number, said, self.house.maker, self.house.now)

    def accept(self, number: int, day: date = DAY) -> None:
        said = Evidence(day, ("验收.pdf", b"%PDF-1.4 accepted"))
        performing.accept(*self._where(), number, said, self.house.checker, self.house.now)

    def refuse(self, number: int, note: str = "不合要求") -> None:
        said = Evidence(DAY, None, note)
        performing.refuse(*self._where(), number, said, self.house.checker, self.house.now)

    def done(self, number: int) -> None:
        self.deliver(number)
        self.accept(number)

    def propose(self, number: int, amount: str, day: date = DAY) -> str:
        return performing.move(
            *self._where(), number, yuan(amount), BANK, day, self.house.maker, self.house.now
        )

    def move(self, number: int, amount: str, day: date = DAY) -> Voucher:
        return self.house.approve(self.propose(number, amount, day))

    def cost(self, amount: str) -> Voucher:
        return self.house.approve(
            performing.spend(
                *self._where(),
                ACTIVITY,
                yuan(amount),
                BANK,
                DAY,
                "讲课费",
                self.house.maker,
                self.house.now,
            )
        )

    def close(self, note: str = "办结") -> None:
        said = Evidence(DAY, None, note)
        performing.close(*self._where(), said, self.house.maker, self.house.now)

    def amend(self, said: Terms) -> None:
        signing.amend(*self._where(), said, self.house.maker, self.house.now)

    def confirm(self) -> None:
        signing.confirm(*self._where(), self.house.checker, self.house.now)

    def now(self) -> Standing:
        return standing(*self._where(), self.house.now.date())

    def check(self) -> Standing:
        """What holds always: milestones are the sum; what moved was accepted, or in advance."""
        one = self.now()
        version = one.version
        assert sum(stone.row.fen for stone in one.stones) == version.fen
        assert 0 <= one.moved_fen <= min(version.fen, one.accepted_fen + version.advance_fen)
        assert all(0 <= stone.moved_fen <= stone.row.fen for stone in one.stones)
        return one


def tried(deed: Any, *words: Any) -> bool:
    """Whether something could be done; what cannot is refused, nothing else."""
    try:
        deed(*words)
    except Refused:
        return False
    return True


HALF = Fraction(1, 2)
