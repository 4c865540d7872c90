"""The wizard: an unknown sheet's columns are found and proven, or it says what it cannot know."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from importers.header import find_headers
from importers.profile import profile_from
from importers.read import read_bytes
from importers.readers.grid import read_grids
from importers.wizard import propose
from importers.wizard_golden import check_saved, save, toml_of
from ledger.errors import Refused
from tests.cli.command import mingbai
from tests.importers import files
from tests.importers.banks import CORPORATE
from tests.importers.layouts import (
    Columns,
    Grid,
    account,
    balance,
    came,
    came_grouped,
    came_or_zero,
    compact,
    day,
    lines,
    memo,
    moment,
    name,
    payee_account,
    payer_account,
    ref,
    signed,
    size,
    table,
    went,
    went_grouped,
    went_or_zero,
    words,
)
from tests.importers.other_statements import OTHERS
from tests.importers.truth import NAMES, OWN, Movement, judge, movements, whole

#: Sheets of whose headers the dictionary knows not one word of money.
UNKNOWN: dict[str, Columns] = {
    "two columns": {"日子": day, "进了": came, "花了": went, "还剩": balance, "谁": name,
                    "说啥": memo, "编码": ref},
    "two columns with zeros": {"编码": ref, "栏甲": went_or_zero, "栏乙": came_or_zero,
                               "栏丙": balance, "栏丁": compact, "栏戊": memo},
    "grouped": {"栏一": moment, "栏二": went_grouped, "栏三": came_grouped, "栏四": balance,
                "栏五": memo, "栏六": account},
    "signed": {"栏一": moment, "栏二": signed, "栏三": balance, "栏四": name, "栏五": memo},
    "flag": {"栏一": compact, "栏二": words("进", "去"), "栏三": size, "栏四": balance,
             "栏五": name, "栏六": memo, "栏七": account},
    "flag of letters": {"f1": day, "f2": size, "f3": words("X", "Y"), "f4": balance, "f5": memo},
    "payer and payee": {"栏一": day, "甲": payer_account, "乙": payee_account, "丙": size,
                        "丁": balance, "戊": memo},
}  # fmt: skip


def sheet(columns: Columns, rows: list[Movement], *, newest_first: bool = False) -> Grid:
    above = lines("某某支付", f"账号：{OWN}", "")
    return [*above, *table(rows[::-1] if newest_first else rows, columns)]


@pytest.mark.parametrize("kind", sorted(UNKNOWN))
@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("make", [files.text, files.xlsx, files.html], ids=["csv", "xlsx", "html"])
def test_an_unknown_sheet_is_proven_by_its_balances_and_read_whole_ever_after(
    kind: str, newest_first: bool, make: object, profiles_folder: Path
) -> None:
    assert callable(make)
    rows = movements(24, seed=3)
    data = make(sheet(UNKNOWN[kind], rows, newest_first=newest_first))
    with pytest.raises(Refused):
        read_bytes(data, "unknown.dat")
    found = propose(data, "unknown.dat")
    assert found.profile is not None and found.reading is not None, found.findings
    assert not judge(found.reading, rows) and whole(found.reading, rows)
    save(found.profile, found.header, found.reading)
    later = movements(40, seed=9)
    again = read_bytes(make(sheet(UNKNOWN[kind], later, newest_first=newest_first)), "later.dat")
    assert again.profile == found.profile.id
    assert not judge(again, later) and whole(again, later)
    assert again.proofs["P4"] == "pass"
    assert [one.findings for one in check_saved()] == [()]
    assert sorted(path.suffix for path in profiles_folder.iterdir()) == [".csv", ".json", ".toml"]


@pytest.mark.parametrize("kind", sorted(UNKNOWN))
@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_wizard_says_no_sign_is_wrong(kind: str, seed: int) -> None:
    """Columns in any order, rows few or many, amounts equal or not: proven, or not said."""
    dice = random.Random(seed)
    for count in (1, 2, 3, 5, 6, 7, 12):
        rows = movements(count, seed=dice.randint(0, 10**6))
        shuffled = list(UNKNOWN[kind].items())
        dice.shuffle(shuffled)
        data = files.text(sheet(dict(shuffled), rows, newest_first=bool(seed % 2)))
        try:
            found = propose(data, "unknown.csv")
        except Refused:
            continue
        if found.reading is not None:
            assert not judge(found.reading, rows)
            assert count > 5


def _refusal(grid: Grid) -> str:
    found = propose(files.text(grid), "unknown.csv")
    assert found.profile is None and found.reading is None
    assert [one.rule for one in found.findings] == ["not-proven"]
    assert found.findings[0].remedy.zh and found.findings[0].remedy.en
    return found.findings[0].what.en


def test_without_a_balance_nothing_is_known() -> None:
    columns: Columns = {"栏一": day, "栏二": came, "栏三": went, "栏四": memo}
    assert "under no reading" in _refusal(table(movements(20), columns))


def test_balances_before_each_movement_prove_nothing() -> None:
    columns: Columns = {
        "栏一": moment, "栏二": came, "栏三": went,
        "栏四": lambda row: f"{(row.held - row.fen) / 100:.2f}", "栏五": memo,
    }  # fmt: skip
    assert "under no reading" in _refusal(table(movements(20), columns))


def test_of_one_day_nobody_knows_the_order() -> None:
    columns: Columns = {
        "栏一": lambda row: "2026-03-02", "栏二": came, "栏三": went, "栏四": balance,
        "栏五": memo,
    }  # fmt: skip
    assert "under no reading" in _refusal(table(movements(20), columns))


def test_of_two_columns_of_days_the_one_that_the_rows_follow_is_taken() -> None:
    rows = movements(20)
    columns: Columns = {
        "栏一": lambda row: f"2026-02-{1 + row.held % 27:02d}", "栏二": day, "栏三": came,
        "栏四": went, "栏五": balance, "栏六": memo,
    }  # fmt: skip
    found = propose(files.text(table(rows, columns)), "two-days.csv")
    assert found.reading is not None and not judge(found.reading, rows)


def test_of_two_columns_of_days_that_both_run_a_person_says_which(tmp_path: Path) -> None:
    rows = movements(20)
    columns: Columns = {
        "栏一": lambda row: f"{row.at.replace(month=2):%Y-%m-%d}", "栏二": day, "栏三": came,
        "栏四": went, "栏五": balance, "栏六": memo,
    }  # fmt: skip
    path = tmp_path / "days.csv"
    path.write_bytes(files.text(table(rows, columns)))
    asked = mingbai("profile", "new", path, "--accept")
    assert asked.status == 1 and "栏一、栏二" in asked.err and "--date" in asked.err
    assert mingbai("profile", "new", path, "--accept", "--date", "栏二").status == 0
    assert not judge(read_bytes(path.read_bytes(), "days.csv"), rows)


def nameless(layout: str, rows: list[Movement]) -> tuple[bytes, list[str]] | None:
    """A bank's statement under words that nobody knows; None where its header has two lines."""
    (grid, *_) = read_grids({**CORPORATE, **OTHERS}[layout](rows), "x")
    header = find_headers(grid.rows)[0]
    if header.height != 1:
        return None
    said = list(dict.fromkeys(cell for cell in header.cells if cell.strip()))
    words = {cell: f"栏{chr(0x4E00 + place)}" for place, cell in enumerate(said)}
    known = grid.rows[header.row]
    rows_ = [[words.get(c, "") for c in row] if row == known else row for row in grid.rows]
    return files.text(rows_), list(words.values())


@pytest.mark.parametrize("layout", sorted({**CORPORATE, **OTHERS}))
def test_a_banks_statement_is_proven_even_if_all_its_words_are_unknown(layout: str) -> None:
    rows = movements(30, seed=4)
    if (made := nameless(layout, rows)) is None:
        return
    data, header = made
    found = propose(data, "nameless.csv")
    assert [cell for cell in found.header if cell.strip()] == header
    assert found.reading is not None, found.findings
    moved = sorted((line.day, line.amount.fen) for line in found.reading.lines)
    assert moved == sorted((row.at.date(), row.fen) for row in rows)


def test_money_that_moves_one_way_does_not_tell_the_other_column() -> None:
    rows = [row for row in movements(60, red=False) if row.came][:12]
    held = 0
    grid: Grid = [["栏一", "栏二", "栏三", "栏四"]]
    for place, row in enumerate(rows):
        held += row.fen
        out = "5.00" if place == 0 else ""
        amount = "" if place == 0 else row.size
        grid.append([moment(row), amount, out, f"{held / 100:.2f}"])
    assert "one way" in _refusal(grid)


def test_two_columns_that_say_the_same_are_not_chosen_between() -> None:
    columns: Columns = {"栏一": moment, "栏二": signed, "栏三": signed, "栏四": balance}
    assert "several columns" in _refusal(table(movements(20), columns))


def test_a_word_with_one_meaning_is_not_turned_round() -> None:
    """A sheet whose 收入 moves the balance down is a riddle that the wizard does not solve."""
    columns: Columns = {"日期": day, "收入": went, "支出": came, "还剩": balance, "说啥": memo}
    found = propose(files.text(table(movements(20), columns)), "odd.csv")
    assert found.profile is None and found.findings


def test_a_saved_layout_reads_no_other_sheet_that_has_its_words(profiles_folder: Path) -> None:
    """Of the same words and one more, a signed sheet's layout would take a flag for an amount."""
    rows = movements(24, seed=3)
    found = propose(files.text(table(rows, UNKNOWN["signed"])), "signed.csv")
    assert found.profile is not None and found.reading is not None
    save(found.profile, found.header, found.reading)
    with pytest.raises(Refused):
        read_bytes(files.text(table(rows, UNKNOWN["flag"])), "flag.csv")


def test_the_saved_test_names_nobody_and_keeps_no_amount(profiles_folder: Path) -> None:
    rows = movements(30, seed=5)
    columns = {**UNKNOWN["flag"], "栏八": lambda row: "机密 138-0000-0000"}
    found = propose(files.text(sheet(columns, rows)), "unknown.csv")
    assert found.profile is not None and found.reading is not None
    save(found.profile, found.header, found.reading)
    told = "".join(path.read_text(encoding="utf-8") for path in profiles_folder.iterdir())
    for secret in (*NAMES, OWN, "机密", "138-0000", *(row.account for row in rows)):
        assert secret not in told
    sizes = {row.size for row in rows if abs(row.fen) > 10_000}
    assert not any(f'"{text}"' in told or f",{text}," in told for text in sizes)
    assert not any(row.token in told for row in rows)


def test_a_saved_sample_that_reads_otherwise_is_told(profiles_folder: Path) -> None:
    found = propose(files.text(table(movements(24), UNKNOWN["two columns"])), "unknown.csv")
    assert found.profile is not None and found.reading is not None
    path = save(found.profile, found.header, found.reading)
    assert mingbai("profile", "test").status == 0
    path.write_text(path.read_text(encoding="utf-8").replace('"进了"', '"XX"', 1), encoding="utf-8")
    told = mingbai("profile", "test")
    assert told.status == 1 and path.stem in told.err


def test_a_profile_is_written_as_it_is_read() -> None:
    found = propose(files.text(table(movements(24), UNKNOWN["flag"])), "unknown.csv", title='é"\\')
    assert found.profile is not None
    assert profile_from(toml_of(found.profile), found.profile.id) == found.profile


# ---- the command -------------------------------------------------------------------------------


def test_the_command_shows_first_and_saves_when_told(tmp_path: Path, profiles_folder: Path) -> None:
    path = tmp_path / "pay.csv"
    path.write_bytes(files.text(sheet(UNKNOWN["two columns"], movements(20))))
    first = mingbai("read", str(path))
    assert first.status == 0 and "mingbai profile new" in first.out
    shown = mingbai("profile", "new", str(path))
    assert shown.status == 0 and "P4 pass" in shown.out and 'in = ["进了"]' in shown.out
    assert not profiles_folder.exists()
    assert mingbai("profile", "new", str(path), "--accept", "--name", "Town pay").status == 0
    assert "town-pay\tTown pay" in mingbai("profile", "list").out
    assert mingbai("read", str(path)).status == 0
    assert mingbai("profile", "test").status == 0
    assert "profile-known" in mingbai("profile", "new", str(path), "--accept").err


def test_what_is_not_proven_is_saved_only_when_told_column_by_column(
    tmp_path: Path, profiles_folder: Path
) -> None:
    path = tmp_path / "pay.csv"
    columns: Columns = {"日子": day, "进了": came, "花了": went, "说啥": memo}
    rows = movements(20)
    path.write_bytes(files.text(table(rows, columns)))
    assert mingbai("profile", "new", str(path), "--accept").status == 1
    assert mingbai("profile", "new", str(path), "--accept", "--in", "进了").status == 1
    assert (
        mingbai("profile", "new", str(path), "--accept", "--in", "没", "--out", "花了").status == 1
    )
    assert not profiles_folder.exists()
    told = mingbai(
        "profile", "new", str(path), "--accept", "--date", "日子", "--in", "进了", "--out", "花了"
    )
    assert told.status == 0, told.err
    reading = read_bytes(path.read_bytes(), path.name)
    assert [line.amount.fen for line in reading.lines] == [row.fen for row in rows]


def test_amounts_without_a_minus_are_not_all_money_in_because_a_person_names_their_column(
    tmp_path: Path, profiles_folder: Path
) -> None:
    path = tmp_path / "pay.csv"
    columns: Columns = {"日子": day, "多少": size, "向": words("进", "去"), "说啥": memo}
    rows = movements(20)
    path.write_bytes(files.text(table(rows, columns)))
    told = mingbai("profile", "new", path, "--accept", "--date", "日子", "--amount", "多少")
    assert told.status == 1 and "--flag" in told.err and not profiles_folder.exists()
    flagged = ("--flag", "向", "--came", "进", "--went", "去")
    told = mingbai(
        "profile", "new", path, "--accept", "--date", "日子", "--amount", "多少", *flagged
    )
    assert told.status == 0, told.err
    reading = read_bytes(path.read_bytes(), path.name)
    assert not judge(reading, rows) and whole(reading, rows)


def test_columns_told_wrongly_are_caught_by_the_balance(tmp_path: Path) -> None:
    path = tmp_path / "pay.csv"
    path.write_bytes(files.text(table(movements(20), UNKNOWN["two columns"])))
    told = mingbai(
        "profile",
        "new",
        str(path),
        "--accept",
        "--in",
        "花了",
        "--out",
        "进了",
        "--balance",
        "还剩",
    )
    assert told.status == 1 and "not-proven" in told.err


def test_a_broken_saved_layout_is_named_not_a_traceback(
    tmp_path: Path, profiles_folder: Path
) -> None:
    profiles_folder.mkdir(parents=True)
    (profiles_folder / "bad.toml").write_text("name = [", encoding="utf-8")
    path = tmp_path / "a.csv"
    path.write_bytes(files.text(table(movements(20), UNKNOWN["two columns"])))
    told = mingbai("read", str(path))
    assert told.status == 2 and "bad.toml" in told.out + told.err
    assert mingbai("profile", "test").status == 1
