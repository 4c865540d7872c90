"""The declared sign of every row of a table, and how far it is to be believed.

A statement says it by two columns, by a flag, by a sign, or by who paid whom. What the words
leave open, printed totals or the running balance have to prove (:mod:`importers.chain`); nothing
is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from importers import chain, sides
from importers import dictionary as roles
from importers.cells import MARKS, Amount, Moment, clean, folded, parse_currency, value_text
from importers.chain import Chain, Row
from importers.columns import Columns, TwoAmounts
from importers.preamble import CREDIT_CARD, Around, has_total_word
from importers.profile import Profile

Data = tuple[int, Moment, list[str]]
# Where a header says that plus and minus are money in and out.
_SIGNED: Final = re.compile(r"收支|收/支|收入/支出|存/取|变动|增减|change")
# Where a header says that a column of words tells the side.
_SAYS_SIDE: Final = re.compile(
    r"方向|标志|标识|标记|收支|借贷|存取|收付|类型|类别|type|mode|indicator"
)


class Signs:
    """Builds the rows of one table with their declared signs, and has them proven."""

    def __init__(
        self, columns: Columns, profile: Profile, around: Around, data: Sequence[Data], own: str
    ) -> None:
        self._columns = columns
        self._profile = profile
        self._around = around
        # A saved layout's balances prove its signs, so it may tell the account from its rows.
        self._own = own or (self._in_every_row(data) if profile.exact else "")
        has = columns.has
        self._two_columns = (has(roles.IN) and has(roles.OUT)) or not has(roles.AMOUNT)
        self._by_role = not self._two_columns and (
            (has(roles.PAYER) and has(roles.PAYEE))
            or (has(roles.PAYER_NAME) and has(roles.PAYEE_NAME) and bool(around.own_name))
        )
        self._flag = None if self._two_columns else self._flag_column(data)
        self._plus = self._minus = False
        self._owed = around.credit_card or any(CREDIT_CARD.search(cell) for cell in columns.cells)
        self._currency = columns.named_currency() or around.currency or "CNY"
        accounts = {columns.own_account(cells) for _, _, cells in data}
        self._several = len(accounts - {""}) > 1
        self._fees = {
            number: fee for number, _, cells in data if (fee := self._fee(cells)) is not None
        }
        self.rows = [self._row(number, moment, cells) for number, moment, cells in data]

    # ---- rows ----------------------------------------------------------------------------------

    def _row(self, number: int, moment: Moment, cells: list[str]) -> Row:
        row = Row(number, moment, 0, self._columns.balance(cells), self._currency)
        row.account = self._columns.own_account(cells) if self._several else ""
        if self._profile.orders:
            row.parked = "order-list"
            return row
        try:
            said = self._columns.text(cells, roles.CURRENCY)
            row.currency = parse_currency(said) if value_text(said) else self._currency
        except ValueError:
            row.parked = "bad-currency"
            return row
        try:
            if self._two_columns:
                self._of_two_columns(row, cells)
            else:
                self._of_one_column(row, cells)
        except TwoAmounts:
            row.parked = "two-amounts"
        except ValueError:
            row.parked = "bad-amount"
        if not row.parked and not row.fen:
            row.parked = "zero-amount"
        if not row.parked and has_total_word(cells):
            row.parked = "looks-like-total"
        if row.parked:
            row.fen = 0
        return row

    def _in_every_row(self, data: Sequence[Data]) -> str:
        """The one account that every row has as payer or as payee; none where two are."""
        found: set[str] | None = None
        for _, _, cells in data:
            both_sides = (roles.PAYER, roles.PAYEE)
            both = {value_text(self._columns.text(cells, role)) for role in both_sides}
            found = both if found is None else found & both
        accounts = {text for text in found or () if sum(char.isdigit() for char in text) >= 4}
        return accounts.pop() if len(accounts) == 1 else ""

    def _fee(self, cells: list[str]) -> int | None:
        """What a column of its own says of a fee: None if there is none, 0 if it cannot be read."""
        try:
            fee = self._columns.money(cells, roles.FEE)
        except ValueError:
            return 0
        return None if fee is None or not fee.fen else abs(fee.fen)

    def _of_two_columns(self, row: Row, cells: list[str]) -> None:
        came = self._columns.money(cells, roles.IN)
        went = self._columns.money(cells, roles.OUT)
        came_fen, went_fen = came.fen if came else 0, went.fen if went else 0
        if came is None and went is None:
            row.parked = "no-amount"
        elif came_fen and went_fen:
            row.parked = "both-sides"
        elif came and came_fen:
            row.fen, row.column = came_fen, "in"
            self._take_mark(row, came)
        elif went and went_fen:
            row.fen, row.column = -went_fen, "out"
            self._take_mark(row, went)

    def _of_one_column(self, row: Row, cells: list[str]) -> None:
        amount = self._columns.money(cells, roles.AMOUNT)
        if amount is None:
            row.parked = "no-amount"
            return
        self._take_mark(row, amount)
        if row.parked:
            return
        if self._flag is not None:
            self._of_flag(row, amount, cells[self._flag] if self._flag < len(cells) else "")
        elif self._by_role:
            self._of_roles(row, amount, cells)
        else:
            row.fen = amount.fen
            row.sure = amount.explicit
            self._plus = self._plus or amount.plus
            self._minus = self._minus or amount.fen < 0

    def _take_mark(self, row: Row, amount: Amount) -> None:
        """A foreign mark beside the amount has to be the row's currency."""
        if not amount.mark or (row.currency != "CNY" and amount.mark == "$"):
            return
        code = MARKS.get(amount.mark)
        if code is None or row.currency not in ("CNY", code):
            row.parked = "bad-currency"
        else:
            row.currency = code

    def _of_flag(self, row: Row, amount: Amount, flag: str) -> None:
        side = self._side_of(flag)
        if side is None:
            row.parked = "neutral" if folded(flag) in sides.NEUTRAL else "no-direction"
            return
        row.fen = side * amount.fen
        row.column = "flag-in" if side > 0 else "flag-out"

    def _side_of(self, flag: str) -> int | None:
        """The side that a flag says; where the layout names its words, only they count."""
        if not (self._profile.came or self._profile.went):
            return sides.side_of(flag)
        word = folded(flag)
        is_in, is_out = word in self._profile.came, word in self._profile.went
        return None if is_in == is_out else 1 if is_in else -1

    def _of_roles(self, row: Row, amount: Amount, cells: list[str]) -> None:
        """Who paid whom: the statement's own account is the payer or the payee."""
        text = self._columns.text
        is_payer = same_account(self._own, text(cells, roles.PAYER))
        is_payee = same_account(self._own, text(cells, roles.PAYEE))
        if is_payer == is_payee and self._around.own_name:
            mine = folded(self._around.own_name)
            is_payer = folded(text(cells, roles.PAYER_NAME)) == mine
            is_payee = folded(text(cells, roles.PAYEE_NAME)) == mine
        if is_payer == is_payee:
            row.parked = "no-direction"
            return
        row.fen = amount.fen if is_payee else -amount.fen
        row.column = "role-in" if is_payee else "role-out"

    def _flag_column(self, data: Sequence[Data]) -> int | None:
        """The column that says the side: by its name, or by holding nothing but such words."""
        for number in self._columns.numbers(roles.FLAG):
            if any(number < len(cells) and clean(cells[number]) for _, _, cells in data):
                return number
        if self._by_role or not data or roles.FLAG in self._profile.roles:
            return None
        taken = {
            number
            for role in (roles.STATUS, roles.AMOUNT, roles.BALANCE, roles.DATE, roles.NAME)
            for number in self._columns.numbers(role)
        }
        for number, word in enumerate(self._columns.cells):
            if number in taken:
                continue
            said = {sides.side_of(c[number]) if number < len(c) else None for _, _, c in data}
            if said == {1, -1} or (len(said) == 1 and said <= {1, -1} and self._names_side(word)):
                return number
        return None

    def _names_side(self, word: str) -> bool:
        return bool(_SAYS_SIDE.search(folded(word)))

    # ---- proof ---------------------------------------------------------------------------------

    def prove(self, cells_of: dict[int, list[str]]) -> Chain:
        """Settle every sign; what stays open is parked in :attr:`rows`."""
        single = not self._two_columns and self._flag is None and not self._by_role
        kept = [row for row in self.rows if not row.parked]
        if single and (self._minus or self._profile.signed):
            # In a column where minus signs stand, an amount without one is money in.
            for row in kept:
                row.sure = True
        unsigned = single and not any(row.sure for row in kept)
        announced = any("-" in self._columns.word(role) for role in (roles.OUT,))
        chain.settle_reversals(kept, minus_is_out=announced)
        trusted = self._trusted(single, cells_of)
        if trusted and not unsigned:
            self._take_fees()
        if not trusted and not unsigned and not self._owed and (turn := self._by_totals(kept)):
            for row in kept:
                row.fen *= turn
            trusted = True
        proven = chain.prove(
            self.rows,
            opening=self._around.opening,
            # A minus that raises the balance is a riddle, not another way to write it.
            may_flip=not trusted and not single,
            unsigned=unsigned,
            trusted=trusted,
            use_chain=self._profile.chain and not (self._owed and not trusted),
        )
        for place, row in enumerate(self.rows):
            # The balance may have moved by the amount and the fee: then neither is the movement.
            if row.parked or row.number not in self._fees:
                continue
            row.fee = self._fees[row.number]
            if proven.changes.get(place) != row.fen:
                row.parked = "fee-inside"
        return proven

    def _take_fees(self) -> None:
        """Rows of which the balance proves that a fee is inside: it moved by the amount less it.

        Money out is more by the fee, money in is less by it. Which rows those are is tried on
        copies, all fees inside and none, and the better of both says it row by row.
        """
        if not self._profile.chain or not any(self._fees.values()):
            return
        best: Chain | None = None
        for inside in (False, True):
            rows = [
                replace(row, fen=row.fen - self._fees.get(row.number, 0))
                if inside and not row.parked
                else replace(row)
                for row in self.rows
            ]
            tried = chain.prove(
                rows, opening=self._around.opening, may_flip=False, unsigned=False, trusted=True,
                use_chain=True,
            )  # fmt: skip
            if best is None or tried.holding > best.holding:
                best = tried
        for place, row in enumerate(self.rows):
            fee = self._fees.get(row.number, 0)
            net = row.fen - fee
            # A fee as large as what came in is no payment any more.
            if row.parked or not fee or (row.fen > 0) != (net > 0) or best is None:
                continue
            if best.changes.get(place) == net:
                row.gross, row.fen = row.fen, net

    def _trusted(self, single: bool, cells_of: dict[int, list[str]]) -> bool:
        """Whether the declared signs mean the same whoever's books speak."""
        if self._by_role or self._profile.signed:
            return True
        if single:
            word = self._columns.word(roles.AMOUNT)
            announced = bool(_SIGNED.search(word)) or (self._plus and self._minus)
            return announced and not self._owed
        if self._flag is not None and not (self._profile.came or self._profile.went):
            flags = {
                cells[self._flag] for cells in cells_of.values() if self._flag < len(cells)
            }  # fmt: skip
            return not any(map(sides.is_two_faced, flags))
        if self._flag is not None:
            return True
        if not (self._columns.has(roles.IN) and self._columns.has(roles.OUT)):
            return False  # one side only: 付款金额 may be what others paid
        words = [self._columns.word(role) for role in (roles.IN, roles.OUT)]
        return not any(map(sides.is_two_faced, words))

    def _by_totals(self, kept: Sequence[Row]) -> int:
        """+1 where printed balances or totals bear the declared signs out, -1 the opposite, or 0.

        Totals named 借 and 贷 say nothing: they are those of the columns, whoever's view they take.
        """
        around = self._around
        if len({row.strand for row in kept}) != 1 or not all(row.sure for row in kept):
            return 0
        total = sum(row.fen for row in kept)
        if around.opening is not None and around.closing is not None and total:
            moved = around.closing - around.opening
            return 1 if moved == total else -1 if moved == -total else 0
        came = sum(row.fen for row in kept if row.fen > 0)
        went = came - total
        printed = around.total_in, around.total_out
        if around.two_faced or None in printed or came == went:
            return 0
        return 1 if printed == (came, went) else -1 if printed == (went, came) else 0


def same_account(own: str, other: str) -> bool:
    """Whether two printings of account numbers are the same; masked digits fit any."""
    mine, theirs = (re.sub(r"[^0-9*]", "", value_text(text).replace("x", "*").replace("X", "*"))
                    for text in (own, other))  # fmt: skip
    if len(mine) < 4 or len(theirs) < 4:
        return False
    if "*" not in mine + theirs:
        return mine == theirs
    return mine[-4:] == theirs[-4:] and mine[:4] == theirs[:4]
