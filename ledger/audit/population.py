"""A unit's whole book as the population of audit procedures, and the digest that it is known by.

The digest covers the unit's hash chain at its last entry, and so every entry with its funds, papers
and persons' ids: whoever has the same digest has the same population, on any machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

from ledger import canonical
from ledger.audit.columns import NUMBERS, WORDS, Columns
from ledger.audit.reading import Job, line_at, read_or_tell
from ledger.canonical_directives import (
    CustomEntry,
    Directive,
    FundDeclared,
    Opened,
    parse_directives,
)
from ledger.canonical_reader import NotCanonical
from ledger.entry import CLASSES
from ledger.errors import Finding, LedgerError, Words, finding
from ledger.fundcheck import is_restricted
from ledger.layout import bean_files, unit_folder
from ledger.money import Money
from ledger.period import Month
from ledger.unitfacts import UnitFacts, parse_facts

#: How a progress bar is told: bytes read so far, and of how many.
Progress = Callable[[int, int], None]
#: Of a unit's facts and its accounts, the accounts whose vouchers' texts are kept.
Watch = Callable[[UnitFacts, Sequence[str]], Iterable[str]]
#: Below so many bytes one process has read everything before another one would have started.
_SMALL: Final = 8 * 1024 * 1024
#: So many units are read, or being read, at a time.
_AHEAD: Final = 4
_HEAD_FILES: Final = ("chart.bean", "funds.bean")


class Broken(NamedTuple):
    """A unit whose book is not whole, and where."""

    unit: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """A month that was closed, or opened again, by the entry ``seq`` of the book.

    ``month`` counts months as :data:`ledger.audit.columns.NUMBERS` says.
    """

    month: int
    seq: int
    closed: bool


@dataclass(frozen=True)
class Population:
    """One unit's vouchers as columns, month by month as they were posted, and the unit's terms.

    ``chain`` is the chain of the last of its ``entries``; ``limit`` above which two checkers sign,
    in fen; ``restricted`` the funds that are never overdrawn.
    """

    unit: str
    facts: UnitFacts
    columns: Columns
    entries: int
    chain: str
    closings: tuple[Closing, ...] = ()
    restricted: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.columns)

    @classmethod
    def nothing(cls, unit: str) -> Population:
        """A book of which nothing can be counted: only its unit is known."""
        facts = UnitFacts(unit, Words(unit, unit), "", date.min, Money(0))
        return cls(unit, facts, Columns(), 0, "")

    @property
    def limit(self) -> int:
        return self.facts.limit.fen

    def number(self, row: int) -> str:
        """The voucher's number: ``付-202603-0001``."""
        numbers = self.columns.numbers
        year, month = divmod(numbers["month"][row], 12)
        kind = CLASSES[numbers["kind"][row]]
        return f"{kind}-{year:04d}{month + 1:02d}-{numbers['ordinal'][row]:04d}"

    def ref(self, row: int) -> str:
        """What ``mingbai show`` takes: ``<unit>/<number>``."""
        return f"{self.unit}/{self.number(row)}"

    def day(self, row: int) -> date:
        return date.fromordinal(self.columns.numbers["day"][row])

    def amount(self, row: int) -> Money:
        """The voucher's size: its debits."""
        return Money(self.columns.numbers["size"][row])

    def word(self, column: str, row: int) -> str:
        """The text that a column of words has in a row."""
        return self.texts(column)[self.columns.words[column][row]]

    def texts(self, column: str) -> Sequence[str]:
        """The table of a column of words, by number."""
        return self._texts[column]

    def numbered(self, column: str, texts: Collection[str]) -> frozenset[int]:
        """The numbers that these texts have in a column's table."""
        return frozenset(at for at, text in enumerate(self.texts(column)) if text in texts)

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        return {name: list(table) for name, table in self.columns.tables.items()}

    @cached_property
    def _rows_of_numbers(self) -> dict[tuple[int, int, int], int]:
        numbers = self.columns.numbers
        keys = zip(numbers["kind"], numbers["month"], numbers["ordinal"], strict=True)
        return {key: row for row, key in enumerate(keys)}

    @cached_property
    def undone(self) -> frozenset[int]:
        """The rows that were reversed, and those that reverse them."""
        table = self.columns.tables["reverses"]
        if len(table) == 1:
            return frozenset()
        found = set()
        for row, number in enumerate(self.columns.words["reverses"]):
            if number:
                found.add(row)
                other = self.row_of(self._texts["reverses"][number])
                found.update(() if other is None else (other,))
        return frozenset(found)

    def row_of(self, number: str) -> int | None:
        """The row of a voucher's number; None if the book has none."""
        kind, month, ordinal = number.split("-")
        key = (CLASSES.index(kind), int(month[:4]) * 12 + int(month[4:]) - 1, int(ordinal))
        return self._rows_of_numbers.get(key)

    def papers(self) -> Iterator[tuple[int, bytes]]:
        """Every paper that a voucher names: its row, and the paper's digest."""
        digests = self.columns.digests
        for place, row in enumerate(self.columns.papered):
            yield row, bytes(digests[place * 32 : place * 32 + 32])

    @property
    def line(self) -> str:
        """What stands for this population in a digest."""
        return f"{self.unit} {self.entries} {self.chain}\n"


def digest_of(lines: Iterable[str]) -> str:
    """The digest of a population made of several units, in hexadecimal.

    Of one unit's vouchers it is a hash over its line, ``<unit> <entries> <chain>``.
    """
    return hashlib.sha256("".join(lines).encode()).hexdigest()


class NotWhole(LedgerError):
    """A unit's book is not what the program wrote: nothing is counted in it."""


def read_populations(
    federation: Path, units: Sequence[str], watch: Watch = lambda *_: (),
    progress: Progress = lambda *_: None, *, wanted: int = 0,
) -> Iterator[Population | Broken]:  # fmt: skip
    """The populations of these units, one after another; the next ones are read meanwhile.

    The chain of the entry ``wanted`` is kept with each (:attr:`Columns.wanted`).

    A book that is not whole comes as :class:`Broken`: nothing can be counted in it.
    """
    for begun in begin_populations(federation, units, watch, progress, wanted=wanted):
        yield begun.result()


def begin_populations(
    federation: Path, units: Sequence[str], watch: Watch = lambda *_: (),
    progress: Progress = lambda *_: None, *, wanted: int = 0,
) -> Iterator[Begun]:  # fmt: skip
    """:func:`read_populations` for who has something else to do while a book is being read."""
    files = {unit: bean_files(unit_folder(federation, unit))[0] for unit in units}
    whole = sum(path.stat().st_size for of in files.values() for path in of.values())
    bar = _Bar(whole, progress)
    with _readers(whole) as readers:
        begun: list[Begun] = []
        for place in range(len(units)):
            for later in units[place + len(begun) : place + _AHEAD]:
                begun.append(Begun(later, files[later], watch, readers, bar, wanted))
            yield begun.pop(0)


class Begun:
    """A unit whose files are being read."""

    def __init__(
        self, unit: str, files: Mapping[str, Path], watch: Watch, readers: Executor, bar: _Bar,
        wanted: int,
    ) -> None:  # fmt: skip
        self.unit = unit
        self._files = files
        self._wanted = wanted
        self._bar = bar
        self._fault: NotWhole | None = None
        self._reads: list[tuple[str, Future[Columns | Finding]]] = []
        try:
            self._heads = {name: self._read(name) for name in _HEAD_FILES if name in files}
            self._facts, opened, self._restricted = self._terms()
        except NotWhole as fault:
            self._fault = fault
            return
        capital = frozenset(one.account for one in opened if one.capital)
        watched = frozenset(watch(self._facts, [one.account for one in opened]))
        for name, path in files.items():
            if name not in self._heads:
                job = Job(path, f"units/{unit}/{name}", capital, watched, wanted)
                future = readers.submit(read_or_tell, job)
                future.add_done_callback(bar.step(path.stat().st_size))
                self._reads.append((name, future))

    def _read(self, name: str) -> Columns:
        path, shown = self._files[name], f"units/{self.unit}/{name}"
        read = _whole(read_or_tell(Job(path, shown, wanted=self._wanted)))
        self._bar.step(path.stat().st_size)(None)
        return read

    def _terms(self) -> tuple[UnitFacts, list[Opened], frozenset[str]]:
        opened: list[Opened] = []
        restricted = set()
        facts = None
        for name, columns in self._heads.items():
            for _, kind, text in columns.others:
                if kind == "unit":
                    with self._told(name, text):
                        facts = parse_facts(text)
                for one in self._directives(name, text):
                    if isinstance(one, Opened):
                        opened.append(one)
                    elif isinstance(one, FundDeclared) and is_restricted(one.restriction):
                        restricted.add(one.code)
        if facts is None or facts.unit != self.unit:
            raise NotWhole(_incomplete(f"units/{self.unit}"))
        return facts, opened, frozenset(restricted)

    def _directives(self, name: str, text: str) -> list[Directive]:
        with self._told(name, text):
            return parse_directives(text)

    @contextmanager
    def _told(self, name: str, text: str) -> Iterator[None]:
        """Say in which file, and at which line, an entry stands that cannot be understood."""
        try:
            yield
        except (NotCanonical, ValueError) as fault:
            data = self._files[name].read_bytes()
            line = line_at(data, max(data.find(text.encode()), 0))
            if isinstance(fault, NotCanonical):
                line += fault.line - 1
            raise NotWhole(*NotCanonical(f"units/{self.unit}/{name}", line).findings) from fault

    def _closings(self, name: str, others: Iterable[tuple[int, str, str]]) -> Iterator[Closing]:
        for seq, kind, text in others:
            if kind not in ("close", "reopen"):
                continue
            for one in self._directives(name, text):
                if isinstance(one, CustomEntry) and one.type == kind and one.values:
                    with self._told(name, text):
                        month = Month.parse(one.values[0])
                    yield Closing(month.year * 12 + month.month - 1, seq, kind == "close")

    def result(self) -> Population | Broken:
        """What was read, put together, once it is."""
        try:
            return self._population()
        except NotWhole as fault:
            return Broken(self.unit, fault.findings)

    def _population(self) -> Population:
        if self._fault is not None:
            raise self._fault
        parts = dict(self._heads)
        for name, future in self._reads:
            parts[name] = _whole(future.result())
        entries, chain = self._chained(parts)
        closings = tuple(
            one for name in sorted(parts) for one in self._closings(name, parts[name].others)
        )
        return Population(
            self.unit, self._facts, _joined([parts[name] for name in sorted(parts)]), entries,
            chain, closings, self._restricted,
        )  # fmt: skip

    def _chained(self, parts: Mapping[str, Columns]) -> tuple[int, str]:
        """The number of entries and the chain of the last one. Raises: NotWhole.

        Within a file the chain was followed where it was read; here the files are joined.
        """
        for name, part in parts.items():
            if part.broken:
                raise NotWhole(_broken(f"units/{self.unit}/{name}", part.broken))
        place, chain = 0, canonical.first_chain(self.unit)
        with ExitStack() as stack:
            handles = {
                name: stack.enter_context(self._files[name].open("rb"))
                for name, part in parts.items() if part.runs
            }  # fmt: skip
            for run, name in sorted((run, name) for name, of in parts.items() for run in of.runs):
                handles[name].seek(run.offset)
                text = handles[name].read(run.length).decode()
                if run.first != place + 1 or canonical.next_chain(chain, text) != run.begins:
                    line = line_at(self._files[name].read_bytes(), run.offset)
                    raise NotWhole(_broken(f"units/{self.unit}/{name}", line))
                place, chain = run.last, run.chain
        return place, chain


def _whole(read: Columns | Finding) -> Columns:
    if isinstance(read, Finding):
        raise NotWhole(read)
    return read


def _joined(parts: Sequence[Columns]) -> Columns:
    """Columns put behind each other; numbers of words are those of one table for all."""
    whole = Columns()
    for part in parts:
        first = len(whole)
        for name in NUMBERS:
            whole.numbers[name].extend(part.numbers[name])
        for name in WORDS:
            table = whole.tables[name]
            mapped = [table.setdefault(text, len(table)) for text in part.tables[name]]
            whole.words[name].extend(map(mapped.__getitem__, part.words[name]))
        whole.rates += [one._replace(row=first + one.row) for one in part.rates]
        whole.loose += [(first + row, other) for row, other in part.loose]
        whole.named += [(first + row, text) for row, text in part.named]
        for key, fen in part.funds.items():
            whole.funds[key] = whole.funds.get(key, 0) + fen
        for key, row in part.takers.items():
            whole.takers[key] = first + row
        whole.digests += part.digests
        whole.papered.extend([first + row for row in part.papered])
        whole.personal += [first + row for row in part.personal]
        whole.others += part.others
        whole.wanted = whole.wanted or part.wanted
    return whole


class _Bar:
    """Bytes that were read, of how many."""

    def __init__(self, whole: int, progress: Progress) -> None:
        self._whole = whole
        self._done = 0
        self._progress = progress
        self._lock = Lock()
        progress(0, whole)

    def step(self, size: int) -> Callable[[object], None]:
        """What is called when a file of ``size`` bytes was read, by whichever thread."""

        def tell(_: object) -> None:
            with self._lock:
                self._done += size
                self._progress(self._done, self._whole)

        return tell


@contextmanager
def _readers(whole: int) -> Iterator[Executor]:
    """Who reads files: processes of their own where there is enough to read, else this one."""
    if whole < _SMALL:
        with _Here() as here:
            yield here
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield pool


class _Here(Executor):
    """Does at once what it is given."""

    def submit(  # type: ignore[override]
        self, fn: Callable[[Job], Columns | Finding], /, job: Job
    ) -> Future[Columns | Finding]:
        future: Future[Columns | Finding] = Future()
        future.set_result(fn(job))
        return future


def _incomplete(file: str) -> Finding:
    return finding(
        "no-book", "账簿没有单位资料", "the book does not say whose it is",
        "从备份恢复，或 mingbai rebuild --from journal",
        "restore it from a backup, or mingbai rebuild --from journal", file=file,
    )  # fmt: skip


def _broken(file: str, line: int) -> Finding:
    return finding(
        "chain-broken", "哈希链在此断开：此条或其前有改动、插入或删除",
        "the hash chain breaks here: this entry, or one before, was altered",
        "用 mingbai check 查明；从日志或备份恢复", "find out with mingbai check; restore it",
        file=file, line=line,
    )  # fmt: skip
