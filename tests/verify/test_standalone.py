"""The auditor's script proves an honest publication, and finds what was altered, with its place."""

from __future__ import annotations

import ast
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.gifts import proving
from ledger.gifts.sealing import Sealed, leaf_of
from ledger.merkle import Tree
from ledger.sealing import lists
from ledger.sealing.signing import SigningKey, new_key
from ledger.verify import standalone
from tests.verify import proofs
from tests.verify.packs import (
    PackWriter,
    as_json,
    key,
    list_sums,
    log_of,
    write_book,
)

SCRIPT = Path(standalone.__file__)
QUARTER = ("2026-01", "2026-02", "2026-03")


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication of January, of the first quarter and of April, each as it was published."""
    place = tmp_path_factory.mktemp("honest")
    folder = write_book(place / "federation")
    sizes = {(head.month, head.version): head.size for head in log_of(folder).heads}
    writer = PackWriter(folder, place / "out")
    writer.write("2026-01", ["2026-01"], size=sizes["2026-01", 1])
    writer.write("2026-Q1", QUARTER, size=sizes["2026-03", 2])
    writer.write("2026-04", ["2026-04"])
    return place


@pytest.fixture
def out(honest: Path, tmp_path: Path) -> Path:
    """A publication to spoil."""
    return Path(shutil.copytree(honest / "out", tmp_path / "out"))


def pack(out: Path, period: str = "2026-Q1") -> Path:
    return out / "packs" / "chunfeng" / period / "public" / "v1"


def found(folder: Path, since: Path | None = None, key: str = "") -> list[str]:
    told = standalone.verify(folder, since, key)
    assert told["proven"] == (not told["findings"])
    return [f"{one['where']}: {one['what']}" for one in told["findings"]]


def change(path: Path, act: Callable[[Any], object]) -> None:
    """Alter a pack's JSON, and its list of digests with it."""
    told = json.loads(path.read_text(encoding="utf-8"))
    act(told)
    path.write_text(as_json(told), encoding="utf-8")
    list_sums(path.parent)


def change_leaf(place: Path, line: int, act: Callable[[Any], object]) -> None:
    path = place / "leaves.jsonl"
    rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]
    act(rows[line])
    write_rows(place, rows)


def write_rows(place: Path, rows: list[Any]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
    (place / "leaves.jsonl").write_text(text, encoding="utf-8")
    list_sums(place)


def rows_of(place: Path) -> list[Any]:
    return [json.loads(row) for row in (place / "leaves.jsonl").read_text().splitlines()]


def in_seal(told: Any, place: int, old: str, new: str) -> None:
    told["seals"][place] = told["seals"][place].replace(old, new)


def an_open_row(place: Path) -> int:
    return next(at for at, row in enumerate(rows_of(place)) if "text" in row)


# ---- the script --------------------------------------------------------------------------------


def test_it_needs_nothing_but_the_standard_library_of_python_3_9() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
    }
    assert names <= sys.stdlib_module_names


def test_it_has_no_star_within_brackets() -> None:
    """``sums[account, *place]`` is no Python 3.9, though ``ast`` lets it pass; a tuple is."""
    text = SCRIPT.read_text(encoding="utf-8")
    inside = [node.slice for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Subscript)]
    tuples = [one for one in inside if isinstance(one, ast.Tuple)]
    starred = [one for one in tuples if any(isinstance(el, ast.Starred) for el in one.elts)]
    assert starred
    assert all((ast.get_source_segment(text, one) or "").startswith("(") for one in starred)


def test_an_auditor_reads_fewer_than_five_hundred_lines() -> None:
    """All of them, as ``wc -l`` counts; not bought by lines too long for a screen."""
    text = SCRIPT.read_text(encoding="utf-8")
    assert text.count("\n") < 500
    assert max(map(len, text.splitlines())) <= 120


def test_it_runs_alone_and_says_what_it_proves_and_what_not(honest: Path, tmp_path: Path) -> None:
    script = shutil.copy(SCRIPT, tmp_path / "verify.py")
    words = [sys.executable, "-I", str(script), str(honest / "out")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "已证明 proven" in done.stdout
    assert key().public in done.stdout
    told = json.loads(subprocess.check_output([*words, "--json"], text=True, cwd=tmp_path))
    assert told["proven"] is True
    assert len(told["proves"]) == 5
    assert len(told["does_not_prove"]) == 4
    assert len(told["packs"]) == 3
    assert told["unsigned"] == [f"chunfeng/2026-{one}/public/v1" for one in ("01", "04", "Q1")]


def test_each_pack_is_proven_alone(honest: Path) -> None:
    for period in ("2026-01", "2026-Q1", "2026-04"):
        assert found(pack(honest / "out", period)) == []


def test_nothing_to_verify_is_no_proof(tmp_path: Path) -> None:
    assert standalone.main([str(tmp_path)]) == 2
    assert standalone.main([str(tmp_path / "nowhere")]) == 2


def test_a_finding_ends_with_status_one(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pack(out) / "more.txt").write_text("more")
    assert standalone.main([str(out)]) == 1
    assert "未证明 not proven" in capsys.readouterr().out


# ---- files -------------------------------------------------------------------------------------


def test_every_altered_missing_and_extra_file_is_named(out: Path) -> None:
    place = pack(out)
    (place / "trial-balance.pdf").write_bytes(b"%PDF-1.7 of another kind")
    (place / "more.txt").write_text("more")
    (place / "book" / "2026" / "09.bean").unlink()
    told = "\n".join(found(out))
    for name in ("trial-balance.pdf", "more.txt", "book/2026/09.bean"):
        assert f"packs/chunfeng/2026-Q1/public/v1/{name}" in told.replace("'", "")


def test_a_renamed_file_is_found_under_both_names(out: Path) -> None:
    (pack(out) / "trial-balance.pdf").rename(pack(out) / "balance.pdf")
    told = "\n".join(found(out))
    assert "trial-balance.pdf" in told
    assert "/balance.pdf" in told


def test_links_and_devices_are_no_files(out: Path) -> None:
    os.mkfifo(pack(out) / "pipe")
    assert any("pipe" in one for one in found(out))
    (pack(out) / "pipe").unlink()
    (pack(out) / "link").symlink_to("/etc")
    assert any("link" in one for one in found(out))


def test_a_list_that_leads_out_of_the_pack_is_found(out: Path) -> None:
    path = pack(out) / "SHA256SUMS"
    secret = out / "secret"
    secret.write_text("secret")
    path.write_text(f"{'0' * 64}  ../secret\n" + path.read_text())
    assert any("secret" in one for one in found(out))


@pytest.mark.parametrize("name", ["SHA256SUMS", "pack.json", "leaves.jsonl", "book/book.bean"])
@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n", b"\xff\xfe", b"\0" * 100, b"[" * 100_000, b'{"a":' * 50_000, b"9" * 100_000,
        b"null\n", b'"\\ud800"', b"[]\n", b"{}\n", b'{"seq": NaN}', b'{"seq": 1e999}\n',
        b'{"format": "mingbai-pack-1", "format": "mingbai-pack-1"}',
    ],
)  # fmt: skip
def test_whatever_stands_in_a_file_ends_as_a_finding(out: Path, name: str, data: bytes) -> None:
    (pack(out) / name).write_bytes(data)
    if name != "SHA256SUMS":
        list_sums(pack(out))
    assert any(one.startswith("packs/chunfeng/2026-Q1/") for one in found(out))
    (pack(out) / name).unlink()
    assert found(out)


def test_a_publication_s_own_list_holds_its_pages_and_packs(out: Path) -> None:
    (out / "index.html").write_text("a page")
    assert found(out) == ["SHA256SUMS: 缺少文件 SHA256SUMS is missing"], "pages want a list"
    list_sums(out)
    assert found(out) == []
    (out / "index.html").write_text("another page")
    assert found(out) == ["index.html: 已改动 it is not what the list says"]
    list_sums(out)
    shutil.rmtree(pack(out, "2026-04"))
    assert any("packs/chunfeng/2026-04" in one for one in found(out))


# ---- who signed the list -----------------------------------------------------------------------


def sign(place: Path, by: SigningKey | None = None) -> Path:
    """Sign a pack's list, as its unit does; the file of the signature."""
    path = place / lists.SIGNATURE
    path.write_bytes(lists.sign((place / "SHA256SUMS").read_bytes(), by or key()).text)
    return path


def test_a_signed_pack_is_its_unit_s_word_for_all_its_files(out: Path) -> None:
    place = pack(out)
    sign(place)
    told = standalone.verify(place, None, key().public)
    assert told["proven"]
    assert told["unsigned"] == []
    (place / "trial-balance.pdf").write_bytes(b"%PDF-1.7 of another kind")
    list_sums(place)
    assert found(place) == ["./SHA256SUMS.sig: 不是此清单的签名 it is no signature of this list"]
    sign(place)
    assert found(place) == []


def test_whoever_takes_the_signature_away_is_found_by_the_key(out: Path) -> None:
    place = pack(out)
    assert found(place) == []
    assert standalone.verify(place, None)["unsigned"] == ["chunfeng/2026-Q1/public/v1"]
    assert found(place, key=key().public) == [
        "./SHA256SUMS.sig: 清单非此公钥签名 the list is not signed by this key"
    ]


@pytest.mark.parametrize(
    "act",
    [
        lambda place: sign(place, new_key()),
        lambda place: sign(place).write_bytes(sign(pack(place.parents[4], "2026-01")).read_bytes()),
        lambda place: sign(place).write_bytes(b""),
        lambda place: sign(place).write_bytes(b"\xff"),
        lambda place: sign(place).write_bytes(sign(place).read_bytes() + b"\n"),
        lambda place: sign(place).write_bytes(sign(place).read_bytes().replace(b"==", b"=")),
        lambda place: sign(place).write_bytes(bytes(sign(place).read_bytes()).swapcase()),
        lambda place: sign(place).write_text("mingbai-list-1\n"),
    ],
)
def test_what_is_no_signature_of_this_pack_by_its_key_is_found(
    out: Path, act: Callable[[Path], object]
) -> None:
    place = pack(out)
    act(place)
    assert found(place)


def test_a_publication_s_list_is_signed_by_who_published_it(out: Path) -> None:
    (out / "index.html").write_text("a page")
    list_sums(out)
    for place in (pack(out), pack(out, "2026-01"), pack(out, "2026-04")):
        sign(place)
    list_sums(out)
    sign(out, publisher := new_key())
    assert found(out) == []
    (out / "index.html").write_text("another page")
    list_sums(out)
    assert found(out) == ["SHA256SUMS.sig: 不是此清单的签名 it is no signature of this list"]
    sign(out, publisher)
    assert found(out) == []


def test_a_sum_that_moves_money_between_funds_is_found(out: Path) -> None:
    """No leaf opens a sum of several: that it balances in each fund holds of it as of all."""
    place = pack(out)
    path = place / "book" / "2026" / "03.bean"
    text = path.read_text(encoding="utf-8")
    start = text.index("900001")
    path.write_text(text[:start] + text[start:].replace('fund: "F01"', 'fund: "F02"', 1))
    list_sums(place)
    assert any("does not balance by fund" in one for one in found(place))


# ---- leaves and tree ---------------------------------------------------------------------------


def test_an_altered_open_text_is_found(out: Path) -> None:
    place = pack(out)
    at = an_open_row(place)
    change_leaf(place, at, lambda row: row.update(text=row["text"].replace("F01", "F02")))
    told = found(out)
    assert any("root over the leaves" in one or "it is not the leaves' root" in one for one in told)


@pytest.mark.parametrize(
    "act",
    [
        lambda rows: rows.pop(3),
        lambda rows: rows.insert(3, rows[3]),
        lambda rows: rows.reverse(),
        lambda rows: rows.__setitem__(slice(4, 6), [rows[5], rows[4]]),
        lambda rows: rows[-1].update(kind="open", month="-"),
        lambda rows: rows[5].update(seq=9.5),
        lambda rows: rows[5].update(full=7),
        lambda rows: rows[5].update(month="2026-02"),
        lambda rows: rows.clear(),
    ],
)
def test_dropped_doubled_and_moved_leaves_are_found(
    out: Path, act: Callable[[list[Any]], object]
) -> None:
    place = pack(out)
    rows = [row for row in rows_of(place) if row["number"] != "收-202603-0005"]
    for at, row in enumerate(rows):
        row["seq"] = at + 1
    write_rows(place, rows)
    change(place / "pack.json", lambda told: told["tree"].update(size=len(rows)))
    assert any("public/v1/" in one for one in found(out))


@pytest.mark.parametrize(
    "act",
    [
        lambda told: told["tree"].update(root="0" * 64),
        lambda told: told["tree"].update(size=10**11),
        lambda told: told["tree"].update(first=8),
        lambda told: told["tree"].update(frontier=[]),
        lambda told: told["tree"]["frontier"].__setitem__(0, "1" * 64),
        lambda told: told["tree"]["heads"].clear(),
        lambda told: told["tree"]["heads"][0].update(root="1" * 64),
        lambda told: told["tree"]["heads"][0]["consistency"].pop(),
        lambda told: told["tree"]["heads"][0]["consistency"].append(None),
        lambda told: told["seals"].pop(),
        lambda told: told["seals"].pop(0),
        lambda told: told["seals"].pop(1),
        lambda told: told["seals"].append(told["seals"][-1]),
        lambda told: in_seal(told, 0, "version: 1", "version: 2"),
        lambda told: in_seal(told, -1, "vouchers: ", "vouchers: 1"),
        lambda told: told.update(seals=["x"]),
        lambda told: told.update(seals={}),
        lambda told: told.update(unit="other"),
        lambda told: told.update(period="2026-05"),
        lambda told: told.update(version=2),
        lambda told: told.update(version=True, supersedes=[]),
        lambda told: told["totals"].update({"Assets:102-银行存款:01-基本户": None}),
        lambda told: told["totals"].popitem(),
        lambda told: told.update(totals=[]),
        lambda told: told.update(reopened=[]),
        lambda told: told["reopened"].append(told["reopened"][0]),
        lambda told: told["reopened"][0].update(month="2026-02"),
        lambda told: in_seal(told, 0, "receipts: none", f"receipts: {'1' * 64} 3"),
    ],
)  # fmt: skip
def test_whatever_is_altered_in_the_head_of_a_pack_is_found(
    out: Path, act: Callable[[Any], object]
) -> None:
    change(pack(out, "2026-04") / "pack.json", act)
    assert any("2026-04/public/v1/" in one or "2026-04" in one for one in found(out))


def test_a_pack_of_a_month_that_is_not_sealed_is_found(honest: Path, tmp_path: Path) -> None:
    writer = PackWriter(honest / "federation" / "units" / "chunfeng", tmp_path / "out")
    writer.write("2026", [*QUARTER, "2026-04"])
    assert any("seal 2026-05: " in one for one in found(tmp_path / "out"))


def test_a_period_may_begin_before_the_book(tmp_path: Path) -> None:
    """Months before it need no seal, because every leaf from the first on is there."""
    folder = write_book(tmp_path / "federation", months=1)
    writer = PackWriter(folder, tmp_path / "out")
    place = writer.write("2026-01", ["2026-01"])
    years = [f"2025-{month:02d}" for month in range(11, 13)]
    verified = standalone.Pack(place, "")
    verified.months = [*years, "2026-01"]
    verified.check_months()
    verified.leaves[6]["month"] = "2025-12"
    with pytest.raises(standalone.Wrong, match="not sealed"):
        verified.check_months()


def test_no_altered_proof_is_accepted() -> None:
    assert proofs.accepted(4000, seed=1) == []


# ---- book and totals ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  10.01 CNY", "  10.02 CNY"),
        ('fund: "F01"', 'fund: "F02"'),
        ("2026-03-02 *", "2026-03-03 *"),
        ('voucher: "付-202603-0003"', 'voucher: "付-202603-0033"'),
        ("Assets:102-银行存款:01-基本户  ", "Assets:102-银行存款:02-微信商户  "),
        ("2026-03-02 *", "2026-03-02 !"),
        ("2026-03-02 *", 'include "/etc/passwd"\n2026-03-02 *'),
        ("2026-03-02 *", 'plugin "beancount.plugins.auto"\n2026-03-02 *'),
        ("2026-03-02 *", "2026-03-02 pad Assets:102 Equity:321\n2026-03-02 *"),
        ('    fund: "F01"', '      fund: "F01"'),
        ("  10.01 CNY", "  10.01*1 CNY"),
        ("  10.01 CNY", "  10.01 CNY @ 2 CNY"),
    ],
)
def test_a_book_that_says_otherwise_than_the_leaves_is_found(out: Path, old: str, new: str) -> None:
    path = pack(out) / "book" / "2026" / "03.bean"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    list_sums(pack(out))
    assert any("2026-Q1/public/v1/book" in one for one in found(out))


SEALED_TEXT = (
    "mingbai-open-1\n2026-03-05 付-202603-0004\n"
    "posting Expenses:501-职工活动支出:02-文体 120.00 CNY F02\n"
    "posting Expenses:501-职工活动支出:03-宣传 30.00 CNY F02\n"
    "posting Assets:102-银行存款:01-基本户 -150.00 CNY F02\n"
    "posting Assets:102-银行存款:02-专户 20.00 CNY F01\n"
    "posting Assets:102-银行存款:01-基本户 -20.00 CNY F01\n"
)


def row_of(*postings: str) -> str:
    head = "mingbai-open-1\n2026-03-05 付-202603-0004\n"
    return head + "".join(f"posting {one}\n" for one in postings)


def test_a_row_may_show_less_detail_than_was_sealed_but_no_other_sum() -> None:
    folded = row_of(
        "Assets:102-银行存款 -150.00 CNY F02", "Expenses:501-职工活动支出 150.00 CNY F02"
    )
    assert standalone.is_shown_by(SEALED_TEXT, SEALED_TEXT)
    assert standalone.is_shown_by(SEALED_TEXT, folded)
    for old, new in [
        ("-150.00", "-150.01"), ("F02", "F03"), ("102-银行存款", "101-库存现金"), ("CNY", "USD"),
        ("2026-03-05", "2026-03-06"), ("0004\n", f"0004\npaper {'0' * 64}\n"),
    ]:  # fmt: skip
        assert not standalone.is_shown_by(SEALED_TEXT, folded.replace(old, new)), old
    assert not standalone.is_shown_by(SEALED_TEXT, "")
    moved = row_of("Assets:102-银行存款:01 -5.00 CNY F01", "Assets:102-银行存款:02 5.00 CNY F01")
    assert standalone.is_shown_by(moved, "")


def test_only_a_carry_over_may_be_shown_while_its_leaf_is_shut(
    honest: Path, tmp_path: Path
) -> None:
    writer = PackWriter(honest / "federation" / "units" / "chunfeng", tmp_path / "out")
    place = writer.write("2026-04", ["2026-04"])
    number = next(row for row in rows_of(place) if row["number"].startswith("收"))["number"]
    path = place / "book" / "2026" / "04.bean"
    text = path.read_text(encoding="utf-8").replace("收-202604-900001", number)
    path.write_text(text, encoding="utf-8")
    list_sums(place)
    assert any(f"book {number}: 没有公开的记录" in one for one in found(place))


def test_a_voucher_that_is_left_out_of_the_book_or_invented_is_found(out: Path) -> None:
    path = pack(out) / "book" / "2026" / "03.bean"
    text = path.read_text(encoding="utf-8")
    blocks = text.split("\n\n")
    path.write_text("\n\n".join(blocks[1:]), encoding="utf-8")
    list_sums(pack(out))
    assert any("not the voucher that was sealed" in one for one in found(out))
    path.write_text(blocks[0].replace("-0001", "-0099") + "\n\n" + text, encoding="utf-8")
    list_sums(pack(out))
    assert any("付-202603-0099" in one for one in found(out))


@pytest.mark.parametrize("side", ["opening", "debit", "credit", "closing"])
def test_a_trial_balance_or_totals_that_are_not_the_book_s_sums_are_found(
    out: Path, side: str
) -> None:
    name = "Assets:102-银行存款:01-基本户"
    change(
        pack(out) / "trial-balance.json",
        lambda told: told["lines"][-1]["cells"].update({side: "1.00"}),
    )
    assert any("trial-balance.json" in one for one in found(out))
    change(pack(out) / "trial-balance.json", lambda told: told["lines"].pop())
    assert any("is left out" in one for one in found(out))
    change(pack(out) / "pack.json", lambda told: told["totals"][name].update(debit="1.00"))
    assert any("pack.json totals" in one for one in found(out))


# ---- seals, keys, versions, what was published before ------------------------------------------


def test_who_lacks_the_key_cannot_seal_another_history(honest: Path, tmp_path: Path) -> None:
    """Every hash is put right; the signature, or the key, tells."""
    folder = write_book(tmp_path / "federation", each=6)
    other = new_key()
    PackWriter(folder, tmp_path / "forged", signer=other).write("2026-Q1", QUARTER)
    path = pack(tmp_path / "forged") / "pack.json"
    assert found(tmp_path / "forged") == []
    assert found(tmp_path / "forged", key=key().public)
    told = found(tmp_path / "forged", since=honest / "out")
    assert any("seal 1" in one for one in told)
    change(path, lambda told: told.update(
        seals=[one.replace(other.public, key().public) for one in told["seals"]]))  # fmt: skip
    assert any("bad signature" in one for one in found(tmp_path / "forged"))


def test_an_unsigned_history_that_was_rewritten_is_found_against_an_older_pack(
    tmp_path: Path,
) -> None:
    first = write_book(tmp_path / "a", months=2)
    PackWriter(first, tmp_path / "old", signer=None).write("2026-01", ["2026-01"])
    second = write_book(tmp_path / "b", months=3, each=4)
    PackWriter(second, tmp_path / "new", signer=None).write("2026-01", ["2026-01"])
    assert found(tmp_path / "new") == []
    told = found(tmp_path / "new", since=tmp_path / "old")
    assert any("seal 1" in one for one in told)
    assert any("chunfeng/2026-01/public/v1: " in one for one in told)


def test_an_older_publication_leads_to_a_later_one(honest: Path, tmp_path: Path) -> None:
    shutil.copytree(pack(honest / "out", "2026-01"), pack(tmp_path / "old", "2026-01"))
    assert found(honest / "out", since=tmp_path / "old") == []
    assert found(pack(honest / "out", "2026-04"), since=tmp_path / "old") == []


def test_what_was_published_and_is_gone_is_found(honest: Path, out: Path) -> None:
    shutil.rmtree(pack(out, "2026-04"))
    told = found(out, since=honest / "out")
    assert any("chunfeng/2026-04/public/v1" in one for one in told)


def test_a_correction_stands_beside_what_it_supersedes(honest: Path, out: Path) -> None:
    folder = honest / "federation" / "units" / "chunfeng"
    digest = standalone.Pack(pack(out), "").digest
    writer = PackWriter(folder, out)
    writer.write("2026-Q1", QUARTER, version=2, supersedes=digest)
    assert found(out) == []
    writer.write("2026-Q1", QUARTER, version=2, supersedes="0" * 64)
    assert any("version before" in one for one in found(out))
    writer.write("2026-Q1", QUARTER, version=2, supersedes=digest)
    shutil.rmtree(pack(out))
    assert any("version before" in one for one in found(out))


def test_a_pack_in_another_s_place_is_found(out: Path) -> None:
    pack(out).parents[1].rename(pack(out).parents[1].with_name("2026-Q2"))
    assert any("not its place" in one for one in found(out))


# ---- receipts ----------------------------------------------------------------------------------


def receipt(place: int = 1) -> tuple[str, str, int]:
    openings = [f"{at:064x}" for at in range(3)]
    texts = [
        f"mingbai-receipt-1|chunfeng|JS2026-000{at}-4|JZ2026-0001-7|收-202603-0001|2026-03-02|cash"
        f"|500.00|valid" for at in range(3)
    ]  # fmt: skip
    tree = Tree([leaf_of(*one) for one in zip(openings, texts, strict=True)])
    sealed = Sealed(texts[place], openings[place], place, 3, tuple(tree.path(place)), tree.root)
    return proving.code_text(sealed), tree.root.hex(), tree.size


@pytest.fixture(scope="module")
def with_receipts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication of a book whose first month has three donation receipts."""
    place = tmp_path_factory.mktemp("receipts")
    _, root, size = receipt()
    folder = write_book(place / "federation", months=3, receipts=f"{root} {size}")
    PackWriter(folder, place / "out").write("2026-Q1", QUARTER)
    return place / "out"


def test_a_receipt_is_proven_by_a_root_that_is_sealed(out: Path, with_receipts: Path) -> None:
    text, _, _ = receipt()
    told = standalone.verify(out, None, "", text)
    assert [one["where"] for one in told["findings"]] == ["receipt"]
    out = with_receipts
    assert standalone.verify(out, None, "", text)["proven"]
    assert standalone.main(["receipt", text, str(out)]) == 0
    assert standalone.main(["receipt", text.replace("500.00", "900.00"), str(out)]) == 1
    packs, _ = standalone.verify_publication(out)
    packs[0].seals[0]["receipts"] += "0"  # of thirty receipts, not of three
    with pytest.raises(standalone.Wrong, match="no seal has its root"):
        standalone.check_receipt(text, packs)


def test_no_altered_receipt_is_proven(with_receipts: Path) -> None:
    text, _, _ = receipt()
    packs, faults = standalone.verify_publication(with_receipts)
    assert faults == []
    standalone.check_receipt(text, packs)
    for at in range(len(text)):
        for spoiled in (text[:at] + text[at + 1 :], text[:at] + "7" + text[at + 1 :]):
            if spoiled != text:
                with pytest.raises((standalone.Wrong, ValueError, IndexError)):
                    standalone.check_receipt(spoiled, packs)


# ---- at random ---------------------------------------------------------------------------------


def test_random_damage_is_always_a_finding(out: Path) -> None:
    """Any byte of any file that the list does not vouch for, the list put right behind it."""
    dice = random.Random(26)
    place = pack(out, "2026-04")
    names = ["leaves.jsonl", "pack.json", "book/2026/04.bean"]
    for _ in range(120):
        name = dice.choice(names)
        whole = (place / name).read_bytes()
        at = dice.randrange(len(whole))
        spoiled = bytearray(whole)
        spoiled[at] ^= 1 << dice.randrange(8)
        (place / name).write_bytes(bytes(spoiled))
        assert any(f"2026-04/public/v1/{name}" in one for one in found(place.parents[4])), (
            name,
            at,
        )
        (place / name).write_bytes(whole)
