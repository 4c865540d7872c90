"""Why a member owes what they owe, in lines for the member and for the accountant who checks it.

Chinese first, English below it; everything that a reader could ask next (base, row, rule, due day,
what was paid) stands in the order in which it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from ledger.rules.explaining import explain as lines_of
from reports.text import pad, text_width

if TYPE_CHECKING:
    from ledger.dues.explaining import Explanation, Step
    from ledger.registry.claims import ClaimRow
    from ledger.rules.explaining import Line

_RULES: Final = {
    "party": Words("党费", "Party dues"),
    "league": Words("团费", "League dues"),
    "union-member": Words("工会会费", "union dues"),
    "association": Words("社团会费", "association dues"),
}
_STATES: Final = {
    "open": Words("待缴", "to be paid"),
    "drafted": Words("已到账，待审核", "received, waits for a checker"),
    "paid": Words("已缴", "paid"),
    "void": Words("作废", "void"),
    "off": Words("已核销", "written off"),
    "credit": Words("多缴，留存待用", "paid beyond, kept for the member"),
    "used": Words("多缴的留存，已用", "paid beyond, used since"),
}
#: How well the rule's text is known, in words instead of the data's own.
_KNOWN: Final = {
    "confirmed": Words("已核对原文", "read in the text itself"),
    "secondary": Words("据转述，未见原文", "read in a text about it"),
    "recalled": Words("待核实", "to be verified"),
}
_ZH: Final = 4  # columns of a line's name in either language
_EN: Final = 10
_INDENT: Final = " " * (2 + _ZH + 1 + _EN + 1)


def explanation_text(one: Explanation) -> str:
    """The whole explanation; an empty line stands between its parts."""
    parts = [_head(one)]
    last = one.steps[-1]
    for step in one.steps[:-1]:
        parts.append(_step(step, last=False))
    parts.append(_step(last, last=True))
    parts.append(_claims(one.claims))
    return "\n\n".join(part for part in parts if part)


def _head(one: Explanation) -> str:
    name = _RULES.get(one.rule, Words(one.rule, one.rule))
    paid = sum(row.fen for row in one.claims if row.state == "paid")
    credit = sum(row.fen for row in one.claims if row.state in ("credit", "used"))
    total, done = one.total.grouped, Money(paid - credit).grouped
    return (
        f"会员 {one.member.number}，{one.month} {name.zh}：应缴 {total} 元，已缴 {done} 元\n"
        f"Member {one.member.number}, {name.en} for {one.month}: owes {total} yuan, paid {done}"
    )


def _step(step: Step, *, last: bool) -> str:
    """One assessment: what it led to, why, and whether it can be worked out again."""
    row = step.row
    amount, owed = Money(row.fen), Money(row.total_fen).grouped
    if row.number == 0:
        heads = [f"首次核定 {owed} 元  first assessed at {owed}"]
    else:
        way = Words("增加", "more") if row.fen >= 0 else Words("减少", "less")
        size = Money(abs(amount.fen)).grouped
        heads = [
            f"第 {row.number} 次变动：{way.zh} {size} 元，应缴 {owed} 元  "
            f"change {row.number}: {size} {way.en}, owes {owed}"
        ]
        heads += [_named("原因", "because", _both(why)) for why in step.reasons]
    lines = list(_why(step)) if last else []
    if not last and step.found is not None:
        lines.append(_named("计算", "arithmetic", _both(step.found.arithmetic)))
    lines.append(_named("最迟", "due by", str(row.due)))
    lines.append(_named("核对", "check", _check(step)))
    return "\n".join([*heads, *lines])


def _why(step: Step) -> Iterator[str]:
    """What made the amount that stands now."""
    if step.fault is not None:
        yield f"  {step.fault}"
    elif step.found is None:
        yield "  此月不应向本单位缴费  nothing is owed to this unit for the month"
    else:
        found = {line.key: line for line in lines_of(step.found)}
        for key in _ORDER:
            if key in found:
                yield _told(found[key], step.row.row)
        terms = [line for key, line in found.items() if key.startswith("term-")]
        for place, line in enumerate(terms):
            label = ("规定", "terms") if place == 0 else ("", "")
            yield _named(*label, _both(_known(line.text)))


#: In the order in which a reader asks; the head and the last lines say the rest.
_ORDER: Final = ("status", "base", "chosen", "row", "reduction", "arithmetic", "source", "rule")


def _told(line: Line, row: str) -> str:
    text = _known(line.text)
    if line.key == "row":  # its id is for programs
        text = Words(text.zh.removeprefix(row).strip(), text.en.removeprefix(row).strip())
    return _named(line.name.zh, line.name.en, _both(text))


def _known(text: Words) -> Words:
    """The text with the data's word for how well it is known put into words."""
    zh, en = text
    for word, words in _KNOWN.items():
        zh = zh.replace(f" ({word})", f"（{words.zh}）").replace(f"({word})", f"（{words.zh}）")
        en = en.replace(f"({word})", f"({words.en})")
    return Words(zh, en)


def _both(words: Words) -> str:
    """Both languages, the English on a line of its own where the two are long."""
    zh, en = words
    if not en or zh == en:
        return zh
    return f"{zh}  {en}" if text_width(zh) + text_width(en) < 76 else f"{zh}\n{_INDENT}{en}"


def _named(zh: str, en: str, text: str) -> str:
    return f"  {pad(zh, _ZH)} {en:<{_EN}} {text}"


def _check(step: Step) -> str:
    if step.fault is not None:
        return _both(Words("无从重算", "it cannot be worked out again"))
    if step.holds:
        return _both(Words("按所存资料重算，结果相同", "worked out again: the same"))
    return _both(
        Words("按所存资料重算，结果不同，请查明", "worked out again: another amount; look into it")
    )


def _claims(rows: Iterable[ClaimRow]) -> str:
    told = []
    for row in rows:
        state = _STATES.get(row.state, Words(row.state, row.state))
        day = f" {row.settled_on}" if row.settled_on is not None else ""
        amount = Money(row.fen, row.currency).grouped
        told.append(f"  {row.code}  {amount:>10}  {state.zh}{day} {state.en}")
    return "\n".join(["缴费 payment", *told]) if told else ""
