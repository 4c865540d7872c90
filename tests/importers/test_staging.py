"""Importing: what a file brings in, what is known already, and what stands against drafting it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers import staging
from importers.drafting import OtherSide
from importers.read import read_bytes
from ledger.errors import NotAllowed, Refused
from ledger.layout import unit_folder
from ledger.registry import Registry, month_states, oplog, statement_files
from ledger.registry.schema import metadata
from tests.asked import asked
from tests.house import BANK, CASH, UNIT, House, build_house
from tests.importers.desk import BALANCES, BARE, FULL, OTHER_NUMBER, Desk, Layout, history

RULE = """
[[rule]]
title = "往来款"
memo = "笔"
to = { account = "Liabilities:215-其他应付款", fund = "F01" }
"""
MOVES = history([2500, -1250, 99, 4800, -4800, 100_00])


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)


@pytest.fixture
def small_desk(small_house: House) -> Desk:
    return Desk(small_house)


# ---- what comes in -----------------------------------------------------------------------------


def test_a_statement_is_staged_once_and_its_lines_keep_their_order(desk: Desk) -> None:
    done = desk.read_in(FULL.csv(MOVES))
    assert (done.new, done.known, done.grade, done.again) == (6, 0, "A", False)
    assert desk.fens() == [move.fen for move in MOVES]
    again = desk.read_in(FULL.csv(MOVES), "renamed.csv")
    assert (again.new, again.again, again.number) == (0, True, done.number)
    assert desk.fens() == [move.fen for move in MOVES]


def test_every_row_of_a_file_is_kept_as_it_stood(desk: Desk) -> None:
    data = FULL.csv([*MOVES[:5], replace(MOVES[5], memo='引号"与\\')])
    data += "2026-03-09 10:00:00,不是金额,,,,,,\r\n".encode("gb18030")
    reading = read_bytes(data, "march.csv")
    done = desk.read_in(data)
    with desk.registry.read() as conn:
        lines = statement_files.raw_lines(conn, desk.registry.vault, done.number)
        waiting = statement_files.parked(conn, desk.registry.vault, UNIT)
    assert lines == {line.row: line.raw for line in reading.lines}
    assert [row.cells for row in waiting] == [row.raw for row in reading.parked] != []


def test_who_waits_hears_how_far_it_is(small_desk: Desk) -> None:
    small_desk.rules(RULE)
    data = FULL.csv(history([2500, -1250] * 3000, per_day=400))
    heard: list[tuple[int, int]] = []
    house = small_desk.house
    staging.import_statement(
        house.registry, UNIT, read_bytes(data, "long.csv"), data, house.maker, house.now,
        tell=lambda done, of: heard.append((done, of)),
    )  # fmt: skip
    assert heard == [(5000, 6000), (6000, 6000)]


def test_the_same_statement_as_a_workbook_and_newest_first_brings_nothing_new(desk: Desk) -> None:
    desk.read_in(FULL.csv(MOVES))
    for data in (FULL.xlsx(MOVES), replace(FULL, newest_first=True).csv(MOVES)):
        done = desk.read_in(data)
        assert (done.new, done.known, done.again) == (0, 6, False)


def test_two_equal_dues_on_one_day_stay_two_in_one_file_and_in_two(desk: Desk) -> None:
    equal = history([2500, 2500, 7])
    twins = [replace(m, ref="", name="同一单位", memo="会费") for m in equal]
    assert desk.read_in(BARE.csv(twins[:2]), "a.csv").new == 2
    assert desk.read_in(BARE.csv(twins), "b.csv").new == 1
    assert Counter(desk.fens()) == {2500: 2, 7: 1}


def test_a_day_known_in_part_brings_in_the_rest(desk: Desk) -> None:
    twins = [replace(m, ref="", name="同一单位", memo="会费") for m in history([2500, 2500, 7])]
    assert desk.read_in(BARE.csv(twins[:1]), "noon.csv").new == 1
    assert desk.read_in(BARE.csv(twins), "evening.csv").new == 2


def test_a_workbook_of_two_sheets_keeps_every_row(small_desk: Desk) -> None:
    import io

    import openpyxl

    book = openpyxl.Workbook()
    for place, part in enumerate((MOVES[:4], MOVES[4:])):
        sheet = book.active if place == 0 else book.create_sheet()
        assert sheet is not None
        for row in FULL.rows(part):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    assert small_desk.read_in(out.getvalue(), "two.xlsx").new == 6


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    fens=st.lists(st.sampled_from([2500, 2500, -2500, 1, -99]), min_size=3, max_size=12),
    cuts=st.lists(st.integers(1, 10), max_size=3),
    layout=st.sampled_from([FULL, BALANCES, BARE]),
    order=st.randoms(),
    turned=st.booleans(),
)
def test_overlapping_files_in_any_order_give_exactly_the_history(
    tmp_path_factory: pytest.TempPathFactory, fens: list[int], cuts: list[int], layout: Layout,
    order: object, turned: bool,
) -> None:  # fmt: skip
    moves = [replace(move, name="同一单位", memo="会费") for move in history(fens)]
    days = sorted({move.at.date() for move in moves})
    starts = sorted({0, *(cut % len(days) for cut in cuts)})
    windows = []
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else len(days) - 1
        windows.append([m for m in moves if days[start] <= m.at.date() <= days[end]])
    order.shuffle(windows)  # type: ignore[attr-defined]
    folder = tmp_path_factory.mktemp("cover") / "federation"
    house = build_house(folder, url="sqlite:///registry.db", now=datetime(2026, 3, 20, 9))
    desk = Desk(house)
    for place, window in enumerate(windows):
        shown = replace(layout, newest_first=turned and place % 2 == 0)
        desk.read_in(shown.csv(window), f"{place}.csv", BANK)
    got = [(line.day, line.fen, line.balance_fen) for line in desk.lines()]
    house.registry.close()
    want = [(move.at.date(), move.fen, move.held if layout.balances else None) for move in moves]
    assert Counter(got) == Counter(want)


# ---- two layouts of one account ----------------------------------------------------------------


def test_a_second_layout_of_the_same_days_is_known_by_its_running_balances(desk: Desk) -> None:
    desk.rules(RULE)
    desk.read_in(FULL.csv(MOVES))
    for other in (BALANCES, replace(BALANCES, times=False), replace(BALANCES, accounts=False)):
        done = desk.read_in(other.csv(MOVES), "other-layout.csv")
        assert (done.new, done.known) == (0, 6)
    assert len(desk.drafts()) == 6


def test_a_layout_without_balances_raises_questions_and_drafts_nothing_twice(desk: Desk) -> None:
    desk.rules(RULE)
    desk.read_in(FULL.csv(MOVES))
    done = desk.read_in(BARE.csv(MOVES), "bare.csv")
    assert done.drafts == ()
    assert "lines-missing" in {found.rule for found in done.findings}
    assert all("可能就是流水" in q.reason for q in desk.questions())
    assert staging.match_again(desk.registry, UNIT, desk.house.maker, desk.house.now).drafts == ()


def test_equal_amounts_of_one_day_in_another_layout_are_asked_about_not_merged(desk: Desk) -> None:
    """The second file knows one payment more: of three equal ones, nobody guesses which is new."""
    day = [replace(m, at=datetime(2026, 3, 4, 9, n)) for n, m in enumerate(history([25, 25, 25]))]
    desk.rules(RULE)
    desk.read_in(FULL.csv(day[:2]))
    done = desk.read_in(BALANCES.csv(day), "other.csv")
    assert done.new == 3
    assert done.drafts == ()


# ---- proofs and neighbours ---------------------------------------------------------------------


def test_a_statement_that_joins_the_one_before_passes_p5_in_either_order(desk: Desk) -> None:
    first, second = MOVES[:2], MOVES[2:]
    assert desk.read_in(FULL.csv(second), "b.csv").proofs["P5"] == "n/a"
    assert desk.read_in(FULL.csv(first), "a.csv").proofs["P5"] == "pass"


def test_an_overlap_is_no_gap(desk: Desk) -> None:
    desk.rules(RULE)
    desk.read_in(FULL.csv(MOVES[:2]), "0.csv")
    desk.read_in(FULL.csv(MOVES[2:5]), "1.csv")
    done = desk.read_in(FULL.csv(MOVES[4:]), "2.csv")
    assert (done.proofs["P5"], done.grade, len(done.drafts)) == ("pass", "A", 1)


def test_a_gap_is_reported_and_its_filling_lets_lines_become_drafts(desk: Desk) -> None:
    desk.rules(RULE)
    desk.read_in(FULL.csv(MOVES[:2]), "a.csv")
    late = desk.read_in(FULL.csv(MOVES[4:]), "c.csv")
    assert (late.proofs["P5"], late.grade, late.drafts) == ("fail", "C", ())
    gap = next(found for found in late.findings if found.rule == "statement-gap")
    assert "48.99" in gap.what.zh
    assert "1 天" in gap.what.zh
    filled = desk.read_in(FULL.csv(MOVES[2:4]), "b.csv")
    assert filled.proofs["P5"] == "pass"
    matched = staging.match_again(desk.registry, UNIT, desk.house.maker, desk.house.now)
    assert (len(matched.drafts), matched.questions) == (2, ())


def test_a_statement_that_fails_a_proof_or_proves_nothing_drafts_nothing(desk: Desk) -> None:
    desk.rules(RULE)
    broken = [*MOVES[:3], replace(MOVES[3], held=MOVES[3].held + 1), *MOVES[4:]]
    for layout, moves in ((replace(FULL, opening=True), broken), (BARE, MOVES[:0] + MOVES[4:])):
        done = desk.read_in(layout.csv(moves), "unproven.csv")
        assert done.drafts == ()
        assert done.grade == "C"
        assert "unproven" in {found.rule for found in done.findings}


def test_lines_that_the_bank_no_longer_lists_are_told(desk: Desk) -> None:
    desk.read_in(FULL.csv(MOVES))
    desk_file = replace(BARE, title="银行更正后的明细").csv([*MOVES[:2], *MOVES[4:]])
    done = desk.read_in(desk_file, "corrected.csv")
    missing = next(found for found in done.findings if found.rule == "lines-missing")
    assert missing.severity == "warning"


# ---- the right account -------------------------------------------------------------------------


def test_the_printed_account_number_chooses_the_account(desk: Desk) -> None:
    assert desk.read_in(FULL.csv(MOVES)).account == BANK
    other = replace(FULL, number="6200****0026")
    assert desk.read_in(other.csv(MOVES), "other.csv").account == CASH


@pytest.mark.parametrize("number", [OTHER_NUMBER, "6200****0026", "6222020200001234567"])
def test_a_statement_of_another_account_number_is_refused(desk: Desk, number: str) -> None:
    with pytest.raises(Refused, match="wrong-account"):
        desk.read_in(replace(FULL, number=number).csv(MOVES), account=BANK)
    assert desk.lines() == []


@pytest.mark.parametrize("number", ["6200000000000000018", "6200****0018", "尾号0018"])
def test_whole_masked_and_tail_numbers_are_the_accounts(small_desk: Desk, number: str) -> None:
    assert small_desk.read_in(replace(FULL, number=number).csv(MOVES), account="10201").new == 6


def test_one_file_is_not_imported_for_two_accounts(desk: Desk) -> None:
    data = replace(FULL, number="").csv(MOVES)
    desk.read_in(data, account=BANK)
    with pytest.raises(Refused, match="imported-elsewhere"):
        desk.read_in(data, account=CASH)


def test_an_unknown_number_does_not_fall_back_to_the_kind(desk: Desk) -> None:
    with pytest.raises(Refused, match="which-account"):
        desk.read_in(replace(FULL, number="6222020200001234567").csv(MOVES))


def test_foreign_currency_is_asked_about_even_where_a_rule_fits(desk: Desk) -> None:
    desk.rules(RULE)
    done = desk.read_in(replace(FULL, currency="美元").csv(MOVES))
    assert done.drafts == ()
    assert all("外币" in question.reason for question in desk.questions())


def test_only_who_records_may_import(desk: Desk) -> None:
    data = FULL.csv(MOVES)
    for user in (desk.house.checker, desk.house.reader, desk.house.administrator):
        with pytest.raises(NotAllowed):
            staging.import_statement(
                desk.registry, UNIT, read_bytes(data, "a.csv"), data, user, desk.house.now
            )


def test_no_name_reaches_the_book_the_log_or_a_draft(desk: Desk) -> None:
    desk.rules(RULE)
    name = "欧阳示例"
    desk.member(name, "0007")
    desk.read_in(FULL.csv([replace(move, name=name) for move in MOVES]))
    assert len(list(desk.approve_all())) == 6
    with desk.registry.read() as conn:
        acts = "".join(f"{act.object} {act.detail}" for act in oplog.entries(conn))
        payloads = "".join(str(waits.draft) for waits in desk.drafts())
    folder = unit_folder(desk.registry.folder, UNIT)
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.bean"))
    assert name not in acts + payloads + text


def test_a_line_of_a_closed_month_waits_and_may_be_entered_later(desk: Desk) -> None:
    desk.rules(RULE)
    desk.house.post(desk.house.draft())
    with desk.registry.write() as conn:
        closed = month_states.MonthRow("2026-03", "closed", "", desk.house.maker.id, "2026-04-01")
        month_states.set_month(conn, UNIT, closed)
    assert desk.read_in(FULL.csv(MOVES)).drafts == ()
    question = desk.questions()[0]
    assert "已结账" in question.reason
    side = staging_side(question)
    with pytest.raises(Refused, match="month-closed"):
        staging.answer(
            desk.registry, UNIT, question.number, [side], desk.house.maker, desk.house.now
        )
    with pytest.raises(Refused, match="day-before-line"):
        staging.answer(
            desk.registry, UNIT, question.number, [side], desk.house.maker, desk.house.now,
            day=date(2026, 2, 1),
        )  # fmt: skip
    staging.answer(
        desk.registry, UNIT, question.number, [side], desk.house.maker, desk.house.now,
        day=date(2026, 4, 1), narration="三月收款",
    )  # fmt: skip
    assert desk.drafts()[0].draft.day == date(2026, 4, 1)


def staging_side(question: staging.OpenLine) -> OtherSide:
    return OtherSide("Liabilities:215-其他应付款", "F01", question.amount)


# ---- at the same time, and killed --------------------------------------------------------------


def _import_all(folder: str, url: str, names: list[str], barrier: object) -> None:
    os.environ["MINGBAI_DATABASE_URL"] = url
    registry = Registry.open(Path(folder))
    with registry.read() as conn:
        from ledger.registry import users

        user = next(one for one in users.all_users(conn) if one.login == "zhou")
    barrier.wait()  # type: ignore[attr-defined]
    for name in names:
        data = Path(name).read_bytes()
        staging.import_statement(
            registry, UNIT, read_bytes(data, "x.csv"), data, user,
            datetime(2026, 3, 20, 9), account=BANK,
        )  # fmt: skip
    registry.close()


@pytest.mark.parametrize("same", [True, False])
def test_two_imports_at_once_stage_each_line_once(desk: Desk, tmp_path: Path, same: bool) -> None:
    moves = history([2500] * 40, per_day=4)
    parts = [moves, moves] if same else [moves[:24], moves[16:]]
    names = []
    for place, part in enumerate(parts):
        path = tmp_path / f"{place}.csv"
        path.write_bytes(FULL.csv(part))
        names.append(str(path))
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    url = desk.registry.engine.url.render_as_string(hide_password=False)
    workers = [
        context.Process(
            target=_import_all, args=(str(desk.registry.folder), url, [name], barrier)
        )
        for name in names
    ]  # fmt: skip
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert desk.fens() == [2500] * 40
    with desk.registry.read() as conn:
        assert len(statement_files.files(conn, UNIT)) == (1 if same else 2)
        assert oplog.verify(conn) == []


def test_a_killed_import_leaves_nothing_or_everything(desk: Desk, tmp_path: Path) -> None:
    desk.rules(RULE)
    moves = history([2500, -1250] * 400, per_day=40)
    path = tmp_path / "long.csv"
    path.write_bytes(FULL.csv(moves))
    context = multiprocessing.get_context("spawn")
    url = desk.registry.engine.url.render_as_string(hide_password=False)
    for wait in (0.0, 0.05, 0.15, 0.3):
        barrier = context.Barrier(2)
        worker = context.Process(
            target=_import_all,
            args=(str(desk.registry.folder), url, [str(path)], barrier),
        )
        worker.start()
        barrier.wait(30)
        worker.join(wait)
        if worker.exitcode is None:
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
            worker.join(30)
        counts = _counts(desk)
        assert counts in ({}, {"statement_file": 1, "raw_block": 2, "statement_row": 800,
                               "proposal": 800, "draft": 800}), counts  # fmt: skip
    done = desk.read_in(path.read_bytes())
    assert done.new + done.known == 800
    assert len(desk.drafts()) == 800


def _counts(desk: Desk) -> dict[str, int]:
    from sqlalchemy import func, select

    names = ("statement_file", "raw_block", "statement_row", "proposal", "draft")
    with desk.registry.read() as conn:
        counts = {
            name: conn.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
            for name in names
        }
    return {name: count for name, count in counts.items() if count}


def test_an_import_never_walks_through_a_table_of_history(small_desk: Desk) -> None:
    """Every question that it asks of what has grown is answered by an index."""
    small_desk.rules(RULE)
    small_desk.read_in(FULL.csv(MOVES[:3]), "first.csv")
    refund = replace(MOVES[5], memo=f"退款 {MOVES[0].ref}")
    with asked(small_desk.registry) as heard:
        small_desk.read_in(FULL.csv([*MOVES[2:5], refund]), "second.csv")
    grown = ("statement_row", "proposal", "decision", "draft", "claim", "entry", "operation")
    walks = []
    with small_desk.registry.read() as conn:
        for text, values in heard:
            if not text.startswith("SELECT"):
                continue
            plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all()  # type: ignore[arg-type]
            walks += [
                f"{row[3]}: {text}" for row in plan
                if (any(row[3] == f"SCAN {name}" for name in grown)
                and "ORDER BY operation.id DESC" not in text)
                or "draft_unit_state" in row[3]
            ]  # fmt: skip
    assert len(heard) > 10
    assert walks == []
