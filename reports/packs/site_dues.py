"""The page of each member's dues, in a site for members: owed, paid, open, and by which rule.

Drawn of assessments and claims as they stand on the period's last day. What an amount was made of
(a base, a reason, a name) is not read: a page says the amount and the rule's own words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from ledger.disclosing.own_pages import dues_token
from ledger.errors import Words
from ledger.money import Money
from ledger.period import Month
from ledger.registry import members, persons
from ledger.rules.rate_tables import RateTable
from ledger.rules.rulebook import load
from reports.dues_source import open_dues, unit_dues
from reports.packs.for_members import went
from reports.site import model
from reports.statements.dues_rows import rule_words, sums

if TYPE_CHECKING:
    from ledger.registry import Registry
    from reports.packs.building import Built
    from reports.statements.dues_rows import Assessed, Claimed, DuesRows, Sums

#: A month and a rule.
_Key = tuple[str, str]
_Mine = dict[_Key, list["Claimed"]]

_FROM_LIST: Final = Words("按单位名单登记", "as entered from the unit's list")
_NOTHING_OWED: Final = Words("按规则本月不应缴", "nothing is owed for the month by the rule")
#: How well the rule's text is known.
_KNOWN: Final = {
    "confirmed": Words("已核对原文", "read in the text itself"),
    "secondary": Words("据转述，未见原文", "read in a text about it"),
    "recalled": Words("待核实", "to be verified"),
}


def my_dues(registry: Registry, built: Built) -> Iterator[model.MyDues]:
    """A page for every member of the unit who was not erased, in the order of the addresses.

    Members who left have one while something is told of them. Nothing where the unit collects no
    dues. A constant number of questions.
    """
    last = Month.of(built.period.last)
    year = unit_dues(registry, built.unit, Month(last.year, 1), last)
    if not year.schemes and not year.claims:
        return
    before = open_dues(registry, built.unit, Month(last.year, 1), built.period)
    with registry.read() as conn:
        there = persons.keys_of_unit(conn, registry.vault, built.unit)
        rows = members.all_members(conn, built.unit)
    by_member, words = _by_member(year, before), _words(registry, built.unit, year)
    spent = went(built.statements)
    pages = [
        model.MyDues(
            dues_token(registry.vault, row.id), built.unit,
            tuple(_months(row.id, by_member.get(row.id, {}), words, built)), spent,
        )
        for row in rows
        if row.id in there and (row.state == members.ACTIVE or row.id in by_member)
    ]  # fmt: skip
    yield from sorted(pages, key=lambda page: page.token)


def _by_member(year: DuesRows, before: Sequence[Claimed]) -> dict[str, _Mine]:
    """Each member's claims by month and rule, empty where nothing was claimed after all."""
    found: dict[str, _Mine] = defaultdict(lambda: defaultdict(list))
    for one in year.assessed:
        found[one.member].setdefault((str(one.month), one.rule), [])
    for claim in (*before, *year.claims):
        found[claim.member][str(claim.month), claim.rule].append(claim)
    return found


def _months(
    member: str, mine: _Mine, words: Mapping[tuple[str, str, str], Words], built: Built
) -> Iterator[model.DuesMonth]:
    for (month, rule), claims in sorted(mine.items()):
        found = sums(claims, built.period.last)
        why = words.get((member, month, rule), _FROM_LIST)
        yield model.DuesMonth(
            month, rule_words(rule), found.owed, found.settled - found.credit, found.arrears,
            _with_more(why, found),
        )  # fmt: skip


def _with_more(why: Words, found: Sums) -> Words:
    """The rule, with what the three figures do not say: owed = paid + open + written off."""
    zh, en = why
    if found.off:
        zh += f"；已核销 {Money(found.off).grouped}"
        en += f"; {Money(found.off).grouped} was written off"
    if found.credit:
        zh += f"；另有多缴 {Money(found.credit).grouped}"
        en += f"; {Money(found.credit).grouped} was paid beyond it"
    return Words(zh, en)


def _words(registry: Registry, unit: str, year: DuesRows) -> dict[tuple[str, str, str], Words]:
    """By member, month and rule which row of which document the last assessment applied."""
    tables = {
        one.head.key: one
        for one in load(registry.folder, unit)[0].tables
        if isinstance(one, RateTable)
    }
    last: dict[tuple[str, str, str], Assessed] = {}
    for one in sorted(year.assessed, key=lambda row: row.number):
        last[one.member, str(one.month), one.rule] = one
    made: dict[tuple[str, str], Words] = {}
    for one in last.values():
        if (one.table, one.row) not in made:
            made[one.table, one.row] = _cited(tables.get(one.table), one.table, one.row)
    return {key: made[one.table, one.row] for key, one in last.items()}


def _cited(table: RateTable | None, key: str, row: str) -> Words:
    found = next((one for one in table.rows if one.id == row), None) if table else None
    if not row:
        return _NOTHING_OWED
    if table is None or found is None:
        return Words(f"规则 {key}", f"rule {key}")
    source = table.head.cite(found.article)
    known = _KNOWN.get(found.confidence, Words("", ""))
    return Words(
        f"{found.name.zh}：{source}（{known.zh}）", f"{found.name.en}: {source} ({known.en})"
    )
