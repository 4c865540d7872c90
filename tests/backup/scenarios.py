"""Ways in which a federation's stores are damaged or lost, and what a person then types.

``python -m tests.backup.scenarios FOLDER PUBLICATION SCRATCH`` tries all of them on copies of a
federation that was sealed and published, and holds every restored root against the published one.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ledger.backup import published
from ledger.backup.manifest import MAC
from ledger.registry.vault import Vault, load_master_key
from ledger.verify.verifying import verify_paths
from tests.cli.command import Told, mingbai


@dataclass(frozen=True)
class Case:
    """A live ``folder`` to damage, its ``backup`` of before, and what it published."""

    folder: Path
    backup: Path
    public: Path
    key: Path
    unit: str
    password: str

    @property
    def book(self) -> Path:
        return self.folder / "units" / self.unit

    @property
    def month(self) -> Path:
        """A month file with something in it."""
        return next(path for path in sorted(self.book.glob("2026/*.bean")) if path.stat().st_size)

    @property
    def back(self) -> Path:
        """Where a backup is restored."""
        return self.folder.with_name("restored")

    @property
    def database(self) -> Path:
        return self.folder / "registry.db"

    def run(self, *words: object) -> Told:
        told = mingbai(*words, MINGBAI_PASSWORD=self.password)
        assert told.status == 0, (words, told.said)
        return told

    def rebuild(self, source: str) -> Path:
        self.run("rebuild", self.folder, "--from", source, "--user", "admin")
        return self.folder

    def restore(self, *more: object) -> Path:
        words = ("-o", self.back, "--key-file", self.key, "--published", self.public)
        self.run("restore", self.backup, *words, *more)
        return self.back


@dataclass(frozen=True)
class Scenario:
    """``damage`` says by being called what is lost; ``remedy`` gives the folder that is whole."""

    name: str
    damage: Callable[[Case], object]
    remedy: Callable[[Case], Path]


def from_books(case: Case) -> Path:
    return case.rebuild("books")


def from_journal(case: Case) -> Path:
    return case.rebuild("journal")


def restored(case: Case) -> Path:
    return case.restore()


# ---- what is lost ------------------------------------------------------------------------------


def cut(path: Path) -> None:
    """Half of a file is gone."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def flip(path: Path, at: int | None = None) -> None:
    """One byte of a file is another one."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 0x01
    path.write_bytes(data)


def sql(case: Case, *orders: str) -> None:
    with closing(sqlite3.connect(case.database)) as conn, conn:
        for order in orders:
            conn.execute(order.replace(":unit", f"'{case.unit}'"))


def header_smashed(case: Case) -> None:
    with case.database.open("r+b") as file:
        file.write(bytes(4096))


def row_altered(case: Case) -> None:
    sql(
        case,
        "UPDATE entry SET text = CAST(replace(CAST(text AS TEXT), '0.', '1.') AS BLOB) "
        "WHERE unit = :unit AND number IS NOT NULL",
    )


def rows_gone(case: Case) -> None:
    sql(case, "DELETE FROM entry WHERE unit = :unit AND seq > 5")


def log_lost(case: Case) -> None:
    """What SQLite had not moved out of its log yet: the last entry, consistently."""
    last = "(SELECT max(seq) FROM entry WHERE unit = :unit)"
    sql(
        case,
        f"UPDATE book_file SET length = (SELECT offset FROM entry WHERE unit = :unit AND seq = "
        f"{last}) WHERE unit = :unit AND last_seq = {last}",
        f"DELETE FROM entry WHERE unit = :unit AND seq = {last}",
        f"UPDATE book_head SET seq = {last}, chain = (SELECT chain FROM entry WHERE unit = :unit "
        f"AND seq = {last}) WHERE unit = :unit",
    )


def seals_and_rows(case: Case) -> None:
    shutil.rmtree(case.book / "seals")
    row_altered(case)


def sums_altered(case: Case) -> None:
    sql(
        case,
        "UPDATE fund_day SET fen = fen + 1 WHERE unit = :unit",
        "UPDATE voucher_count SET last = last + 7 WHERE unit = :unit",
        "DELETE FROM month_state WHERE unit = :unit",
    )


def indexes_gone(case: Case) -> None:
    with closing(sqlite3.connect(case.database)) as conn, conn:
        named = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        for (name,) in conn.execute(named).fetchall():
            conn.execute(f'DROP INDEX "{name}"')


def seal_rows_gone(case: Case) -> None:
    sql(case, "DELETE FROM seal WHERE unit = :unit")


def extra_month(case: Case) -> None:
    (case.book / "2031").mkdir()
    (case.book / "2031/01.bean").write_text("; of nobody\n")


def books_gone(case: Case) -> None:
    """The text of the unit's book, its seals and its policy; papers are there."""
    for path in case.book.iterdir():
        if path.name != "documents":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def paper_gone(case: Case) -> None:
    next(case.folder.glob("units/*/documents/*/*.sealed")).unlink()


def pack_gone(case: Case) -> None:
    shutil.rmtree(case.folder / "publications")


def both_gone(case: Case) -> None:
    case.database.unlink()
    books_gone(case)


def in_backup(path: Path, spoil: Callable[[bytes], bytes | None], pattern: str) -> None:
    """Write a backup again with members of such names spoilt, the manifest as it was."""
    other = path.with_suffix(".spoilt")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data: bytes | None = old.read(info)
            if re.fullmatch(pattern, info.filename):
                data = spoil(old.read(info))
            if data is not None:
                new.writestr(info.filename, data)
    other.replace(path)


def written_with_key(said: dict[str, Any], key: Path) -> str:
    """The text of a manifest as who has the master key would write it."""
    said["mac"] = ""
    text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
    bare = hashlib.sha256(text.encode()).hexdigest()
    said["mac"] = Vault(load_master_key(key)).digest(MAC, bare)
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def flipped(data: bytes) -> bytes:
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def gone(_data: bytes) -> None:
    return None


SCENARIOS = (
    Scenario("the database is gone", lambda case: case.database.unlink(), from_books),
    Scenario("the database is empty", lambda case: case.database.write_bytes(b""), from_books),
    Scenario("the database is cut off", lambda case: cut(case.database), from_books),
    Scenario("the database's head is smashed", header_smashed, from_books),
    Scenario("rows of the journal are altered", row_altered, from_books),
    Scenario("rows of the journal are gone", rows_gone, from_books),
    Scenario("the database's log is lost", log_lost, from_books),
    Scenario("sums, numbers and months are altered", sums_altered, from_books),
    Scenario("rows of seals are gone", seal_rows_gone, from_books),
    Scenario("the database's indexes are gone", indexes_gone, restored),
    Scenario("a month is gone", lambda case: case.month.unlink(), from_journal),
    Scenario("a month is cut off", lambda case: cut(case.month), from_journal),
    Scenario("a byte of a month is flipped", lambda case: flip(case.month), from_journal),
    Scenario("a month is there too many", extra_month, from_journal),
    Scenario("the chart is gone", lambda case: (case.book / "chart.bean").unlink(), from_journal),
    Scenario("funds are gone", lambda case: (case.book / "funds.bean").unlink(), from_journal),
    Scenario("book.bean is gone", lambda case: (case.book / "book.bean").unlink(), from_journal),
    Scenario("seals' files are gone", lambda case: shutil.rmtree(case.book / "seals"),
             from_journal),
    Scenario("seals' files are gone, rows are altered",
             seals_and_rows, from_books),
    Scenario("a unit's book is gone", books_gone, from_journal),
    Scenario("a unit's folder is gone", lambda case: shutil.rmtree(case.book), restored),
    Scenario("a paper is gone", paper_gone, restored),
    Scenario("what was published is gone", pack_gone, restored),
    Scenario("both stores are gone", both_gone, restored),
    Scenario("everything is gone", lambda case: shutil.rmtree(case.folder), restored),
    Scenario("the backup's journal is flipped",
             lambda case: in_backup(case.backup, flipped, "registry/entry.jsonl"),
             lambda case: case.restore("--from", "books")),
    Scenario("the backup's persons are gone",
             lambda case: in_backup(case.backup, gone, "registry/user_account.jsonl"),
             lambda case: case.restore("--from", "books")),
    Scenario("a month of the backup is flipped",
             lambda case: in_backup(
                 case.backup, flipped, "folder/" + case.month.relative_to(case.folder).as_posix()),
             lambda case: case.restore("--from", "journal")),
    Scenario("books of the backup are gone",
             lambda case: in_backup(case.backup, gone, r"folder/units/.*\.bean"),
             lambda case: case.restore("--from", "journal")),
)  # fmt: skip


def proven(folder: Path, roots: dict[str, tuple[int, str]]) -> dict[str, str]:
    """How each unit of a restored folder stands to the roots it published; all is verified."""
    outcome = verify_paths([str(folder)], with_beancount=False)
    assert outcome.is_proven, list(map(str, outcome.findings))
    standings, found = published.hold_against(folder, roots, roots)
    assert found == []
    return {one.unit: one.state for one in standings}


def main(folder: Path, public: Path, scratch: Path) -> int:
    """Try every scenario on a copy of a folder; what is told of each, and how many held."""
    password, unit = "mingbai-demo", "shi"
    scratch.mkdir(parents=True)
    backup, key = scratch / "backup.zip", scratch / "master.key"
    shutil.copyfile(folder / "master.key", key)
    roots = published.read([public])
    # All packs are verified once; each restoring holds one unit's against it, and here all roots.
    case = Case(scratch / "live", backup, public / "packs" / unit, key, unit, password)
    whole = replace(case, folder=folder)
    whole.run("backup", folder, "-o", backup, "--user", "admin", "--quick")
    held = 0
    for scenario in SCENARIOS:
        for path in (case.folder, case.back):
            shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(folder, case.folder)
        spoilt = replace(case, backup=scratch / "spoilt.zip")
        shutil.copyfile(backup, spoilt.backup)
        scenario.damage(spoilt)
        states = proven(scenario.remedy(spoilt), roots)
        held += set(states.values()) <= {"equal", "extends"}
        print(f"{held}/{len(SCENARIOS)} {scenario.name}: {len(states)} roots", flush=True)
    return 0 if held == len(SCENARIOS) else 1


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4])))
