"""The key to planted faults: where each is, why it is wrong, which check tells it, the amount."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ledger.money import Money

#: The file, in the folder of the demonstration.
KEY: Final = "answers.toml"
AUDIT: Final = "mingbai audit run"
CHECK: Final = "mingbai check"
MATRIX: Final = "mingbai matrix"
EXPLAIN: Final = "mingbai dues explain"
COLLECTION: Final = "mingbai report collection"
SUSPECTS: Final = "mingbai asset list --suspects"

#: Procedures that are called otherwise than the fault.
_TESTS: Final = {"back-dated-after-close": "back-dating", "duplicate-invoice": "duplicates"}

_HEAD: Final = """\
# 植入的差错与答案。The faults that were planted, and where they are.
# 干净的演示与此演示只有这些不同。The clean demonstration differs from this one by these only.
#
# planted: 用普通草稿，或绕过程序（账簿文字、数据库）by an ordinary draft, or below the program.
# found_by: 由哪项检查发现 which check tells it.
# test: mingbai audit run 的哪项程序发现 which procedure of mingbai audit run tells it.
# rule: 该检查用的词 the word by which the check tells it.

"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``where`` is a voucher, a file, a receipt, or a member and month.

    ``rule`` is the word by which ``found_by`` tells it; ``below`` says that the program was passed
    by.
    """

    name: str
    zh: str
    unit: str
    where: str
    amount: Money
    why: str
    why_en: str
    found_by: str = AUDIT
    rule: str = ""
    below: bool = False

    @property
    def test(self) -> str:
        """The procedure of ``mingbai audit run`` that tells it."""
        return _TESTS.get(self.name, self.name)

    def as_toml(self) -> str:
        how = "below the program" if self.below else "ordinary draft"
        pairs = {
            "name": self.name, "name_zh": self.zh, "unit": self.unit, "where": self.where,
            "amount": self.amount.text, "why": self.why, "why_en": self.why_en, "planted": how,
            "found_by": self.found_by, "rule": self.rule, "test": self.test,
        }  # fmt: skip
        return "[[fault]]\n" + "".join(f'{key} = "{value}"\n' for key, value in pairs.items())


def key_text(faults: Iterable[Fault]) -> str:
    """The whole key, as TOML."""
    return _HEAD + "\n".join(fault.as_toml() for fault in faults)
