"""A sealed book is proven from its folder alone; every alteration is found, with its place."""

from __future__ import annotations

import json
import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from ledger.canonical_reader import entries
from ledger.sealing.signing import new_key
from ledger.verify import standalone
from ledger.verify.books import verify_book
from ledger.verify.verifying import verify_paths
from tests.cli.command import mingbai
from tests.verify import flips
from tests.verify.packs import (
    OPENED,
    UNIT,
    PackWriter,
    Writer,
    key,
    log_of,
    save_seals,
    seal_all,
    write_book,
)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of four closed months with a seal for each closing."""
    folder = write_book(tmp_path_factory.mktemp("sealed") / "federation")
    save_seals(folder, seal_all(log_of(folder), key()))
    return folder


@pytest.fixture
def folder(sealed: Path, tmp_path: Path) -> Path:
    """One to spoil."""
    return Path(shutil.copytree(sealed, tmp_path / "federation" / "units" / UNIT))


def rules(folder: Path) -> list[str]:
    return [one.rule for one in verify_book(folder, with_beancount=False).findings]


# ---- what is whole -----------------------------------------------------------------------------


def test_a_sealed_book_is_proven_without_registry_or_login(sealed: Path) -> None:
    told = mingbai("verify", sealed, "--json").json
    assert told["proven"] is True
    assert told["findings"] == []
    assert any("Beancount" in one["en"] for one in told["proves"])
    assert any("every seal" in one["en"] for one in told["proves"])
    assert told["keys"] == [{"unit": UNIT, "since": "2026-01", "key": key().public}]
    assert mingbai("verify", sealed.parents[1]).status == 0


def test_what_is_not_proven_is_said(sealed: Path, folder: Path) -> None:
    said = verify_paths([str(sealed)], with_beancount=False)
    assert not any("Beancount" in one.en for one in said.proves)
    assert any("ask the unit" in one.en for one in said.does_not_prove)
    shutil.rmtree(folder / "seals")
    text = mingbai("verify", folder, "--no-beancount").out
    assert "不证明 does not prove:" in text
    assert "by --since alone" in text
    assert "2026-01, 2026-02, 2026-03, 2026-03, 2026-04" in text
    assert text.endswith("已证明 proven\n")


def test_the_demonstration_s_books_are_proven(lived: object) -> None:
    folder = lived.folder  # type: ignore[attr-defined]
    assert verify_paths([str(folder)], with_beancount=False).findings == []


def test_a_book_and_its_publication_are_proven_together(sealed: Path, tmp_path: Path) -> None:
    PackWriter(sealed, tmp_path / "out").write("2026-04", ["2026-04"])
    told = mingbai("verify", sealed, tmp_path / "out", "--json").json
    assert told["proven"] is True
    assert any("redacted book's sums" in one["en"] for one in told["proves"])


def test_what_is_none_of_these_cannot_be_verified(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("a text")
    for path in (tmp_path, tmp_path / "text", tmp_path / "nowhere"):
        told = mingbai("verify", path)
        assert told.status == 2
        assert "nothing-to-verify" in told.err


# ---- what is altered ---------------------------------------------------------------------------


def test_alterations_at_random_are_found_at_their_place(tmp_path: Path) -> None:
    """A sample of what ``make flips`` does to every byte and every voucher of 200 KB."""
    dice, told = random.Random(9), flips.Told()
    book = flips.SealedBook(tmp_path, 12_000)
    flips.flip_bytes(book, told, dice, share=0.05)
    flips.spoil_vouchers(book, told, dice, every=6)
    flips.flip_others(book, told, dice, share=0.01)
    assert told.missed == []
    assert told.tried > 3000


def test_a_whole_entry_that_changed_places_is_found(tmp_path: Path) -> None:
    """The chain goes by seq, and no closing has a digest of an open month: order tells."""
    writer = Writer(tmp_path, UNIT, OPENED)
    writer.found()
    for day in (5, 6, 7):
        writer.spend(date(2026, 1, day), 10)
    path = writer.save() / "2026" / "01.bean"
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    path.write_text("\n\n".join([blocks[1], blocks[0], *blocks[2:]]), encoding="utf-8")
    assert rules(path.parents[1]) == ["chain-broken"]


def test_policy_and_foreign_files_are_found(folder: Path) -> None:
    path = folder / "book.bean"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"STRICT"', '"NONE"'), encoding="utf-8")
    assert rules(folder) == ["policy-changed"]
    path.unlink()
    assert rules(folder) == ["policy-changed"]
    path.write_text(text, encoding="utf-8")
    (folder / "2026" / "more.bean").write_text("")
    assert rules(folder) == ["foreign-file"]
    (folder / "2026" / "more.bean").rename(folder / "2027.bean")
    assert rules(folder) == ["foreign-file"]


def test_seals_that_are_missing_doubled_renamed_or_no_seals_are_found(folder: Path) -> None:
    first = folder / "seals" / "2026-01.v1.seal"
    data = first.read_bytes()
    first.unlink()
    assert "seal" in rules(folder)
    first.write_bytes(data)
    (folder / "seals" / "2026-09.v1.seal").write_bytes(data)
    assert "seal" in rules(folder)
    (folder / "seals" / "2026-09.v1.seal").unlink()
    (folder / "seals" / "note.txt").write_text("a note")
    assert rules(folder) == ["seal"]


def test_a_gap_in_numbers_is_found_though_every_hash_fits(tmp_path: Path) -> None:
    writer = Writer(tmp_path, UNIT, OPENED)
    writer.found()
    writer.spend(OPENED, 10)
    writer._ordinals["付", next(iter(writer._ordinals))[1]] = 2
    writer.spend(OPENED, 10)
    found = verify_book(writer.save(), with_beancount=False).findings
    assert [(one.rule, one.file) for one in found] == [("number-gap", f"units/{UNIT}/2026/01.bean")]
    assert "付-202601-0002" in found[0].what.en


def test_who_rewrites_all_but_lacks_the_key_is_found(folder: Path, tmp_path: Path) -> None:
    forged = write_book(tmp_path / "forged", each=6)
    for seal in seal_all(log_of(forged), new_key()):
        named = seal.text.decode().replace(seal.key, key().public)
        (forged / "seals").mkdir(exist_ok=True)
        (forged / seal.name).write_text(named)
    assert "seal" in rules(forged)
    save_seals(forged, seal_all(log_of(forged), new_key()))
    assert rules(forged) == []
    told = verify_paths([str(forged)], since=folder, with_beancount=False)
    assert {one.rule for one in told.findings} == {"history-differs"}


def test_a_rewritten_unsigned_book_is_found_against_an_older_pack_and_book(tmp_path: Path) -> None:
    older = write_book(tmp_path / "older", months=3)
    save_seals(older, seal_all(log_of(older), None))
    PackWriter(older, tmp_path / "out", signer=None).write("2026-02", ["2026-02"])
    newer = write_book(tmp_path / "newer", each=6)
    save_seals(newer, seal_all(log_of(newer), None))
    assert rules(newer) == []
    for since in (tmp_path / "out", older, tmp_path / "older"):
        told = mingbai("verify", newer, "--no-beancount", "--since", since, "--json")
        assert told.status == 1
        assert {one["rule"] for one in told.json["findings"]} == {"history-differs"}
    grown = write_book(tmp_path / "grown", months=4)
    save_seals(grown, seal_all(log_of(grown), None))
    for since in (tmp_path / "out", older):
        assert verify_paths([str(grown)], since, with_beancount=False).findings == []


def test_an_older_copy_without_seals_says_that_it_proves_nothing(
    sealed: Path, tmp_path: Path
) -> None:
    older = write_book(tmp_path / "older")
    PackWriter(sealed, tmp_path / "out").write("2026-04", ["2026-04"])
    told = verify_paths([str(tmp_path / "out")], older, with_beancount=False)
    assert [one.rule for one in told.findings] == ["history-unsealed"]


def test_an_older_copy_that_is_spoiled_or_of_another_unit_proves_nothing(
    sealed: Path, folder: Path, tmp_path: Path
) -> None:
    path = folder / "2026" / "02.bean"
    path.write_bytes(path.read_bytes().replace("活动".encode(), "活动费".encode(), 1))
    told = verify_paths([str(sealed)], folder, with_beancount=False)
    assert "chain-broken" in {one.rule for one in told.findings}
    other = write_book(tmp_path / "other", unit="beicun")
    told = verify_paths([str(sealed)], other, with_beancount=False)
    assert [one.rule for one in told.findings] == ["history-gone"]


# ---- packs and receipts ------------------------------------------------------------------------


def test_a_spoiled_pack_is_told_with_file_and_line(sealed: Path, tmp_path: Path) -> None:
    place = PackWriter(sealed, tmp_path / "out").write("2026-04", ["2026-04"])
    path = place / "leaves.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[4] = lines[4].replace('"seq"', '"sex"')
    path.write_text("".join(lines), encoding="utf-8")
    told = mingbai("verify", tmp_path / "out", "--json").json
    assert told["proven"] is False
    here = "packs/chunfeng/2026-04/public/v1/leaves.jsonl"
    assert [(one["file"], one["line"]) for one in told["findings"]] == [(here, None), (here, 5)]


def test_beancount_has_its_own_opinion_of_a_redacted_book(sealed: Path, tmp_path: Path) -> None:
    place = PackWriter(sealed, tmp_path / "out").write("2026-04", ["2026-04"])
    assert verify_paths([str(place)]).findings == []
    assert standalone.verify_publication(place)[1] == []


def test_a_receipt_alone_is_not_proven_and_says_why(tmp_path: Path) -> None:
    text = "MB1|" + "|".join("x" * 13)
    (tmp_path / "receipt.txt").write_text(text + "\n")
    for word in (text, tmp_path / "receipt.txt"):
        told = mingbai("verify", word, "--json")
        assert told.status == 1
        assert "no published root" in json.dumps(told.json)


def test_an_entry_stands_in_the_file_of_its_month(folder: Path) -> None:
    """A whole voucher moved to another month's file keeps its chain."""
    from_, to = folder / "2026" / "01.bean", folder / "2026" / "02.bean"
    data = from_.read_bytes()
    moved = entries(data)[0]
    from_.write_bytes(data[: moved.offset] + data[moved.offset + moved.length :])
    to.write_bytes(moved.text + to.read_bytes())
    assert rules(folder)
