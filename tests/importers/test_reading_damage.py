"""Damaged and hostile files end as findings, soon and in bounded memory."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.read import read_bytes
from importers.readers.grid import read_grids
from ledger.errors import LedgerError, Refused
from tests.importers import files
from tests.importers.banks import CORPORATE, abc_with_fees, cib, icbc_debit_and_credit
from tests.importers.other_statements import OTHERS
from tests.importers.truth import movements

BANKS = {**CORPORATE, **OTHERS}
ROOT = Path(__file__).parent.parent.parent
HEAD = "交易日期,收入,支出,余额,摘要\n"
ROW = "2026-03-01,1.00,,5.00,a\n"
SHEET = (
    b'<?xml version="1.0"?>%s<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
    b'2006/main"><sheetData>%s</sheetData></worksheet>'
)


def book(rows: bytes, doctype: bytes = b"") -> bytes:
    return files.with_sheet(files.xlsx([["a"]]), SHEET % (doctype, rows))


def bomb() -> bytes:
    return files.zipped({"a.csv": b"0" * 50_000_000})


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


WORKBOOK = icbc_debit_and_credit(movements(20))
OLD_WORKBOOK = cib(movements(20))
HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b"\n\n  \n",
    "photo": b"\xff\xd8\xff\xe0" + noise(100_000),
    "picture named .xls": b"\x89PNG\r\n\x1a\n" + noise(1000),
    "pdf": b"%PDF-1.7 ...",
    "members": "姓名,部门,手机,入会日期\n张示例,一车间,13800000000,2020-01-01\n".encode(),
    "zeros": b"\0" * 5_000_000,
    "nul bytes": b"2026-03-01,1\0 00\n" + HEAD.encode(),
    "half a character": HEAD.encode("utf-16")[:-1],
    "cut workbook": WORKBOOK[: len(WORKBOOK) // 2],
    "workbook without its end": WORKBOOK[:-30],
    "cut old workbook": OLD_WORKBOOK[:3000],
    "old workbook without its end": OLD_WORKBOOK[:-600],
    "old workbook of noise": OLD_WORKBOOK[:512] + noise(5000),
    "noise as archive": b"PK\x03\x04" + noise(3000),
    "noise as gzip": b"\x1f\x8b\x08" + noise(200),
    "empty archive": b"PK\x05\x06" + b"\0" * 18,
    "archive bomb": bomb(),
    "archives in archives": files.zipped({"a.zip": files.zipped({"b.zip": bomb()})}),
    "cell far away": book(
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "outside entity": book(
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ),
    "entities in entities": b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><table><tr><td>&a9;</td></tr></table>",
    "tables in tables": b"<table>" * 20_000 + b"<tr><td>1</td></tr>",
    "endless line": b"a" * 3_000_000 + b"\n" + b"b," * 1_000_000,
    "endless header": (HEAD.strip() + ",摘要" * 300_000).encode(),
    "endless amount": (HEAD + "2026-03-01," + "9" * 300_000 + "\n").encode(),
    "endless quotation": (HEAD + '2026-03-01,1.00,,5.00,"' + "x," * 200_000).encode(),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_is_no_statement_is_refused_soon(name: str) -> None:
    began = time.process_time()
    with pytest.raises(Refused) as refusal:
        read_bytes(HOSTILE[name], "given.dat")
    assert refusal.value.findings
    assert all(found.remedy.zh and found.remedy.en for found in refusal.value.findings)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "text",
    [
        "期初余额" + " " * 100_000 + "x\n" + HEAD + ROW,
        "期初余额\n" + "\n" * 100_000 + "x\n" + HEAD + ROW,
        HEAD + ROW + "-" * 150_000 + "\n",
        HEAD + ROW + "合" + " " * 150_000 + "计\n",
        "起始日期：" + "2026" * 20_000 + "\n" + HEAD + ROW,
    ],
    ids=["blanks", "empty lines", "dashes", "wide remark", "long period"],
)
def test_long_runs_of_anything_cost_no_more_than_their_length(text: str) -> None:
    began = time.process_time()
    assert len(read_bytes(text.encode(), "s.csv").lines) == 1
    assert time.process_time() - began < 5


def test_more_rows_than_we_read_are_refused_and_not_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from importers.readers import limits

    grid = [line.split(",") for line in (HEAD + ROW * 40).splitlines()]
    monkeypatch.setattr(limits, "MOST_ROWS", 30)
    with pytest.raises(Refused):
        read_bytes(files.xlsx(grid), "s.xlsx")
    with pytest.raises(Refused):
        read_bytes(files.html(grid), "s.xls")


@settings(max_examples=150, deadline=None)
@given(
    layout=st.sampled_from(sorted(BANKS)),
    place=st.integers(0, 100_000),
    junk=st.binary(max_size=8),
    cut=st.booleans(),
)
def test_a_file_damaged_anywhere_is_read_or_refused(
    layout: str, place: int, junk: bytes, cut: bool
) -> None:
    data = BANKS[layout](movements(6))
    place %= len(data)
    damaged = data[:place] + junk + (b"" if cut else data[place + len(junk) :])
    try:
        read_bytes(damaged, "damaged.dat")
    except LedgerError as fault:
        assert fault.findings


def run(*paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ledger.cli.main", "read", "--json", *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_the_command_tells_every_file_and_never_shows_a_traceback(tmp_path: Path) -> None:
    """A sparse file of 200 MB is refused by its size; what can be read beside it is read."""
    paths = []
    for name in ("photo", "members", "archive bomb", "cell far away"):
        paths.append(tmp_path / f"{name}.dat")
        paths[-1].write_bytes(HOSTILE[name])
    huge = tmp_path / "huge.dat"
    with huge.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    fine = tmp_path / "fine.csv"
    fine.write_bytes(abc_with_fees(movements(5)))
    done = run(*paths, huge, fine)
    assert done.returncode == 1 and not done.stderr
    told = json.loads(done.stdout)
    assert [len(one["lines"]) for one in told] == [0, 0, 0, 0, 0, 5]
    assert all(one["findings"] for one in told[:-1])
    assert run(tmp_path / "absent.csv").returncode == 2


def test_a_member_of_an_archive_may_have_no_name() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("QZ", f"{HEAD}{ROW}")
    reading = read_bytes(packed.getvalue().replace(b"QZ", b"\0Z"), "x.zip")
    assert len(reading.lines) + len(reading.parked) == 1


def test_rows_that_damage_left_open_are_read_once_each() -> None:
    rows = [["交易日期", "收入", "支出", "余额"], *[["2026-03-01", "1.00", "", "5.00"]] * 200]
    damaged = files.xml2003(rows).replace(b"</Row>", b"")
    (grid,) = read_grids(damaged, "x.xls")
    assert len(grid.rows) == 201
    assert sum(len(row) for row in grid.rows) == 201 * 4


def test_no_archive_member_is_believed_about_its_size() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 1_000_000)
    data = bytearray(out.getvalue())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + offset
        data[at : at + 4] = (9).to_bytes(4, "little")
    with pytest.raises(Refused):
        read_bytes(bytes(data), "lies.zip")


def test_a_file_of_two_accounts_does_not_end_as_if_all_were_well(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text(
        "本方账号,交易日期,收入,支出,余额\nA1111111,2026-03-01,5.00,,105.00\n"
        "B2222222,2026-03-01,9.00,,41.00\n",
        encoding="utf-8",
    )
    done = run(path)
    assert done.returncode == 1
    assert [found["rule"] for found in json.loads(done.stdout)["findings"]] == ["several-accounts"]
