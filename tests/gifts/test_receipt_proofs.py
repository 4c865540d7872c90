"""A closed month's receipts under one root: what is proven, and that nothing altered is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import text

from ledger import reopening
from ledger.checking import check_unit
from ledger.closing import close_month
from ledger.errors import Refused
from ledger.gifts import receipting, sealing
from ledger.gifts.proving import code_text, judge, read_text
from ledger.gifts.receipt_check import check_receipts
from ledger.gifts.sealing import Sealed, canonical_text, leaf_of
from ledger.merkle import Tree, verify
from ledger.period import Month, Period
from ledger.registry import gift_receipts, oplog
from ledger.registry.gift_receipts import GiftReceiptRow
from ledger.sealing.acting import seal_month
from ledger.sealing.seals import parse_seal
from reports.gift_receipts import receipt_pages
from tests.cli.command import mingbai
from tests.gifts.giving import NOW, UNIT, Giving, begin

MARCH, APRIL = Month(2026, 3), Month(2026, 4)


def given_in(world: Giving, period: str) -> list[GiftReceiptRow]:
    return receipting.give_all(world.registry, UNIT, Period.parse(period), world.maker, NOW)


def close(world: Giving, month: Month) -> None:
    close_month(world.registry, UNIT, month, world.maker, NOW)


def proofs(world: Giving, rows: list[GiftReceiptRow]) -> dict[str, Sealed]:
    with world.registry.read() as conn:
        return sealing.sealed_of(conn, world.registry, rows)


def rows_of(world: Giving) -> list[GiftReceiptRow]:
    with world.registry.read() as conn:
        return gift_receipts.of_unit(conn, UNIT)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Giving]:
    """A unit whose March is closed, with five receipts; nothing here changes it."""
    made = begin(tmp_path_factory.mktemp("sealed") / "federation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.clock.now", lambda: NOW)
        for amount in ("1.00", "2.00", "3.00", "4.00", "5.00"):
            made.give(amount, fund="F01")
        given_in(made, "2026-03")
        close(made, MARCH)
    yield made
    made.registry.close()


@pytest.fixture(scope="module")
def codes(sealed: Giving) -> list[str]:
    """What the square codes of its receipts hold."""
    return [code_text(one) for one in proofs(sealed, rows_of(sealed)).values()]


# ---- what is proven ----------------------------------------------------------------------------


def test_every_receipt_of_a_closed_month_is_proven_by_its_text_alone(
    sealed: Giving, codes: list[str]
) -> None:
    assert len(codes) == 5
    for one, row in zip(codes, rows_of(sealed), strict=True):
        assert one.isascii()
        verdict = judge(sealed.registry, one)
        assert verdict.proven
        assert verdict.notes == ()
        assert dict(verdict.fields)["receipt"] == row.code


def test_anyone_can_follow_the_proof_with_sha256_alone(sealed: Giving, codes: list[str]) -> None:
    """Beside the root and the size that the unit keeps, nothing is needed but the text."""
    row = rows_of(sealed)[2]
    said = read_text(codes[2])
    assert said.text == (
        f"mingbai-receipt-1|ai|{row.code}|{row.gift}|{row.voucher}|2026-03-02|cash|3.00|valid"
    )
    leaf = leaf_of(said.opening, said.text)
    assert verify(leaf, said.index, said.size, said.path, said.root)
    with sealed.registry.read() as conn:
        root = gift_receipts.last_roots(conn, UNIT)["2026-03"]
        acts = [one for one in oplog.entries(conn, UNIT) if one.action == sealing.ACTION]
    assert (root.root, root.size) == (said.root.hex(), 5)
    assert [(one.object, one.detail) for one in acts] == [("2026-03", f"{root.root} 5")]


def test_the_root_comes_again_from_the_receipts(sealed: Giving) -> None:
    rows = rows_of(sealed)
    _, tree = sealing.tree_of(rows, "2026-03")
    assert tree.root == Tree([bytes.fromhex(row.leaf) for row in rows]).root
    with sealed.registry.read() as conn:
        assert gift_receipts.last_roots(conn, UNIT)["2026-03"].root == tree.root.hex()


def test_a_verdict_needs_no_login_and_says_what_the_proof_does_not_show(
    sealed: Giving, codes: list[str], tmp_path: Path
) -> None:
    code = codes[0]
    file = tmp_path / "code.txt"
    file.write_text(f"{code}\n", encoding="utf-8")
    for said in (code, file):
        told = mingbai("gift", "receipt", sealed.registry.folder, "--verify", said)
        assert told.status == 0
        assert "已证明 proven" in told.out
        assert "not that other gifts were recorded" in told.out
    told = mingbai(
        "gift", "receipt", sealed.registry.folder, "--verify", code.replace("1.00", "9.00")
    )
    assert told.status == 1
    assert "未证明 not proven" in told.out
    for nonsense in ("", "MB1", "MB1|" * 13, "x" * 5000, "/dev/zero", "MB1|‮|"):
        told = mingbai("gift", "receipt", sealed.registry.folder, "--verify", nonsense)
        assert told.status == 1, nonsense
        assert "Traceback" not in told.err


# ---- nothing altered is ------------------------------------------------------------------------


@drawn(st.data())
def test_a_text_that_was_altered_anywhere_is_not_proven(
    sealed: Giving, codes: list[str], data: st.DataObject
) -> None:
    code = data.draw(st.sampled_from(codes))
    at = data.draw(st.integers(0, len(code) - 1))
    how = data.draw(st.sampled_from(("other", "gone", "more", "swapped")))
    letter = data.draw(st.characters(min_codepoint=32, max_codepoint=126))
    altered = {
        "other": code[:at] + letter + code[at + 1 :],
        "gone": code[:at] + code[at + 1 :],
        "more": code[:at] + letter + code[at:],
        "swapped": code[:at] + code[at : at + 2][::-1] + code[at + 2 :],
    }[how]
    assert judge(sealed.registry, altered).proven == (altered == code)


def test_each_letter_of_a_text_is_looked_at(sealed: Giving, codes: list[str]) -> None:
    """Every place, among them the last of each hash, which holds bits that no hash has."""
    code = codes[4]
    for at, letter in enumerate(code):
        for other in "AQgw019-_|.":
            if other != letter:
                assert not judge(sealed.registry, code[:at] + other + code[at + 1 :]).proven


def test_a_proof_of_one_receipt_proves_no_other(sealed: Giving, codes: list[str]) -> None:
    first, second = (code.split("|") for code in codes[:2])
    for split in range(1, len(first)):
        mixed = first[:split] + second[split:]
        if mixed not in (first, second):
            assert not judge(sealed.registry, "|".join(mixed)).proven


@drawn(st.data())
def test_a_receipt_altered_in_any_byte_of_its_text_has_another_leaf(
    sealed: Giving, codes: list[str], data: st.DataObject
) -> None:
    rows = rows_of(sealed)
    row, code = data.draw(st.sampled_from(list(zip(rows, codes, strict=True))))
    opening = read_text(code).opening
    whole = canonical_text(row, void=False)
    assert leaf_of(opening, whole).hex() == row.leaf
    at = data.draw(st.integers(0, len(whole) - 1))
    letter = data.draw(st.characters(codec="utf-8"))
    altered = whole[:at] + letter + whole[at + 1 :]
    assert (leaf_of(opening, altered).hex() == row.leaf) == (altered == whole)


def test_every_field_of_a_receipt_is_in_its_text(sealed: Giving) -> None:
    row = rows_of(sealed)[0]
    others = (
        replace(row, unit="other"), replace(row, number=9), replace(row, year=2027),
        replace(row, gift="JZ2026-0009-1"), replace(row, voucher="收-202603-0009"),
        replace(row, day=date(2026, 3, 3)), replace(row, kind="goods"), replace(row, fen=101),
    )  # fmt: skip
    texts = {canonical_text(one, void=False) for one in (row, *others)}
    assert len(texts) == len(others) + 1
    assert canonical_text(row, void=True) not in texts


@drawn(st.integers(1, 40), st.data())
def test_texts_of_trees_of_any_size_are_read_as_they_were_written(
    size: int, data: st.DataObject
) -> None:
    leaves = data.draw(st.lists(st.binary(min_size=32, max_size=32), min_size=size, max_size=size))
    tree, index = Tree(leaves), data.draw(st.integers(0, size - 1))
    whole = (
        "mingbai-receipt-1|ai|JS2026-0001-9|JZ2026-0001-3|收-202603-0001|2026-03-02|cash|1.00|valid"
    )
    one = Sealed(whole, leaves[index].hex(), index, size, tuple(tree.path(index)), tree.root)
    assert read_text(code_text(one)) == one


# ---- closing, void, reopening ------------------------------------------------------------------


def test_before_the_month_is_closed_nothing_is_proven_and_the_page_says_so(giving: Giving) -> None:
    giving.give("5.00", fund="F01")
    rows = given_in(giving, "2026-03")
    assert proofs(giving, rows) == {}
    page = receipt_pages(giving.registry, UNIT, rows, giving.maker, NOW)[0]
    assert page.proof == ""
    assert "尚未结账封存" in page.sealed.zh
    close(giving, MARCH)
    page = receipt_pages(giving.registry, UNIT, rows, giving.maker, NOW)[0]
    assert judge(giving.registry, page.proof).proven
    assert "已结账封存" in page.sealed.zh


def test_what_is_given_after_a_closing_is_sealed_with_the_next_month(giving: Giving) -> None:
    giving.give("5.00", fund="F01")
    close(giving, MARCH)
    giving.give("6.00", fund="F01", day=date(2026, 4, 1))
    rows = given_in(giving, "2026")
    assert [(row.fen, row.month) for row in rows] == [(500, "2026-04"), (600, "2026-04")]
    with giving.registry.read() as conn:
        assert gift_receipts.roots(conn, UNIT) == [], "a month without receipts has no root"
    close(giving, APRIL)
    assert len(proofs(giving, rows)) == 2
    assert check_unit(giving.registry, UNIT) == []


def test_a_receipt_made_void_later_is_void_in_the_root_of_that_month(giving: Giving) -> None:
    """The closed month stays as it is; whoever shows its proof is told that it is void by now."""
    giving.give("5.00", fund="F01")
    row = given_in(giving, "2026-03")[0]
    close(giving, MARCH)
    before = code_text(proofs(giving, [row])[row.code])
    receipting.ask_void(giving.registry, UNIT, row.code, "写错", giving.maker, NOW)
    row = receipting.confirm_void(giving.registry, UNIT, row.code, giving.checker, NOW)
    assert (row.month, row.void_month) == ("2026-03", "2026-04")
    assert proofs(giving, [row]) == {}
    verdict = judge(giving.registry, before)
    assert verdict.proven
    assert [note.en for note in verdict.notes] == ["the receipt is void"]
    giving.give("1.00", fund="F01", day=date(2026, 4, 1))
    close(giving, APRIL)
    after = judge(giving.registry, code_text(proofs(giving, [row])[row.code]))
    assert after.proven
    assert dict(after.fields)["state"] == "void"
    assert check_unit(giving.registry, UNIT) == []


def test_a_month_closed_again_keeps_both_roots(giving: Giving) -> None:
    giving.give("5.00", fund="F01")
    rows = given_in(giving, "2026-03")
    close(giving, MARCH)
    before = code_text(proofs(giving, rows)[rows[0].code])
    reopening.ask(giving.registry, UNIT, MARCH, giving.maker, NOW, "补记")
    reopening.confirm(giving.registry, UNIT, MARCH, giving.checker, NOW)
    assert proofs(giving, rows) == {}, "what is open is not sealed"
    giving.give("7.00", fund="F01", day=date(2026, 3, 20))
    rows = given_in(giving, "2026-03")
    assert [row.month for row in rows] == ["2026-03", "2026-03"]
    close(giving, MARCH)
    with giving.registry.read() as conn:
        assert [(one.number, one.size) for one in gift_receipts.roots(conn, UNIT)] == [
            (1, 1), (2, 2),
        ]  # fmt: skip
    verdict = judge(giving.registry, before)
    assert verdict.proven
    assert [note.en for note in verdict.notes] == ["the month was opened and closed again since"]
    assert judge(giving.registry, code_text(proofs(giving, rows)[rows[1].code])).notes == ()
    assert check_unit(giving.registry, UNIT) == []


def test_the_book_and_the_seal_vouch_for_the_root(giving: Giving) -> None:
    """Whoever rewrites registry and operation log alike is found by the closing's entry."""
    giving.give("5.00", fund="F01")
    rows = given_in(giving, "2026-03")
    close(giving, MARCH)
    sealed = proofs(giving, rows)[rows[0].code]
    text_of = giving.folder.joinpath("2026", "03.bean").read_text(encoding="utf-8")
    assert f'  receipts: "{sealed.root.hex()} 1"\n' in text_of
    one = seal_month(giving.registry, UNIT, MARCH, giving.maker, NOW).seal
    assert one.receipts == ((sealed.root.hex(), 1),)
    assert f"receipts: {sealed.root.hex()} 1\n" in one.text.decode()
    assert parse_seal(one.text) == one
    assert check_receipts(giving.registry, UNIT) == []
    with giving.registry.write() as conn:
        conn.execute(text("DELETE FROM gift_receipt_root"))
        conn.execute(text("DELETE FROM gift_receipt"))
        conn.execute(text("DELETE FROM operation WHERE action LIKE 'gift-receipt%'"))
    assert [one.rule for one in check_receipts(giving.registry, UNIT)] == ["receipt-root"]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM gift_receipt_root",
        "UPDATE gift_receipt_root SET root = substr(root, 2) || '0'",
        "UPDATE gift_receipt_root SET size = 3",
        "UPDATE gift_receipt SET leaf = void_leaf WHERE number = 2",
        "UPDATE gift_receipt SET month = '2026-04' WHERE number = 2",
        "UPDATE gift_receipt SET void_by = 'u-1', void_month = '2026-03' WHERE number = 1",
    ],
)
def test_check_finds_a_root_that_is_not_that_of_its_receipts(giving: Giving, change: str) -> None:
    giving.give("5.00", fund="F01")
    giving.give("6.00", fund="F01")
    rows = given_in(giving, "2026-03")
    close(giving, MARCH)
    assert check_unit(giving.registry, UNIT) == []
    with giving.registry.write() as conn:
        conn.execute(text(change))
    assert "receipt-root" in {one.rule for one in check_unit(giving.registry, UNIT)}
    if "gift_receipt SET leaf" in change:
        with pytest.raises(Refused, match="receipt-root"):
            receipt_pages(giving.registry, UNIT, rows, giving.maker, NOW)
