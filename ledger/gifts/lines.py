"""The postings of a gift, by what it is: pure; every line names the gift and who gave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ledger.entry import Lot, Meta, Posting, meta_of
from ledger.errors import Finding, Refused, finding
from ledger.gifts.marks import DONOR, FOREIGN, GIFT, RATE, RATE_SOURCE
from ledger.money import Money
from ledger.registry.gifts import AGENCY, ASSET, CONDITIONAL, GOODS, SERVICE, GiftRow


@dataclass(frozen=True, slots=True)
class Stock:
    """Things of a gift that are there at one cost each."""

    units: Decimal
    cost: Money


def marks(row: GiftRow, **more: str | None) -> Meta:
    """The metadata of a line that is of a gift."""
    return meta_of({GIFT: row.code, DONOR: row.donor, **more})


def credit_role(row: GiftRow, *, restricted: bool) -> str:
    """What a gift is credited on: income, or what is owed for it."""
    if row.nature == CONDITIONAL:
        return "pending"
    if row.nature == AGENCY:
        return "agency"
    return "restricted" if restricted else "income"


def things_role(row: GiftRow) -> str:
    """Where the things of a gift are kept."""
    return "agency-goods" if row.nature == AGENCY else row.kind


def roles_of(row: GiftRow, chart_has: Mapping[str, object], *, restricted: bool) -> list[str]:
    """The roles whose accounts the receipt of a gift needs, on a chart."""
    if row.kind == SERVICE:
        return ["service", "service-income"]
    roles = [credit_role(row, restricted=restricted)]
    if row.kind in (GOODS, ASSET):
        own = f"{row.kind}-credit"
        roles = [things_role(row), own if own in chart_has and row.nature != AGENCY else roles[0]]
    if row.fee_fen:
        roles.append("fee")
    return roles


def received(
    row: GiftRow, amount: Money, accounts: Mapping[str, str], money: str, *, restricted: bool,
    claim: str | None = None,
) -> tuple[Posting, ...]:  # fmt: skip
    """The postings of what came: the whole gift, or ``amount`` of it."""
    said = marks(row)
    if row.kind == SERVICE:
        return (
            Posting(accounts["service"], amount, row.fund, said),
            Posting(accounts["service-income"], -amount, row.fund, said),
        )
    credit = accounts[credit_role(row, restricted=restricted)] if row.kind not in (
        GOODS, ASSET,
    ) else accounts[_things_credit(row, accounts, restricted=restricted)]  # fmt: skip
    if row.kind in (GOODS, ASSET):
        return (*_stored(row, amount, accounts[things_role(row)]),
                Posting(credit, -amount, row.fund, said))  # fmt: skip
    foreign = _foreign(row)
    fee = Money(row.fee_fen)
    lines = [Posting(money, amount - fee, row.fund, meta_of(foreign))]
    if fee:
        lines.append(Posting(accounts["fee"], fee, row.fund, said))
    lines.append(Posting(credit, -amount, row.fund, marks(row, claim=claim, **foreign)))
    return tuple(lines)


def _things_credit(row: GiftRow, accounts: Mapping[str, str], *, restricted: bool) -> str:
    own = f"{row.kind}-credit"
    return own if own in accounts else credit_role(row, restricted=restricted)


def _stored(row: GiftRow, amount: Money, account: str) -> Iterable[Posting]:
    """Things come as lots labelled with the gift, which together are worth what it is worth."""
    for units, fen in lots_of(Decimal(row.quantity), amount.fen):
        lot = Lot(units, row.commodity, Money(fen), row.code)
        yield Posting(account, lot.weight, row.fund, marks(row), lot)


def lots_of(quantity: Decimal, fen: int) -> list[tuple[Decimal, int]]:
    """``(units, cost)`` of lots that are worth ``fen`` in all.

    What does not divide by the pieces makes some of them dearer by a fen. Parts of a piece have one
    cost: ValueError where that is no whole number of fen.

    >>> lots_of(Decimal(3), 10000)
    [(Decimal('2'), 3333), (Decimal('1'), 3334)]
    """
    if quantity == quantity.to_integral_value():
        pieces = int(quantity)
        cost, dearer = divmod(fen, pieces)
        lots = [(Decimal(pieces - dearer), cost), (Decimal(dearer), cost + 1)]
        return [(units, each) for units, each in lots if units]
    exact = Decimal(fen) / quantity
    if exact != exact.to_integral_value() or quantity * exact != fen:
        raise ValueError("what is counted in parts of a piece has a cost of whole fen each")
    return [(quantity, int(exact))]


def taken(stock: Iterable[Stock], units: Decimal) -> list[tuple[Decimal, Money]]:
    """How many of which cost, the first there first; ValueError where there are fewer."""
    found: list[tuple[Decimal, Money]] = []
    for one in stock:
        part = min(units, one.units)
        if part > 0:
            found.append((part, one.cost))
            units -= part
    if units:
        raise ValueError("more than there is")
    return found


def _foreign(row: GiftRow) -> dict[str, str]:
    """What a line says of foreign money: it stands in the book at the day's rate."""
    if not row.foreign_fen:
        return {}
    told = Money(row.foreign_fen, row.currency)
    return {FOREIGN: str(told), RATE: row.rate, RATE_SOURCE: row.rate_source}


def divides(quantity: Decimal, amount: Money) -> list[Finding]:
    """A finding if a number of things cannot be lots of that worth."""
    try:
        lots_of(quantity, amount.fen)
    except ValueError:
        return [uneven()]
    return []


def uneven() -> Finding:
    """What is said where a part of a piece would be worth no whole number of fen."""
    return finding(
        "gift-quantity", "非整数的数量，其价值须是整分",
        "of a number that is not whole, the worth has to be whole fen",
        "改用较小的计量单位（如克、斤），或调整数量、价值",
        "count in a smaller measure, or correct the quantity or the worth",
    )  # fmt: skip


def refuse_stock(row: GiftRow, there: Decimal) -> Refused:
    """The refusal for more things than there are."""
    return Refused(
        finding(
            "gift-stock", f"捐赠 {row.code} 只剩 {there:f} {row.measure}",
            f"gift {row.code} has {there:f} {row.measure} left",
            "核对数量", "check the quantity",
        )
    )  # fmt: skip


def number(text: str) -> Decimal | None:
    """A quantity or a rate as it is typed, above nothing and with six decimals at most; or None."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    fits = found.is_finite() and 0 < found < 10**9 and found == round(found, 6)
    return found if fits else None
