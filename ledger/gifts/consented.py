"""Donors as they consented to be shown: by name, by a part of it, or not at all.

The consent in force when something is published decides. Names are opened only of donors who
consented to one; an erased donor has none any more, and is anonymous.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.errors import Words
from ledger.registry import donors
from ledger.registry.donors import COMPANY, MASKED, NAMED, UNNAMED

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Vault
    from ledger.registry.donors import DonorRow

NOBODY: Final = Words("匿名", "anonymous")
_STARS: Final = "**"
#: What names of organisations end in, the longest first: it says what one is, not which.
_ENDINGS: Final = tuple(
    sorted(
        (
            "公司", "集团", "银行", "合作社", "厂", "店", "学校", "大学", "学院", "中学", "小学",
            "医院", "基金会", "协会", "商会", "学会", "联合会", "委员会", "工会", "中心", "研究院",
            "研究所", "事务所", "局", "社", "Co., Ltd.", "Ltd.", "Inc.", "Foundation",
        ),
        key=len,
        reverse=True,
    )
)  # fmt: skip


class Shown(NamedTuple):
    """What is published of a donor, and by which consent."""

    name: Words
    consent: str


def shown(conn: Connection, vault: Vault, rows: Collection[DonorRow]) -> dict[str, Shown]:
    """What may be published of each of these donors, by id."""
    consenting = [row for row in rows if row.consent in (NAMED, MASKED)]
    names = donors.names(conn, vault, consenting)
    found = {}
    for row in rows:
        name = names.get(row.id) if row.consent in (NAMED, MASKED) else None
        if not name:
            found[row.id] = Shown(NOBODY, UNNAMED)
        else:
            text = name if row.consent == NAMED else masked(name, company=row.kind == COMPANY)
            found[row.id] = Shown(Words(text, text), row.consent)
    return found


def masked(name: str, *, company: bool) -> str:
    """A name of which most is hidden, and how long it is as well.

    >>> masked("王小明", company=False), masked("北京明白科技有限公司", company=True)
    ('王**', '北京**公司')
    >>> masked("小河公司", company=True), masked("王", company=False)
    ('小**公司', '**')
    """
    name = name.strip()
    if not company:
        return (name[0] if len(name) > 1 else "") + _STARS
    ending = next((one for one in _ENDINGS if name.endswith(one) and name != one), "")
    rest = name.removesuffix(ending).strip()
    # Two at the most, and never as much as half of what tells it from others.
    return rest[: min(2, len(rest) // 2)] + _STARS + ending
