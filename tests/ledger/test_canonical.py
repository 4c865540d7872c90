"""The canonical text of entries, and what its chain covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from ledger import canonical
from ledger.entry import Posting, Voucher
from ledger.money import yuan
from tests.ledger.test_entry import BANK, DUES, good

CHINA = timezone(timedelta(hours=8))


def voucher(**changes: object) -> Voucher:
    plain = Voucher(
        draft=good(),
        number="收-202603-0001",
        id="v-5QK2M7",
        seq=17,
        maker="u-zhou",
        checkers=("u-lin",),
        posted=datetime(2026, 3, 5, 10, tzinfo=CHINA),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_voucher_reads_like_this() -> None:
    assert canonical.voucher_text(voucher()) == (
        '2026-03-05 * "三月会费"\n'
        '  voucher: "收-202603-0001"\n'
        '  id: "v-5QK2M7"\n'
        '  unit: "tiny"\n'
        "  seq: 17\n"
        '  maker: "u-zhou"\n'
        '  checker: "u-lin"\n'
        '  posted: "2026-03-05T10:00:00+08:00"\n'
        '  source: "user"\n'
        "  Assets:102-银行存款:01-基本户  25.00 CNY\n"
        '    fund: "F01"\n'
        "  Income:401-会费收入  -25.00 CNY\n"
        '    fund: "F01"\n'
        '    member: "m-7F3K2"\n'
        "\n"
    )


def test_the_chain_stands_in_the_text_and_is_over_the_rest() -> None:
    before = canonical.first_chain("tiny")
    chained, text = canonical.chained_voucher(voucher(), before)
    assert f'  chain: "{chained.chain}"\n' in text
    assert canonical.next_chain(before, text) == chained.chain
    assert canonical.next_chain(before, canonical.voucher_text(voucher())) == chained.chain


@pytest.mark.parametrize(
    "other",
    [
        voucher(seq=18),
        voucher(checkers=("u-gao",)),
        voucher(draft=good(narration="四月会费")),
        voucher(draft=good(unit="tiny2")),
        voucher(draft=good(papers=("ab" * 32,))),
        voucher(
            draft=good(
                postings=(
                    Posting(BANK, yuan("25.00"), "F02"),
                    Posting(DUES, yuan("-25.00"), "F02", (("member", "m-7F3K2"),)),
                )
            )
        ),
    ],
    ids=["place", "checker", "narration", "unit", "papers", "fund"],
)
def test_the_chain_covers_everything_the_fund_included(other: Voucher) -> None:
    before = canonical.first_chain("tiny")
    one, _ = canonical.chained_voucher(voucher(), before)
    two, _ = canonical.chained_voucher(other, before)
    assert one.chain != two.chain


def test_text_that_looks_like_a_chain_is_not_taken_out() -> None:
    forged = voucher(draft=good(narration='x"  chain: "' + "0" * 64 + '"'))
    _, text = canonical.chained_voucher(forged, canonical.first_chain("tiny"))
    assert canonical.without_chain(text).count("chain") == 1


def test_quotes_and_backslashes_are_escaped() -> None:
    assert canonical.quoted('a"b\\c') == '"a\\"b\\\\c"'
    with pytest.raises(ValueError):
        canonical.quoted("two\nlines")


@pytest.mark.parametrize(
    ("kind", "body"),
    [("voucher", "x\n"), ("magic", "x\n"), ("open", "x"), ("open", "x\n\ny\n"), ("open", "; c\n")],
)
def test_other_entries_are_whole_lines_of_a_known_kind(kind: str, body: str) -> None:
    with pytest.raises(ValueError):
        canonical.chained_directives(1, kind, body, "")


def test_directives_carry_their_chain_in_the_comment_above() -> None:
    before = canonical.first_chain("tiny")
    body = canonical.fund_text("2026-01-01", "F01", "会费", "none", "Dues", "章程")
    chain, text = canonical.chained_directives(3, "fund", body, before)
    assert text.startswith(f"; mingbai 3 fund {chain}\n2026-01-01 custom ")
    assert canonical.next_chain(before, text) == chain
