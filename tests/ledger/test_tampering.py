"""Whoever alters a book, its journal or what lies beside them is found by ``mingbai check``.

What cannot be found is said by the last test of copies: a server's owner who rewrites text, journal
and operation log alike, or puts an older copy of all three back, leaves nothing to compare with.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from ledger import canonical, canonical_reader, journal, rebuild
from ledger import closing as months
from ledger.checking import check_federation, check_unit
from ledger.cli.main import main
from ledger.errors import WitnessMismatch
from ledger.model import Model, cache_path
from ledger.period import Month
from ledger.registry import entries, papers, schema
from tests.conftest import NOW
from tests.house import ACTIVITY, BANK, UNIT, House, build_house
from tests.starts import copied

JANUARY, MARCH = "2026/01.bean", "2026/03.bean"


@copied
def full_house(folder: Path) -> House:
    house = build_house(folder, url="sqlite:///registry.db", now=NOW)
    house.post(house.draft("40.00", fund="F03", day=date(2026, 1, 5)))
    months.close_month(house.registry, UNIT, Month(2026, 1), house.maker, house.now)
    digest = papers.store_bytes(
        house.registry, UNIT, b"an invoice", "invoice.txt", user=house.maker.id, now=house.now
    )
    house.post(house.draft("25.00", papers=(digest,)))
    house.post(house.draft("30.00"))
    house.post(
        house.draft("15.00", debit=ACTIVITY, credit=BANK, fund="F03", kind="付", narration="活动")
    )
    assert check_federation(house.registry) == []
    return house


@pytest.fixture
def full(tmp_path: Path) -> Iterator[House]:
    """A closed January, a March with three vouchers, one of them with a paper.

    The book was checked and its read model has seen these files: what is altered, is altered then.
    """
    house = full_house(tmp_path / "federation")
    with closing(Model.open(house.folder)) as model:
        model.cells()
    yield house
    house.registry.close()


def rules(house: House) -> set[str]:
    return {found.rule for found in check_federation(house.registry)}


def blocks(house: House, file: str = MARCH) -> list[str]:
    return (house.folder / file).read_text().split("\n\n")[:-1]


def write(house: House, parts: list[str], file: str = MARCH) -> None:
    (house.folder / file).write_text("".join(part + "\n\n" for part in parts))


# ---- the text alone ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts[1:],
        lambda parts: parts[:-1],
        lambda parts: [parts[1], parts[0], parts[2]],
        lambda parts: [parts[0], parts[0], *parts[1:]],
        lambda parts: [*parts, parts[0]],
        lambda parts: [parts[0].replace("25.00", "24.00"), *parts[1:]],
        lambda parts: [parts[0].replace('"F01"', '"F02"'), *parts[1:]],
        lambda parts: [parts[0].replace("三月", "四月"), *parts[1:]],
        lambda parts: [parts[0].replace("03-05", "03-06"), *parts[1:]],
        lambda parts: [parts[0].replace("\n  unit:", "\n  ; hidden\n  unit:"), *parts[1:]],
        lambda parts: [parts[0] + '\n    memo: "added"', *parts[1:]],
        lambda parts: ["; a comment", *parts],
        lambda parts: ['include "/dev/zero"', *parts],
        lambda parts: [*parts, '2026-03-09 * "by hand"'],
        lambda parts: [],
    ],
)
def test_altered_text_is_found(full: House, change: Callable[[list[str]], list[str]]) -> None:
    before = (full.folder / MARCH).read_bytes()
    write(full, change(blocks(full)))
    assert (full.folder / MARCH).read_bytes() != before
    found = check_unit(full.registry, UNIT)
    assert found
    assert all(fault.file and fault.file.startswith(f"units/{UNIT}/") for fault in found)


def test_a_tail_cut_anywhere_is_replayed_or_stops_the_program(full: House) -> None:
    """Every byte of the last voucher and of the one before it."""
    path = full.folder / MARCH
    whole = path.read_bytes()
    start = whole.rindex(b"\n\n", 0, whole.rindex(b"\n\n", 0, -2)) + 2
    for kept in range(start, len(whole)):
        path.write_bytes(whole[:kept])
        assert journal.behind(full.registry, UNIT)
        journal.recover(full.registry, UNIT, full.now)
        assert path.read_bytes() == whole, kept
    altered = whole.replace("三月会费".encode(), "三月党费".encode())
    for kept in (len(altered) - 1, start + 5, start):
        path.write_bytes(altered[:kept])
        with pytest.raises(WitnessMismatch):
            journal.recover(full.registry, UNIT, full.now)
        assert path.read_bytes() == altered[:kept]
    assert check_unit(full.registry, UNIT)


def test_every_byte_of_a_book_matters(full: House) -> None:
    """One byte is changed at every seventh place of every file; verification sees each."""
    for path in sorted(full.folder.rglob("*.bean")):
        whole = path.read_bytes()
        for place in range(0, len(whole), 7):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            expected = journal.expected_book_text(full.registry, UNIT)
            assert journal.compare_witnesses(full.registry, UNIT) or (
                path.name == "book.bean" and path.read_bytes() != expected
            ), (path, place)
        path.write_bytes(whole)
    assert check_unit(full.registry, UNIT) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("2026/13.bean", "; hello\n"),
        ("2026/13.bean", ""),
        ("2027/01.bean", ""),
        ("2027/01.bean", '2027-01-01 * "x"\n'),
        ("extra.bean", ""),
        ("a/b/c.bean", 'include "/dev/zero"\n'),
    ],
)
def test_a_file_that_does_not_belong_is_found(full: House, name: str, content: str) -> None:
    path = full.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    found = check_unit(full.registry, UNIT)
    assert ("foreign-file", f"units/{UNIT}/{name}") in {(f.rule, f.file) for f in found}


def test_pipes_links_and_folders_are_found_and_not_read(full: House) -> None:
    os.mkfifo(full.folder / "2026/13.bean")
    (full.folder / "zero.bean").symlink_to("/dev/zero")
    (full.folder / "gone.bean").symlink_to("/nowhere")
    (full.folder / "folder.bean").mkdir()
    found = check_unit(full.registry, UNIT)
    assert {fault.rule for fault in found} == {"foreign-file"}
    assert len(found) == 4


@pytest.mark.parametrize("name", [MARCH, JANUARY, "chart.bean", "book.bean"])
def test_a_file_replaced_by_a_pipe_or_a_link_is_found(full: House, name: str) -> None:
    path = full.folder / name
    whole = path.read_bytes()
    path.unlink()
    os.mkfifo(path)
    assert check_unit(full.registry, UNIT)
    path.unlink()
    path.symlink_to("/dev/zero")
    assert check_unit(full.registry, UNIT)
    path.unlink()
    path.write_bytes(whole)
    assert check_unit(full.registry, UNIT) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"tolerance_multiplier" "0"', '"tolerance_multiplier" "9"'),
        ('plugin "ledger.plugins.funds"\n', ""),
        ('"STRICT"', '"NONE"'),
        ('include "2026/03.bean"\n', ""),
        ('include "funds.bean"\n', 'include "funds.bean"\ninclude "/dev/zero"\n'),
    ],
)
def test_altered_policy_is_found(full: House, old: str, new: str) -> None:
    path = full.folder / "book.bean"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert rules(full) == {"policy-changed"}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("funds.bean", '"purpose"', '"none"'),
        ("chart.bean", "capital: TRUE", "capital: FALSE"),
        ("chart.bean", "limit: 10000.00", "limit: 99999.00"),
    ],
)
def test_an_altered_chart_or_fund_is_found(full: House, file: str, old: str, new: str) -> None:
    path = full.folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert "witnesses-differ" in rules(full)


# ---- papers ------------------------------------------------------------------------------------


def paper(house: House) -> Path:
    (path,) = (house.folder / "documents").rglob("*.txt.sealed")
    return path


def test_an_altered_or_missing_paper_is_found(full: House) -> None:
    path = paper(full)
    path.write_text("another invoice")
    assert rules(full) == {"paper"}
    path.unlink()
    assert rules(full) == {"paper"}
    path.symlink_to("/dev/zero")
    assert rules(full) == {"paper"}


def test_a_paper_that_vouchers_name_is_missed_even_if_the_registry_forgot_it(full: House) -> None:
    paper(full).unlink()
    with full.registry.write() as conn:
        conn.execute(delete(schema.paper))
    assert rules(full) == {"paper"}


def test_a_paper_may_be_a_beancount_file(full: House, tmp_path: Path) -> None:
    draft = tmp_path / "draft.bean"
    draft.write_text('2026-03-05 * "by hand"\n')
    papers.store(full.registry, UNIT, draft, user=full.maker.id, now=full.now)
    assert rules(full) == set()


# ---- SQL alone ---------------------------------------------------------------------------------


def alter(house: House, statement: object) -> None:
    with house.registry.write() as conn:
        assert conn.execute(statement).rowcount  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "statement",
    [
        update(schema.entry).where(schema.entry.c.number == "收-202603-0001").values(text=b"x"),
        update(schema.entry).where(schema.entry.c.number == "收-202603-0001").values(offset=7),
        delete(schema.entry).where(schema.entry.c.number == "收-202603-0001"),
        delete(schema.entry).where(schema.entry.c.number == "付-202603-0001"),
        update(schema.book_file).where(schema.book_file.c.file == MARCH).values(length=10),
        update(schema.book_file).where(schema.book_file.c.file == MARCH).values(length=10**6),
        delete(schema.book_file).where(schema.book_file.c.file == MARCH),
        update(schema.book_head).values(chain="0" * 64),
        update(schema.book_head).values(seq=3),
        update(schema.month_state).values(state="reopened"),
        update(schema.month_state).values(digest="0" * 64),
        delete(schema.month_state),
        update(schema.fund).where(schema.fund.c.code == "F03").values(restriction="none"),
        update(schema.account).where(schema.account.c.name == BANK).values(capital=True),
        update(schema.account).where(schema.account.c.name == BANK).values(closed=date(2026, 2, 1)),
        update(schema.fund_day).values(fen=schema.fund_day.c.fen + 10**6),
        update(schema.fund_month).values(fen=schema.fund_month.c.fen + 10**6),
        delete(schema.fund_day),
        update(schema.voucher_count).values(last=9),
        update(schema.unit).values(limit_fen=10**9),
        update(schema.operation).where(schema.operation.c.id == 1).values(user="u-x"),
        delete(schema.operation).where(schema.operation.c.id == 2),
    ],
    ids=str,
)
def test_an_altered_journal_or_registry_is_found(full: House, statement: object) -> None:
    alter(full, statement)
    assert main(["check", str(full.registry.folder), "--json"]) == 1


def test_a_journal_that_lost_rows_stops_the_program_without_a_traceback(full: House) -> None:
    path = full.folder / MARCH
    alter(full, delete(schema.entry).where(schema.entry.c.file == MARCH))
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(WitnessMismatch):
        journal.recover(full.registry, UNIT, full.now)
    assert main(["check", str(full.registry.folder), "--json"]) == 1


# ---- both alike --------------------------------------------------------------------------------


def rewrite(house: House, change: Callable[[str], str]) -> None:
    """Rewrite text and journal consistently: bytes, offsets, lengths, chain and head."""
    book, _ = canonical_texts(house)
    chain = canonical.first_chain(UNIT)
    files: dict[str, bytes] = {}
    with house.registry.write() as conn:
        for seq, (file, text) in enumerate(book, start=1):
            new = change(text)
            bare = canonical.without_chain(new)
            chain = canonical.next_chain(chain, bare)
            new = with_chain(new, chain)
            data = new.encode()
            offset = len(files.get(file, b""))
            files[file] = files.get(file, b"") + data
            conn.execute(
                update(schema.entry)
                .where(schema.entry.c.seq == seq)
                .values(text=data, chain=chain, offset=offset)
            )
        for file, data in files.items():
            (house.folder / file).write_bytes(data)
            conn.execute(
                update(schema.book_file)
                .where(schema.book_file.c.file == file)
                .values(length=len(data))
            )
        conn.execute(update(schema.book_head).values(chain=chain))


def canonical_texts(house: House) -> tuple[list[tuple[str, str]], None]:
    with house.registry.read() as conn:
        return [(row.file, row.text.decode()) for row in entries.all_entries(conn, UNIT)], None


def with_chain(text: str, chain: str) -> str:
    if text.startswith("; "):
        head, _, rest = text.partition("\n")
        return f"{head[:-64]}{chain}\n{rest}"
    before, _, after = text.partition('  chain: "')
    return f'{before}  chain: "{chain}{after[64:]}'


def test_the_rewriting_of_these_tests_is_consistent(full: House) -> None:
    before = (full.folder / MARCH).read_bytes()
    rewrite(full, lambda text: text)
    assert (full.folder / MARCH).read_bytes() == before
    assert rules(full) == set()


def test_a_consistent_rewrite_is_found_by_the_operation_log(full: House) -> None:
    rewrite(full, lambda text: text.replace("30.00", "31.00"))
    found = check_federation(full.registry)
    assert {fault.rule for fault in found} == {"log-differs"}
    assert any("收-202603-0002" in fault.what.en for fault in found)


def test_a_consistent_rewrite_of_a_closed_month_is_found_by_its_closing(full: House) -> None:
    rewrite(full, lambda text: text.replace("40.00", "41.00"))
    assert {"close-digest", "closed-month-changed", "log-differs"} <= rules(full)


def test_text_rewritten_without_new_hashes_is_found_by_the_chain(full: House) -> None:
    book, _ = canonical_texts(full)
    target = next(text for _, text in book if "30.00" in text)
    changed = target.replace("30.00", "31.00").encode()
    path = full.folder / MARCH
    path.write_bytes(path.read_bytes().replace(target.encode(), changed))
    alter(
        full,
        update(schema.entry).where(schema.entry.c.text == target.encode()).values(text=changed),
    )
    assert "chain-broken" in rules(full)


def test_a_voucher_slipped_behind_a_closing_is_found(full: House) -> None:
    """The last voucher is moved into January, everything else made to fit."""
    book, _ = canonical_texts(full)
    month = (full.folder / JANUARY).read_text()
    extra = book[-1][1].replace("2026-03-05", "2026-01-31").replace("202603", "202601")
    chain = canonical_reader.entries((full.folder / MARCH).read_bytes())[-2].chain
    extra = with_chain(extra, canonical.next_chain(chain, extra))
    (full.folder / JANUARY).write_text(month + extra)
    write(full, blocks(full)[:-1])
    found = {fault.rule for fault in check_unit(full.registry, UNIT)}
    assert "entry-after-close" in found


# ---- copies ------------------------------------------------------------------------------------


def test_an_older_copy_of_the_text_is_brought_up_to_the_journal(full: House) -> None:
    kept = {p: p.read_bytes() for p in full.folder.rglob("*.bean")}
    full.post(full.draft("12.00"))
    for path, data in kept.items():
        path.write_bytes(data)
    assert main(["check", str(full.registry.folder)]) == 0
    assert b"12.00 CNY" in (full.folder / MARCH).read_bytes()


def test_an_older_copy_of_the_journal_is_found(full: House) -> None:
    database = full.registry.folder / "registry.db"
    with closing(sqlite3.connect(database)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = database.read_bytes()
    full.post(full.draft("12.00"))
    full.registry.close()
    for name in ("registry.db-wal", "registry.db-shm"):
        (full.registry.folder / name).unlink(missing_ok=True)
    database.write_bytes(kept)
    assert "witnesses-differ" in rules(full)


def test_what_cannot_be_found_here_is_an_older_copy_of_everything(full: House) -> None:
    """Nothing outside remembers the newer one; signed digests that others hold will."""
    copy = full.registry.folder.parent / "copy"
    full.registry.close()
    shutil.copytree(full.registry.folder, copy)
    full.post(full.draft("12.00"))
    full.registry.close()
    shutil.rmtree(full.registry.folder)
    shutil.copytree(copy, full.registry.folder)
    assert rules(full) == set()


# ---- the cache of reports ----------------------------------------------------------------------


def test_a_forged_cache_is_found_by_the_command(
    full: House, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Model.open(full.folder)) as model:
        model.cells()
    with closing(sqlite3.connect(cache_path(full.folder))) as cache, cache:
        cache.execute("UPDATE cell SET debit = debit + 100 WHERE debit > 0")
    assert main(["check", str(full.registry.folder), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert found["rule"] == "cache-false"
    assert main(["check", str(full.registry.folder), "--json"]) == 0


# ---- the command -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("harm", "status"),
    [
        (lambda folder: (folder / "federation.toml").unlink(), 2),
        (lambda folder: (folder / "master.key").write_bytes(b""), 2),
        (lambda folder: shutil.rmtree(folder / "units"), 1),
        (lambda folder: (folder / "units" / UNIT / "chart.bean").write_bytes(b"\xff\xfe"), 1),
        (lambda folder: (folder / "units" / UNIT / MARCH).write_bytes(b"\x00" * 5000), 1),
    ],
)
def test_whatever_is_broken_ends_as_findings(
    full: House,
    capsys: pytest.CaptureFixture[str],
    harm: Callable[[Path], object],
    status: int,
) -> None:
    full.registry.close()
    for name in ("registry.db-wal", "registry.db-shm"):
        (full.registry.folder / name).unlink(missing_ok=True)
    harm(full.registry.folder)
    assert main(["check", str(full.registry.folder), "--json"]) == status
    assert json.loads(capsys.readouterr().out)["findings"]


def test_a_rebuilt_journal_holds_the_very_same_book(full: House) -> None:
    before = {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in full.folder.rglob("*.bean")}
    alter(full, update(schema.fund_day).values(fen=5))
    assert rules(full) == {"registry-differs"}
    rebuild.journal_from_text(full.registry, UNIT, full.administrator.id, full.now)
    assert rules(full) == set()
    after = {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in full.folder.rglob("*.bean")}
    assert after == before
