"""What the open questions may pay: the unit's open dues around their days, with who owes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from importers.suggesting import WINDOW, Due
from importers.verdict import worth
from ledger.money import CNY
from ledger.period import Month
from ledger.registry import claim_lists, claims, member_merges, members, persons

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Vault
    from ledger.registry.claims import ClaimRow
    from ledger.registry.staging import LineRow

#: More months than this are no arrears that one payment settles.
_MOST: Final = 12


def dues_for(conn: Connection, vault: Vault, unit: str, lines: Sequence[LineRow]) -> list[Due]:
    """The dues that may be paid by some of ``lines``: of their amounts, in their time."""
    asked = [line for line in lines if line.fen > 0 and line.currency == CNY]
    if not asked:
        return []
    first = min(line.day for line in asked) - WINDOW
    last = max(line.day for line in asked) + WINDOW
    rows = [
        row
        for row in claims.open_in(conn, unit, str(Month.of(first)), str(Month.of(last)))
        if row.currency == CNY
    ]
    wanted = {worth(line).fen for line in asked}
    same = member_merges.survivors(conn)
    groups = [group for group in _groups(rows, same) if sum(row.fen for row in group[1]) in wanted]
    ids = {_whose(group[0], same) for of_list, group in groups if not of_list}
    who = members.with_ids(conn, ids)
    known = persons.read_many(conn, vault, {member.person for member in who.values()})
    lists = claim_lists.with_codes(conn, vault, unit, {code for code, _ in groups if code})
    found = []
    for of_list, group in groups:
        member = None if of_list else who.get(_whose(group[0], same))
        if member is None and not of_list:
            continue
        data = None if member is None else known.get(member.person)
        payer = lists[of_list].payer if of_list in lists else ""
        found.append(
            Due(
                codes=tuple(row.code for row in group),
                fen=sum(row.fen for row in group),
                first=Month.parse(group[0].month),
                last=Month.parse(group[-1].month),
                member="" if member is None else member.number,
                name=payer if data is None else data.name,
                phone="" if data is None else data.phone,
                list_code=of_list,
            )
        )
    return found


def _whose(row: ClaimRow, same: Mapping[str, str]) -> str:
    """Who owes a claim by now: what a double owes is owed by the member it was merged into."""
    return same.get(row.member or "", row.member or "")


def _groups(rows: Sequence[ClaimRow], same: Mapping[str, str]) -> list[tuple[str, list[ClaimRow]]]:
    """Claims that one payment settles: each alone, all of a member, all of a list."""
    of_member: dict[str, list[ClaimRow]] = defaultdict(list)
    of_list: dict[str, list[ClaimRow]] = defaultdict(list)
    for row in rows:
        if row.member is not None:
            of_member[_whose(row, same)].append(row)
        if row.list_code is not None:
            of_list[row.list_code].append(row)
    found: list[tuple[str, list[ClaimRow]]] = []
    for group in of_member.values():
        found += [("", [row]) for row in group]
        if 1 < len(group) <= _MOST:
            found.append(("", group))
    return found + list(of_list.items())
