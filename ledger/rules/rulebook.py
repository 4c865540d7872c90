"""All tables at hand, and the one in force for a unit on a day.

A unit's own file goes before the federation's, and that before what the program ships; among
tables of the same origin the narrower scope goes first. Two that hold for the same unit and day, of
which neither is narrower, contradict each other: that is a finding, never a choice of ours. Where
none is in force the answer is "no rule loaded".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, TypeVar

from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.period import Month
from ledger.rules.assets import AssetTable
from ledger.rules.disclosure_tables import DeadlineTable, RatioTable, ShareTable
from ledger.rules.fields import bad_rule
from ledger.rules.rate_tables import FloorTable, RateTable, RemittanceTable, SplitTable
from ledger.rules.reading import read_tables
from ledger.rules.spending_tables import (
    AidKindTable,
    AidLimitTable,
    CarryTable,
    MajorTable,
    ParallelTable,
    RevisionTable,
    UseTable,
)
from ledger.rules.table import FEDERATION, UNIT, Place
from ledger.rules.tables import KINDS, Table, kind_of

_DATA: Final = Path(__file__).parent / "data"
#: The folder of local rule files, in a federation's folder and in a unit's.
FOLDER: Final = "rules"
_MOST_FILES: Final = 100
T = TypeVar(
    "T",
    RateTable,
    SplitTable,
    RemittanceTable,
    FloorTable,
    UseTable,
    RevisionTable,
    CarryTable,
    ParallelTable,
    AidKindTable,
    AidLimitTable,
    MajorTable,
    ShareTable,
    DeadlineTable,
    RatioTable,
    AssetTable,
)


class NoRuleLoaded(Refused):
    """No table is in force for what was asked; the finding says which ones there are."""


class Rulebook:
    """A set of tables that do not contradict each other."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables: Final = tuple(tables)
        refuse_if(contradictions(self.tables))
        self._by_rule: dict[str, list[Table]] = {}
        for table in self.tables:
            self._by_rule.setdefault(table.head.rule, []).append(table)

    def in_force(self, kind: type[T], rule: str, day: date, place: Place) -> T:
        """The one table of this kind for ``place`` on ``day``; NoRuleLoaded if there is none.

        Refused if two contradict each other: scopes of which neither is narrower (a province and a
        kind of unit) may only meet in some units.
        """
        known = [table for table in self._by_rule.get(rule, ()) if isinstance(table, kind)]
        fitting = [
            table for table in known if table.head.holds_on(day) and table.head.scope.covers(place)
        ]
        if not fitting:
            raise NoRuleLoaded(_none(rule, kind, day, known))
        return nearest(fitting)

    def rates(self, rule: str, month: Month, place: Place) -> RateTable:
        """The table that a month is assessed by: the one in force on its first day."""
        return self.in_force(RateTable, rule, month.first, place)

    def table(self, kind: type[T], key: str, digest: str) -> T:
        """The table that a stored figure was made by, ``party-dues@2008``; Refused if it is gone.

        A table whose figures were changed under the same version is not the one it was made by;
        words that were corrected, or an end that was set, change nothing of that.
        """
        found = [
            table for table in self.tables if isinstance(table, kind) and table.head.key == key
        ]
        same = [table for table in found if table.head.digest == digest]
        if same:
            return max(same, key=lambda table: table.head.origin)
        if found:
            raise Refused(
                finding(
                    "rule-changed",
                    f"规则表 {key[:80]} 的内容与当时所用的不同",
                    f"table {key[:80]} is not what it was when it was used",
                    "恢复原表；变动写成新的 version",
                    "put the table back as it was; a change is a new version",
                    file=found[-1].head.file,
                )
            )
        raise NoRuleLoaded(
            finding(
                "no-rule-loaded",
                f"没有装入规则：当时所用的 {key[:80]} 不在",
                f"no rule loaded: {key[:80]}, which was used, is not here",
                "把当时的规则文件放回",
                "put back the rule file of that time",
            )
        )


def nearest(fitting: Sequence[T]) -> T:
    """Of tables that hold for one unit on one day: the nearest origin, then the narrowest scope.

    Refused if two of them contradict each other.
    """
    origin = max(table.head.origin for table in fitting)
    near = [table for table in fitting if table.head.origin == origin]
    best = [
        table
        for table in near
        if not any(other.head.scope.narrower_than(table.head.scope) for other in near)
    ]
    if len(best) > 1:
        raise Refused(_contradiction(best[0], best[1]))
    return best[0]


def shipped() -> list[Table]:
    """The tables that the program brings along."""
    return list(_shipped())


@cache
def _shipped() -> tuple[Table, ...]:
    tables: list[Table] = []
    for path in sorted(_DATA.glob("*.toml")):
        tables += read_tables(path.read_bytes(), f"ledger/rules/data/{path.name}")[0]
    return tuple(tables)


def load(folder: Path | None = None, unit: str | None = None) -> tuple[Rulebook, list[Finding]]:
    """The shipped tables, those in ``folder/rules`` and in ``folder/units/<unit>/rules``.

    With them the warnings about local files. Refused with the findings of every file.
    """
    book, findings = _book(*_asked(folder, unit))
    return book, list(findings)


def local(folder: Path, unit: str) -> list[Table]:
    """The tables of the federation's and the unit's own files alone.

    They may contradict each other. Refused with the findings of every faulty file.
    """
    return list(_tables(*_asked(folder, unit))[0])


#: Where a local file lies, and what tells whether it changed; no more than the first two if it
#: cannot be looked at.
_Stamp = tuple[int | str, ...]
_Asked = tuple[Path | None, str | None, tuple[_Stamp, ...]]


def _asked(folder: Path | None, unit: str | None) -> _Asked:
    """What is kept of local files goes by: units without files of their own share the others'."""
    if folder is None:
        return None, None, ()
    if not unit or not (folder / "units" / unit / FOLDER).is_dir():
        unit = None
    return folder, unit, tuple(_stamps(folder, unit))


def _stamps(folder: Path, unit: str | None) -> Iterator[_Stamp]:
    for place, origin in _places(folder, unit):
        for path in _files(place):
            try:
                facts = path.stat()
            except OSError:
                yield origin, path.name  # reading it will say what is wrong
                continue
            yield origin, path.name, facts.st_mtime_ns, facts.st_size, facts.st_ino


@lru_cache(maxsize=64)
def _book(
    folder: Path | None, unit: str | None, stamps: tuple[_Stamp, ...]
) -> tuple[Rulebook, tuple[Finding, ...]]:
    tables, findings = _tables(folder, unit, stamps)
    return Rulebook([*_shipped(), *tables]), findings


@lru_cache(maxsize=64)
def _tables(
    folder: Path | None, unit: str | None, _seen: tuple[_Stamp, ...]
) -> tuple[tuple[Table, ...], tuple[Finding, ...]]:
    """The tables of local files, read once for as long as no file changes: the posting path asks.

    A faulty file is refused, and read again when it is asked for again.
    """
    tables: list[Table] = []
    findings: list[Finding] = []
    if folder is not None:
        for place, origin in _places(folder, unit):
            more, said = _folder(folder, place, origin)
            tables += more
            findings += said
    refuse_if(findings)
    return tuple(tables), tuple(findings)


def _places(folder: Path, unit: str | None) -> list[tuple[Path, int]]:
    places = [(folder / FOLDER, FEDERATION)]
    if unit:
        places.append((folder / "units" / unit / FOLDER, UNIT))
    return places


def _files(place: Path) -> list[Path]:
    return sorted(place.glob("*.toml")) if place.is_dir() else []


def _folder(root: Path, folder: Path, origin: int) -> tuple[list[Table], list[Finding]]:
    tables: list[Table] = []
    findings: list[Finding] = []
    paths = _files(folder)
    if len(paths) > _MOST_FILES:
        name = folder.relative_to(root).as_posix()
        text = (f"规则文件超过 {_MOST_FILES} 个", f"more than {_MOST_FILES} rule files")
        return [], [bad_rule(name, *text)]
    for path in paths:
        name = path.relative_to(root).as_posix()
        try:
            # A pipe or a device would be read without end.
            if not path.is_file():
                findings.append(bad_rule(name, "不是普通文件", "it is no regular file"))
                continue
            with path.open("rb") as file:
                data = file.read(1 << 20)
            more, said = read_tables(data, name, origin)
        except Refused as fault:
            findings += fault.findings
            continue
        except OSError as fault:
            raise CannotRun(
                bad_rule(name, f"无法读取：{fault.strerror}", f"cannot be read: {fault.strerror}")
            ) from fault
        tables += more
        findings += said
    return tables, findings


def contradictions(tables: Iterable[Table]) -> list[Finding]:
    """A finding for each pair that would hold for the same units on the same day, or has one key.

    A table of another origin is an override and contradicts nothing.
    """
    found: list[Finding] = []
    groups: dict[tuple[str, str, int], list[Table]] = {}
    seen: dict[tuple[str, int], Table] = {}
    for table in tables:
        head = table.head
        twin = seen.setdefault((head.key, head.origin), table)
        if twin is not table:
            found.append(
                bad_rule(
                    head.file,
                    f"规则表 {head.key} 重复，另见 {twin.head.file}",
                    f"table {head.key} is there twice, see {twin.head.file}",
                )
            )
            continue
        group = groups.setdefault((kind_of(table), head.rule, head.origin), [])
        found += [
            _contradiction(other, table)
            for other in group
            if other.head.scope == head.scope and other.head.overlaps(head)
        ]
        group.append(table)
    return found


def _contradiction(one: Table, other: Table) -> Finding:
    scope = other.head.scope.words
    return finding(
        "rules-contradict",
        f"规则表 {one.head.key}（{one.head.file}）与 {other.head.key} 同时有效（{scope.zh}）",
        f"tables {one.head.key} ({one.head.file}) and {other.head.key} hold at once ({scope.en})",
        "给前一张写上 effective_to，或把范围写得更窄",
        "end the earlier one with effective_to, or narrow one scope",
        file=other.head.file,
    )


def _none(rule: str, kind: type[Table], day: date, known: Sequence[Table]) -> Finding:
    what = next(name for name, cls in KINDS.items() if cls is kind)
    zh, en = "本地规则文件可以补上", "a local rule file can bring one"
    if known:
        listed = "；".join(
            f"{table.head.key} {table.head.effective_from}–{table.head.effective_to or ''}"
            f" {table.head.scope.words.zh}"
            for table in known[:5]
        )
        zh, en = f"已有而不适用的：{listed}。{zh}", f"there are, not in force here: {listed}; {en}"
    return finding(
        "no-rule-loaded",
        f"没有装入规则：{day} 没有有效的 {rule[:40]}（{what}）",
        f"no rule loaded: none of {rule[:40]} ({what}) is in force on {day}",
        zh,
        en,
    )
