"""What becomes of gifts: things are handed out, campaigns spend, relief is paid, some go back.

Everything here needs what came in the month to be in the book already.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.aid.paying import Order, pay
from ledger.aid.recipients import Wanted
from ledger.cli.demo.county.acts import approve_waiting, payment
from ledger.cli.demo.county.gifts import Known, paper_of
from ledger.cli.demo.county.names import BANK, CARE, RELIEF
from ledger.entry import Draft, Meta, Posting, meta_of
from ledger.gifts import campaigns, handing, pledging, refunding, terms
from ledger.gifts.accounts import ready
from ledger.gifts.effects import PURPOSE
from ledger.gifts.lines import marks
from ledger.gifts.standing import campaign_standing
from ledger.money import CNY, Money, yuan
from ledger.registry import fund_sums

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.cli.demo.county.facts import County
    from ledger.cli.demo.county.givers import Givers
    from ledger.period import Month
    from ledger.registry import Registry, User

#: Days on which things are handed out, money is spent, and relief is paid.
_HANDED: Final = 26
_SPENT: Final = 27
_RELIEVED: Final = 28


class Giving:
    """What the federation does with what it was given."""

    def __init__(
        self, registry: Registry, county: County, known: Known, givers: Givers,
        people: Mapping[str, User],
    ) -> None:  # fmt: skip
        self._registry = registry
        self._said = county.gifts
        self._unit: str = county.gifts["unit"]
        self._scale = county.scale.gifts
        self._known = known
        self._givers = givers
        self._people = people

    @property
    def _maker(self) -> User:
        return self._people["zhou"]

    def live(self, month: Month, now: datetime) -> list[str]:
        """What happens to gifts in a month, in words."""
        told = [
            self._happen(said, event, month, now)
            for said in self._said["special"]
            for event in said.get("then", ())
            if event["month"] == month.month
        ]
        for said in self._of(month, "spending"):
            told.append(self._spend(said, month, now))
        for said in self._of(month, "aid"):
            told.append(self._relieve(said, month, now))
        self._post(now)
        for said in self._said["campaign"]:
            if "close" in said and said["close"]["on"].month == month.month:
                told.append(self._close(said, now))
        return told

    def _of(self, month: Month, what: str) -> Iterator[dict[str, Any]]:
        return (said for said in self._said[what] if said["month"] == month.month)

    def _post(self, now: datetime) -> None:
        approve_waiting(self._registry, self._unit, self._people, now)

    # ---- one gift ------------------------------------------------------------------------------

    def _happen(
        self, said: dict[str, Any], event: dict[str, Any], month: Month, now: datetime
    ) -> str:
        code, day = self._known.gifts[said["id"]], month.first.replace(day=_HANDED)
        what = next(key for key in event if key in _WORDS)
        registry, unit, maker = self._registry, self._unit, self._maker
        paper, name = paper_of(f"{said['id']}-{month}"), "receipt.txt"
        value = event[what]
        if what == "hand_out":
            handing.hand_out(
                registry, unit, code, value, "", day, event["to"], maker, now, paper, name
            )
        elif what == "hand_on":
            handing.hand_on(
                registry, unit, code, yuan(value), BANK, day, event["to"], maker, now, paper, name
            )
        elif what == "met":
            handing.meet_condition(registry, unit, code, yuan(value), day, maker, now, paper, name)
        elif what == "receive":
            pledging.receive(registry, unit, code, yuan(value), BANK, day, maker, now)
        elif what == "refund":
            one = refunding.Refund(unit, code, day, yuan(value), BANK, decision=event["decision"],
                                   paper=paper, paper_name=name)  # fmt: skip
            refunding.refund(registry, one, maker, now)
        else:
            self._of_two(code, what, event, day, now)
        self._post(now)
        return f"{code} {said['id']}：{_WORDS[what]} {value}"

    def _of_two(
        self, code: str, what: str, event: dict[str, Any], day: date, now: datetime
    ) -> None:
        """What changes a gift's terms is asked for by one and approved by another."""
        registry, unit, maker = self._registry, self._unit, self._maker
        if what == "default":
            number = terms.ask_default(
                registry, unit, code, yuan(event[what]), day, event["note"], maker, now
            )
        else:
            number = terms.ask_change(
                registry, unit, code, self._known.codes[event[what]], "", day, event["purpose"],
                paper_of("consent"), "consent.txt", maker, now,
            )  # fmt: skip
        terms.approve_terms(registry, unit, code, number, self._people["lin"], now)

    # ---- campaigns -----------------------------------------------------------------------------

    def _spend(self, said: dict[str, Any], month: Month, now: datetime) -> str:
        """A payment out of a campaign or a fund; what names no gift is followed by the rule."""
        fund = said["fund"] if "fund" in said else self._known.funds[said["campaign"]]
        day, what = month.first.replace(day=_SPENT), said["what"]
        amount = yuan(said["amount"]).times(self._scale)
        with self._registry.read() as conn:
            there = fund_sums.resources_before(conn, self._unit, fund, CNY, month.next().first)
        if amount.fen > there:  # in a county of fewer gifts
            amount = Money(there).times(Fraction(2, 3))
        account = said.get("account", CARE)
        meta = meta_of({PURPOSE: what})
        if "gift" in said:
            amount = yuan(said["amount"])
            meta = meta_of({PURPOSE: what, "gift": self._known.gifts[said["gift"]]})
        draft = payment(
            self._unit, day, what, account, fund, amount, payee="示例供应商", meta=meta,
            source=f"county:gifts:{fund}:{month}:{what}",
        )  # fmt: skip
        if said.get("named"):
            lines = tuple(self._named(said["campaign"], account, fund, amount, what, day))
            draft = Draft(
                self._unit, day, "付", what, (*lines, Posting(BANK, -amount, fund)),
                payee=draft.payee, source=draft.source,
            )  # fmt: skip
        workflow.propose_many(self._registry, self._unit, [draft], self._maker, now)
        return f"{what} 支出 spent {amount.grouped}"

    def _named(
        self, campaign: str, account: str, fund: str, amount: Money, what: str, day: date
    ) -> Iterator[Posting]:
        """What each gift gives of a payment: as a donor wishes it, gift by gift as they came."""
        standing = campaign_standing(self._registry, self._unit, self._known.codes[campaign], day)
        left = amount.fen
        for gift in standing.gifts:
            own = sum(part.held_fen for part in gift.parts if not part.units)
            fen = min(left, own)
            if fen > 0:
                left -= fen
                said: Meta = marks(gift.row, **{PURPOSE: what})
                yield Posting(account, Money(fen), fund, said)
        if left:
            raise LookupError(f"{what}: {Money(left).text} is not there")

    def _relieve(self, said: dict[str, Any], month: Month, now: datetime) -> str:
        """A batch of relief to persons, who stand sealed in the registry alone."""
        wanted = [
            Wanted(line, "disaster", "", amount, "", who)
            for line, (who, amount) in enumerate(self._givers.recipients(said, month), start=1)
        ]
        order = Order(
            self._unit, month.first.replace(day=_RELIEVED), self._known.funds[said["campaign"]],
            BANK, said["decision"], accounts={"": RELIEF}, origin=f"county:{month}",
        )  # fmt: skip
        done = pay(self._registry, order, wanted, self._maker, now)
        return f"{done.batch} 救助 aided {len(wanted)} 人次，{done.preview.total.grouped}"

    def _close(self, said: dict[str, Any], now: datetime) -> str:
        """A campaign ends by two persons; what is left goes where the decision says."""
        code, how = self._known.codes[said["id"]], said["close"]
        registry, unit = self._registry, self._unit
        campaigns.ask_to_close(
            registry, unit, code, how["on"], how["decision"], how["leftover"], self._maker, now
        )
        row = campaigns.approve(registry, unit, code, self._people["lin"], now)
        held = campaign_standing(registry, unit, code, now.date()).held_fen
        if "moved_to" in how and held:
            self._leftover(row.fund, how, Money(held), now)
        return (
            f"{said['name']} 结束 closed，结余 left over {Money(held).grouped}：{how['decision']}"
        )

    def _leftover(self, fund: str, how: dict[str, Any], held: Money, now: datetime) -> None:
        accounts = ready(self._registry, self._unit, ["moved-restricted"], self._maker, now)
        equity, meta = accounts["moved-restricted"], meta_of({"decision": how["decision"]})
        lines = (
            Posting(equity, held, fund, meta), Posting(BANK, -held, fund),
            Posting(BANK, held, how["moved_to"]), Posting(equity, -held, how["moved_to"], meta),
        )  # fmt: skip
        draft = Draft(
            self._unit, now.date(), "转", "募捐结余按决议转入相近用途", lines,
            source=f"county:leftover:{fund}",
        )  # fmt: skip
        workflow.propose_many(self._registry, self._unit, [draft], self._maker, now)
        self._post(now)


_WORDS: Final = {
    "hand_out": "发放 handed out", "hand_on": "转交 handed on", "met": "条件达成 condition met",
    "receive": "收到承诺 a part came", "refund": "退还 went back",
    "default": "不再履行 will not come",
    "change_to": "经同意改变用途 another purpose, by consent:",
}  # fmt: skip
