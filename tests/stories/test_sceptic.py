"""The sceptic: I rebuild the reports and get the same bytes; I change one, and it is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import UNIT, Office, mingbai


def flip(path: Path, place: int = -20) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))


def cut(path: Path) -> None:
    """Take the first entry out of a file."""
    path.write_bytes(path.read_bytes().partition(b"\n\n")[2])


def swap(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def sql(office: Office, statement: str) -> None:
    with sqlite3.connect(office.folder / "registry.db") as conn:
        assert conn.execute(statement).rowcount > 0
    conn.close()


def paper(office: Office) -> Path:
    return sorted(path for path in (office.unit / "documents").rglob("*") if path.is_file())[0]


HARM: dict[str, Callable[[Office], None]] = {
    "an amount in a closed month": lambda o: swap(o.unit / "2026/01.bean", "2360.00", "2360.01"),
    "a fund on a posting": lambda o: swap(o.unit / "2026/03.bean", 'fund: "F04"', 'fund: "F02"'),
    "a byte at the end of March": lambda o: flip(o.unit / "2026/03.bean"),
    "a voucher taken out": lambda o: cut(o.unit / "2026/02.bean"),
    "the policy in book.bean": lambda o: swap(
        o.unit / "book.bean", 'plugin "ledger.plugins.funds"\n', ""
    ),
    "a restriction": lambda o: swap(o.unit / "funds.bean", '"purpose"', '"none"'),
    "an account's name": lambda o: swap(o.unit / "chart.bean", "库存现金", "库存现款"),
    "a paper": lambda o: flip(paper(o)),
    "a paper removed": lambda o: paper(o).unlink(),
    "a journal row": lambda o: sql(
        o,
        "UPDATE entry SET text = CAST(replace(CAST(text AS TEXT), '500.00', '900.00') AS BLOB)"
        " WHERE number = '付-202603-0018'",
    ),
    "a journal row removed": lambda o: sql(o, "DELETE FROM entry WHERE number = '付-202603-0003'"),
    "a month's digest": lambda o: sql(o, "UPDATE month_state SET digest = 'x'"),
    "the operation log": lambda o: sql(o, "UPDATE operation SET user = 'u-X' WHERE id = 5"),
    "an act removed": lambda o: sql(o, "DELETE FROM operation WHERE id = 5"),
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM.keys())
def test_one_change_and_the_check_fails(office: Office, harm: Callable[[Office], None]) -> None:
    harm(office)
    told = office.asks("check", "--json")
    assert told.status == 1
    assert told.json["findings"]


def test_the_same_end_cut_off_both_witnesses_is_missed_by_the_log(office: Office) -> None:
    """Journal, head, lengths and text agree again; only the log knows of one voucher more."""
    assert office.zhou("reopen", "2026-03", "--reason", "漏记").status == 0
    assert office.by("lin", "reopen", "--unit", UNIT, "2026-03", "--confirm").status == 0
    told = office.zhou(
        "draft", "--date", "2026-03-31", "--narration", "纸", "--fund", "F02",
        "--debit", "50504", "1.00", "--credit", "50103", "1.00", "--json",
    )  # fmt: skip
    march = office.unit / "2026/03.bean"
    length = march.stat().st_size
    with sqlite3.connect(office.folder / "registry.db") as conn:
        seq, chain = conn.execute("SELECT seq, chain FROM book_head").fetchone()
    conn.close()
    assert office.by("lin", "approve", "--unit", UNIT, told.json["draft"]).status == 0
    assert office.asks("check").status == 0
    march.write_bytes(march.read_bytes()[:length])
    sql(office, f"DELETE FROM entry WHERE seq > {seq}")
    sql(office, f"UPDATE book_head SET seq = {seq}, chain = '{chain}'")
    sql(office, f"UPDATE book_file SET length = {length} WHERE file = '2026/03.bean'")
    found = office.asks("check", "--json").json["findings"]
    assert [one["rule"] for one in found] == ["log-differs"]


def test_an_untouched_federation_has_no_findings(lived: Office) -> None:
    assert lived.asks("check", "--json").json == {"findings": []}
    assert lived.asks("check", "--unit", UNIT).status == 0


def test_another_folder_and_time_zone_give_the_same_books_and_reports(
    lived: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same seed elsewhere: every byte of the books, the reports and the statement files."""
    monkeypatch.setenv("TZ", "America/St_Johns")
    monkeypatch.chdir(tmp_path)
    assert mingbai("demo", "elsewhere").status == 0
    other = Office(tmp_path / "elsewhere")
    for part in ("units/chunfeng/2026", "reports", "statements"):
        mine = {p.name: p.read_bytes() for p in (lived.folder / part).iterdir()}
        theirs = {p.name: p.read_bytes() for p in (other.folder / part).iterdir()}
        assert mine.keys() == theirs.keys()
        assert [name for name in mine if mine[name] != theirs[name]] == []


def test_the_reports_are_drawn_again_from_the_books_byte_for_byte(office: Office) -> None:
    written = sorted((office.folder / "reports").glob("*-2026-03.*"))
    forms = {".txt": "text", ".pdf": "pdf", ".xlsx": "xlsx", ".csv": "csv", ".json": "json"}
    assert len(written) == 45
    for path in written:
        name = path.stem.removesuffix("-2026-03")
        if name in ("operation-log", "bank-reconciliation") or path.suffix in (".txt", ".csv"):
            continue  # the first two say what the registry knows, beyond the books
        again = office.folder / "reports" / f"again{path.suffix}"
        told = office.asks(
            "report", "--unit", UNIT, name, "--period", "2026-03",
            "--format", forms[path.suffix], "-o", again,
        )  # fmt: skip
        assert told.status == 0, told.err
        assert again.read_bytes() == path.read_bytes(), path.name


def test_either_witness_is_rebuilt_from_the_other(office: Office) -> None:
    swap(office.unit / "2026/03.bean", 'fund: "F04"', 'fund: "F02"')
    assert office.by("zhou", "rebuild", "--unit", UNIT, "--from", "journal").status == 1
    told = office.by("admin", "rebuild", "--unit", UNIT, "--from", "journal")
    assert told.status == 0, told.err
    assert office.asks("check").status == 0
    sql(office, "DELETE FROM entry WHERE number = '付-202603-0003'")
    assert office.by("admin", "rebuild", "--unit", UNIT, "--from", "books").status == 0
    assert office.asks("check").status == 0
