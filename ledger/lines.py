"""The common lines that accounts of different charts stand on: data in ``lines.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ledger.account import ROOTS
from ledger.errors import Words

_DATA: Final = Path(__file__).parent / "lines.toml"


@dataclass(frozen=True, slots=True)
class CommonLine:
    """One line; ``money`` holds what can be paid with, ``between`` what units pay each other,
    ``towards`` an upper or a lower unit."""

    id: str
    name: Words
    side: str
    money: bool = False
    between: bool = False
    towards: str = ""

    @property
    def sign(self) -> int:
        """What turns a debit-positive sum into one that is positive as the line usually is."""
        return 1 if self.side in ("Assets", "Expenses") else -1


@cache
def _lines() -> dict[tuple[str, str], CommonLine]:
    """By root and first component of an account, in the order of the file."""
    found: dict[tuple[str, str], CommonLine] = {}
    for row in tomllib.loads(_DATA.read_text(encoding="utf-8"))["line"]:
        line = CommonLine(
            row["id"], Words(row["name"], row["name_en"]), row["side"],
            row.get("money", False), row.get("between", False),
            row.get("towards", ""),
        )  # fmt: skip
        if line.side not in ROOTS:
            raise ValueError(f"line {line.id} stands on no side: {line.side}")
        for component in row["accounts"]:
            if (line.side, component) in found:
                raise ValueError(f"{component} stands on two lines")
            found[line.side, component] = line
    return found


@cache
def line_of(account: str) -> CommonLine:
    """The common line of an account; one of its own where no line names it.

    >>> line_of("Assets:102-银行存款:01-基本户").id
    'A10'
    >>> line_of("Income:499-会场收入").name.zh
    '会场收入'
    """
    root, _, rest = account.partition(":")
    component = rest.partition(":")[0]
    known = _lines().get((root, component))
    if known is not None:
        return known
    name = component.partition("-")[2] or component
    return CommonLine(component.partition("-")[0], Words(name, name), root)


@cache
def between_units() -> list[str]:
    """The first components of accounts on which units enter what they pay each other."""
    return [component for (_, component), line in _lines().items() if line.between]


@cache
def components_towards() -> tuple[str, ...]:
    """The first components of accounts on which a unit pays lower units or gets from upper ones."""
    ways = {("Expenses", "lower"), ("Income", "upper")}
    return tuple(
        component for (side, component), line in _lines().items() if (side, line.towards) in ways
    )


def order() -> tuple[str, ...]:
    """The ids of the common lines, in the order in which they are shown."""
    return tuple(dict.fromkeys(line.id for line in _lines().values()))
