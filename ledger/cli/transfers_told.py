"""How transfers and their matrix are told on a terminal and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ledger.money import Money
from ledger.transfers.standing import WORDS, age_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from ledger.registry.transfers import Act
    from ledger.transfers.books import Entered
    from ledger.transfers.matrix import Matrix
    from ledger.transfers.standing import Standing

#: More columns than these do not fit a terminal: then the pairs say it alone.
_WIDEST: Final = 6
_COLUMN: Final = 16


def grid(matrix: Matrix) -> Iterator[str]:
    """Payers down, payees across: what was paid, with a mark where something does not agree."""
    cells = {(one.payer, one.payee): one for one in matrix.pairs if one.payer and one.payee}
    payees = sorted({payee for _, payee in cells})
    if not 0 < len(payees) <= _WIDEST:
        return
    yield "".join(f"{name[:15]:>{_COLUMN}}" for name in ("", *payees)) + "  （付出 paid）"
    for payer in sorted({payer for payer, _ in cells}):
        row = f"{payer[:15]:>{_COLUMN}}"
        for payee in payees:
            pair = cells.get((payer, payee))
            text = "·" if pair is None else Money(pair.paid).grouped
            row += f"{text + ('!' if pair and pair.exceptions else ''):>{_COLUMN}}"
        yield row


def pair_rows(matrix: Matrix) -> Iterator[str]:
    if not matrix.pairs:
        yield "本期没有往来 nothing was due or paid"
    for one in matrix.pairs:
        mark = f"  ! {one.exceptions}" if one.exceptions else "  ✓"
        brought = f"（期初在途 brought {Money(one.brought).grouped}）" if one.brought else ""
        yield (
            f"{one.payer or '?'} → {one.payee or '?'}：付出 paid {Money(one.paid).grouped}"
            f"{brought}，"
            f"到账 arrived {Money(one.arrived).grouped}，差额 difference "
            f"{Money(one.difference).grouped}{mark}"
        )


def exception_rows(matrix: Matrix, seen: Collection[str]) -> Iterator[str]:
    for head, found in (
        ("例外 exceptions", matrix.open),
        ("已结清而迟到等 settled, but told", [o for o in matrix.exceptions if not o.is_open]),
    ):
        if found:
            yield f"{head} {len(found)}"
        for one in found:
            words = WORDS[one.state]
            yield (
                f"  {one.reference or '—':16}{one.payer or '?'} → {one.payee or '?'}  "
                f"{words.zh} {words.en}  {Money(one.fen).grouped}  {one.days} 天 days"
                + (f"  ≥{one.age}" if one.age else "")
            )
            numbers = [f"{unit}/{number}" for unit, number in one.vouchers if unit in seen]
            if numbers:
                yield f"    凭证 vouchers {'  '.join(numbers)}"
            if one.likely:
                yield f"    可能属于 perhaps of {'  '.join(one.likely)}"


def standing_json(one: Standing) -> dict[str, Any]:
    row = one.transfer
    return {
        "reference": row.reference, "from": row.payer, "to": row.payee, "kind": row.kind,
        "amount": Money(row.fen).text, "due": row.day.isoformat(), "narration": row.narration,
        "state": one.state, "days": one.days, "paid": Money(one.paid_fen).text,
        "arrived": Money(one.arrived_fen).text, "difference": Money(one.difference).text,
        "refused": row.refused, "closed": one.closed,
    }  # fmt: skip


def standing_row(one: Standing) -> str:
    row, words = one.transfer, WORDS[one.state]
    return (
        f"{row.reference}  {row.payer} → {row.payee}  {Money(row.fen).grouped}  "
        f"{row.day}  {words.zh} {words.en}" + (f"  {one.days} 天 days" if one.days else "")
    )


def detail_json(one: Standing, acts: Sequence[Act], seen: Collection[str]) -> dict[str, Any]:
    return {
        **standing_json(one), "age": age_of(one.days),
        "sides": {
            side: [_entered(entered, seen) for entered in found]
            for side, found in (("paid", one.paid), ("arrived", one.arrived))
        },
        "acts": [{"action": a.action, "note": a.note, "user": a.user, "at": a.at} for a in acts],
    }  # fmt: skip


def _entered(one: Entered, seen: Collection[str]) -> dict[str, Any]:
    """One voucher's part; its number is told to those who may browse its unit."""
    told: dict[str, Any] = {"unit": one.unit, "day": one.day.isoformat()}
    told["amount"] = Money(one.fen).text
    return {**told, "voucher": one.voucher} if one.unit in seen else told


def detail_rows(one: Standing, acts: Sequence[Act], seen: Collection[str]) -> Iterator[str]:
    yield standing_row(one)
    yield f"  {one.transfer.narration}"
    for label, found in (("付出 paid", one.paid), ("到账 arrived", one.arrived)):
        yield f"  {label} {Money(sum(e.fen for e in found)).grouped}"
        for entered in found:
            number = f"  {entered.unit}/{entered.voucher}" if entered.unit in seen else ""
            yield f"    {entered.day}  {Money(entered.fen).grouped}{number}"
    if one.transfer.refused:
        yield f"  拒收 refused: {one.transfer.refused}"
    for act in acts:
        yield f"  {act.at}  {act.user}  {act.action}  {act.voucher}  {act.note}"
