"""What a person sees of an unknown statement: each column, its first cells, and its guessed role.

The command line says columns by their words; a page shows them all and lets each be chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from importers import dictionary as roles
from importers import sides
from importers.cells import folded, value_text
from importers.profile import Drift, drift_of
from importers.readers.grid import read_grids
from importers.wizard import Proposal, Told, propose
from importers.wizard_modes import Sheet
from importers.wizard_sheet import table_of
from ledger.errors import Refused

_SAMPLES: Final = 3
_MOST_WORDS: Final = 4
#: The roles that a person may give, in the order in which they are offered.
CHOICES: Final = (
    roles.DATE, roles.TIME, roles.IN, roles.OUT, roles.AMOUNT, roles.FLAG, roles.PAYER,
    roles.PAYEE, roles.BALANCE, roles.NAME, roles.ACCOUNT, roles.PAYER_NAME, roles.PAYEE_NAME,
    roles.MEMO, roles.REF, roles.STATUS, roles.CURRENCY, roles.OWN, roles.FEE,
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column: its word in the header, its first cells, and the role that it has or may have.

    ``alone`` says that no other column has its word, so that a layout can name it.
    """

    number: int
    word: str
    samples: tuple[str, ...]
    role: str
    alone: bool


@dataclass(frozen=True)
class Look:
    """An unknown statement as it is shown. ``words`` are those that may be a flag's two.

    ``row`` is the header's last row, ``came`` and ``went`` the flag's words as they are taken.
    """

    row: int
    columns: tuple[Column, ...]
    words: tuple[str, ...]
    proposal: Proposal
    drift: Drift | None
    mode: str
    came: str = ""
    went: str = ""


def look(
    data: bytes,
    name: str,
    password: str | None = None,
    given: Mapping[int, str] | None = None,
    came: str = "",
    went: str = "",
    title: str = "",
) -> Look:
    """The statement with the roles that were ``given`` by column numbers, or with guessed ones.

    Raises: Refused if there is no table, or if its layout is known already.
    """
    grids = read_grids(data, name, password)
    first = propose(data, name, password, None, title)
    sheet = table_of(grids, name, "")
    guessed = _roles(sheet, first)
    chosen = {number: role for number, role in (given or {}).items() if role in CHOICES}
    profile = first.profile
    flags = (_first(profile.came), _first(profile.went)) if profile else _flags(_words(sheet))
    found = first
    if given is not None and (chosen != guessed or (folded(came), folded(went)) != flags):
        told = Told(_by_role(sheet, chosen), came, went, whole=True)
        try:
            found = propose(data, name, password, told, title)
        except Refused as refusal:  # what is still missing is said beside the columns
            found = Proposal(None, None, tuple(sheet.cells), refusal.findings)
        guessed, flags = chosen, (folded(came), folded(went))
    return Look(
        row=sheet.above,
        columns=_columns(sheet, guessed),
        words=_words(sheet),
        proposal=found,
        drift=drift_of(list(sheet.cells)),
        mode=_mode(found),
        came=flags[0],
        went=flags[1],
    )


def _roles(sheet: Sheet, found: Proposal) -> dict[int, str]:
    """The role of each column: as the proposal has it, or else as the dictionary says."""
    if found.profile is None:
        return {number: role for number, role in sheet.roles.items() if role in CHOICES}
    return {
        number: role
        for role, words in found.profile.roles.items() for word in words
        for number, cell in enumerate(sheet.cells) if folded(cell) == word
    }  # fmt: skip


def _by_role(sheet: Sheet, given: Mapping[int, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for number, role in sorted(given.items()):
        if number < len(sheet.cells) and folded(sheet.cells[number]):
            found[role] = (*found.get(role, ()), sheet.cells[number])
    return found


def _columns(sheet: Sheet, taken: Mapping[int, str]) -> tuple[Column, ...]:
    said = [folded(cell) for cell in sheet.cells]
    return tuple(
        Column(
            number,
            value_text(cell),
            tuple(value_text(text) for text in sheet.column(number)[:_SAMPLES]),
            taken.get(number, ""),
            alone=bool(said[number]) and said.count(said[number]) == 1,
        )
        for number, cell in enumerate(sheet.cells)
        if said[number] or any(value_text(text) for text in sheet.column(number))
    )


def _words(sheet: Sheet) -> tuple[str, ...]:
    """Words of columns that hold few different ones: a flag's two are among them."""
    found: list[str] = []
    for number in range(len(sheet.cells)):
        said = list(dict.fromkeys(folded(cell) for cell in sheet.column(number)))
        if 1 < len(said) <= _MOST_WORDS and all(0 < len(word) <= 12 for word in said):
            found += said
    return tuple(dict.fromkeys(found))


def _mode(found: Proposal) -> str:
    """How amounts are written: ``columns``, ``signed``, ``flag``, ``payer``, or not known."""
    profile = found.profile
    if profile is None:
        return ""
    if profile.roles.get(roles.IN):
        return "columns"
    if profile.roles.get(roles.FLAG):
        return "flag"
    return "payer" if profile.roles.get(roles.PAYER) else "signed"


def _flags(words: tuple[str, ...]) -> tuple[str, str]:
    """The words for in and out that mean it to everybody; of others a person chooses."""
    plain = [word for word in words if not sides.is_two_faced(word)]
    came = [word for word in plain if sides.side_of(word) == 1]
    went = [word for word in plain if sides.side_of(word) == -1]
    return (came[0], went[0]) if len(came) == len(went) == 1 else ("", "")


def _first(words: tuple[str, ...]) -> str:
    return words[0] if words else ""
