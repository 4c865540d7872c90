"""Procedures run over the books of units: what was counted in, by which figures, and every hit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ledger.audit.catalogue import procedures
from ledger.audit.knowing import know, watch, with_words
from ledger.audit.known import Known
from ledger.audit.population import Broken, Population, Progress, begin_populations, digest_of
from ledger.canonical_reader import NotCanonical
from ledger.errors import CannotRun, LedgerError, finding
from ledger.registry import oplog

if TYPE_CHECKING:
    from datetime import date, datetime

    from ledger.audit.procedures.procedure import Hit, Procedure
    from ledger.errors import Finding
    from ledger.registry import Registry, User


@dataclass
class Result:
    """One procedure over all units that were asked: ``population`` is how many things it counted
    in, ``lines`` what their digest is made of."""

    procedure: Procedure
    population: int = 0
    lines: list[str] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)

    @property
    def digest(self) -> str:
        return digest_of(self.lines)

    def as_json(self) -> dict[str, Any]:
        one = self.procedure
        return {
            "name": one.name, "title": one.title.zh, "title_en": one.title.en,
            "source": one.source, "caveat": one.caveat.zh, "caveat_en": one.caveat.en,
            "of": one.of,
            "parameters": {
                key: list(value) if isinstance(value, tuple) else value
                for key, value in one.parameters.items()
            },
            "population": self.population, "digest": self.digest,
            "hits": [hit.as_json() for hit in self.hits],
        }  # fmt: skip


@dataclass(frozen=True)
class Run:
    """What came of a run. ``broken`` are the units in which not everything could be counted: of a
    book that is not whole nothing, of a registry that does not open its part; the rest was looked
    at. ``heads`` are the last entries of the books that are whole, with their chains."""

    units: tuple[str, ...]
    results: tuple[Result, ...]
    broken: tuple[tuple[str, tuple[Finding, ...]], ...]
    heads: Mapping[str, tuple[int, str]]

    def as_json(self) -> dict[str, Any]:
        return {
            "units": list(self.units),
            "tests": [one.as_json() for one in self.results],
            "not_counted": [
                {"unit": unit, "findings": [one.as_json() for one in found]}
                for unit, found in self.broken
            ],
        }


def run(
    registry: Registry, units: Sequence[str], on: date, *, only: Collection[str] = (),
    progress: Progress = lambda *_: None,
) -> Run:  # fmt: skip
    """Run every procedure, or ``only`` these, over the books of ``units``.

    Nothing is written. ``on`` decides which dated rules are asked where a book does not.

    Raises: CannotRun for a procedure that there is not.
    """
    chosen = [one for one in procedures(registry.folder) if not only or one.name in only]
    if missing := sorted(set(only) - {one.name for one in chosen}):
        raise CannotRun(_no_procedure(missing[0]))
    results = [Result(one) for one in chosen]
    kinds = {one.of for one in chosen}
    broken = []
    heads = {}
    for begun in begin_populations(registry.folder, units, watch(registry, on), progress):
        unit, known = begun.unit, None
        faults: list[Finding] = []
        try:
            known = know(registry, unit, on, kinds)  # while its files are being read
        except LedgerError as fault:  # what was sealed in it was altered: the book is looked at
            faults += fault.findings
        book = begun.result()
        if isinstance(book, Broken):
            faults += book.findings
        else:
            heads[unit] = (book.entries, book.chain)
            known = known and with_words(registry, known, book)
        for result in results:
            try:
                _look(result, book, known)
            except NotCanonical as fault:
                faults += [replace(one, file=f"units/{unit}", line=None) for one in fault.findings]
        if faults:
            broken.append((unit, tuple(dict.fromkeys(faults))))
    return Run(tuple(units), tuple(results), tuple(broken), heads)


def log(
    registry: Registry, unit: str, only: Collection[str], user: User, now: datetime
) -> None:  # fmt: skip
    """Have the operation log keep that a user ran procedures, of one unit or, for "", of many."""
    with registry.write() as conn:
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="audit.run",
            object=" ".join(only)[:100] or "*",
        )  # fmt: skip


def _look(result: Result, book: Population | Broken, known: Known | None) -> None:
    """Add what one procedure finds. Raises: NotCanonical for a voucher that is none, though its
    text looks like one; nothing is then added."""
    one = result.procedure
    if isinstance(book, Broken) if one.of == "vouchers" else known is None:
        return
    known = known or Known()
    subject = book if isinstance(book, Population) else Population.nothing(book.unit)
    result.hits += list(one.run(subject, known, one.parameters))
    if one.of == "vouchers":
        result.population += len(subject)
    else:
        result.population += known.count(one.of)
        result.lines.append(known.line(book.unit, one.of))
    if isinstance(book, Population) and one.of in ("vouchers", "witnesses"):
        result.lines.append(book.line)


def _no_procedure(name: str) -> Finding:
    return finding(
        "no-procedure", f"没有审计程序 {name[:40]}", f"there is no audit procedure {name[:40]}",
        "mingbai audit run --list 列出全部", "mingbai audit run --list has all of them",
    )  # fmt: skip
