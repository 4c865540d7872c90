"""Patterns of a whole book: entries on accounts that never meet, and first digits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from ledger.audit.known import Known
from ledger.audit.population import Population
from ledger.audit.procedures.procedure import Hit, Parameters, number, voucher_hit, words
from ledger.errors import Words

#: How often each first digit comes, by Benford.
EXPECTED = tuple(math.log10(1 + 1 / digit) for digit in range(1, 10))


def unusual_accounts(book: Population, _known: Known, parameters: Parameters) -> Iterator[Hit]:
    """Vouchers of ``least`` fen or more on accounts that met ``most`` times at the most.

    Asked of books of ``vouchers`` or more; what the program proposes by itself is left out.
    """
    if len(book) < number(parameters, "vouchers"):
        return
    least, most = number(parameters, "least"), number(parameters, "most")
    apart = book.numbered("source", words(parameters, "by_program"))
    counted = Counter(book.columns.words["pair"])
    rare = {pair for pair, count in counted.items() if count <= most}
    for row, (pair, source, size) in enumerate(
        zip(book.columns.words["pair"], book.columns.words["source"],
            book.columns.numbers["size"], strict=True)
    ):  # fmt: skip
        if pair in rare and source not in apart and size >= least and row not in book.undone:
            debited, credited = book.word("pair", row).split(">")
            yield voucher_hit(
                book, row,
                f"借 {debited} 贷 {credited}，在 {len(book)} 张凭证中只有 {counted[pair]} 次",
                f"debit {debited}, credit {credited}: {counted[pair]} of {len(book)} vouchers",
            )  # fmt: skip


def benford(book: Population, _known: Known, parameters: Parameters) -> Iterator[Hit]:
    """First digits of payments that are not as often as Benford's law has them.

    Asked of ``least`` payments or more. Where the mean absolute deviation is above ``deviation``
    millionths (Nigrini: 15,000 is non-conformity), each digit whose share differs beyond chance (z
    above ``z`` thousandths) is told of; a digit is no voucher, and nothing is said of any.
    """
    digits = [0] * 10
    apart = book.numbered("source", words(parameters, "by_program"))
    for out, source in zip(book.columns.numbers["out"], book.columns.words["source"], strict=True):
        if out > 0 and source not in apart:
            digits[int(str(out)[0])] += 1
    whole = sum(digits)
    if whole < number(parameters, "least"):
        return
    shares = [count / whole for count in digits[1:]]
    deviation = sum(abs(a - b) for a, b in zip(shares, EXPECTED, strict=True)) / 9
    if deviation * 1_000_000 <= number(parameters, "deviation"):
        return
    for digit, (share, expected) in enumerate(zip(shares, EXPECTED, strict=True), start=1):
        z = (abs(share - expected) - 1 / (2 * whole)) / math.sqrt(expected * (1 - expected) / whole)
        if z * 1000 > number(parameters, "z"):
            yield Hit(
                book.unit, "",
                Words(
                    f"{whole} 笔付款中首位数字 {digit} 占 {share:.1%}，本福特定律为 {expected:.1%}"
                    f"（平均偏差 {deviation:.4f}）",
                    f"the first digit {digit} has {share:.1%} of {whole} payments, and by Benford "
                    f"{expected:.1%} (mean deviation {deviation:.4f})",
                ),
            )  # fmt: skip
