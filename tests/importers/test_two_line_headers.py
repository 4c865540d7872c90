"""Headers of two lines: a word above reaches over the words below it, known or unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from importers.header import find_headers
from importers.read import read_bytes
from importers.wizard import propose
from importers.wizard_golden import check_saved, save
from ledger.errors import Refused
from tests.importers import files
from tests.importers.layouts import (
    Cell,
    Grid,
    account,
    balance,
    came,
    day,
    lines,
    memo,
    name,
    nothing,
    ref,
    signed,
    went,
)
from tests.importers.truth import OWN, Movement, judge, movements, whole

#: Above, below, and the cells: a word above without one below stands in both lines.
Head = Sequence[tuple[str, str, Cell]]
KNOWN: dict[str, Head] = {
    "sides below 发生额": [
        ("交易日期", "", day), ("发生额", "贷方", came), ("", "借方", went), ("余额", "", balance),
        ("对方", "户名", name), ("", "账号", account), ("摘要", "", memo), ("流水号", "", ref),
    ],
    "金额 below both sides": [
        ("日期", "", day), ("收入", "金额", came), ("", "票号", nothing), ("支出", "金额", went),
        ("", "票号", nothing), ("余额", "", balance), ("摘要", "", memo),
    ],
}  # fmt: skip
UNKNOWN: dict[str, Head] = {
    "two columns": [
        ("哪日", "", day), ("动了", "进的", came), ("", "出的", went), ("还剩", "", balance),
        ("那边", "谁", name), ("", "号", account), ("说啥", "", memo),
    ],
    "the same word twice below": [
        ("哪日", "", day), ("来的", "数", came), ("", "张", nothing), ("去的", "数", went),
        ("", "张", nothing), ("还剩", "", balance), ("说啥", "", memo),
    ],
    "signed": [
        ("哪日", "", day), ("数目", "动了", signed), ("", "还剩", balance), ("说啥", "", memo),
        ("编码", "", ref),
    ],
}  # fmt: skip


def sheet(head: Head, rows: list[Movement]) -> Grid:
    upper: list[object] = [above for above, _, _ in head]
    lower: list[object] = [below for _, below, _ in head]
    body: Grid = [[cell(row) for _, _, cell in head] for row in rows]
    return [*lines("某某支付", f"账号：{OWN}"), upper, lower, *body]


def merged(grid: Grid) -> bytes:
    """A workbook whose words above are merged over those below, and the single ones downwards."""
    ranges = []
    columns = "ABCDEFGH"
    upper, lower = grid[2], grid[3]
    for at, (above, below) in enumerate(zip(upper, lower, strict=True)):
        end = at + 1
        while end < len(upper) and not upper[end]:
            end += 1
        if above and not below:
            ranges.append(f"{columns[at]}3:{columns[at]}4")
        elif above and end - at > 1:
            ranges.append(f"{columns[at]}3:{columns[end - 1]}3")
    return files.xlsx(grid, merge=ranges)


def spanned(grid: Grid) -> bytes:
    """A page whose header cells span rows and columns."""
    upper, lower = grid[2], grid[3]
    first = ""
    for at, (above, below) in enumerate(zip(upper, lower, strict=True)):
        wide = 1
        while at + wide < len(upper) and not upper[at + wide]:
            wide += 1
        if above:
            span = f'colspan="{wide}"' if below else 'rowspan="2"'
            first += f"<th {span}>{above}</th>"
    second = "".join(f"<th>{cell}</th>" for cell in lower if cell)
    plain = files.html([*grid[:2], *grid[4:]]).decode("gb18030")
    at = plain.index("</tr>", plain.index("</tr>") + 1) + len("</tr>")
    return f"{plain[:at]}<tr>{first}</tr><tr>{second}</tr>{plain[at:]}".encode("gb18030")


MAKERS: dict[str, Callable[[Grid], bytes]] = {
    "csv": files.text, "merged xlsx": merged, "html": spanned,
}  # fmt: skip


@pytest.mark.parametrize("kind", KNOWN)
@pytest.mark.parametrize("maker", MAKERS)
def test_words_below_others_are_read_with_what_they_need_of_them(kind: str, maker: str) -> None:
    rows = movements(20, seed=3)
    reading = read_bytes(MAKERS[maker](sheet(KNOWN[kind], rows)), "two.dat")
    assert not judge(reading, rows) and whole(reading, rows)
    assert reading.account == OWN
    if kind == "sides below 发生额":
        said = [line.counterparty_account for line in reading.lines]
        assert said == [row.account for row in rows]


@pytest.mark.parametrize("kind", UNKNOWN)
@pytest.mark.parametrize("maker", MAKERS)
def test_two_lines_of_unknown_words_are_proven_and_read_whole_ever_after(
    kind: str, maker: str, profiles_folder: Path
) -> None:
    rows, later = movements(20, seed=3), movements(30, seed=8)
    data = MAKERS[maker](sheet(UNKNOWN[kind], rows))
    with pytest.raises(Refused):
        read_bytes(data, "two.dat")
    found = propose(data, "two.dat")
    assert found.profile is not None and found.reading is not None, found.findings
    assert not judge(found.reading, rows) and whole(found.reading, rows)
    save(found.profile, found.header, found.reading)
    again = read_bytes(MAKERS[maker](sheet(UNKNOWN[kind], later)), "later.dat")
    assert again.profile == found.profile.id and again.proofs["P4"] == "pass"
    assert not judge(again, later) and whole(again, later)
    assert [one.findings for one in check_saved()] == [()]


def test_a_two_line_header_may_come_again_on_the_next_page() -> None:
    rows = movements(20, seed=3)
    grid = sheet(KNOWN["sides below 发生额"], rows)
    reading = read_bytes(files.text([*grid[:14], *grid[2:4], *grid[14:]]), "pages.csv")
    assert not judge(reading, rows) and whole(reading, rows)


def test_a_line_of_words_above_a_whole_header_is_no_half_of_it() -> None:
    """What stands above is of the account; the columns below need nothing of it."""
    rows = movements(8, seed=3)
    head = ["日期", "收入", "支出", "余额", "摘要"]
    body: Grid = [[day(r), came(r), went(r), balance(r), memo(r)] for r in rows]
    grid: Grid = [["示例工会", "", "活期", "", "人民币"], [*head], *body]
    (header,) = find_headers([list(map(str, row)) for row in grid])
    assert (header.row, header.height, header.cells) == (1, 1, head)
    reading = read_bytes(files.text(grid), "above.csv")
    assert not judge(reading, rows) and whole(reading, rows)
