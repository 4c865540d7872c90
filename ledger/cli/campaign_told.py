"""How one campaign is told on a terminal: its terms, its money, its budget, each gift's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ledger.gifts.called import CAMPAIGN_STATES, NATURES, RULES, STATES, WAYS
from ledger.money import yuan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ledger.errors import Words

_BAR: Final = 30


def lines(told: Mapping[str, Any]) -> list[str]:
    """The campaign as lines, of what its JSON says and nothing else."""
    return [*_terms(told), *_money(told), *_budget(told), *_gifts(told)]


def _terms(told: Mapping[str, Any]) -> Iterator[str]:
    name = f"{told['name']} {told['name_en']}".strip()
    yield f"{told['campaign']}  {name}  {_both(CAMPAIGN_STATES[told['state']])}"
    yield f"  {told['unit_name']}  {told['start']} – {told['end'] or '…'}"
    yield f"  目的 purpose: {told['purpose']}"
    for key, words in (("filing", "备案 filing"), ("partner", "合作方 partner")):
        if told[key]:
            yield f"  {words}: {told[key]}"
    yield f"  跟踪规则 followed: {_both(RULES[told['rule']])}"


def _money(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"  截至 as of {told['on']}"
    if told["progress"]:
        yield f"  {_bar(told)} {told['progress']}  目标 target {_grouped(told['target'])}"
    for key, words in (
        ("raised", "收到 raised"), ("moved_in", "转入 moved in"), ("used", "使用 used"),
        ("returned", "退还 returned"), ("moved_out", "转出 moved out"), ("held", "结存 held"),
    ):  # fmt: skip
        if yuan(told[key]).fen or key in ("raised", "used", "held"):
            yield f"  {words} {_grouped(told[key])}"
    yield (
        f"  可追溯 traced {told['coverage'] or '-'}  未追溯 untraced {_grouped(told['untraced'])}"
    )
    promised = told["promised"]
    if any(yuan(text).fen for text in promised.values()):
        yield (
            f"  承诺待收 promised, to come {_grouped(promised['expected'])}  "
            f"未履行 not kept {_grouped(promised['defaulted'])}"
        )
    if yuan(told["over_target"]).fen:
        yield f"  超出目标 above the target {_grouped(told['over_target'])}"
    if told["closed"]:
        yield f"  结束 closed {told['closed']}  决议 decision {told['decision'] or '-'}"
    if told["leftover"]:
        yield f"  结余去向 what becomes of the rest: {told['leftover']}"


def _budget(told: Mapping[str, Any]) -> Iterator[str]:
    from reports.table import aligned

    if told["budget"]:
        head = ("用途 purpose", "预算 budget", "实际 spent")
        rows = [
            (one["purpose"], _grouped(one["budget"]), _grouped(one["spent"]))
            for one in told["budget"]
        ]
        yield aligned([head, *rows], right={1, 2})


def _gifts(told: Mapping[str, Any]) -> Iterator[str]:
    for one in told["gifts"]:
        nature = NATURES[one["nature"]]
        amount = _grouped(one["amount"])
        if "quantity" in one:
            amount = f"{one['quantity']} {one['measure']}  {amount}"
        donor = f"{one['donor']} {one['donor_id']}" if "donor_id" in one else one["donor"]
        yield (
            f"{one['gift']}  {one['date']}  {donor}  {_both(WAYS[one['kind']])}"
            f"{'，' + _both(nature) if nature.zh else ''}  {amount}  "
            f"{_both(STATES[one['state']])}  {one['purpose']}".rstrip()
        )
        if one["commitment"]:
            yield f"    承诺值 commitment {one['commitment']}"
        for line in one["lines"]:
            paper = f"  附件 paper {line['paper'][:12]}" if line["paper"] else ""
            yield (
                f"    {line['date']}  {line['voucher']}  {_grouped(line['amount'])}  "
                f"{line['purpose']}{paper}"
            )
    yield f"{len(told['gifts'])} 笔捐赠 gifts"


def _bar(told: Mapping[str, Any]) -> str:
    raised, target = yuan(told["raised"]).fen, yuan(told["target"]).fen
    full = min(_BAR, raised * _BAR // target)
    return "[" + "#" * full + "." * (_BAR - full) + "]"


def _grouped(text: str) -> str:
    return yuan(text).grouped


def _both(words: Words) -> str:
    return f"{words.zh} {words.en}".strip()
