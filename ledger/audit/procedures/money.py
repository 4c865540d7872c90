"""What vouchers say of funds, rates and other units, held against what they post."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from ledger.audit.known import Known
from ledger.audit.population import Population
from ledger.audit.procedures.procedure import Hit, Parameters, number, voucher_hit
from ledger.errors import Words
from ledger.money import Money


def overdrawn_funds(book: Population, _known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Restricted funds that held less than nothing at the end of a day.

    Told of is the last voucher of the first such day that took from the fund.
    """
    days: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for (fund, currency, day), fen in book.columns.funds.items():
        if fund in book.restricted:
            days[fund, currency].append((day, fen))
    for (fund, currency), moves in sorted(days.items()):
        held = 0
        was_below = False
        for day, fen in sorted(moves):
            held += fen
            if held < 0 and not was_below:
                short = Money(-held, currency)
                yield Hit(
                    book.unit, book.ref(book.columns.takers[fund, currency, day]),
                    Words(
                        f"资金 {fund} 在 {date.fromordinal(day)} 透支 {short.grouped}",
                        f"fund {fund} was overdrawn by {short.grouped} on {date.fromordinal(day)}",
                    ),
                    short,
                )  # fmt: skip
            was_below = held < 0


def exchange_rates(book: Population, _known: Known, parameters: Parameters) -> Iterator[Hit]:
    """Vouchers that say at which rate an amount was entered, and post another one.

    The product is rounded half-up to the fen, once. It has to be the amount of a posting; where it
    is none, the nearest one is told, if it is within ``within`` fen.
    """
    within = number(parameters, "within")
    for said in book.columns.rates:
        if said.row in book.undone:
            continue
        exact = Fraction(said.amount.replace(",", "")) * Fraction(said.rate) * 100
        fen = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
        nearest = min((abs(one) for one in said.fens), key=lambda one: abs(one - fen), default=0)
        if nearest == fen or abs(nearest - fen) > within:
            continue
        gives, posted = Money(fen).grouped, Money(nearest).grouped
        yield voucher_hit(
            book, said.row,
            f"{said.currency} {said.amount} 按 {said.rate} 折算为 {gives}，入账 {posted}",
            f"{said.currency} {said.amount} at {said.rate} are {gives}; {posted} was entered",
        )  # fmt: skip


def loose_transfers(book: Population, _known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Vouchers that name another unit and no transfer: the other book cannot be held against it."""
    for row, other in book.columns.loose:
        if row not in book.undone:
            yield voucher_hit(
                book, row, f"与 {other} 的往来没有调拨编号", f"it names {other}, and no transfer"
            )
