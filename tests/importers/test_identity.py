"""Import ids: which line is which, by serial, balance or words, counted as a multiset."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from importers.identity import import_ids
from importers.line import BankLine
from importers.read import read_bytes
from ledger.money import Money
from tests.importers.desk import BALANCES, BARE, FULL, Layout, Move, history

ACCOUNT = "Assets:102-银行存款:01-基本户"
LINE = BankLine(
    day=date(2026, 3, 5),
    booked_at="2026-03-05T09:00:00",
    amount=Money(2500),
    balance_after=Money(102500),
    counterparty="示例商贸有限公司",
    counterparty_account="6222 0000",
    memo="往来款",
    bank_ref="880001",
)


def ids_of(*lines: BankLine) -> list[str]:
    return import_ids(lines, ACCOUNT)


def ids_in(data: bytes) -> list[str]:
    reading = read_bytes(data, "statement")
    return import_ids(reading.lines[:: -1 if reading.descending else 1], ACCOUNT)


def test_a_serial_with_day_and_amount_names_a_line_whatever_else_it_says() -> None:
    again = replace(
        LINE, booked_at="2026-03-05", balance_after=None, counterparty="", memo="x", row=7
    )
    assert ids_of(LINE) == ids_of(again)


def test_a_serial_that_recurs_on_another_day_or_with_another_amount_is_another_line() -> None:
    other_day = replace(LINE, day=date(2027, 3, 5))
    fee = replace(LINE, amount=Money(-50))
    assert len({*ids_of(LINE, other_day, fee)}) == 3


def test_without_a_serial_moment_amount_and_balance_name_a_line() -> None:
    plain = replace(LINE, bank_ref="")
    assert ids_of(plain) == ids_of(replace(plain, memo="银行改了摘要", counterparty="另写"))
    for other in (
        replace(plain, booked_at="2026-03-05T09:00:01"),
        replace(plain, amount=Money(2501)),
        replace(plain, balance_after=Money(102501)),
    ):
        assert ids_of(plain) != ids_of(other)


def test_without_either_the_words_count_however_they_are_spaced_or_wide() -> None:
    bare = replace(LINE, bank_ref="", balance_after=None)
    assert ids_of(bare) == ids_of(replace(bare, memo=" 往 来款　", counterparty_account="x"))
    assert ids_of(replace(bare, memo="ABC 12")) == ids_of(replace(bare, memo="ａｂｃ１２"))
    assert ids_of(bare) != ids_of(replace(bare, memo="别的"))


def test_equal_lines_are_counted() -> None:
    bare = replace(LINE, bank_ref="", balance_after=None)
    once, twice = ids_of(bare), ids_of(bare, bare)
    assert twice[0] == once[0]
    assert twice[0] != twice[1]


def test_another_account_gives_other_ids() -> None:
    assert import_ids([LINE], ACCOUNT) != import_ids([LINE], ACCOUNT + "2")


def test_ids_do_not_change_between_versions_of_the_program() -> None:
    """Golden: a change here would bring every known line in again."""
    bare = replace(LINE, bank_ref="", balance_after=None)
    assert [ids_of(LINE)[0], ids_of(replace(LINE, bank_ref=""))[0], *ids_of(bare, bare)] == [
        "imp-202603059848c3a40e2de823d27bc792",
        "imp-202603059beb6083aaa8cd84c59ed5c6",
        "imp-20260305dbe19e2176be85be2a588774",
        "imp-2026030503328879c294b95b41de98c4",
    ]


def test_a_statement_has_the_same_ids_as_csv_and_as_a_workbook_and_turned_round() -> None:
    moves = history([2500, 2500, -1250, 99, -4800, 2500, 100_00])
    for layout in (FULL, BALANCES):
        want = ids_in(layout.csv(moves))
        assert want == ids_in(layout.xlsx(moves))
        assert want == ids_in(layout.csv(moves, "utf-8-sig"))
        assert want == ids_in(replace(layout, newest_first=True).csv(moves))
        assert len(set(want)) == len(moves)


def test_equal_lines_are_counted_from_the_oldest_even_in_a_file_that_begins_with_the_newest() -> (
    None
):
    """25 in from one, 25 out, 25 in from another: day, amount and balance are the same twice."""
    a, b, c = history([2500, -2500, 2500], per_day=3)
    moves = [replace(a, name="甲公司"), b, replace(c, name="乙公司")]
    layout = Layout(serials=False, times=False)
    morning = ids_in(layout.csv(moves[:1]))
    evening = ids_in(replace(layout, newest_first=True).csv(moves))
    assert evening[0] == morning[0]
    assert evening[2] not in morning


@settings(max_examples=40, deadline=None)
@given(
    fens=st.lists(st.sampled_from([2500, 2500, -2500, 1, -100]), min_size=2, max_size=14),
    cuts=st.lists(st.integers(0, 13), min_size=0, max_size=4),
    shown=st.sampled_from(["serial", "balance", "bare"]),
    order=st.randoms(),
)
def test_any_overlapping_cover_of_a_history_by_windows_is_exactly_the_history(
    fens: list[int], cuts: list[int], shown: str, order: object
) -> None:
    """Serials, and balances with moments, may be cut anywhere; other layouts between days."""
    per_day = 2
    moves = [replace(m, ref=m.ref if shown == "serial" else "") for m in history(fens)]
    lines = [_line(move, shown) for move in moves]
    days = sorted({line.day for line in lines})
    starts = sorted({0, *(cut % len(days) for cut in cuts)})
    windows = []
    for place, start in enumerate(starts):
        last = starts[place + 1] if place + 1 < len(starts) else len(days) - 1
        inside = set(days[start : last + 1])  # each window holds the next one's first day
        windows.append([line for line in lines if line.day in inside])
    if shown != "bare":
        windows += [lines[start * per_day + 1 :] for start in starts]
    order.shuffle(windows)  # type: ignore[attr-defined]
    known: dict[str, BankLine] = {}
    for window in windows:
        for line, import_id in zip(window, import_ids(window, ACCOUNT), strict=True):
            known.setdefault(import_id, line)
    assert sorted(known) == sorted(import_ids(lines, ACCOUNT))
    assert Counter(line.amount for line in known.values()) == Counter(x.amount for x in lines)


def _line(move: Move, shown: str) -> BankLine:
    whole = shown != "bare"
    return BankLine(
        day=move.at.date(),
        booked_at=move.at.isoformat() if whole else move.at.date().isoformat(),
        amount=Money(move.fen),
        balance_after=Money(move.held) if whole else None,
        counterparty=move.name,
        memo="会费",
        bank_ref=move.ref,
    )


def test_layouts_of_every_tier_read_every_line() -> None:
    moves = history([2500, -1250, 99])
    for layout in (FULL, BALANCES, BARE):
        assert len(ids_in(layout.csv(moves))) == 3
