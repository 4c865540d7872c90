"""Words that many may read: purposes, conditions, notes. They name nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import Finding, finding
from ledger.registry import persons

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry


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
