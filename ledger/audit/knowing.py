"""What the registry knows of a unit, gathered as plain values: nothing is written, no name kept."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ledger import checking, journal
from ledger.assets import accounts
from ledger.assets.said import regime_for
from ledger.assets.suspects import watched
from ledger.audit.alike import plain
from ledger.audit.known import (
    KINDS,
    AssetTerms,
    Dues,
    GiftTerms,
    Known,
    Paper,
    Receipt,
    Witness,
)
from ledger.audit.last_days import last_day_of_use
from ledger.dues.rechecking import recheck
from ledger.errors import LedgerError
from ledger.period import Month
from ledger.privacy import kinds_in
from ledger.registry import (
    assessments,
    assets,
    claims,
    donors,
    entries,
    gift_receipts,
    gifts,
    logins,
    papers,
    persons,
    receipts,
    units,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.audit.population import Population, Watch
    from ledger.registry import Registry
    from ledger.unitfacts import UnitFacts

#: What is told of a paper; nothing while it is there.
_STATES: Final = {
    papers.THERE: ("", ""), papers.GONE: ("附件缺失", "the paper is gone"),
    papers.ALTERED: ("附件内容与登记不符", "the paper is not what was registered"),
}  # fmt: skip
#: So many texts are asked about at once whether they name anybody.
_TOGETHER: Final = 200
#: What may stand between the characters of a name that is not to be found.
_APART: Final = re.compile(r"(?<=[\u3400-\u9fff])[\s·・.．_-]+(?=[\u3400-\u9fff])")


def know(
    registry: Registry, unit: str, on: date, kinds: Collection[str] = KINDS
) -> Known:  # fmt: skip
    """What is known of a unit, whatever its book says; ``on`` decides which regime of assets.

    Of rows only those ``kinds`` are gathered: papers are opened and dues made again one by one.
    """
    with registry.read() as conn:
        known = Known(
            persons=logins.persons(conn), files=len(entries.files(conn, unit)),
            receipts=_receipts(conn, unit) if "receipts" in kinds else (),
            dues=_dues(conn, unit) if "dues" in kinds else (),
            gifts=_gifts(conn, unit) if "gifts" in kinds else (),
        )  # fmt: skip
    return replace(
        known, assets=_assets(registry, unit, on),
        witnesses=_witnesses(registry, unit) if "witnesses" in kinds else (),
        papers=_papers(registry, unit) if "papers" in kinds else (),
        assessments=tuple(recheck(registry, unit)) if "assessments" in kinds else (),
    )  # fmt: skip


def with_words(registry: Registry, known: Known, book: Population) -> Known:
    """The same, with what the words of the unit's book say of persons and related parties."""
    with registry.read() as conn:
        naming = _naming(conn, registry, book.texts("text"))
        memos = _naming(conn, registry, book.texts("memo"))
        related = _related(conn, registry, book.unit, book.texts("payee"))
    return replace(known, naming=naming, memos=memos, related=related)


def watch(registry: Registry, on: date) -> Watch:
    """Which accounts' vouchers are kept as texts: those on which assets are bought and wear."""

    def watching(facts: UnitFacts, names: Sequence[str]) -> Iterable[str]:
        terms = _assets(registry, facts.unit, on)
        return () if terms is None else watched(names, terms.accounts, terms.table)

    return watching


def _witnesses(registry: Registry, unit: str) -> tuple[Witness, ...]:
    found = journal.compare_witnesses(registry, unit)
    found += checking.check_closed_months(registry, unit)
    return tuple(
        Witness(one.file or f"units/{unit}", one.line or 0, one.what.zh, one.what.en)
        for one in found
    )  # fmt: skip


def _papers(registry: Registry, unit: str) -> tuple[Paper, ...]:
    with registry.read() as conn:
        known = papers.all_papers(conn, unit)
    return tuple(Paper(row.digest, *_STATES[papers.state(registry, unit, row)]) for row in known)


def _receipts(conn: Connection, unit: str) -> tuple[Receipt, ...]:
    cash = receipts.numbers_of_unit(conn, unit)
    given = gift_receipts.of_unit(conn, unit)
    return tuple(
        [Receipt("cash", year, number) for year, number in cash]
        + [Receipt("gift", row.year, row.number) for row in given]
    )


def _dues(conn: Connection, unit: str) -> tuple[Dues, ...]:
    """Each member's months: what was assessed in all, and what is claimed and not void."""
    first, last = "0000-00", "9999-99"
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in assessments.plain_of(conn, [unit], first, last):
        sums[one.member, one.rule, one.month][0] += one.fen
    for row in claims.dues_of(conn, [unit], first, last):
        # What was claimed by no rule was assessed by nobody.
        if row.state != claims.VOID and row.rule:
            fen = -row.fen if row.kind in claims.CREDITS else row.fen
            sums[row.member or "", row.rule, row.month][1] += fen
    return tuple(Dues(*key, *of) for key, of in sorted(sums.items()))


def _gifts(conn: Connection, unit: str) -> tuple[GiftTerms, ...]:
    rows = gifts.of_unit(conn, unit)
    events = gifts.events(conn, unit, [row.code for row in rows])
    return tuple(
        GiftTerms(
            row.code, tuple(gifts.stands_in(row, events.get(row.code, ()))),
            last_day_of_use(f"{row.purpose}；{row.terms}", row.day), row.related,
        )
        for row in rows
    )  # fmt: skip


def _assets(registry: Registry, unit: str, on: date) -> AssetTerms | None:
    with registry.read() as conn:
        facts = units.find(conn, unit)
        first = {
            row.code: Month.parse(row.first) for row in assets.of_unit(conn, unit) if row.first
        }
    chart = accounts.known(facts.chart)
    if chart is None:
        return None
    try:
        return AssetTerms(chart, regime_for(registry, facts, on), first)
    except LedgerError:  # no rule is in force: nothing can be said of assets
        return None


def _naming(conn: Connection, registry: Registry, texts: Sequence[str]) -> frozenset[int]:
    """The numbers of texts that name a registered person, or hold a spelt number of one.

    A name is one with blanks or points between its characters, too.
    """
    together = [_APART.sub("", text) for text in texts]
    said = [
        text if text == other else f"{text}\n{other}"
        for text, other in zip(texts, together, strict=True)
    ]
    found: set[int] = set()
    waiting = [range(at, min(at + _TOGETHER, len(texts))) for at in range(0, len(texts), _TOGETHER)]
    while waiting:
        part = waiting.pop()
        if not persons.names_in(conn, registry.vault, "\n".join(said[at] for at in part)):
            continue
        if len(part) == 1:
            found.update(part)
        else:
            waiting += [part[: len(part) // 2], part[len(part) // 2 :]]
    found.update(at for at, text in enumerate(texts) if kinds_in(text))
    return frozenset(found)


def _related(
    conn: Connection, registry: Registry, unit: str, payees: Sequence[str]
) -> frozenset[int]:
    """The numbers of payees that are called as a related donor is, however it was typed."""
    rows = [row for row in donors.of_unit(conn, unit) if row.related]
    names = donors.names(conn, registry.vault, rows).values() if rows else ()
    known = set(map(plain, names)) - {""}
    return frozenset(at for at, payee in enumerate(payees) if known and plain(payee) in known)
