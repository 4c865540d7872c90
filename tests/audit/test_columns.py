"""What is written of a voucher, as columns: whatever it says, in whichever file it stands."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ledger import canonical
from ledger.audit import population as module
from ledger.audit.population import Population, read_populations
from ledger.canonical_reader import entries, parse_voucher
from ledger.cli.bench.books import UNIT, AccountLine, BookWriter, FundLine
from ledger.entry import Draft, Lot, Posting, Voucher, meta_of, size_fen
from ledger.gifts.marks import GIFT
from ledger.layout import month_file, unit_folder
from ledger.money import Money
from ledger.period import Month
from ledger.privacy import kinds_in
from tests.audit.populations import BANK, CASH, DUES, OFFICE, Writer, broken, paid, population

OPENED: Final = date(2026, 1, 1)
BUDGET: Final = "Equity:B-预算会计:6001-预算收入"
HELD: Final = "Equity:B-预算会计:8001-资金结存"
THINGS: Final = "Assets:162-固定资产"
ACCOUNTS: Final = (
    AccountLine(BANK), AccountLine(CASH), AccountLine(OFFICE), AccountLine(DUES),
    AccountLine(BUDGET), AccountLine(HELD), AccountLine(THINGS, capital=True),
)  # fmt: skip

WORDS = st.text(
    st.sampled_from("甲乙丙 会费Aab12345678@\\\"·（）３１"), min_size=0, max_size=14
).map(lambda text: " ".join(text.split()))  # fmt: skip
DIGEST = st.text("0123456789abcdef", min_size=64, max_size=64)
LINE_META = st.fixed_dictionaries(
    {},
    optional={
        "doc": st.sampled_from(["A 1", "a1", "ＮＯ．９", "发票 3", "-", "26312000000045170001"]),
        "memo": WORDS, "gift": st.just("JZ2026-0001-1"), "counter": st.just("xian"),
        "transfer": st.just("ZZ2026-0001-5"), "member": st.just("m-0000000001"),
    },
)  # fmt: skip


@st.composite
def said(draw: st.DrawFn) -> Draft:
    """A balanced voucher with everything that a voucher may say."""
    fen = draw(st.integers(1, 10**9))
    debit, credit = draw(st.permutations([BANK, CASH, OFFICE, DUES]))[:2]
    fund = draw(st.sampled_from(["F01", "F03"]))
    lines = [
        Posting(debit, Money(fen), fund, meta_of(draw(LINE_META))),
        Posting(credit, Money(-fen), fund, meta_of(draw(LINE_META))),
    ]
    if draw(st.booleans()):
        more = draw(st.integers(1, 10**9))
        lines += [Posting(HELD, Money(more), fund), Posting(BUDGET, Money(-more), fund)]
    if draw(st.booleans()):
        lot = Lot(Decimal(draw(st.integers(1, 9))), "FA-000001", Money(draw(st.integers(1, 999))))
        lines += [Posting(THINGS, lot.weight, "F01", (), lot), Posting(BANK, -lot.weight, "F01")]
    meta = draw(st.sampled_from([{}, {"decision": "会纪〔2026〕1号"}, {"note-by": "经办 甲乙"}]))
    return Draft(
        UNIT, OPENED + timedelta(days=draw(st.integers(0, 400))),
        draw(st.sampled_from("收付转")), draw(WORDS), tuple(lines), payee=draw(WORDS),
        papers=tuple(draw(st.lists(DIGEST, max_size=6, unique=True))),
        source=draw(st.sampled_from(["user", "bank:imp-1", "transfer:out:ZZ1"])),
        meta=meta_of(meta),
    )  # fmt: skip


def book_of(federation: Path, posted: list[Draft]) -> Population:
    writer = BookWriter(federation, UNIT, OPENED)
    writer.found(ACCOUNTS, (FundLine("F01", "会费"), FundLine("F03", "专项", "purpose")))
    for draft in posted:
        writer.post(draft)
    writer.save()
    return population(federation)


def vouchers(folder: Path) -> list[Voucher]:
    """By month and in the order of their files, read one by one."""
    return [
        parse_voucher(one.text.decode())
        for path in sorted(folder.glob("20*/*.bean"))
        for one in entries(path.read_bytes())
        if one.kind == "voucher"
    ]


def without_digits(text: str) -> str:
    return "".join(sign for sign in text if sign not in "0123456789")


def holds_number(text: str) -> bool:
    digits = sum(sign in "0123456789" for sign in text)
    return (digits >= 7 or "@" in text) and bool(kinds_in(text))


def capitals(number: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", number).upper()))


def written(draft: Draft) -> list[str]:
    """The words of a voucher's metadata and its postings', each once."""
    every = [*draft.meta, *(pair for posting in draft.postings for pair in posting.meta)]
    words = [text for key, text in every if key in ("memo", "doc", "decision") or " " in text]
    return list(dict.fromkeys(words))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(posted=st.lists(said(), max_size=12))
@example(posted=[])
def test_words_papers_and_marks_are_what_each_voucher_says(
    posted: list[Draft], tmp_path_factory: pytest.TempPathFactory
) -> None:
    federation = tmp_path_factory.mktemp("books")
    book = book_of(federation, posted)
    every = vouchers(unit_folder(federation, UNIT))
    assert len(every) == len(book) == len(posted)
    papers, personal, loose, named = [], [], [], []
    for row, voucher in enumerate(every):
        draft = voucher.draft
        words = f"{draft.payee} {draft.narration}" if draft.payee else draft.narration
        memo = " ".join(written(draft))
        metas = [dict(posting.meta) for posting in draft.postings]
        docs = [capitals(meta["doc"]) for meta in metas if "doc" in meta]
        assert book.columns.numbers["seq"][row] == voucher.seq
        assert book.columns.numbers["size"][row] == size_fen(draft.postings)
        assert book.word("payee", row) == draft.payee
        assert book.word("text", row) == without_digits(words)
        assert book.word("memo", row) == without_digits(memo)
        assert book.word("document", row) == " ".join(filter(None, dict.fromkeys(docs)))
        assert book.word("reverses", row) == ""
        papers += [(row, bytes.fromhex(digest)) for digest in draft.papers]
        assert book.columns.numbers["papers"][row] == len(draft.papers)
        if holds_number(words) or holds_number(memo):
            personal.append(row)
        counters = [meta["counter"] for meta in metas if "counter" in meta]
        if counters and not any("transfer" in meta for meta in metas):
            loose.append((row, counters[0]))
        if any(GIFT in meta for meta in metas):
            named.append((row, canonical.voucher_text(voucher).encode()))
    assert list(book.papers()) == papers
    assert book.columns.personal == personal
    assert book.columns.loose == loose
    assert book.columns.named == named


def test_the_books_that_ship_are_read_as_their_vouchers_say(tmp_path: Path) -> None:
    folder = Path("books/tiny")
    unit_folder(tmp_path, "chunfeng").parent.mkdir()
    unit_folder(tmp_path, "chunfeng").symlink_to(folder.resolve())
    (book,) = read_populations(tmp_path, ["chunfeng"])
    assert isinstance(book, Population)
    every = vouchers(folder)
    assert [book.number(row) for row in range(len(book))] == [one.number for one in every]
    for row, voucher in enumerate(every):
        assert book.amount(row).fen == size_fen(voucher.draft.postings)
        assert book.word("payee", row) == voucher.draft.payee
        assert book.day(row) == voucher.draft.day
    assert len(every) > 3 and book.facts.unit == "chunfeng"


def test_a_book_without_vouchers_is_an_empty_population(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.save()
    book = population(tmp_path)
    assert len(book) == 0 and book.entries > 0 and len(book.chain) == 64
    assert book.columns.funds == {} and list(book.papers()) == [] and book.undone == frozenset()


# ---- what was altered --------------------------------------------------------------------------


def rewritten(federation: Path, month: Month, texts: list[bytes]) -> None:
    (unit_folder(federation, UNIT) / month_file(month)).write_bytes(b"".join(texts))


def texts_of(federation: Path, month: Month) -> list[bytes]:
    path = unit_folder(federation, UNIT) / month_file(month)
    return [one.text for one in entries(path.read_bytes())]


@pytest.fixture
def two_months(tmp_path: Path) -> Path:
    """January and February, posted in turn: every voucher follows one of the other file."""
    writer = Writer(tmp_path)
    for place in range(4):
        for month in (1, 2):
            writer.enter(paid(f"{place + 1}.00", date(2026, month, 5 + place)))
    writer.save()
    population(tmp_path)
    return tmp_path


@pytest.mark.parametrize("to", ["2026/02.bean", "2026/03.bean", "chart.bean", "2027/01.bean"])
def test_a_voucher_in_the_file_of_another_month_is_found(two_months: Path, to: str) -> None:
    """The chain itself holds: it is followed from entry to entry, wherever these stand."""
    january = texts_of(two_months, Month(2026, 1))
    moved = january.pop()
    rewritten(two_months, Month(2026, 1), january)
    path = unit_folder(two_months, UNIT) / to
    path.parent.mkdir(exist_ok=True)
    have = [one.text for one in entries(path.read_bytes())] if path.exists() else []
    seq = parse_voucher(moved.decode()).seq
    before = [text for text in have if not text.startswith(b"2026") or _seq(text) < seq]
    path.write_bytes(b"".join([*before, moved, *have[len(before) :]]))
    (fault,) = broken(two_months).findings
    assert (fault.file, fault.rule) == (f"units/{UNIT}/{to}", "chain-broken")
    assert fault.line == b"".join(before).count(b"\n") + 1


def _seq(text: bytes) -> int:
    return parse_voucher(text.decode()).seq


@pytest.mark.parametrize("how", ["deleted", "swapped", "renumbered", "said", "amount"])
def test_an_altered_entry_is_named_by_its_file_and_line(
    two_months: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second voucher of February is altered; this process and others of its own say so."""
    first, second, third, last = texts_of(two_months, Month(2026, 2))
    changed = {
        "deleted": [first, third, last],
        "swapped": [first, third, second, last],
        "renumbered": [first, second.replace(b"-0002", b"-0003"), third, last],
        "said": [first, second.replace("用品".encode(), "费用".encode()), third, last],
        "amount": [first, second.replace(b"2.00", b"2.01"), third, last],
    }[how]  # fmt: skip
    rewritten(two_months, Month(2026, 2), changed)
    (fault,) = broken(two_months).findings
    assert fault.file in (f"units/{UNIT}/2026/01.bean", f"units/{UNIT}/2026/02.bean")
    assert (fault.line or 0) > 1 and fault.rule == "chain-broken"
    monkeypatch.setattr(module, "_SMALL", 0)
    assert broken(two_months).findings == (fault,)


@pytest.mark.parametrize(
    "added", [b"\xff\n\n", '2026-02-09 note Assets:1 "甲"\n\n'.encode(), b"; free words\n", b"\n"]
)
def test_foreign_bytes_are_refused_where_they_stand(two_months: Path, added: bytes) -> None:
    texts = texts_of(two_months, Month(2026, 2))
    for place in (0, 2, len(texts)):
        rewritten(two_months, Month(2026, 2), [*texts[:place], added, *texts[place:]])
        (fault,) = broken(two_months).findings
        assert (fault.rule, fault.file) == ("not-canonical", f"units/{UNIT}/2026/02.bean")


def test_the_digest_is_of_the_last_entry_and_nothing_else(two_months: Path) -> None:
    book = population(two_months)
    last = max(vouchers(unit_folder(two_months, UNIT)), key=lambda one: one.seq)
    assert book.line == f"{UNIT} {last.seq} {last.chain}\n"
