"""The canonical text of a book: the bytes that the journal commits and the month file keeps.

One entry has exactly one text. It is plain Beancount, ends with one empty line, and carries its
place in the unit's hash chain: vouchers as metadata, every other entry in the comment above it::

    2026-03-05 * "某某公司" "购买办公用品" ^imp-8c1f
      voucher: "付-202603-0004"
      id: "v-5QK2M7ZT9A"
      unit: "tiny"
      seq: 17
      maker: "u-zhou"
      checker: "u-lin"
      posted: "2026-03-05T10:00:00+08:00"
      chain: "5a0e…"
      Expenses:505-业务支出  120.00 CNY
        fund: "F02"
      Assets:102-银行存款:01-基本户  -120.00 CNY
        fund: "F02"

    ; mingbai 3 fund 91ab…
    2026-01-01 custom "fund" "F01" "会费" "none"

The chain of an entry is SHA-256 over the chain before it, a line feed, and its text without the
chain itself: fund, unit, papers and every other word are inside the hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from ledger.entry import Posting, Voucher, check_text
from ledger.money import Money

_CHAIN_META = re.compile(r'^  chain: "[0-9a-f]{64}"\n', re.MULTILINE)
_CHAIN_HEAD = re.compile(r"^(; mingbai \d+ [a-z]+) [0-9a-f]{64}\n")
KINDS: Final = (
    "voucher", "unit", "open", "shut", "fund", "uses", "budget", "balance", "close", "reopen",
    "note",
)  # fmt: skip


def first_chain(unit: str) -> str:
    """The chain before a unit's first entry."""
    return hashlib.sha256(f"mingbai 1 {unit}".encode()).hexdigest()


def next_chain(before: str, text: str) -> str:
    """The chain of an entry with this ``text``, with or without its chain written in."""
    return hashlib.sha256(f"{before}\n{without_chain(text)}".encode()).hexdigest()


def without_chain(text: str) -> str:
    """The text of one entry with its own chain taken out.

    Only the entry's own chain: the first metadata line of that key in a voucher, or the comment
    above any other entry. Quoted text cannot look like either, because it holds no line feeds.
    """
    if text.startswith("; "):
        return _CHAIN_HEAD.sub(r"\1\n", text, count=1)
    return _CHAIN_META.sub("", text, count=1)


def quoted(text: str) -> str:
    """A Beancount string."""
    check_text("text", text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def voucher_text(voucher: Voucher) -> str:
    """The canonical text of a voucher, without a chain line while ``voucher.chain`` is empty."""
    draft = voucher.draft
    strings = [quoted(draft.payee)] if draft.payee else []
    strings.append(quoted(draft.narration))
    marks = [f"#{tag}" for tag in draft.tags] + [f"^{link}" for link in draft.links]
    head = f"{draft.day.isoformat()} * {' '.join(strings + marks)}\n"
    facts: list[tuple[str, str]] = [
        ("voucher", quoted(voucher.number)),
        ("id", quoted(voucher.id)),
        ("unit", quoted(draft.unit)),
        ("seq", str(voucher.seq)),
        ("maker", quoted(voucher.maker)),
        ("checker", quoted(" ".join(voucher.checkers))),
        ("posted", quoted(voucher.posted.isoformat(timespec="seconds"))),
    ]
    if draft.papers:
        # A digest a word; a line of text is bounded, so papers beyond four stand in more keys.
        for index in range(0, len(draft.papers), 4):
            key = "papers" if index == 0 else f"papers{index // 4 + 1}"
            facts.append((key, quoted(" ".join(draft.papers[index : index + 4]))))
    facts.append(("source", quoted(draft.source)))
    if draft.reverses:
        facts.append(("reverses", quoted(draft.reverses)))
    facts += [(key, quoted(text)) for key, text in draft.meta]
    if voucher.chain:
        facts.append(("chain", quoted(voucher.chain)))
    meta = "".join(f"  {key}: {text}\n" for key, text in facts)
    return head + meta + "".join(map(_posting_text, draft.postings)) + "\n"


def _posting_text(posting: Posting) -> str:
    if posting.lot is None:
        amount = str(posting.amount)
    else:
        lot = posting.lot
        label = f", {quoted(lot.label)}" if lot.label else ""
        amount = f"{lot.units:f} {lot.commodity} {{{lot.cost}{label}}}"
    meta = "".join(f"    {key}: {quoted(text)}\n" for key, text in posting.meta)
    return f"  {posting.account}  {amount}\n    fund: {quoted(posting.fund)}\n{meta}"


def chained_voucher(voucher: Voucher, before: str) -> tuple[Voucher, str]:
    """The voucher with its chain after ``before``, and its full canonical text."""
    bare = replace(voucher, chain="")
    full = replace(voucher, chain=next_chain(before, voucher_text(bare)))
    return full, voucher_text(full)


def chained_directives(seq: int, kind: str, body: str, before: str) -> tuple[str, str]:
    """``(chain, text)`` of an entry that is not a voucher; ``body`` ends with one line feed."""
    if kind not in KINDS or kind == "voucher":
        raise ValueError(f"not a kind of entry: {kind}")
    if not body.endswith("\n") or "\n\n" in body or body.startswith(("\n", ";")):
        raise ValueError("the body of an entry is whole lines without an empty one")
    chain = next_chain(before, f"; mingbai {seq} {kind}\n{body}\n")
    return chain, f"; mingbai {seq} {kind} {chain}\n{body}\n"


def open_text(day: str, account: str, currency: str, name_en: str, *, capital: bool) -> str:
    """An account's opening; ``capital`` accounts hold things, not spendable money.

    An account without a currency takes lots: one commodity per asset, held at cost.
    """
    lines = [f"{day} open {account} {currency}".rstrip() + "\n"]
    if capital:
        lines.append("  capital: TRUE\n")
    if name_en:
        lines.append(f"  name-en: {quoted(name_en)}\n")
    return "".join(lines)


def fund_text(
    day: str, code: str, name: str, restriction: str, name_en: str = "", source: str = ""
) -> str:
    """A fund's declaration."""
    text = f'{day} custom "fund" {quoted(code)} {quoted(name)} {quoted(restriction)}\n'
    if name_en:
        text += f"  name-en: {quoted(name_en)}\n"
    if source:
        text += f"  source: {quoted(source)}\n"
    return text


def uses_text(
    day: str, fund: str, rule: str, table: str, source: str,
    uses: Mapping[str, str], accounts: Mapping[str, str],
) -> str:  # fmt: skip
    """What a fund may be spent on from a day on: each permitted use, and what accounts say it."""
    text = f'{day} custom "fund-uses" {quoted(fund)} {quoted(rule)} {quoted(table)}\n'
    text += f"  source: {quoted(source)}\n"
    text += "".join(f"  use-{use}: {quoted(name)}\n" for use, name in uses.items())
    return text + "".join(f"  account-{c}: {quoted(use)}\n" for c, use in accounts.items())


def budget_text(
    day: str, line: tuple[str, str, int, int], quarters: Sequence[Money], control: str,
    decision: str, after: int, papers: Sequence[str] = (),
) -> str:  # fmt: skip
    """A line of a year's budget: fund, account, year and version, with its quarters.

    ``after`` is the last entry of the journal that an earlier version measures; ``papers`` are the
    digests of the decision's files.
    """
    fund, account, year, version = line
    text = f'{day} custom "budget-line" {quoted(fund)} {quoted(account)} "{year}" "{version}"\n'
    for place, money in enumerate(quarters, start=1):
        text += f'  q{place}: "{money.text}"\n'
    text += f"  control: {quoted(control)}\n  decision: {quoted(decision)}\n"
    if papers:
        text += f"  papers: {quoted(' '.join(papers))}\n"
    return text + f'  after: "{after}"\n'


def fava_budget_text(day: str, account: str, amount: Money) -> str:
    """What Fava shows beside an account from a day on, a quarter."""
    return f'{day} custom "budget" {account} "quarterly" {amount.text} CNY\n'


def unit_text(
    day: str, unit: str, name: str, chart: str, *, name_en: str, limit: Money, upper: str
) -> str:
    """A unit's own facts, the first entry of its book."""
    lines = [f'{day} custom "unit" {quoted(unit)} {quoted(name)} {quoted(chart)}\n']
    lines.append(f"  limit: {limit}\n")
    if name_en:
        lines.append(f"  name-en: {quoted(name_en)}\n")
    if upper:
        lines.append(f"  upper: {quoted(upper)}\n")
    return "".join(lines)


def close_text(
    day: str, month: str, digest: str, *, by: str, checked: str, receipts: str = ""
) -> str:
    """The closing of a month: the digest of its file before this entry, and who closed it.

    ``receipts`` are the root over the month's donation receipts and their count, if it has any.
    """
    return (
        f'{day} custom "close" {quoted(month)} {quoted(digest)}\n'
        f"  by: {quoted(by)}\n  checked: {quoted(checked)}\n"
        + (f"  receipts: {quoted(receipts)}\n" if receipts else "")
    )


def balance_text(day: str, account: str, balance: Money) -> str:
    """A balance at the start of ``day``, as Beancount asserts it."""
    return f"{day} balance {account} {balance}\n"


def reopen_text(day: str, month: str, *, by: str, confirmed: str, reason: str) -> str:
    """A closed month's reopening: who asked for it, who confirmed it, and why."""
    return (
        f'{day} custom "reopen" {quoted(month)}\n  by: {quoted(by)}\n'
        f"  confirmed: {quoted(confirmed)}\n  reason: {quoted(reason)}\n"
    )
