"""Working papers: kept once, noted on, read by auditors alone; and nothing else is written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from ledger import checking
from ledger.audit import working_papers
from ledger.audit.catalogue import OWN_FILE
from ledger.audit.drawing import Terms, draw_sample
from ledger.audit.running import run
from ledger.dues.assessing import rulebook_for
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.layout import unit_folder
from ledger.registry import audit_papers, oplog, units
from ledger.registry.audit_papers import PaperRow
from tests.audit import bench
from tests.audit.bench import another
from tests.audit.untouched import standing
from tests.cli.command import by_user, mingbai
from tests.house import BANK, OFFICE, PASSWORD, UNIT, House

NOTE = "与欧阳文远核对，电话 13812345678"


@pytest.fixture
def filled(house: House) -> House:
    house.post(house.draft("900.00"))
    for day in (10, 12):
        draft = house.draft(
            "120.00", debit=OFFICE, credit=BANK, kind="付", payee="示例商行", day=date(2026, 3, day)
        )
        house.post(draft)
    return house


def kept(house: House, seed: int = 7) -> PaperRow:
    drawn = draw_sample(house.registry, Terms(UNIT, seed, 3, "mus"))
    return working_papers.keep_sample(house.registry, drawn, house.reader, house.now)


def test_the_same_sample_is_one_paper(filled: House) -> None:
    row = kept(filled)
    assert kept(filled) == row and kept(filled, seed=8).code != row.code
    paper = working_papers.read(filled.registry, UNIT, row.code, filled.reader)
    assert [item.row.place for item in paper.items] == list(range(1, len(paper.items) + 1))
    assert paper.terms["seed"] == 7 and paper.counts()[""] == len(paper.items) > 0
    with filled.registry.read() as conn:
        acts = [one.object for one in oplog.entries(conn, UNIT, actions=["audit.sample"])]
    assert len(acts) == 2


def test_what_procedures_told_of_is_kept_with_their_digests(filled: House) -> None:
    found = run(filled.registry, [UNIT], filled.now.date(), only=["duplicates", "number-gaps"])
    (row,) = working_papers.keep_run(filled.registry, found, filled.reader, filled.now)
    (again,) = working_papers.keep_run(filled.registry, found, filled.reader, filled.now)
    assert again == row
    paper = working_papers.read(filled.registry, UNIT, row.code, filled.reader)
    assert [(one.row.test, one.row.ref) for one in paper.items] == [
        ("duplicates", f"{UNIT}/付-202603-0002")
    ]
    assert set(paper.terms["tests"]) == {"duplicates", "number-gaps"}
    assert (paper.row.entries, paper.row.chain) == found.heads[UNIT]


def test_notes_follow_each_other_and_are_sealed(filled: House) -> None:
    row = kept(filled)
    registry, reader = filled.registry, filled.reader
    for mark, text in (("exception", NOTE), ("cleared", "已见原件")):
        working_papers.note(registry, UNIT, row.code, 1, mark, text, reader, filled.now)
    item = working_papers.read(registry, UNIT, row.code, reader).items[0]
    assert [(mark, text) for mark, text, _, _ in item.notes] == [
        ("exception", NOTE), ("cleared", "已见原件"),
    ]  # fmt: skip
    assert item.mark == "cleared"
    with registry.read() as conn:
        sealed = [one.sealed for one in audit_papers.marks(conn, UNIT, row.code)[1]]
        log = [str(one) for one in oplog.entries(conn, UNIT)]
    assert not any(b"138" in one or "欧阳".encode() in one for one in sealed)
    assert not any("欧阳" in one or "13812345678" in one for one in log)
    for path in registry.folder.glob("registry.db*"):
        data = path.read_bytes()
        assert not any(word.encode() in data for word in (NOTE, "欧阳", "13812345678", "已见原件"))


def test_an_earlier_note_stands_as_it_was_written(filled: House) -> None:
    code, registry = kept(filled).code, filled.registry
    for text in ("第一次", "第二次", "第三次"):
        before = working_papers.read(registry, UNIT, code, filled.reader).items[0].notes
        later = filled.later(hours=len(before) + 1)
        item = working_papers.note(registry, UNIT, code, 1, "exception", text, filled.reader, later)
        assert item.notes[:-1] == before and item.notes[-1][1] == text
    with registry.read() as conn:
        rows = audit_papers.marks(conn, UNIT, code)[1]
    assert [row.number for row in rows] == [1, 2, 3]
    # A note is sealed for its place: put elsewhere it does not open.
    with registry.write() as conn:
        moved = replace(rows[0], place=2, number=1)
        audit_papers.add_mark(conn, moved)
    with pytest.raises(CannotRun):
        working_papers.read(registry, UNIT, code, filled.reader)


def test_a_run_over_units_of_which_one_may_not_be_audited_keeps_nothing(filled: House) -> None:
    found = run(filled.registry, [UNIT], filled.now.date(), only=["number-gaps"])
    both = replace(found, units=(UNIT, "elsewhere"))
    only_here = another(filled, "tang", place=UNIT)
    with pytest.raises(NotAllowed):
        working_papers.keep_run(filled.registry, both, only_here, filled.now)
    with filled.registry.read() as conn:
        assert audit_papers.of_units(conn, [UNIT]) == []
    assert len(working_papers.keep_run(filled.registry, found, only_here, filled.now)) == 1


def test_an_auditor_of_another_unit_reads_nothing_of_this_one(filled: House) -> None:
    with filled.registry.write() as conn:
        units.add(
            conn, unit="other", name="示例", name_en="Example", chart="union-2021-basic",
            opened=date(2026, 1, 1), limit_fen=0, upper=None,
        )  # fmt: skip
    code, stranger = kept(filled).code, another(filled, "tang", place="other")
    with pytest.raises(NotAllowed):
        working_papers.read(filled.registry, UNIT, code, stranger)
    with pytest.raises(NotAllowed):
        working_papers.note(filled.registry, UNIT, code, 1, "seen", "", stranger, filled.now)
    drawn = draw_sample(filled.registry, Terms(UNIT, 7, 3, "mus"))
    with pytest.raises(NotAllowed):
        working_papers.keep_sample(filled.registry, drawn, stranger, filled.now)
    folder = filled.registry.folder
    for words in ("audit papers", "audit run", "audit sample"):
        more = ("--seed", "7", "--size", "3") if words == "audit sample" else ()
        done = by_user(folder, "tang", words, "--unit", UNIT, *more)
        assert done.status == 1 and "Traceback" not in done.err, words
    listed = by_user(folder, "tang", "audit papers", "--json")
    assert json.loads(listed.out)["papers"] == []


@pytest.mark.parametrize(
    ("place", "mark", "text", "rule"),
    [
        (1, "exception", "", "bad-mark"), (1, "cleared", "  ", "bad-mark"),
        (1, "fine", "好", "bad-mark"), (99, "seen", "", "no-item"), (0, "seen", "", "no-item"),
    ],
)  # fmt: skip
def test_a_note_that_is_none_is_refused(
    filled: House, place: int, mark: str, text: str, rule: str
) -> None:
    code = kept(filled).code
    with pytest.raises(Refused, match=rule):
        working_papers.note(
            filled.registry, UNIT, code, place, mark, text, filled.reader, filled.now
        )


def test_who_keeps_the_book_reads_no_working_paper(filled: House) -> None:
    code = kept(filled).code
    for who in (filled.maker, filled.checker, filled.administrator):
        with pytest.raises(NotAllowed):
            working_papers.read(filled.registry, UNIT, code, who)
        with pytest.raises(NotAllowed):
            working_papers.note(filled.registry, UNIT, code, 1, "seen", "", who, filled.now)
    with pytest.raises(Refused, match="no-paper"):
        working_papers.note(
            filled.registry, UNIT, "DG2026-0999-0", 1, "seen", "", filled.reader, filled.now
        )
    with pytest.raises(Refused, match="no-paper"):
        working_papers.read(filled.registry, UNIT, "DG2026-0999-0", filled.reader)


# ---- nothing else is written -------------------------------------------------------------------


@pytest.mark.parametrize("login", ["shen", "zhou", None])
def test_procedures_and_samples_write_no_byte_but_papers_and_the_log(
    small_house: House, login: str | None
) -> None:
    house = small_house
    house.post(house.draft("900.00"))
    folder = house.registry.folder
    before = standing(house.registry)
    who = () if login is None else ("--user", login)
    sample = ("audit", "sample", folder, "--unit", UNIT, "--seed", "7", "--size")
    for words in (
        ("audit", "run", folder, "--json"),
        ("audit", "run", folder, "--unit", UNIT, "--test", "benford"),
        (*sample, "30", "--json"),
        (*sample, "3", "--method", "random"),
    ):
        done = mingbai(*words, *who, MINGBAI_PASSWORD=PASSWORD)
        assert done.status == 0, done.err
    if login == "shen":
        listed = mingbai("audit", "papers", folder, "--json", *who, MINGBAI_PASSWORD=PASSWORD)
        code = json.loads(listed.out)["papers"][-1]["code"]
        kept_run = mingbai("audit", "run", folder, "--keep", *who, MINGBAI_PASSWORD=PASSWORD)
        assert kept_run.status == 0 and "底稿 kept: DG2026-" in kept_run.out
        for done in (
            by_user(folder, login, "audit papers"),
            by_user(folder, login, "audit mark", "--unit", UNIT, code, "1", "--as", "seen"),
        ):
            assert done.status == 0, done.err
    assert standing(house.registry) == before
    assert not list(folder.rglob(".cache"))
    with house.registry.read() as conn:
        papers = audit_papers.of_units(conn, [UNIT])
        acts = {one.action for one in oplog.entries(conn) if one.action.startswith("audit.")}
    assert bool(papers) == (login == "shen")
    more = {"audit.mark"} if login == "shen" else set()
    assert acts == (set() if login is None else {"audit.run", "audit.sample"} | more)


def test_the_commands_answer_as_they_are_described(small_house: House) -> None:
    house = small_house
    house.post(house.draft("900.00"))
    folder = house.registry.folder
    told = json.loads(mingbai("audit", "run", folder, "--unit", UNIT, "--json").out)
    assert told["tests"][0]["name"] == "altered-history"
    for one in told["tests"]:
        assert {"name", "parameters", "population", "digest", "hits"} <= set(one)
        assert len(one["digest"]) == 64 and one["hits"] == []
    sample = ("audit", "sample", folder, "--unit", UNIT, "--seed", "7", "--size", "30", "--json")
    drawn = json.loads(by_user(folder, "shen", "audit sample", *sample[3:]).out)
    assert drawn["vouchers"][0]["voucher"].startswith(f"{UNIT}/")
    assert json.loads(mingbai(*sample).out)["id"] == drawn["id"]
    code = drawn["paper"]
    done = by_user(folder, "shen", "audit mark", "--unit", UNIT, code, "1", "--as", "seen")
    assert done.status == 0, done.err
    listed = json.loads(by_user(folder, "shen", "audit papers", "--json").out)
    assert listed["papers"][0]["code"] == code and listed["papers"][0]["marks"]["seen"] == 1
    shown = json.loads(by_user(folder, "shen", "audit papers", "--unit", UNIT, code, "--json").out)
    assert shown["items"][0]["mark"] == "seen"


def test_who_sees_one_unit_alone_looks_at_that_one(small_house: House) -> None:
    house = small_house
    house.post(house.draft("900.00"))
    with house.registry.write() as conn:
        units.add(
            conn, unit="other", name="另一工会（示例）", name_en="", chart="union-2021-basic",
            opened=date(2026, 1, 1), limit_fen=1, upper=None,
        )  # fmt: skip
    folder = house.registry.folder
    told = json.loads(by_user(folder, "zhou", "audit run", "--json").out)
    assert told["units"] == [UNIT] and told["not_counted"] == []
    every = json.loads(by_user(folder, "shen", "audit run", "--json").out)
    assert set(every["units"]) == {UNIT, "other"}
    # A unit that has no book is told, and hides nothing of the others.
    assert [one["unit"] for one in every["not_counted"]] == ["other"]
    for words in (("audit run", "--unit", "other"), ("audit finding list", "--unit", "other")):
        denied = by_user(folder, "zhou", *words)
        assert denied.status == 1 and "查看" in denied.err
    assert by_user(folder, "zhou", "audit finding list").status == 0
    assert by_user(folder, "admin", "audit run").status == 1


def test_mistakes_are_told_in_words(small_house: House) -> None:
    house = small_house
    house.post(house.draft("900.00"))
    folder = house.registry.folder
    for words, status, said in (
        (("audit", "run", folder, "--unit", "nowhere"), 2, "nowhere"),
        (("audit", "run", folder, "--test", "guess"), 2, "没有审计程序 guess"),
        (("audit", "sample", folder, "--unit", UNIT, "--seed", "7", "--size", "0"), 2, "样本量"),
        (("audit", "sample", folder, "--unit", UNIT, "--seed", "x", "--size", "3"), 2, "须为数字"),
        (("audit", "papers", folder), 1, "尚未登录"),
    ):
        done = mingbai(*words)
        assert done.status == status and said in done.err, (words, done.err)
        assert "Traceback" not in done.err
    denied = by_user(folder, "zhou", "audit papers", "--unit", UNIT)
    assert denied.status == 1 and "审计" in denied.err


def test_a_broken_book_is_told_and_hides_no_other_unit(small_house: House) -> None:
    house = small_house
    house.post(house.draft("900.00"))
    path = unit_folder(house.registry.folder, UNIT) / "2026/03.bean"
    path.write_bytes(path.read_bytes().replace(b"900.00", b"901.00"))
    done = mingbai("audit", "run", house.registry.folder, "--json")
    told = json.loads(done.out)
    assert done.status == 1 and [one["unit"] for one in told["not_counted"]] == [UNIT]
    altered = next(one for one in told["tests"] if one["name"] == "altered-history")
    assert altered["hits"][0]["voucher"] == f"units/{UNIT}/2026/03.bean"
    text = mingbai("audit", "run", house.registry.folder).out
    assert "未计 not counted" in text and "chain-broken" in text


def test_a_federations_own_figures_disturb_no_other_command(small_house: House) -> None:
    house = small_house
    house.post(house.draft("900.00"))
    folder = house.registry.folder
    own = folder / OWN_FILE
    own.parent.mkdir(parents=True)
    own.write_text("[late-posting]\ndays = 40\n", encoding="utf-8")
    told = json.loads(mingbai("audit", "run", folder, "--json").out)
    figures = {one["name"]: one["parameters"] for one in told["tests"]}
    assert figures["late-posting"]["days"] == 40
    assert rulebook_for(house.registry, UNIT)[1] == []


@pytest.mark.parametrize(
    "table", ["audit_paper_mark", "audit_finding_act", "audit_finding", "audit_evaluation"]
)
def test_what_auditors_entered_cannot_be_taken_away_unseen(house: House, table: str) -> None:
    house.post(house.draft("900.00"))
    row = kept(house)
    working_papers.note(house.registry, UNIT, row.code, 1, "seen", "", house.reader, house.now)
    found = bench.opened(house, f"{UNIT}/收-202603-0001")
    bench.answered(house, found.code)
    bench.evaluated(house, findings=())
    assert checking.check_unit(house.registry, UNIT) == []
    with house.registry.write() as conn:
        if table == "audit_finding":
            conn.exec_driver_sql("DELETE FROM audit_finding_act")
        conn.exec_driver_sql(f"DELETE FROM {table}")
    told = checking.check_unit(house.registry, UNIT)
    assert {one.rule for one in told} == {"audit-differs"}
