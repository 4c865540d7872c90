"""Statements as banks print them to PDF: drawn with lines, or with columns of text alone.

The layouts are those of ABC, BOC, BOCOM and CMB; persons, firms and amounts are invented.
``totals`` prints sums and the count below, ``renamed`` puts other words into the header, as banks
do one day.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ledger.money import Money
from tests.importers.truth import Movement

_FONT = Path(__file__).parents[2] / "reports" / "fonts" / "NotoSansSC-Regular.subset.ttf"


@dataclass(frozen=True)
class Moved:
    """One true movement, and the balance after it."""

    day: date
    fen: int
    held: int
    name: str
    memo: str


def history(count: int, opening: int = 100_000) -> list[Moved]:
    """``count`` movements of March, some of them equal, some with texts too long for a column."""
    names = (
        "某某公司",
        "北京示例文化传播有限公司第一分公司",
        "示例",
        "青禾区春风小学工会委员会（示例）",
    )
    rows, held = [], opening
    for place in range(count):
        fen = ((place * 7919) % 90_000 + 1) * (1 if place % 3 else -1)
        fen = 2_000 if place % 10 == 4 else fen
        held += fen
        day = date(2026, 3, 1) + timedelta(days=place * 30 // max(1, count))
        rows.append(Moved(day, fen, held, names[place % 4], "快捷支付" if fen < 0 else "汇入汇款"))
    return rows


def text(fen: int, *, sign: bool = False, comma: bool = True) -> str:
    whole = Money(fen).grouped if comma else Money(fen).text
    return f"+{whole}" if sign and fen > 0 else whole


def wrapped(words: str, width: float, size: float) -> list[str]:
    """Text as it is broken in a column, at any character."""
    lines = [""]
    for char in words:
        if pdfmetrics.stringWidth(lines[-1] + char, "printed", size) > width:
            lines.append("")
        lines[-1] += char
    return lines


class Printer:
    """A canvas, the text on it, and a watermark across each page."""

    def __init__(self, *, wide: bool, password: str | None = None) -> None:
        pdfmetrics.registerFont(TTFont("printed", str(_FONT)))
        self._out = io.BytesIO()
        self._size = landscape(A4) if wide else A4
        encrypt = StandardEncryption(password, ownerPassword="owner") if password else None
        self._canvas = Canvas(self._out, pagesize=self._size, encrypt=encrypt)
        self.top = self._size[1] - 40

    def say(self, x: float, text_: str, size: float = 8) -> None:
        self._canvas.setFont("printed", size)
        self._canvas.drawString(x, self.top, text_)

    def down(self, points: float) -> None:
        self.top -= points

    def page_ends(self) -> None:
        self._canvas.saveState()
        self._canvas.translate(self._size[0] / 2, self._size[1] / 2)
        self._canvas.rotate(35)
        self._canvas.setFont("printed", 30)
        self._canvas.setFillGray(0.9)
        self._canvas.drawCentredString(0, 0, "示例银行 2026-03-15 专用")
        self._canvas.restoreState()
        self._canvas.showPage()
        self.top = self._size[1] - 40

    def table(
        self,
        columns: Sequence[tuple[str, float]],
        rows: Sequence[Sequence[str]],
        per_page: int,
        head: Callable[[], None],
    ) -> None:
        """A table with lines, its header on every page, long cells on several printed lines."""
        for start in range(0, max(1, len(rows)), per_page):
            head()
            self._ruled([name for name, _ in columns], [width for _, width in columns])
            for row in rows[start : start + per_page]:
                self._ruled(row, [width for _, width in columns])
            self.page_ends()

    def _ruled(self, cells: Sequence[str], widths: Sequence[float]) -> None:
        parts = [
            [line for piece in cell.split("\n") for line in wrapped(piece, width - 4, 7)]
            for cell, width in zip(cells, widths, strict=True)
        ]
        height = 10 * max(map(len, parts)) + 4
        x = 30.0
        for lines, width in zip(parts, widths, strict=True):
            self._canvas.rect(x, self.top - height, width, height)
            self._canvas.setFont("printed", 7)
            for place, line in enumerate(lines):
                self._canvas.drawString(x + 2, self.top - 10 - 10 * place, line)
            x += width
        self.down(height)

    def totals(self, rows: Sequence[Moved]) -> None:
        """What came and went in all, on a page of its own."""
        came = sum(row.fen for row in rows if row.fen > 0)
        went = came - sum(row.fen for row in rows)
        self.say(30, f"收入合计：{text(came)}   支出合计：{text(went)}   共{len(rows)}笔")
        self.page_ends()

    def finish(self) -> bytes:
        self._canvas.save()
        return self._out.getvalue()


#: No words that a bank has changed.
AS_EVER: Mapping[str, str] = MappingProxyType({})


def _head(
    columns: Sequence[tuple[str, float]], renamed: Mapping[str, str]
) -> list[tuple[str, float]]:
    return [(renamed.get(word, word), width) for word, width in columns]


def cmb(
    rows: Sequence[Moved],
    password: str | None = None,
    *,
    totals: bool = False,
    renamed: Mapping[str, str] = AS_EVER,
) -> bytes:
    """招商银行交易流水: no lines, the English header below the Chinese one, texts wrapped."""
    page = Printer(wide=False, password=password)
    columns = (30.0, 95.0, 145.0, 215.0, 295.0, 385.0)
    for start in range(0, max(1, len(rows)), 25):
        page.say(200, "招商银行交易流水", 14)
        page.down(18)
        page.say(150, "Transaction Statement of China Merchants Bank")
        page.down(14)
        page.say(230, "2026-03-01 -- 2026-03-31")
        page.down(16)
        page.say(30, "户  名：示例工会")
        page.say(300, "账号：6225880000000018")
        page.down(20)
        for x, word in zip(columns, ("记账日期", "货币", "交易金额", "联机余额", "交易摘要",
                                     "对手信息"), strict=True):  # fmt: skip
            page.say(x, renamed.get(word, word))
        page.down(10)
        english = ("Date", "Currency", "Transaction", "Balance", "Transaction Type",
                   "Counter Party")  # fmt: skip
        for x, word in zip(columns, english, strict=True):
            page.say(x, word)
        page.down(10)
        page.say(columns[2], "Amount")
        page.down(18)
        for row in rows[start : start + 25]:
            name = wrapped(row.name, 100, 8)
            if len(name) > 1:  # centred around the row's own line
                page.say(columns[5], name[0])
                page.down(5)
            for x, cell in zip(columns, (row.day.isoformat(), "CNY", text(row.fen),
                                         text(row.held), row.memo), strict=False):  # fmt: skip
                page.say(x, cell)
            if len(name) > 1:
                page.down(5)
                page.say(columns[5], name[1])
            else:
                page.say(columns[5], row.name)
            page.down(19)
        page.say(280, f"{start // 25 + 1}/{(len(rows) + 24) // 25 or 1}")
        page.page_ends()
    if totals:
        page.totals(rows)
    return page.finish()


def boc(
    rows: Sequence[Moved], *, totals: bool = False, renamed: Mapping[str, str] = AS_EVER
) -> bytes:
    """中国银行交易流水明细清单: lines, newest first, dashes for nothing."""
    page = Printer(wide=True)
    columns = [("记账日期", 60.0), ("记账时间", 50.0), ("币别", 40.0), ("金额", 65.0),
               ("余额", 70.0), ("交易名称", 60.0), ("渠道", 50.0), ("网点名称", 60.0),
               ("附言", 70.0), ("对方账户名", 90.0), ("对方卡号/账号", 90.0),
               ("对方开户行", 70.0)]  # fmt: skip

    def head() -> None:
        page.say(320, "中国银行交易流水明细清单", 13)
        page.down(18)
        page.say(
            30, "交易区间：2026-03-01 至 2026-03-31   客户姓名：示例   借记卡号：6217000000000018"
        )
        page.down(14)

    table = [
        [r.day.isoformat(), "10:00:00", "人民币", text(r.fen), text(r.held), r.memo, "网上银行",
         "-------------------", "-------------------", r.name, "6222000000000000001",
         "-------------------"]
        for r in reversed(rows)
    ]  # fmt: skip
    page.table(_head(columns, renamed), table, 14, head)
    if totals:
        page.totals(rows)
    return page.finish()


def bocom(
    rows: Sequence[Moved], *, totals: bool = False, renamed: Mapping[str, str] = AS_EVER
) -> bytes:
    """交通银行交易流水: lines, headings in two languages, 借 Dr and 贷 Cr."""
    page = Printer(wide=True)
    columns = [("Trans Date\n交易日期", 62.0), ("Trans Time\n交易时间", 55.0),
               ("Trading Type\n交易类型", 70.0), ("Dc Flg\n借贷", 45.0),
               ("Trans Amt\n交易金额", 70.0), ("Balance\n余额", 75.0),
               ("Payment Receipt\nAccount\n对方账号", 100.0),
               ("Payment Receipt\nAccount Name\n对方户名", 110.0),
               ("Trading Place\n交易地点", 80.0), ("Abstract\n摘要", 80.0)]  # fmt: skip

    def head() -> None:
        page.say(330, "交通银行个人客户交易清单", 13)
        page.down(18)
        page.say(30, "账号/卡号Account/Card No: 6222600000000000018   币种Currency: CNY")
        page.down(14)

    table = [
        [r.day.isoformat(), "10:00:00", r.memo, "贷 Cr" if r.fen > 0 else "借 Dr",
         text(abs(r.fen)), text(r.held), "6222000000000000001", r.name, "网上", r.memo]
        for r in reversed(rows)
    ]  # fmt: skip
    page.table(_head(columns, renamed), table, 14, head)
    if totals:
        page.totals(rows)
    return page.finish()


def abc(
    rows: Sequence[Moved], *, totals: bool = False, renamed: Mapping[str, str] = AS_EVER
) -> bytes:
    """中国农业银行账户活期交易明细清单: lines, signed amounts."""
    page = Printer(wide=True)
    columns = [("交易日期", 60.0), ("交易时间", 50.0), ("交易摘要", 60.0), ("交易金额", 70.0),
               ("本次余额", 75.0), ("对手信息", 150.0), ("日志号", 80.0), ("交易渠道", 60.0),
               ("交易附言", 90.0)]  # fmt: skip

    def head() -> None:
        page.say(300, "中国农业银行账户活期交易明细清单", 13)
        page.down(18)
        page.say(30, "户名：示例   账号：6228480000000000018   起止日期：20260301-20260331")
        page.down(14)

    table = [
        [f"{r.day:%Y%m%d}", "100000", r.memo, text(r.fen, sign=True, comma=False),
         text(r.held, comma=False), r.name, f"{r.held % 10**9:09d}", "超级网银", "示例附言"]
        for r in rows
    ]  # fmt: skip
    page.table(_head(columns, renamed), table, 14, head)
    if totals:
        page.totals(rows)
    return page.finish()


def of_movements(rows: Sequence[Movement]) -> list[Moved]:
    """The movements that other layouts print, as these print them."""
    return [Moved(row.at.date(), row.fen, row.held, row.name, row.token) for row in rows]


LAYOUTS = {"cmb": cmb, "boc": boc, "bocom": bocom, "abc": abc}
