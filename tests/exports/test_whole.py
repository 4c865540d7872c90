"""An export leaves no byte behind, replaces nothing else, and refuses a book that is broken."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from ledger import canonical
from ledger.errors import Refused
from ledger.period import Period
from ledger.registry import Registry, entries, oplog, schema
from ledger.registry.schema.base import metadata
from reports.exports import exporting
from tests.cli.command import PASSWORDS, mingbai
from tests.cli.command import UNIT as CHUNFENG
from tests.exports.desk import Desk
from tests.house import UNIT as TINY
from tests.house import House

FORMATS = ("saft", "gbt24589", "iso21378", "fec", "archive")


def digest_of(folder: Path) -> dict[str, str]:
    """Every file of the folder but the registry's own, with its digest."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("registry.db")
    }


def tables_of(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but those of the operation log."""
    registry = Registry.open(folder)
    with registry.read() as conn:
        found = {
            table.name: [tuple(row) for row in conn.execute(select(table))]
            for table in metadata.sorted_tables
            if table.name != "operation"
        }
    registry.close()
    return found


def exports_logged(folder: Path) -> list[tuple[str, str]]:
    registry = Registry.open(folder)
    with registry.read() as conn:
        found = [(act.action, act.detail) for act in oplog.entries(conn, CHUNFENG)]
    registry.close()
    return [act for act in found if act[0] == "export"]


def test_no_export_leaves_a_byte_in_the_federation(desk: Desk) -> None:
    """No cache either: there is none when it begins, and none when it has ended."""
    folder = desk.office.folder
    for cache in folder.rglob(".cache"):
        shutil.rmtree(cache)
    before = digest_of(folder), tables_of(folder)
    for format in FORMATS:
        told = desk.export(format, desk.place / format)
        assert told.status == 0, told.said
    assert (digest_of(folder), tables_of(folder)) == before
    assert not list(folder.rglob(".cache"))


def test_the_log_keeps_who_exported_what(desk: Desk) -> None:
    assert desk.export("saft", desk.place / "a.xml").status == 0
    assert exports_logged(desk.office.folder) == []  # nobody was logged in
    asked = ("--unit", CHUNFENG, "--period", "2026-Q1", "--format", "fec", "-o", desk.place / "fec")
    assert desk.office.by("shen", "export", *asked).status == 0
    assert exports_logged(desk.office.folder) == [("export", "fec 2026-Q1")]


def test_who_may_not_look_exports_nothing(desk: Desk) -> None:
    """An administrator has no right to a book; an archive opens papers, so nobody gets one."""
    asked = ("--unit", CHUNFENG, "--period", "2026", "--format", "saft", "-o", desk.place / "a.xml")
    told = desk.office.by("admin", "export", *asked)
    assert told.status == 1
    assert "not-allowed" in told.err
    asked = (*asked[:5], "archive", *asked[6:])
    told = desk.office.asks("export", *asked)
    assert told.status == 1
    assert "not-logged-in" in told.err
    assert list(desk.place.iterdir()) == []


def test_a_unit_that_is_not_there_is_told(desk: Desk) -> None:
    told = desk.office.asks(
        "export", "--unit", "nobody", "--period", "2026", "--format", "fec", "-o", desk.place / "a"
    )
    assert told.status == 2
    assert "Traceback" not in told.said


# ---- where to ----------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_only_an_older_export_of_the_same_kind_is_replaced(desk: Desk, format: str) -> None:
    out = desk.place / "out"
    assert desk.export(format, out).status == 0
    assert desk.export(format, out).status == 0
    other = "saft" if format != "saft" else "fec"
    told = desk.export(other, out)
    assert told.status == 2, told.said
    assert "bad-output" in told.err
    assert [path.name for path in desk.place.iterdir()] == ["out"]


@pytest.mark.parametrize("format", FORMATS)
def test_what_else_lies_there_stays(desk: Desk, format: str) -> None:
    """A file, a folder with something in it, an export with something beside it, a link."""
    file, folder, link = (desk.place / name for name in ("file", "folder", "link"))
    file.write_text("my own")
    folder.mkdir()
    (folder / "mine.txt").write_text("my own")
    link.symlink_to(desk.place / "elsewhere")
    for out in (file, folder, link, desk.place / "no" / "such", desk.office.folder / "x"):
        told = desk.export(format, out)
        assert told.status == 2, (out, told.said)
        assert "bad-output" in told.err
    assert file.read_text() == (folder / "mine.txt").read_text() == "my own"
    assert desk.export(format, desk.office.folder.parent).status == 2


def test_a_folder_to_which_something_was_added_is_left_alone(desk: Desk) -> None:
    out = desk.place / "fec"
    assert desk.export("fec", out).status == 0
    (out / "notes.txt").write_text("seen")
    assert "bad-output" in desk.export("fec", out).err
    assert (out / "notes.txt").read_text() == "seen"


def test_an_export_that_fails_leaves_the_older_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.exports.source import ExportSource

    out = desk.place / "a.xml"
    assert desk.export("saft", out).status == 0
    before = out.read_bytes()

    def full(*_: object) -> Iterator[Any]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ExportSource, "vouchers", full)
    told = desk.export("saft", out)
    assert told.status == 2
    assert "cannot-write" in told.err
    assert out.read_bytes() == before
    assert [path.name for path in desk.place.iterdir()] == ["a.xml"]


# ---- a book that does not hold -----------------------------------------------------------------


def refused(desk: Desk, *rules: str) -> None:
    for format in FORMATS:
        told = desk.export(format, desk.place / "out")
        assert told.status == 1, (format, told.said)
        assert any(rule in told.err for rule in rules), told.err
        assert list(desk.place.iterdir()) == []


def test_an_amount_altered_in_the_text_is_found(desk: Desk) -> None:
    path = desk.office.unit / "2026" / "03.bean"
    path.write_bytes(path.read_bytes().replace(b"25.00 CNY", b"26.00 CNY", 1))
    refused(desk, "witnesses-differ")


def test_a_strange_file_or_another_policy_is_found(desk: Desk) -> None:
    strange = desk.office.unit / "more.bean"
    strange.write_text("; mine\n")
    refused(desk, "foreign-file")
    strange.unlink()
    book = desk.office.unit / "book.bean"
    book.write_text(book.read_text() + 'plugin "mine"\n')
    refused(desk, "policy-changed")


def test_both_witnesses_altered_alike_are_found_by_the_chain(desk: Desk) -> None:
    path = desk.office.unit / "2026" / "03.bean"
    registry = Registry.open(desk.office.folder)
    entry = schema.entry
    with registry.write() as conn:
        row = conn.execute(
            select(entry.c.seq, entry.c.text)
            .where(entry.c.unit == CHUNFENG, entry.c.file == "2026/03.bean")
            .where(entry.c.kind == "voucher")
            .limit(1)
        ).one()
        other = row.text.replace(b"2026-03-0", b"2026-03-1", 1)
        assert other != row.text
        conn.execute(
            update(entry).where(entry.c.unit == CHUNFENG, entry.c.seq == row.seq).values(text=other)
        )
    registry.close()
    data = path.read_bytes()
    assert data.count(row.text) == 1
    path.write_bytes(data.replace(row.text, other))
    refused(desk, "chain-broken")


def test_a_book_rewritten_with_its_whole_chain_is_found_by_the_log(
    small_house: House, tmp_path: Path
) -> None:
    """Whoever holds both witnesses can chain them anew; the log remembers the last voucher."""
    house = small_house
    for day in (1, 2, 3):
        house.post(house.draft(f"{day}0.00", day=date(2026, 3, day)))
    registry = house.registry
    asked = (registry, TINY, Period.parse("2026"), "saft", tmp_path / "a.xml", date(2026, 12, 31))
    exporting.export(*asked, lambda *_: None)
    (tmp_path / "a.xml").unlink()
    with registry.read() as conn:
        rows = list(entries.all_entries(conn, TINY))
    files: dict[str, bytes] = {}
    chain = canonical.first_chain(TINY)
    with registry.write() as conn:
        for row in rows:
            text = row.text.decode().replace("10.00 CNY", "90.00 CNY")
            chain = canonical.next_chain(chain, text)
            text = text.replace(row.chain, chain)
            conn.execute(
                update(schema.entry)
                .where(schema.entry.c.unit == TINY, schema.entry.c.seq == row.seq)
                .values(text=text.encode(), chain=chain)
            )
            files[row.file] = files.get(row.file, b"") + text.encode()
        head = schema.book_head
        conn.execute(update(head).where(head.c.unit == TINY).values(chain=chain))
    for name, data in files.items():
        (house.folder / name).write_bytes(data)
    with pytest.raises(Refused, match="log-differs"):
        exporting.export(*asked, lambda *_: None)
    assert not (tmp_path / "a.xml").exists()


def test_sums_that_disagree_write_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """If ever a line were lost between the book and the file, it would be found before."""
    from reports.exports.source import ExportSource

    whole = ExportSource.counted

    def short(self: ExportSource, vouchers: Any, totals: Any) -> Iterator[Any]:
        yield from whole(self, iter(list(vouchers)[1:]), totals)

    monkeypatch.setattr(ExportSource, "counted", short)
    for format in ("saft", "gbt24589", "iso21378", "fec"):
        told = desk.export(format, desk.place / "out")
        assert told.status == 1
        assert "export-differs" in told.err
        assert list(desk.place.iterdir()) == []


def test_what_is_printed_as_json_says_what_was_written(desk: Desk) -> None:
    told = desk.export("fec", desk.place / "fec", "--json").json
    listed = json.loads((desk.place / "fec" / "EXPORT.json").read_text(encoding="utf-8"))
    assert told["totals"] == listed["totals"]
    assert told["vouchers"] == listed["vouchers"] > 0
    for name, digest in listed["files"].items():
        data = (desk.place / "fec" / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
    assert set(PASSWORDS) >= {"shen", "admin"}
    assert mingbai("export", "--help").status == 0
