"""Words that many may read: purposes, conditions, notes. They name nobody."""

from __future__ import annotations

import re
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
