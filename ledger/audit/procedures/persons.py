"""Who made vouchers and who checked them: never one person, above the limit two."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.audit.known import Known
from ledger.audit.population import Population
from ledger.audit.procedures.procedure import Hit, Parameters, voucher_hit


def own_checker(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Vouchers whose maker is a checker, under whichever login, and those with too few checkers."""
    makers = [known.persons.get(maker, maker) for maker in book.texts("maker")]
    checkers = [
        [known.persons.get(one, one) for one in of.split(" ")] if of else []
        for of in book.texts("checkers")
    ]
    faults: dict[tuple[int, int], tuple[str, str] | None] = {}
    numbers, limit = book.columns.numbers, book.limit
    for row, (maker, checker, size) in enumerate(
        zip(book.columns.words["maker"], book.columns.words["checkers"], numbers["size"],
            strict=True)
    ):  # fmt: skip
        key = (maker, checker)
        if key not in faults:
            faults[key] = _fault(makers[maker], checkers[checker])
        fault = faults[key]
        if fault is None and size > limit and len(set(checkers[checker])) < 2:
            fault = ("超过限额，只有一人审核", "above the limit, and one person checked it")
        if fault is not None:
            yield voucher_hit(book, row, *fault)


def _fault(maker: str, checkers: list[str]) -> tuple[str, str] | None:
    if not checkers:
        return ("没有审核人", "nobody checked it")
    if maker in checkers:
        return ("制单人与审核人为同一人", "one person made it and checked it")
    if len(set(checkers)) < len(checkers):
        return ("两位审核人为同一人", "both checkers are one person")
    return None
