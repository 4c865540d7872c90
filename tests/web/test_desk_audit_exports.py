"""Exports at the desk: made by one click, sent as one file, kept in the log."""

from __future__ import annotations

import io
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import select, update

from ledger.registry import oplog, papers, schema
from reports.exports import exporting
from reports.web.app import create_app
from reports.web.work import audit_exports as page
from reports.web.work.turns import Turns
from tests.house import UNIT, House
from tests.web.browser import sign_in
from tests.web.desk import NOW, PDF, Browser, at_desk, house

__all__ = ["at_desk", "house"]

PAGE = f"/audit/{UNIT}/exports"
FORMATS = ("saft", "gbt24589", "iso21378", "fec", "archive")


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files, of the test's own."""
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture
def paper(house: House) -> str:
    """A paper behind one of two vouchers: its digest."""
    digest = papers.store_bytes(
        house.registry, UNIT, PDF, "invoice.pdf", user=house.maker.id, now=NOW
    )
    house.post(house.draft("900.00", papers=(digest,), day=date(2026, 3, 2)))
    house.post(house.draft("40.00", day=date(2026, 3, 9)))
    return digest


def exports_logged(house: House) -> list[tuple[str, str, str]]:
    with house.registry.read() as conn:
        kept = oplog.entries(conn, UNIT, actions=["export"])
    return [(one.user, one.object, one.detail) for one in kept]


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("registry.db") and ".cache" not in path.parts
    }


def test_every_format_is_told_with_what_is_in_it_and_what_is_not(
    at_desk: dict[str, Browser], paper: str
) -> None:
    text = at_desk["zhou"].get(PAGE)
    for words in ("SAF-T 2.00", "GB/T 24589.1-2010", "ISO 21378:2019", "FEC", "三十年归档",
                  "附件原件", "不声明符合 2024 年版", 'value="2026"'):  # fmt: skip
        assert words in text, words
    assert text.count('type="radio"') == len(FORMATS)
    assert f'href="{PAGE}" aria-current="page"' in text


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_opens_is_logged_and_leaves_nothing_behind(
    house: House, at_desk: dict[str, Browser], paper: str, scratch: Path, format: str
) -> None:
    shen = at_desk["shen"]
    before = files_of(house.registry.folder)
    answer = shen.send(PAGE, format=format, period="2026")
    assert answer.status_code == 200
    ending = "xml" if format == "saft" else "zip"
    said = answer.headers["Content-Disposition"]
    assert "attachment" in said and f"{UNIT}-2026-{format}.{ending}" in said
    assert answer.headers["Cache-Control"] == "no-store"
    data = answer.get_data()
    answer.close()
    if format == "saft":
        found = etree.fromstring(data)
        assert found.findtext(".//{*}TotalDebit") == "940.00"
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
            names = archive.namelist()
            if format == "archive":
                assert archive.read(f"papers/{paper}.pdf") == PDF
            else:
                assert f"{UNIT}-2026-{format}/EXPORT.json" in names
    assert list(scratch.iterdir()) == []
    assert files_of(house.registry.folder) == before
    assert exports_logged(house) == [(house.reader.id, UNIT, f"{format} 2026")]


def test_the_same_export_twice_is_the_same_file(at_desk: dict[str, Browser], paper: str) -> None:
    for format in ("fec", "archive"):
        once, twice = (
            at_desk[who].send(PAGE, format=format, period="2026-Q1").get_data()
            for who in ("shen", "zhou")
        )
        assert once == twice


def test_who_may_not_browse_the_unit_takes_nothing(
    house: House, at_desk: dict[str, Browser], paper: str
) -> None:
    app = create_app(house.registry.folder, clock=lambda: NOW)
    client = app.test_client()
    assert client.post(PAGE, data={"format": "archive", "period": "2026"}).status_code == 401
    sign_in(client, "admin")
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data={"format": "archive", "period": "2026"}).status_code == 403
    other = PAGE.replace(UNIT, "other")
    assert at_desk["shen"].send(PAGE, other, format="fec", period="2026").status_code in (403, 404)
    refused = at_desk["shen"].send(PAGE, csrf="x", format="fec", period="2026")
    assert refused.status_code == 403
    assert exports_logged(house) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"format": "pdf", "period": "2026"}, "没有这种导出格式"),
        ({"format": "", "period": "2026"}, "没有这种导出格式"),
        ({"format": "fec", "period": "spring"}, "期间写作"),
        ({"format": "fec", "period": ""}, "期间写作"),
        ({"format": "saft", "period": "1950"}, "1950"),
    ],
)
def test_what_cannot_be_exported_is_told_and_what_was_typed_stays(
    house: House, at_desk: dict[str, Browser], paper: str, scratch: Path,
    fields: dict[str, str], words: str,
) -> None:  # fmt: skip
    answer = at_desk["shen"].send(PAGE, **fields)
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert words in text and f'value="{fields["period"]}"' in text
    assert list(scratch.iterdir()) == [] and exports_logged(house) == []


def test_a_book_that_does_not_hold_is_told_and_not_exported(
    house: House, at_desk: dict[str, Browser], paper: str, scratch: Path
) -> None:
    """Text and journal are altered alike: what is shown does not notice, the chain does."""
    path = house.registry.folder / "units" / UNIT / "2026" / "03.bean"
    entry = schema.entry
    with house.registry.write() as conn:
        row = conn.execute(
            select(entry.c.seq, entry.c.text)
            .where(entry.c.unit == UNIT, entry.c.file == "2026/03.bean")
            .where(entry.c.kind == "voucher")
            .limit(1)
        ).one()
        other = row.text.replace(b"2026-03-02", b"2026-03-03", 1)
        conn.execute(
            update(entry).where(entry.c.unit == UNIT, entry.c.seq == row.seq).values(text=other)
        )
    path.write_bytes(path.read_bytes().replace(row.text, other))
    for format in FORMATS:
        answer = at_desk["shen"].send(PAGE, format=format, period="2026")
        assert answer.status_code == 422
        assert "mingbai check" in answer.get_data(as_text=True)
    assert list(scratch.iterdir()) == [] and exports_logged(house) == []


def test_a_paper_that_is_not_what_it_was_stops_the_archive(
    house: House, at_desk: dict[str, Browser], paper: str, scratch: Path
) -> None:
    with house.registry.read() as conn:
        row = papers.find(conn, UNIT, paper)
    assert row is not None
    papers.path_of(house.registry, UNIT, row).write_bytes(b"x")
    answer = at_desk["shen"].send(PAGE, format="archive", period="2026")
    assert answer.status_code == 422
    assert list(scratch.iterdir()) == [] and exports_logged(house) == []


def test_nothing_is_made_inside_the_federation(
    house: House, at_desk: dict[str, Browser], paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(house.registry.folder)
    monkeypatch.setattr(tempfile, "tempdir", str(house.registry.folder / "units"))
    answer = at_desk["shen"].send(PAGE, format="fec", period="2026")
    assert answer.status_code == 422
    assert "联合会目录" in answer.get_data(as_text=True)
    assert files_of(house.registry.folder) == before


def test_a_disk_that_is_full_is_told(
    house: House, at_desk: dict[str, Browser], paper: str, scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def full(*_: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "export", full)
    answer = at_desk["shen"].send(PAGE, format="fec", period="2026")
    assert answer.status_code == 503
    assert "No space left on device" in answer.get_data(as_text=True)
    assert list(scratch.iterdir()) == [] and exports_logged(house) == []


def test_what_is_too_large_for_a_download_is_written_on_the_server(
    house: House, at_desk: dict[str, Browser], paper: str, scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(page, "LARGEST", 10)
    for format in ("fec", "archive"):
        answer = at_desk["shen"].send(PAGE, format=format, period="2026")
        assert answer.status_code == 422
        told = f"mingbai export DIR --unit {UNIT} --period 2026 --format {format} -o OUT"
        assert told in answer.get_data(as_text=True)
    assert list(scratch.iterdir()) == [] and exports_logged(house) == []


def test_one_export_of_a_session_at_a_time(
    at_desk: dict[str, Browser], paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "this_session", lambda: "same")
    turns: Turns = at_desk["shen"]._client.application.extensions["mingbai-exports"]
    with turns.turn("same"):
        answer = at_desk["shen"].send(PAGE, format="fec", period="2026")
    assert answer.status_code == 429
    assert "还在进行" in answer.get_data(as_text=True)
    assert at_desk["shen"].send(PAGE, format="fec", period="2026").status_code == 200
