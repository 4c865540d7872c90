"""What an audit procedure is: a pure function with parameters, and what it tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.audit.known import Known
from ledger.audit.population import Population
from ledger.errors import Words
from ledger.money import Money

#: What a parameter may be: whole numbers (amounts in fen, days, counts), or lists of words.
Parameter = int | tuple[str, ...]
Parameters = Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to be looked at: a suspicion, no verdict.

    ``ref`` is what ``mingbai show`` opens, or another name of what is told of; empty where a whole
    population is. ``others`` are further vouchers of the same matter.
    """

    unit: str
    ref: str
    why: Words
    amount: Money | None = None
    others: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "unit": self.unit, "voucher": self.ref, "why": self.why.zh, "why_en": self.why.en,
        }  # fmt: skip
        if self.amount is not None:
            told["amount"] = self.amount.text
        if self.others:
            told["others"] = list(self.others)
        return told


@dataclass(frozen=True, slots=True)
class Procedure:
    """``source`` is the rule or practice behind it; ``caveat`` what it does not show.

    ``of`` is what it counts in: ``vouchers``, or one of :data:`ledger.audit.known.KINDS`.
    """

    name: str
    of: str
    title: Words
    source: str
    caveat: Words
    parameters: Parameters
    run: Callable[[Population, Known, Parameters], Iterable[Hit]] = field(compare=False)


def number(parameters: Parameters, name: str) -> int:
    """A parameter that is a whole number."""
    value = parameters[name]
    if not isinstance(value, int):
        raise TypeError(f"{name} is a number")
    return value


def words(parameters: Parameters, name: str) -> frozenset[str]:
    """A parameter that is a list of words."""
    value = parameters[name]
    if isinstance(value, int):
        raise TypeError(f"{name} is a list")
    return frozenset(value)


def voucher_hit(book: Population, row: int, zh: str, en: str, *, others: Iterable[int] = ()) -> Hit:
    """A hit on one voucher, with its size."""
    return Hit(
        book.unit, book.ref(row), Words(zh, en), book.amount(row),
        tuple(book.ref(other) for other in others),
    )  # fmt: skip
