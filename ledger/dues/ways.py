"""The ways of a unit: which rows of which rules apply to it, and where they are entered."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.dues.assessing import rulebook_for
from ledger.dues.levying import LEVY
from ledger.dues.passing_on import Way
from ledger.errors import Words
from ledger.registry import dues_schemes, levies, remittances, units
from ledger.rules.rate_tables import RemittanceTable
from ledger.rules.rulebook import NoRuleLoaded
from ledger.rules.table import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.registry import Registry
    from ledger.registry.remittances import PathRow
    from ledger.registry.units import UnitRow
    from ledger.rules.rate_tables import RemittanceRow

#: The rule by which dues of social organisations' members come back, and who gets them.
RETURN: Final = "party-return"
SOCIAL: Final = "social-organisation"
_PARTS: Final = {
    "upper": Words("拨缴经费上级分成", "the upper unions' share of the levy"),
    "grass-roots": Words("拨缴经费下级分成", "the lower unions' share of the levy"),
}


def ways_of(conn: Connection, registry: Registry, unit: str, day: date) -> list[Way]:
    """Every way that applies to the unit on a day, by rule and row."""
    return list(_ways(conn, registry, units.find(conn, unit), day))


def own_base(conn: Connection, unit: str) -> set[tuple[str, str]]:
    """The accounts and funds of the unit's own income of dues and levies."""
    rows = [(row.account, row.fund) for row in dues_schemes.of_unit(conn, unit)]
    rows += [(row.account, row.fund) for row in levies.shares(conn, unit)]
    return {(account, fund) for account, fund in rows if account.startswith("Income:")}


def _ways(conn: Connection, registry: Registry, unit: UnitRow, day: date) -> Iterator[Way]:
    book, place = rulebook_for(registry, unit.id)[0], Place.of(unit)
    paths = {row.row: row for row in remittances.of_unit(conn, unit.id)}
    schemes = {row.rule: (row.account, row.fund) for row in dues_schemes.of_unit(conn, unit.id)}
    shares = levies.shares(conn, unit.id)
    done = set()
    for rule in sorted({t.head.rule for t in book.tables if isinstance(t, RemittanceTable)}):
        with suppress(NoRuleLoaded):
            table = book.in_force(RemittanceTable, rule, day, place)
            for row in table.rows:
                if not _applies(row, place):
                    continue
                key = f"{rule}/{row.id}"
                done.add(key)
                path = paths.get(key)
                scheme = schemes.get("party" if rule == RETURN else rule)
                base: tuple[tuple[str, str], ...] = () if scheme is None else (scheme,)
                if rule == LEVY:
                    base = tuple((one.account, one.fund) for one in shares if one.rule == LEVY)
                if rule == RETURN and path is not None and path.held:
                    base = ((path.account, path.fund),)
                if rule == RETURN:
                    yield from _returns(conn, unit, table, row, path, base)
                else:
                    yield _by_rule(unit, table, row, path, base, key)
    for share in shares:
        key = f"{share.rule}/{share.part}"
        if share.account.startswith("Liabilities:") and share.rule == LEVY:
            done.add(key)
            path = paths.get(key)
            other = Words(f"拨缴经费分成 {share.part}", f"levy: {share.part}")
            yield Way(
                key, _PARTS.get(share.part, other),
                "到账分成时即为负债", "",
                held=True, base=((share.account, share.fund),), account=share.account,
                fund=share.fund, money=path.money if path else "",
                counter=(path.counter if path else "") or unit.upper or "",
            )  # fmt: skip
    for key, path in paths.items():
        if key not in done and path.held:
            yield Way(
                key, Words(f"代存：{key}", f"held: {key}"), "", "", held=True,
                base=((path.account, path.fund),), account=path.account, fund=path.fund,
                money=path.money, counter=path.counter,
            )  # fmt: skip


def _applies(row: RemittanceRow, place: Place) -> bool:
    """A row is of who is of the kind that it says pays."""
    return row.payer in place.kinds


def _by_rule(
    unit: UnitRow, table: RemittanceTable, row: RemittanceRow, path: PathRow | None,
    base: tuple[tuple[str, str], ...], key: str,
) -> Way:  # fmt: skip
    return Way(
        key, row.name, table.head.cite(row.article), row.confidence, held=False, base=base,
        account=path.account if path else "", fund=path.fund if path else "",
        money=path.money if path else "",
        counter=(path.counter if path else "") or unit.upper or "", table=table, row=row,
    )  # fmt: skip


def _returns(
    conn: Connection, unit: UnitRow, table: RemittanceTable, row: RemittanceRow,
    path: PathRow | None, base: tuple[tuple[str, str], ...],
) -> Iterator[Way]:  # fmt: skip
    """A way for each lower unit that is a social organisation: what it passed up goes back."""
    for lower in units.all_units(conn):
        if lower.upper == unit.id and SOCIAL in lower.kinds.split():
            yield Way(
                f"{RETURN}/{row.id}",
                Words(f"{row.name.zh} {lower.id}", f"{row.name.en} {lower.id}"),
                table.head.cite(row.article), row.confidence, held=False, base=base,
                account=path.account if path else "", fund=path.fund if path else "",
                money=path.money if path else "", counter=lower.id, of_counter=True,
                table=table, row=row,
            )  # fmt: skip
