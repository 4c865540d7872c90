"""Words that many may read: purposes, conditions, notes. They name nobody."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, finding
from ledger.registry import persons

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry


_CODE: Final = re.compile(r"(?:d-)?[0-9A-Za-z-]{1,24}")


def typed(code: str) -> str:
    """A code as a message repeats it: what was typed in its place may be somebody's name."""
    return code if _CODE.fullmatch(code) and any(map(str.isdigit, code)) else "?"


def named_faults(conn: Connection, registry: Registry, *texts: str) -> list[Finding]:
    """A finding if words that many may read name a person or a donor."""
    if not persons.names_in(conn, registry.vault, "\n".join(texts)):
        return []
    return [
        finding(
            "name-in-text", "文字中含有已登记人员或捐赠人的姓名",
            "the words name a registered person or donor",
            "以编号代替姓名", "write the id in place of the name",
        )
    ]  # fmt: skip


#: Telephones, identity numbers and cards, also in groups; letters of electronic mail.
_PHONE: Final = re.compile(
    r"(?<![0-9])(?:1[3-9][0-9](?:[ -]?[0-9]){8}|0[0-9]{2,3}-[0-9]{7,8})(?![0-9])"
)
_IDENTITY: Final = re.compile(r"(?<![0-9])[1-9][0-9]{5}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx](?![0-9])")
_CARD: Final = re.compile(r"(?<![0-9])[0-9]{4}(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{1,3})?(?![0-9])")
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


def personal_faults(conn: Connection, registry: Registry, *texts: str) -> list[Finding]:
    """What keeps words from being published: names, telephones, identity numbers, cards, mail.

    The findings repeat nothing of the words.
    """
    found = named_faults(conn, registry, *texts)
    if any(map(_has_number, texts)):
        found.append(
            finding(
                "number-in-text", "文字中有电话、证件号、卡号或邮箱",
                "the words hold a telephone, an identity number, a card or a mail address",
                "去掉后重试", "leave it out",
            )
        )  # fmt: skip
    return found


def _has_number(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    if _PHONE.search(plain) or _IDENTITY.search(plain) or _MAIL.search(plain):
        return True
    return any(_is_card(found[0]) for found in _CARD.finditer(plain))


def _is_card(text: str) -> bool:
    """By the check digit of ISO/IEC 7812, so that two days beside each other are none."""
    digits = [int(char) for char in reversed(text) if char.isdigit()]
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
