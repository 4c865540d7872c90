"""The archive is read here as a stranger would: by its own description, without our program."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

from ledger.registry import Registry, papers
from tests.cli.command import UNIT as CHUNFENG
from tests.exports import oracle
from tests.exports.desk import Desk


def archived(desk: Desk, name: str = "a.zip") -> dict[str, bytes]:
    out = desk.place / name
    told = desk.export("archive", out)
    assert told.status == 0, told.said
    with zipfile.ZipFile(out) as found:
        assert {entry.compress_type for entry in found.infolist()} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: found.read(name) for name in found.namelist()}


def test_the_same_book_gives_the_same_bytes(desk: Desk) -> None:
    """Though the operation log says meanwhile that it was exported."""
    archived(desk, "a.zip")
    archived(desk, "b.zip")
    assert (desk.place / "a.zip").read_bytes() == (desk.place / "b.zip").read_bytes()


def test_every_file_stands_in_the_list_and_in_the_description(desk: Desk) -> None:
    files = archived(desk)
    lines = [line.split("  ", 1) for line in files.pop("SHA256SUMS").decode().splitlines()]
    listed = {name: digest for digest, name in lines}
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    words = files["FORMAT.txt"].decode()
    tops = {name.split("/")[0] + ("/" if "/" in name else "") for name in files}
    for top in (*tops, "SHA256SUMS"):
        assert words.count(f"\n  {top} ") == 2, top  # in Chinese and in English
    assert "mingbai-archive-1" in words


def test_the_book_is_there_as_it_is_and_its_chain_is_what_the_description_says(desk: Desk) -> None:
    files = archived(desk)
    entries = []
    for path in desk.office.unit.rglob("*.bean"):
        name = path.relative_to(desk.office.unit).as_posix()
        if not name.startswith("documents/"):
            assert files[f"book/{name}"] == path.read_bytes()
    for name, data in files.items():
        if name.startswith("book/") and name != "book/book.bean":
            for part in data.decode().split("\n\n")[:-1]:
                text = f"{part}\n\n"
                if text.startswith("; mingbai "):
                    seq = int(text.split()[2])
                    bare = re.sub(r"^(; mingbai \d+ [a-z]+) [0-9a-f]{64}\n", r"\1\n", text)
                else:
                    found = re.search(r"\n  seq: (\d+)\n", text)
                    assert found
                    seq = int(found[1])
                    bare = re.sub(r'(?m)^  chain: "[0-9a-f]{64}"\n', "", text, count=1)
                entries.append((seq, bare))
    entries.sort()
    assert [seq for seq, _ in entries] == list(range(1, len(entries) + 1))
    chain = hashlib.sha256(f"mingbai 1 {CHUNFENG}".encode()).hexdigest()
    for _, bare in entries:
        chain = hashlib.sha256(f"{chain}\n{bare}".encode()).hexdigest()
    facts = json.loads(files["unit.json"])
    assert chain == facts["chain"]
    assert len(entries) == facts["entries"]


def test_balances_are_those_of_the_book(desk: Desk) -> None:
    from ledger.period import Period

    files = archived(desk)
    sums, count = oracle.of_book(desk.office.unit, Period.parse("2026"))
    told: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in csv.DictReader(io.StringIO(files["chart/balances.csv"].decode())):
        for place, name in enumerate(("opening", "debit", "credit", "closing")):
            told[row["account"], row["currency"]][place] += int(row[name].replace(".", ""))
    assert {key: tuple(of) for key, of in told.items() if any(of)} == sums
    assert json.loads(files["unit.json"])["vouchers"] == count
    sheet = json.loads(files["statements/trial-balance.json"])
    closing = {line["code"]: line["amount"] for line in sheet["lines"]}
    assert closing["total"] == "0.00"
    for form in ("pdf", "csv", "json"):
        assert files[f"statements/balance-sheet.{form}"]


def test_papers_open_and_say_which_voucher_names_them(desk: Desk) -> None:
    files = archived(desk)
    rows = list(csv.DictReader(io.StringIO(files["papers/index.csv"].decode())))
    assert rows
    book = b"".join(data for name, data in files.items() if name.startswith("book/")).decode()
    for row in rows:
        data = files[row["file"]]
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        assert len(data) == int(row["bytes"])
        for number in row["vouchers"].split():
            assert f'voucher: "{number}"' in book
    named = {
        d for line in re.findall(r'^  papers\d*: "([^"]+)"$', book, re.M) for d in line.split()
    }
    assert named == {row["sha256"] for row in rows if row["vouchers"]}


def test_no_person_is_named_but_in_papers(desk: Desk) -> None:
    """Not the members, not the payers of the bank's file, not the names of the papers' files."""
    from ledger.registry import members, persons

    files = archived(desk)
    registry = Registry.open(desk.office.folder)
    with registry.read() as conn:
        rows = members.all_members(conn, CHUNFENG)
        known = persons.read_many(conn, registry.vault, [row.person for row in rows])
        names = {data.name for data in known.values()}
        file_names = {
            papers.name_of(registry, conn, CHUNFENG, row.digest) or ""
            for row in papers.all_papers(conn, CHUNFENG)
        }
    registry.close()
    assert len(names) > 5
    for name, data in files.items():
        if not name.startswith("papers/"):
            text = data.decode("utf-8", errors="replace")
            assert not [one for one in (names | file_names) if one and one in text], name
    assert any(one.encode() in data for one in names for data in files.values())


def test_the_script_proves_what_was_published(desk: Desk, tmp_path: Path) -> None:
    files = archived(desk)
    there = tmp_path / "opened"
    for name, data in files.items():
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_bytes(data)
    command = [sys.executable, str(there / "verify.py"), str(there), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["proven"] is True, done.stdout
    spoilt = next(there.glob("packs/**/book/2026/*.bean"))
    spoilt.write_bytes(spoilt.read_bytes() + b"\n")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    assert [name for name in files if name.startswith("seals/")]


def test_a_paper_that_was_altered_stops_the_archive(desk: Desk) -> None:
    path = next(desk.office.unit.glob("documents/*/*.sealed"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    told = desk.export("archive", desk.place / "a.zip")
    assert told.status == 1
    assert "paper" in told.err
    assert list(desk.place.iterdir()) == []
