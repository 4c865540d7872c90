"""One table of a statement: from rows of cells to lines, parked rows and proofs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from importers import header as roles
from importers import sides
from importers.cells import (
    Amount,
    Moment,
    folded,
    parse_amount,
    parse_currency,
    parse_moment,
    parse_time,
    reads_day_first,
    value_text,
)
from importers.header import Header
from importers.line import BankLine, Parked
from importers.preamble import Around, is_note, is_total, is_total_word, read_around
from importers.profile import Profile, profile_of
from importers.readers.grid import Grid
from importers.sides import Row
from ledger.errors import Words, finding
from ledger.money import Money

_BAD_STATUS = re.compile(
    r"失败|关闭|撤销|作废|取消|未|待|处理中|退回|fail|cancel|pending|reject|void", re.I
)
_GOOD_STATUS = re.compile(
    r"成功|完成|已|正常|入账|记账|success|complete|posted|settled|booked", re.I
)
_DIGITS_LOST = re.compile(r"[0-9](?:\.[0-9]+)?e\+[0-9]+", re.I)

REASONS: Final = {
    "no-day": Words("此行没有可读的日期", "this row has no day that can be read"),
    "no-amount": Words("此行没有金额", "this row has no amount"),
    "bad-amount": Words("金额不能准确读出", "its amount cannot be read exactly"),
    "zero-amount": Words("金额为零，没有资金变动", "its amount is zero: no money moved"),
    "both-sides": Words("收入与支出两栏都有金额", "it has amounts on both sides"),
    "neutral": Words("标为不计收支，方向不明", "it is marked neutral: neither in nor out"),
    "no-direction": Words("收支方向不明", "it does not say whether money came in or went out"),
    "sign-unproven": Words(
        "收支方向无法由余额证明", "its balance does not prove whether money came in or went out"
    ),
    "sign-contradicted": Words(
        "余额的变动与所标方向相反", "its balance moved the other way than it says"
    ),
    "bad-status": Words("交易状态不是已完成", "its status is not that of a completed movement"),
    "bad-currency": Words("币种不能识别", "its currency is not known"),
    "too-wide": Words(
        "列数多于表头，可能错位", "it has more cells than the header: perhaps shifted"
    ),
    "looks-like-total": Words("像是合计行", "it looks like a total"),
}


@dataclass
class TableReading:
    """What one table gave; amounts of ``opening`` and ``closing`` in the statement's currency."""

    profile: Profile
    around: Around
    lines: list[BankLine] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    proofs: dict[str, str] = field(default_factory=dict)
    account: str = ""
    opening: Money | None = None
    closing: Money | None = None
    descending: bool = False


class TableReader:
    """Reads one table; the steps are in :meth:`read`."""

    def __init__(
        self, grid: Grid, header: Header, above: list[list[str]], body: list[list[str]]
    ) -> None:
        self._grid = grid
        self._header = header
        self._above = above
        self._body = body
        self._first = header.row + header.height + 1  # the row number of the body's first row
        self._profile = profile_of(header.cells)
        self._columns = dict(header.columns)
        for role, wanted in self._profile.roles.items():
            self._columns[role] = [
                number
                for text in wanted
                for number, cell in enumerate(header.cells)
                if folded(cell) == text
            ]
        self._day_first = reads_day_first([self._cell(row, roles.DATE) for row in body])
        self._two_columns = bool(self._columns.get(roles.IN) and self._columns.get(roles.OUT))
        self._around = Around()
        self._rows: list[Row] = []
        self._notes: list[list[str]] = []
        self._parked: list[Parked] = []

    def read(self) -> TableReading:
        """Sort the rows, settle their signs, prove them, and build the lines."""
        data = self._sorted_rows()
        self._around = read_around([*self._above, *self._notes])
        self._take_total_rows()
        own = self._own_account(data)
        for number, moment, cells in data:
            self._rows.append(self._row(number, moment, cells, own))
        chain = self._prove()
        by_number = {number: cells for number, _, cells in data}
        out = TableReading(self._profile, self._around, descending=chain.descending, account=own)
        for row in self._rows:
            cells = by_number[row.number]
            if not row.parked and not self._status_fits(cells, chain):
                row.parked = "bad-status"
            if row.parked:
                self._park(row.number, cells, row.parked)
            else:
                out.lines.append(self._line(row, cells))
        out.parked = sorted(self._parked, key=lambda parked: parked.row)
        self._add_proofs(out, chain)
        return out

    # ---- rows ----------------------------------------------------------------------------------

    def _cell(self, cells: Sequence[str], role: str) -> str:
        """The cell of a role; where several columns have it, the first that says something."""
        found = ""
        for number in self._columns.get(role, ()):
            if number < len(cells):
                text = cells[number]
                if value_text(text):
                    return text
                found = found or text
        return found

    def _sorted_rows(self) -> list[tuple[int, Moment, list[str]]]:
        """The rows that are movements; totals, remarks and blanks are put aside."""
        data = []
        header = [folded(cell) for cell in self._header.cells]
        for place, cells in enumerate(self._body):
            number = self._first + place
            if not any(value_text(cell) for cell in cells):
                continue
            if [folded(cell) for cell in cells] == header:
                continue
            moment = self._moment(cells)
            if moment is not None:
                if self._too_wide(cells):
                    self._park(number, cells, "too-wide")
                else:
                    data.append((number, moment, cells))
            elif (
                is_total(cells)
                or (is_note(cells) and not self._has_amount(cells))
                or (not self._has_amount(cells) and self._is_table_of_totals(cells))
                or self._follows_totals(place)
            ):
                self._notes.append(list(cells))
            else:
                self._park(number, cells, "no-day")
        return data

    def _is_aside(self, place: int, cells: list[str]) -> bool:
        """Whether a row without a day is a total, a remark, or the values of a table of totals."""
        if is_total(cells) or self._follows_totals(place):
            return True
        return not self._has_amount(cells) and (is_note(cells) or self._is_table_of_totals(cells))

    def _too_wide(self, cells: list[str]) -> bool:
        return any(value_text(cell) for cell in cells[len(self._header.cells) :])

    def _is_table_of_totals(self, cells: list[str]) -> bool:
        return sum("笔数" in cell or "金额" in cell for cell in cells) >= 2

    def _follows_totals(self, place: int) -> bool:
        """A row below one that names totals holds their values."""
        above = self._body[place - 1] if place else []
        return bool(above) and self._is_table_of_totals(above) and self._moment(above) is None

    def _has_amount(self, cells: list[str]) -> bool:
        for role in (roles.AMOUNT, roles.IN, roles.OUT):
            try:
                if parse_amount(self._cell(cells, role)) is not None:
                    return True
            except ValueError:
                continue
        return False

    def _moment(self, cells: Sequence[str]) -> Moment | None:
        moment = None
        for number in self._columns.get(roles.DATE, ()):
            if number < len(cells):
                moment = parse_moment(
                    cells[number], day_first=self._day_first, serials=self._grid.sheet
                )
                if moment is not None:
                    break
        if moment is None or moment.at is not None:
            return moment
        for number in self._columns.get(roles.TIME, ()):
            if number < len(cells):
                whole = parse_moment(cells[number])
                at = whole.at if whole is not None else parse_time(cells[number])
                if at is not None:
                    return replace(moment, at=at)
        return moment

    def _own_account(self, data: list[tuple[int, Moment, list[str]]]) -> str:
        own = {value_text(self._cell(cells, roles.OWN)) for _, _, cells in data} - {""}
        return own.pop() if len(own) == 1 else self._around.account

    def _park(self, number: int, cells: Sequence[str], reason: str) -> None:
        words = REASONS[reason]
        self._parked.append(
            Parked(
                number,
                tuple(cells),
                finding(
                    reason,
                    f"第 {number} 行搁置：{words.zh}",
                    f"row {number} is parked: {words.en}",
                    "对照原件，确认后用 mingbai draft 补记",
                    "look at the original and enter it with mingbai draft if it is a movement",
                    file=self._grid.name,
                    line=number,
                    severity="warning" if reason in ("zero-amount", "neutral") else "error",
                ),
            )
        )

    # ---- signs ---------------------------------------------------------------------------------

    def _row(self, number: int, moment: Moment, cells: list[str], own: str) -> Row:
        row = Row(number, moment, 0, self._balance(cells), "CNY")
        try:
            row.currency = parse_currency(self._cell(cells, roles.CURRENCY))
        except ValueError:
            row.parked = "bad-currency"
            return row
        try:
            if self._two_columns:
                self._of_two_columns(row, cells)
            else:
                self._of_one_column(row, cells, own)
        except ValueError:
            row.parked = "bad-amount"
        if not row.parked and not row.fen:
            row.parked = "zero-amount"
        words = (self._cell(cells, role) for role in (roles.MEMO, roles.NAME, roles.REF))
        if not row.parked and any(map(is_total_word, words)):
            row.parked = "looks-like-total"
        return row

    def _balance(self, cells: list[str]) -> int | None:
        try:
            found = parse_amount(self._cell(cells, roles.BALANCE))
        except ValueError:
            return None
        return None if found is None else found.fen

    def _of_two_columns(self, row: Row, cells: list[str]) -> None:
        came = parse_amount(self._cell(cells, roles.IN))
        went = parse_amount(self._cell(cells, roles.OUT))
        came_fen, went_fen = came.fen if came else 0, went.fen if went else 0
        if came is None and went is None:
            row.parked = "no-amount"
        elif came_fen and went_fen:
            row.parked = "both-sides"
        elif came_fen:
            row.fen, row.column = came_fen, "in"
        elif went_fen:
            row.fen, row.column = -went_fen, "out"

    def _of_one_column(self, row: Row, cells: list[str], own: str) -> None:
        amount = parse_amount(self._cell(cells, roles.AMOUNT))
        if amount is None:
            row.parked = "no-amount"
            return
        if roles.FLAG in self._columns:
            self._of_flag(row, amount, self._cell(cells, roles.FLAG))
        elif roles.PAYER in self._columns and roles.PAYEE in self._columns:
            self._of_roles(row, amount, cells, own)
        else:
            row.fen = amount.fen
            row.sure = amount.explicit

    def _of_flag(self, row: Row, amount: Amount, flag: str) -> None:
        side = sides.side_of(flag)
        if side is None:
            row.parked = "neutral" if folded(flag) in sides.NEUTRAL else "no-direction"
            row.fen = 0
            return
        row.fen = side * amount.fen
        row.column = "flag-in" if side > 0 else "flag-out"

    def _of_roles(self, row: Row, amount: Amount, cells: list[str], own: str) -> None:
        """Who paid whom: the statement's own account is the payer or the payee."""
        payer, payee = (self._cell(cells, role) for role in (roles.PAYER, roles.PAYEE))
        is_payer, is_payee = _same_account(own, payer), _same_account(own, payee)
        if is_payer == is_payee:
            row.parked = "no-direction"
            return
        row.fen = amount.fen if is_payee else -amount.fen
        row.column = "role-in" if is_payee else "role-out"

    def _prove(self) -> sides.Chain:
        self._settle_plain_column()
        announced = any(
            "-" in folded(self._header.cells[number]) for number in self._columns.get(roles.OUT, ())
        )
        kept = [row for row in self._rows if not row.parked]
        sides.settle_reversals(kept, minus_is_out=announced)
        words = " ".join(
            self._header.cells[number]
            for role in (roles.IN, roles.OUT)
            for number in self._columns.get(role, ())[:1]
        )
        flags = (
            {folded(self._cell(cells, roles.FLAG)) for cells in self._body}
            if roles.FLAG in self._columns
            else set()
        )
        two_faced = bool(sides.TWO_FACED.search(folded(words))) or any(
            sides.TWO_FACED.search(flag) for flag in flags
        )
        unsigned = self._is_unsigned()
        may_flip = two_faced or (not self._two_columns and roles.FLAG not in self._columns)
        return sides.prove(
            self._rows,
            opening=self._around.opening,
            may_flip=may_flip and not unsigned,
            unsigned=unsigned,
            two_faced=two_faced and not self._totals_hold(),
            use_chain=self._profile.chain,
        )

    def _totals_hold(self) -> bool:
        """Whether printed totals, or first and last balance, bear the declared signs out."""
        around = self._around
        fens = [row.fen for row in self._rows if not row.parked]
        if around.opening is not None and around.closing is not None:
            return around.closing == around.opening + sum(fens)
        came, went = sum(f for f in fens if f > 0), -sum(f for f in fens if f < 0)
        return came != went and (around.total_in, around.total_out) == (came, went)

    def _has_single_column(self) -> bool:
        return (
            not self._two_columns
            and roles.FLAG not in self._columns
            and not (roles.PAYER in self._columns and roles.PAYEE in self._columns)
        )

    def _is_unsigned(self) -> bool:
        """True if the amounts are one column in which no sign ever stands."""
        return self._has_single_column() and not any(
            row.sure for row in self._rows if not row.parked
        )

    def _settle_plain_column(self) -> None:
        """In a column where minus signs stand, an amount without one is money in.

        A card's bill lists purchases without a sign and payments with one: there the balance has to
        prove every row.
        """
        if not self._has_single_column() or self._around.credit_card:
            for row in self._rows:
                row.sure = row.sure and not self._around.credit_card
            return
        if any(row.fen < 0 for row in self._rows if not row.parked):
            for row in self._rows:
                row.sure = True

    # ---- lines ---------------------------------------------------------------------------------

    def _status_fits(self, cells: list[str], chain: sides.Chain) -> bool:
        """Whether the row's status is that of a movement which happened."""
        if roles.STATUS not in self._header.columns:
            return True
        number = self._header.columns[roles.STATUS][0]
        status = value_text(cells[number]) if number < len(cells) else ""
        if not status:
            return True
        if self._profile.good:
            return any(status.startswith(good) for good in self._profile.good)
        if chain.proof == "pass":
            return True
        return bool(_GOOD_STATUS.search(status)) and not _BAD_STATUS.search(status)

    def _line(self, row: Row, cells: list[str]) -> BankLine:
        came = row.fen > 0
        name = value_text(self._cell(cells, roles.NAME))
        account = value_text(self._cell(cells, roles.ACCOUNT))
        other = (roles.PAYER_NAME, roles.PAYER) if came else (roles.PAYEE_NAME, roles.PAYEE)
        memo = [
            value_text(cells[number])
            for number in self._columns.get(roles.MEMO, ())
            if number < len(cells)
        ]
        ref = value_text(self._cell(cells, roles.REF))
        return BankLine(
            day=row.moment.day,
            booked_at=row.moment.iso,
            amount=Money(row.fen, row.currency),
            balance_after=None if row.balance is None else Money(row.balance, row.currency),
            counterparty=name or value_text(self._cell(cells, other[0])),
            counterparty_account=account or value_text(self._cell(cells, other[1])),
            memo=" ".join(dict.fromkeys(text for text in memo if text)),
            # A spreadsheet has lost the digits of a number that long: it identifies nothing.
            bank_ref="" if _DIGITS_LOST.fullmatch(ref) else ref,
            status=value_text(self._cell(cells, roles.STATUS)),
            row=row.number,
            raw=tuple(cells),
        )

    # ---- proofs --------------------------------------------------------------------------------

    def _take_total_rows(self) -> None:
        """Totals that stand in the table's own columns."""
        if not self._two_columns or self._around.total_in is not None:
            return
        whole = [
            row for row in self._notes if re.search(r"合计|总计|total", "".join(row[:3]), re.I)
        ]
        if not whole:
            return
        try:
            came = parse_amount(self._cell(whole[-1], roles.IN))
            went = parse_amount(self._cell(whole[-1], roles.OUT))
        except ValueError:
            return
        if came is not None and went is not None:
            self._around.total_in, self._around.total_out = came.fen, abs(went.fen)

    def _add_proofs(self, out: TableReading, chain: sides.Chain) -> None:
        around = self._around
        rows = [row for row in self._rows if row.balance is not None]
        oldest_first = list(reversed(rows)) if chain.descending else rows
        opening, closing = around.opening, around.closing
        if opening is None and oldest_first and chain.proof == "pass":
            first = oldest_first[0]
            opening = None if first.parked else (first.balance or 0) - first.fen
        if closing is None and oldest_first and (chain.proof == "pass" or len(rows) == 1):
            closing = oldest_first[-1].balance
        currency = out.lines[0].amount.currency if out.lines else "CNY"
        out.opening = None if opening is None else Money(opening, currency)
        out.closing = None if closing is None else Money(closing, currency)
        came = sum(line.amount.fen for line in out.lines if line.amount.fen > 0)
        went = -sum(line.amount.fen for line in out.lines if line.amount.fen < 0)
        out.proofs = {
            "P1": _proof(around.count, len(out.lines) + len(out.parked)),
            "P2": _both(_proof(around.total_in, came), _proof(around.total_out, went))
            if self._profile.totals
            else "n/a",
            "P3": "n/a"
            if around.opening is None or around.closing is None
            else _proof(around.closing, around.opening + came - went),
            "P4": chain.proof,
        }


def _proof(stated: int | None, found: int) -> str:
    if stated is None:
        return "n/a"
    return "pass" if stated == found else "fail"


def _both(one: str, other: str) -> str:
    if "fail" in (one, other):
        return "fail"
    return "pass" if "pass" in (one, other) else "n/a"


def _same_account(own: str, other: str) -> bool:
    """Whether two printings of account numbers are the same; masked digits fit any."""
    mine = re.sub(r"[^0-9*xX]", "", own).replace("x", "*").replace("X", "*")
    theirs = re.sub(r"[^0-9*xX]", "", value_text(other)).replace("x", "*").replace("X", "*")
    if len(mine) < 4 or len(theirs) < 4:
        return False
    if "*" not in mine + theirs:
        return mine == theirs
    return mine[-4:] == theirs[-4:] and mine[:4] == theirs[:4]
