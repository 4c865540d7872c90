"""Whether a new publication keeps to what was published before, asked once more before it goes out.

:func:`ledger.publishing.projecting.project` takes earlier groups as they are. If somebody forgot to
give it one, a sum of the new publication less that group may tell of one person: it is found here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import Finding, finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.publishing.values import PublicBook, Published


def differences(book: PublicBook, published: Iterable[Published]) -> list[Finding]:
    """A finding for each earlier group that stands in the book otherwise than it was published.

    It may stand there with the same lines, or be held back whole; nothing of it may stand in a row,
    or in a group with others.
    """
    held = frozenset(book.held)
    now = {group.seqs: group.lines for group in book.published}
    found = []
    for group in published:
        mine = frozenset(group.seqs)
        if now.get(group.seqs) == group.lines or mine <= held or min(mine) > book.through:
            continue
        found.append(
            finding(
                "group-changed",
                f"{group.first} 至 {group.day} 已公布的一组在本次公布中有变，两者之差可能指向个人",
                f"a group of {group.first} to {group.day} that was published stands otherwise in "
                "this publication: their difference may tell of a person",
                "以此前各次公布的全部分组重新生成",
                "make it anew with the groups of every earlier publication",
            )
        )
    return found
