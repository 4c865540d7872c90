"""One table of a statement: from rows of cells to lines, parked rows and proofs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from importers import dictionary as roles
from importers.cells import Moment, folded, parse_amount, parse_moment, value_text
from importers.chain import Chain, Row
from importers.columns import Columns, has_lost_digits, id_text
from importers.header import Header
from importers.line import BankLine, Parked
from importers.preamble import Around, is_note, is_total, read_around
from importers.profile import Profile, profile_of, words_of
from importers.readers.grid import Grid
from importers.signs import Signs
from ledger.errors import Words, finding
from ledger.money import Money

_AMOUNT_CELL = re.compile(r"[-+¥￥]{0,2}[0-9][0-9,]*\.[0-9]{2}")
# A remark of so many cells, one of them a number, is rather a row whose words mislead.
_WIDE: Final = 5
_OF_A_PAGE = re.compile(r"承前|过次|上页|本页|brought forward|carried forward", re.I)
_BAD_STATUS = re.compile(
    r"失败|关闭|撤销|作废|取消|未|待|处理中|退回|fail|cancel|pending|reject|void", re.I
)
_GOOD_STATUS = re.compile(
    r"成功|完成|已|正常|入账|记账|success|complete|posted|settled|booked", re.I
)

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
    "two-amounts": Words(
        "有两个金额栏且数字不同", "two columns name its amount and say different things"
    ),
    "fee-inside": Words(
        "手续费在同一行内，余额未按金额变动",
        "a fee stands in the row and the balance does not tell it apart",
    ),
    "order-list": Words(
        "交易（订单）账单的行不是资金流水，请用资金账单或账务明细入账",
        "rows of a list of orders are not movements: import the account's own bill",
    ),
    "outside-table": Words(
        "此行在表头之外，像是一笔收支",
        "this row stands outside every table and looks like a movement",
    ),
    "sheet-repeats": Words(
        "与前一工作表的行相同，可能重复", "an earlier sheet has the same row: perhaps a copy"
    ),
    "too-wide": Words(
        "列数多于表头，可能错位", "it has more cells than the header: perhaps shifted"
    ),
    "columns-unknown": Words(
        "表头不认识，各列的意义未能证明",
        "its header is not known, and nothing proves what the columns mean",
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
    accounts: set[str] = field(default_factory=set)
    digits_lost: bool = False
    header: tuple[str, ...] = ()
    aside: int = 0


class TableReader:
    """Reads one table; the steps are in :meth:`read`."""

    def __init__(
        self,
        grid: Grid,
        header: Header,
        above: list[list[str]],
        body: list[list[str]],
        named: Profile | None = None,
    ) -> None:
        self._grid = grid
        self._header = header
        self._above = above
        self._body = body
        self._first = header.row + header.height + 1  # the row number of the body's first row
        fits = named is not None and named.fits(words_of(header.cells))
        self._profile = named if named and fits else profile_of(header.cells)
        self._columns = Columns(header, self._profile, body, serials=grid.sheet)
        self._around = Around()
        self._notes: list[list[str]] = []
        self._parked: list[Parked] = []
        # Rows that are no movement: what stands above, the header and its repetitions, totals.
        self._aside = sum(map(is_filled, above)) + header.height

    def read(self) -> TableReading:
        """Sort the rows, settle their signs, prove them, and build the lines."""
        before = read_around(self._above)
        if before.start is not None and before.end is not None:
            self._columns.period = before.start, before.end
        data = self._sorted_rows()
        self._around = read_around([*self._above, *self._notes])
        self._columns.find_main((cells for _, _, cells in data), self._around.account)
        self._take_total_rows()
        accounts = {self._columns.own_account(cells) for _, _, cells in data} - {""}
        own = next(iter(accounts)) if len(accounts) == 1 else self._around.account
        signs = Signs(self._columns, self._profile, self._around, data, own)
        by_number = {number: cells for number, _, cells in data}
        chain = signs.prove(by_number)
        out = TableReading(
            self._profile, self._around, descending=chain.descending, account=own,
            accounts=accounts or ({own} if own else set()),
            header=tuple(self._header.cells), aside=self._aside,
        )  # fmt: skip
        for row in signs.rows:
            cells = by_number[row.number]
            if not row.parked and not self._status_fits(cells, chain):
                row.parked = "bad-status"
            if row.parked:
                self._park(row.number, cells, row.parked)
            else:
                out.lines.append(self._line(row, cells))
        out.parked = sorted(self._parked, key=lambda parked: parked.row)
        out.digits_lost = any(
            has_lost_digits(self._columns.text(cells, role))
            for cells in by_number.values()
            for role in (roles.REF, roles.ACCOUNT, roles.OWN)
        )
        self._add_proofs(out, signs.rows, chain)
        return out

    # ---- rows ----------------------------------------------------------------------------------

    def _sorted_rows(self) -> list[tuple[int, Moment, list[str]]]:
        """The rows that are movements; totals, remarks and blanks are put aside."""
        data = []
        for place, cells in enumerate(self._body):
            number = self._first + place
            if not any(value_text(cell) for cell in cells) or self._is_header(cells):
                self._aside += is_filled(cells)
                continue
            moment = self._columns.moment(cells)
            if moment is not None:
                if any(value_text(cell) for cell in cells[len(self._header.cells) :]):
                    self._park(number, cells, "too-wide")
                else:
                    data.append((number, moment, cells))
            elif self._is_aside(place, cells):
                self._aside += 1
                # What a page brings forward in the middle is no balance of the statement.
                if not (data and _OF_A_PAGE.search("".join(cells))):
                    self._notes.append(list(cells))
            else:
                self._park(number, cells, "no-day")
        return data

    def _is_header(self, cells: Sequence[str]) -> bool:
        """Whether a row repeats the header, or one of its two lines, as on a new page."""
        if not any(folded(cell) in self._header.words for cell in cells[:3]):
            return False
        said = [folded(cell) for cell in cells]
        while said and not said[-1]:
            said.pop()
        return tuple(said) in self._header.printed

    def _is_aside(self, place: int, cells: list[str]) -> bool:
        """Whether a row without a day is a total, a remark, or the values of a table of totals."""
        if self._follows_totals(place):
            return True
        identified = any(
            value_text(self._columns.text(cells, role)) for role in (roles.REF, roles.ACCOUNT)
        )
        if is_total(cells) and not (identified and self._columns.has_amount(cells)):
            return True
        said = [cell for cell in cells if value_text(cell)]
        if len(said) == 1:
            return parse_moment(said[0], day_first=True) is None and not re.fullmatch(
                r"[¥￥+-]?[0-9,.]+", said[0].strip()
            )
        if self._columns.has_amount(cells):
            return False
        # A remark may name a bank and a number, but it has no cell that is an amount.
        return _names_totals(cells) or (is_note(cells) and not self._looks_like_row(said))

    def _looks_like_row(self, said: Sequence[str]) -> bool:
        """Whether cells have an amount, or are many of which one is a spreadsheet's number."""
        is_wide = len(said) >= _WIDE and 2 * len(said) >= len(self._header.cells)
        return any(
            _AMOUNT_CELL.fullmatch(cell.strip()) or (is_wide and _is_number(cell)) for cell in said
        )

    def _follows_totals(self, place: int) -> bool:
        """A row of nothing but numbers, below one that names totals, holds their values."""
        above = self._body[place - 1] if place else []
        return (
            _names_totals(above)
            and not self._is_header(above)
            and not any(re.search(r"[0-9]", cell) for cell in above)
            and all(_is_number(cell) for cell in self._body[place] if value_text(cell))
        )

    def _park(self, number: int, cells: Sequence[str], reason: str) -> None:
        self._parked.append(parked_row(self._grid.name, number, cells, reason))

    # ---- lines ---------------------------------------------------------------------------------

    def _status_fits(self, cells: list[str], chain: Chain) -> bool:
        """Whether the row's status is that of a movement which happened."""
        number = self._header.first(roles.STATUS)
        if number is None:
            return True
        status = value_text(cells[number]) if number < len(cells) else ""
        if not status:
            return True
        if self._profile.good:
            return any(status.startswith(good) for good in self._profile.good)
        if chain.proof == "pass":
            return True
        return bool(_GOOD_STATUS.search(status)) and not _BAD_STATUS.search(status)

    def _line(self, row: Row, cells: list[str]) -> BankLine:
        text = self._columns.text
        name, account = value_text(text(cells, roles.NAME)), id_text(text(cells, roles.ACCOUNT))
        other = (roles.PAYER_NAME, roles.PAYER) if row.fen > 0 else (roles.PAYEE_NAME, roles.PAYEE)
        bank_ref = id_text(text(cells, roles.REF))
        return BankLine(
            day=row.moment.day,
            booked_at=row.moment.iso,
            amount=Money(row.fen, row.currency),
            balance_after=None if row.balance is None else Money(row.balance, row.currency),
            counterparty=name or value_text(text(cells, other[0])),
            counterparty_account=account or id_text(text(cells, other[1])),
            memo=" ".join(self._columns.texts(cells, roles.MEMO)),
            bank_ref=bank_ref,
            status=value_text(text(cells, roles.STATUS)),
            row=row.number,
            raw=tuple(cells),
            sub_account=self._columns.sub_account(cells),
            orders=tuple(one for one in self._columns.orders(cells) if one != bank_ref),
            fee=Money(row.fee, row.currency) if row.fee else None,
            gross=Money(row.gross, row.currency) if row.gross else None,
        )

    # ---- proofs --------------------------------------------------------------------------------

    def _take_total_rows(self) -> None:
        """Totals that stand in the table's own columns."""
        if not self._columns.has(roles.IN) or self._around.total_in is not None:
            return
        whole = [
            row for row in self._notes if re.search(r"合计|总计|total", "".join(row[:3]), re.I)
        ]
        if not whole:
            return
        try:
            came = self._columns.money(whole[-1], roles.IN)
            went = self._columns.money(whole[-1], roles.OUT)
        except ValueError:
            return
        if came is not None and went is not None:
            self._around.total_in, self._around.total_out = came.fen, abs(went.fen)
            # They stand below the columns: which side those are, they do not say.
            self._around.two_faced = True

    def _add_proofs(self, out: TableReading, rows: Sequence[Row], chain: Chain) -> None:
        around = self._around
        one_strand = len({row.strand for row in rows}) <= 1
        opening, closing = around.opening, around.closing
        known = [rows[place] for place in chain.order if rows[place].balance is not None]
        if one_strand and known and chain.proof == "pass" and opening is None:
            opening = None if known[0].parked else (known[0].balance or 0) - known[0].fen
        if one_strand and closing is None and known and (chain.proof == "pass" or len(rows) == 1):
            closing = known[-1].balance
        currency = out.lines[0].amount.currency if out.lines else "CNY"
        out.opening = None if opening is None else Money(opening, currency)
        out.closing = None if closing is None else Money(closing, currency)
        sides = _sides([line.amount.fen for line in out.lines])
        # Where a fee is inside the row, the printed totals may be of what stands in its columns.
        gross = _sides([(line.gross or line.amount).fen for line in out.lines])
        totals, balances = self._profile.totals, None not in (around.opening, around.closing)
        if not one_strand:
            totals = balances = False  # amounts of several currencies or accounts do not add up
        if around.two_faced and chain.flipped:
            sides, gross = sides[::-1], gross[::-1]
        out.proofs = {
            "P1": _proof(around.count, len(out.lines) + len(out.parked)),
            "P2": max(_totals(around, sides), _totals(around, gross)) if totals else "n/a",
            "P3": _proof(around.closing, (around.opening or 0) + _sum(out)) if balances else "n/a",
            "P4": chain.proof,
        }


def parked_row(file: str, number: int, cells: Sequence[str], reason: str) -> Parked:
    """A row put aside, with its reason in words."""
    words = REASONS[reason]
    return Parked(
        number,
        tuple(cells),
        finding(
            reason,
            f"第 {number} 行搁置：{words.zh}",
            f"row {number} is parked: {words.en}",
            "对照原件，确认后用 mingbai draft 补记",
            "look at the original and enter it with mingbai draft if it is a movement",
            file=file,
            line=number,
            severity="warning" if reason in ("zero-amount", "neutral") else "error",
        ),
    )


def _sides(fens: Sequence[int]) -> tuple[int, int]:
    """Money in and money out, both positive."""
    return sum(fen for fen in fens if fen > 0), -sum(fen for fen in fens if fen < 0)


def _totals(around: Around, sides: tuple[int, int]) -> str:
    came, went = sides
    return _both(_proof(around.total_in, came), _proof(around.total_out, went))


def _sum(out: TableReading) -> int:
    return sum(line.amount.fen for line in out.lines)


def is_filled(cells: Sequence[str]) -> bool:
    """Whether anything at all stands in a row; the rows of a file are counted by it."""
    return any(cell.strip() for cell in cells)


def _names_totals(cells: Sequence[str]) -> bool:
    return sum("笔数" in cell or "金额" in cell for cell in cells) >= 2


def _is_number(cell: str) -> bool:
    try:
        return parse_amount(cell) is not None
    except ValueError:
        return False


def _proof(stated: int | None, found: int) -> str:
    if stated is None:
        return "n/a"
    return "pass" if stated == found else "fail"


def _both(one: str, other: str) -> str:
    if "fail" in (one, other):
        return "fail"
    return "pass" if "pass" in (one, other) else "n/a"
