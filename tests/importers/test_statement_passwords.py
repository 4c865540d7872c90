"""A statement's password is taken from a file, used, and neither kept nor told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Office, mingbai
from tests.importers import files, wallets
from tests.importers.banks import icbc_debit_and_credit
from tests.importers.truth import movements

PASSWORD = "s3cret-口令"


def locked(kind: str) -> bytes:
    rows = movements(6)
    if kind == "zip":
        return files.zipped({"账单.csv": wallets.alipay_app(rows)}, PASSWORD)
    return files.locked_xlsx(icbc_debit_and_credit(rows), PASSWORD)


@pytest.mark.parametrize("kind", ["zip", "workbook"])
def test_the_password_stands_in_a_file(kind: str, tmp_path: Path) -> None:
    path, secret, wrong = tmp_path / "a.dat", tmp_path / "p", tmp_path / "w"
    path.write_bytes(locked(kind))
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    wrong.write_text("nothing-of-the-kind\n", encoding="utf-8")
    assert mingbai("read", path).status == 1
    refused = mingbai("read", "--json", path, "--password-file", wrong)
    assert refused.status == 1
    assert [found["rule"] for found in json.loads(refused.out)["findings"]] == ["encrypted"]
    assert "nothing-of-the-kind" not in refused.out + refused.err
    read = mingbai("read", "--json", path, "--password-file", secret)
    assert read.status == 0 and len(json.loads(read.out)["lines"]) == 6
    assert PASSWORD not in read.out + read.err
    piped = mingbai("read", "--json", path, "--password-file", "-", typed=f"{PASSWORD}\n")
    assert piped.status == 0
    assert mingbai("read", path, "--password-file", tmp_path / "absent").status == 2


def test_a_locked_statement_is_imported_with_its_password_which_is_kept_nowhere(
    march: Office, tmp_path: Path
) -> None:
    """The user's password and the file's are two things, each from a place of its own."""
    path, secret = tmp_path / "a.zip", tmp_path / "p"
    path.write_bytes(locked("zip"))
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    refused = march.zhou("import", "--json", path)
    assert refused.status == 1 and "--statement-password-file" in refused.out
    words = ("--account", "10201", "--json", path, "--statement-password-file", secret)
    imported = march.zhou("import", *words)
    assert imported.status == 0 and imported.json["lines"]["new"] == 6, imported.out
    assert PASSWORD not in imported.out + imported.err
    kept = [one for one in march.folder.rglob("*") if one.is_file()]
    assert not [one for one in kept if PASSWORD.encode() in one.read_bytes()]
