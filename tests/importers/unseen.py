"""Statements of layouts that nobody has seen: words, columns, order, and file drawn at random.

``python -m tests.importers.unseen 1000`` reads so many and prints how they were read.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from importers.line import Reading
from importers.unknown import read_any
from ledger.errors import Refused
from tests.importers import files
from tests.importers.layouts import (
    Cell,
    Grid,
    account,
    balance,
    balance_grouped,
    came,
    came_grouped,
    clock,
    fixed,
    memo,
    name,
    nothing,
    payee_account,
    payer_account,
    ref,
    signed,
    size,
    went,
    went_grouped,
    when,
    with_plus,
    words,
)
from tests.importers.truth import OWN, OWN_NAME, Movement, judge, movements

#: Of each column: words that banks use or might use, some of them known; the first is nobody's.
WORDS: dict[str, tuple[str, ...]] = {
    "day": ("哪天", "交易日期", "记账日", "入账日期", "账务日", "Booked on", "Date", "發生日期"),
    "time": ("几点", "交易时间", "时刻", "Time"),
    "in": ("进了", "收入金额", "贷方发生额", "存入额", "本次转入", "Money In", "入", "收方发生额"),
    "out": ("花了", "支出金额", "借方发生额", "支取额", "本次转出", "Money Out", "出",
            "付方发生额"),
    "amount": ("多少", "交易金额", "发生额", "变动额", "Amount", "款额", "数额(元)"),
    "flag": ("向", "借贷标志", "收支", "进出", "Dr/Cr", "来往", "款项方向"),
    "balance": ("还剩", "余额", "账户余额", "结存", "Balance", "本次结存额", "存款余额(元)"),
    "payer": ("甲号", "付款人账号", "汇出账号"),
    "payee": ("乙号", "收款人账号", "汇入账号"),
    "name": ("谁", "对方户名", "往来方", "Counterparty", "客户"),
    "account": ("那个号", "对方账号", "往来账号"),
    "memo": ("说啥", "摘要", "附言", "用途", "事由", "Remark"),
    "ref": ("编码", "交易流水号", "回单号", "Serial"),
}  # fmt: skip
#: Columns that tell nothing: their words, and what stands in them.
JUNK: tuple[tuple[tuple[str, ...], Cell], ...] = (
    (("网点", "交易机构", "Branch"), fixed("示例支行")),
    (("渠道", "交易渠道"), fixed("网银")),
    (("币种", "Currency", "钱种"), fixed("人民币")),
    (("柜员", "操作员"), fixed("0731")),
    (("备用", "预留"), nothing),
    (("凭证种类", "类别"), fixed("转账")),
    (("冲正标志",), fixed("正常")),
    (("手续费", "工本费"), fixed("0.00")),
    (("打印次数",), fixed("1")),
)
FLAGS = (("借", "贷"), ("支出", "收入"), ("-", "+"), ("D", "C"), ("去", "进"), ("转出", "转入"))
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S", "%Y.%m.%d")
PREAMBLE = (
    "某某银行账户明细", f"账号：{OWN}", f"户名：{OWN_NAME}", "币种：人民币",
    "起止日期：20260301-20260430",
    "", "打印时间：2026-05-01 10:00:00",
)  # fmt: skip


@dataclass(frozen=True)
class Unseen:
    """One file, what truly happened, and how it was made."""

    data: bytes
    rows: list[Movement]
    made: str
    has_balance: bool


def unseen(seed: int) -> Unseen:
    """The file of a seed: the same one for the same."""
    dice = random.Random(f"unseen {seed}")
    rows = movements(dice.choice((1, 3, 8, 15, 30, 30, 60)), seed=dice.randrange(10**6))
    how, columns = _columns(dice)
    grid = _table(dice, columns, rows)
    kind, make = dice.choice(_CONTAINERS)
    made = f"{seed} {how} {kind} {len(rows)} rows: {list(columns)}"
    has_balance = any(cell in (balance, balance_grouped) for cell in columns.values())
    return Unseen(make(grid), rows, made, has_balance)


def _columns(dice: random.Random) -> tuple[str, dict[str, Cell]]:
    """Words and cells of the columns, in some order."""
    nobodys = dice.random() < 0.35

    def word(kind: str) -> str:
        return WORDS[kind][0] if nobodys else dice.choice(WORDS[kind])

    pattern = dice.choice(DAYS)
    found: list[tuple[str, Cell]] = [(word("day"), when(pattern)), (word("memo"), memo)]
    if "%H" not in pattern and dice.random() < 0.4:
        found.append((word("time"), clock))
    how = dice.choice(("two", "two", "two", "signed", "flag", "flag", "payer"))
    if how == "two":
        pairs: tuple[tuple[Cell, Cell], ...] = (
            (came, went), (came_grouped, went_grouped), (_or("0.00", True), _or("0.00", False)),
            (_or("-", True), _or("-", False)), (_or("--", True), _or("--", False)),
        )  # fmt: skip
        coming, going = dice.choice(pairs)
        found += [(word("in"), coming), (word("out"), going)]
    elif how == "signed":
        found.append((word("amount"), dice.choice((signed, with_plus))))
    elif how == "flag":
        went_word, came_word = dice.choice(FLAGS)
        found += [(word("amount"), dice.choice((size, _money("¥"), _grouped_size))),
                  (word("flag"), words(came_word, went_word))]  # fmt: skip
    else:
        found += [(word("amount"), size), (word("payer"), payer_account),
                  (word("payee"), payee_account)]  # fmt: skip
    if dice.random() < 0.9:
        found.append((word("balance"), dice.choice((balance, balance_grouped))))
    if dice.random() < 0.7:
        found.append((word("name"), name))
    if how != "payer" and dice.random() < 0.6:
        found.append((word("account"), account))
    if dice.random() < 0.6:
        found.append((word("ref"), ref))
    found += [(dice.choice(said), cell) for said, cell in dice.sample(JUNK, dice.randint(0, 5))]
    dice.shuffle(found)
    return how + (" nobody's" if nobodys else ""), dict(found)


def _or(empty: str, coming: bool) -> Cell:
    return lambda row: row.size if row.came == coming else empty


def _money(mark: str) -> Cell:
    return lambda row: f"{mark}{row.size}"


def _grouped_size(row: Movement) -> str:
    return f"{abs(row.fen) / 100:,.2f}"


def _table(dice: random.Random, columns: dict[str, Cell], rows: list[Movement]) -> Grid:
    """What stands above, the header on one line or two, the rows either way, what stands below."""
    told = rows[::-1] if dice.random() < 0.4 else rows
    above: Grid = [[line] for line in PREAMBLE[: dice.randint(0, len(PREAMBLE))]]
    head: Grid = [list(columns)]
    if dice.random() < 0.15:
        head = _two_lines(list(columns))
    body: Grid = [[cell(row) for cell in columns.values()] for row in told]
    if dice.random() < 0.2:
        body.insert(dice.randrange(len(body) + 1), [""] * len(columns))
    below: Grid = []
    if dice.random() < 0.3:
        below.append([f"合计：{len(rows)}笔"])
    if dice.random() < 0.3:
        below.append(["以上数据仅供参考，具体内容请以柜台为准"])
    return [*above, *head, *body, *below]


def _two_lines(said: list[str]) -> Grid:
    """The last two columns below one word; the others have theirs in the upper line."""
    return [[*said[:-2], "明细", ""], [*[""] * (len(said) - 2), *said[-2:]]]


def _as_numbers(grid: Grid) -> Grid:
    """Amounts as a spreadsheet's numbers, as some banks store them."""

    def cell(text: object) -> object:
        said = str(text).replace(",", "")
        whole, _, cents = said.lstrip("-+").partition(".")
        is_number = whole.isdigit() and len(cents) == 2 and cents.isdigit() and said[0] != "+"
        return float(said) if is_number else text

    return [[cell(text) for text in row] for row in grid]


_CONTAINERS: tuple[tuple[str, Callable[[Grid], bytes]], ...] = (
    ("utf-8", files.text),
    ("gb18030", lambda grid: files.text(grid, "gb18030")),
    ("utf-16 tabs", lambda grid: files.text(grid, "utf-16", "\t")),
    ("semicolons", lambda grid: files.text(grid, "utf-8", ";")),
    ("xlsx", files.xlsx),
    ("xlsx numbers", lambda grid: files.xlsx(_as_numbers(grid))),
    ("html", files.html),
    ("xml", files.xml2003),
    ("gzip", lambda grid: files.gzipped(files.text(grid))),
    ("zip", lambda grid: files.zipped({"a.csv": files.text(grid, "gb18030")})),
)


@dataclass(frozen=True)
class Judged:
    """How one file was read. ``faults`` are untrue lines and lost rows."""

    header: bool
    read: bool
    faults: tuple[str, ...]
    profile: str = ""


def judged(one: Unseen) -> Judged:
    try:
        reading: Reading = read_any(one.data, "unseen.dat")
    except Refused:
        return Judged(header=False, read=False, faults=())
    # A word that nobody knows may hold the remark: the row's cells say which movement it is.
    lines = tuple(replace(line, memo=" ".join(line.raw)) for line in reading.lines)
    faults = judge(replace(reading, lines=lines), one.rows)
    if len(reading.lines) + len(reading.parked) + reading.aside != reading.rows:
        faults.append("a row of the file is neither read nor parked nor aside")
    return Judged(
        header=bool(reading.lines or reading.parked),
        read=len(reading.lines) == len(one.rows),
        faults=tuple(faults),
        profile=reading.profile,
    )


def main(count: int, first: int) -> None:
    told: Counter[str] = Counter()
    for seed in range(first, first + count):
        one = unseen(seed)
        found = judged(one)
        told["header found"] += found.header
        told["every row read"] += found.read
        if one.has_balance and len(one.rows) >= 15:
            told["15 rows or more with a balance"] += 1
            told["15 rows or more with a balance, every row read"] += found.read
        told[f"as {found.profile or 'refused'}"] += 1
        told["files with a fault"] += bool(found.faults)
        if found.faults or not found.header:
            print(one.made, *found.faults[:3], sep="\n  ")
    for what, times in sorted(told.items()):
        print(f"{what}: {times} of {count} ({100 * times / count:.1f} %)")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
