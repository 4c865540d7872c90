"""The columns of one table: which cell of a row holds its day, its money, its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from importers import dictionary as roles
from importers.cells import (
    Amount,
    Moment,
    clean,
    currencies_in,
    folded,
    parse_amount,
    parse_moment,
    parse_time,
    parse_yearless,
    reads_day_first,
    value_text,
)
from importers.header import Header, settled_rank, strip_unit
from importers.profile import Profile

# Words that can only be the statement's own account.
_OWN: Final = re.compile(r"本方|我方|own")


#: An account's number has at least so many digits.
_WHOLE_NUMBER: Final = 8
_ORDER: Final = re.compile(r"[0-9A-Za-z_-]{6,64}")


class TwoAmounts(ValueError):
    """Two columns name the amount and say different things."""


class Columns:
    """Cells by role, for the rows below one header.

    ``period`` are the days of the statement, for days that are written without a year.
    """

    def __init__(
        self, header: Header, profile: Profile, body: Sequence[Sequence[str]], *, serials: bool
    ) -> None:
        self.cells = header.cells
        self.period: tuple[date, date] | None = None
        self._serials = serials
        self._numbers = dict(header.columns)
        for role, words in roles.BESIDE.items():
            self._numbers[role] = [
                number
                for number, cell in enumerate(header.cells)
                if folded(cell) in words or strip_unit(folded(cell)) in words
            ]
        self._main = ""
        for role, wanted in profile.roles.items():
            self._numbers[role] = [
                number
                for text in wanted
                for number, cell in enumerate(header.cells)
                if folded(cell) == text
            ]
        self._own_or_other(body)
        # Where one of several columns says what was settled (实付, 记账), it alone is asked.
        self._settled = {
            role: [n for n in numbers if self._rank(n) == self._rank(numbers[0])]
            for role, numbers in self._numbers.items()
        }
        self._day_first = reads_day_first([self.text(row, roles.DATE) for row in body])

    def _rank(self, number: int) -> int:
        return settled_rank(self.cells[number])

    def has(self, role: str) -> bool:
        return bool(self._numbers.get(role))

    def numbers(self, role: str) -> list[int]:
        return self._numbers.get(role, [])

    def text(self, cells: Sequence[str], role: str) -> str:
        """The cell of a role; where several columns have it, the first that says something."""
        numbers = self._numbers.get(role, ())
        if len(numbers) == 1:
            return cells[numbers[0]] if numbers[0] < len(cells) else ""
        found = ""
        for number in numbers:
            if number < len(cells):
                text = cells[number]
                if value_text(text):
                    return text
                found = found or text
        return found

    def texts(self, cells: Sequence[str], role: str) -> list[str]:
        """What every column of a role says, in the order of the header, each text once."""
        said = [
            value_text(cells[number]) for number in self.numbers(role) if number < len(cells)
        ]  # fmt: skip
        return list(dict.fromkeys(text for text in said if text))

    def word(self, role: str) -> str:
        """The header's word for the best column of a role, folded."""
        numbers = self.numbers(role)
        return folded(self.cells[numbers[0]]) if numbers else ""

    # ---- money ---------------------------------------------------------------------------------

    def money(self, cells: Sequence[str], role: str) -> Amount | None:
        """The amount of a role. ValueError if it is not exact, or columns contradict each other."""
        found: Amount | None = None
        for number in self._settled.get(role, ()):
            if number >= len(cells):
                continue
            amount = parse_amount(cells[number])
            if amount is None or (found is not None and not amount.fen):
                continue
            if found is not None and found.fen and amount.fen != found.fen:
                raise TwoAmounts(self.cells[number])
            found = amount if found is None or not found.fen else found
        return found

    def balance(self, cells: Sequence[str]) -> int | None:
        numbers = self.numbers(roles.BALANCE)
        try:
            found = parse_amount(cells[numbers[0]]) if numbers else None
        except (ValueError, IndexError):
            return None
        return None if found is None else found.fen

    def has_amount(self, cells: Sequence[str]) -> bool:
        """Whether a money cell of the row holds anything that is, or may be, an amount."""
        for role in (roles.AMOUNT, roles.IN, roles.OUT):
            for number in self.numbers(role):
                if number < len(cells) and re.search(r"[0-9]", cells[number]):
                    return True
        return False

    def named_currency(self) -> str:
        """The currency that the header names beside its amounts, such as 金额(美元)."""
        named = {
            code
            for role in (roles.AMOUNT, roles.IN, roles.OUT)
            for number in self.numbers(role)[:1]
            for code in currencies_in(self.cells[number])
        }
        return named.pop() if len(named) == 1 else ""

    # ---- days ----------------------------------------------------------------------------------

    def moment(self, cells: Sequence[str]) -> Moment | None:
        """The row's day, with its time if it stands anywhere; None where it cannot be read."""
        moment = self._day(cells)
        if moment is None or moment.at is not None:
            return moment
        for number in self.numbers(roles.TIME):
            if number >= len(cells):
                continue
            whole = parse_moment(cells[number], day_first=self._day_first, serials=self._serials)
            if whole is not None and whole.day != moment.day:
                return moment  # the time of another day, such as that of the order
            at = whole.at if whole is not None else parse_time(cells[number])
            if at is not None:
                return replace(moment, at=at)
        return moment

    def _day(self, cells: Sequence[str]) -> Moment | None:
        for number in self.numbers(roles.DATE):
            if number < len(cells) and value_text(cells[number]):
                found = parse_moment(
                    cells[number], day_first=self._day_first, serials=self._serials
                )
                if found is None and self.period is not None:
                    found = _in_period(cells[number], *self.period)
                return found
        return None

    # ---- accounts ------------------------------------------------------------------------------

    def own_account(self, cells: Sequence[str]) -> str:
        text = account_text(self.text(cells, roles.OWN))
        return self._main if self._main and self._part_of(text, self._main) else text

    def sub_account(self, cells: Sequence[str]) -> str:
        """The part of the own account that the row is on: in a column of its own, or behind the
        account's number."""
        if self.has(roles.SUB) and (text := account_text(self.text(cells, roles.SUB))):
            return text
        if not self._main:
            return ""
        own = account_text(self.text(cells, roles.OWN))
        return own if self._part_of(own, self._main) else ""

    def find_main(self, body: Iterable[Sequence[str]], printed: str) -> None:
        """Know parts of one account (its number and a suffix) from accounts of their own.

        The account's number is the one that stands above the table or in another row.
        """
        if not self.has(roles.OWN):
            return
        found = {account_text(self.text(cells, roles.OWN)) for cells in body} - {""}
        for main in sorted({*found, account_text(printed)} - {""}, key=len):
            if found != {main} and all(text == main or self._part_of(text, main) for text in found):
                self._main = main
                return

    @staticmethod
    def _part_of(text: str, main: str) -> bool:
        digits, of_main = digits_of(text), digits_of(main)
        return (
            len(of_main) >= _WHOLE_NUMBER
            and len(digits) > len(of_main)
            and digits.startswith(of_main)
            and "*" not in text + main
        )

    def orders(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The numbers of orders that the row names, the bank's own serial among them or not."""
        if not self.has(roles.ORDER):
            return ()
        said = (id_text(text) for text in self.texts(cells, roles.ORDER))
        return tuple(dict.fromkeys(text for text in said if _ORDER.fullmatch(text)))

    def _own_or_other(self, body: Sequence[Sequence[str]]) -> None:
        """A column 账号 with many numbers, and none for the other side, is the other side's."""
        numbers = self.numbers(roles.OWN)
        if not numbers or self.has(roles.ACCOUNT) or _OWN.search(self.word(roles.OWN)):
            return
        values = {clean(row[numbers[0]]) for row in body if numbers[0] < len(row)} - {""}
        shortest = min(values, key=len, default="")
        if all(text == shortest or self._part_of(text, shortest) for text in values):
            return  # one account and its parts
        if len(values) > 1 and self.has(roles.NAME):
            self._numbers[roles.ACCOUNT] = self._numbers.pop(roles.OWN)


def _in_period(cell: str, start: date, end: date) -> Moment | None:
    """The day of a cell that can be read in several ways, if one way lies within the period."""
    ways = [parse_moment(cell, day_first=first) for first in (True, False)]
    within = {way for way in ways if way is not None and start <= way.day <= end}
    return within.pop() if len(within) == 1 else parse_yearless(cell, start, end)


_WHOLE: Final = re.compile(r"[0-9]+\.0")


def digits_of(text: str) -> str:
    """The digits of a number as it is printed, in groups or not."""
    return "".join(char for char in text if char.isdigit())


_DIGITS_LOST: Final = re.compile(r"[0-9](?:\.[0-9]+)?e\+[0-9]+", re.I)


def has_lost_digits(cell: str) -> bool:
    """Whether a number is one that a spreadsheet has rounded."""
    return "e+" in cell and bool(_DIGITS_LOST.fullmatch(value_text(cell)))


def id_text(cell: str) -> str:
    """A number that identifies; ``""`` where a spreadsheet has lost its digits.

    >>> id_text("6.2220210011223e+18"), id_text("6688.0")
    ('', '6688')
    """
    text = value_text(cell)
    if text.isdecimal():
        return text
    if has_lost_digits(text):
        return ""
    return text[:-2] if text.endswith(".0") and _WHOLE.fullmatch(text) else text


account_text = id_text
