"""Whether the cache beside a book says what the book says.

A part of the cache is known by its file's digest, so it never stands over changed text. But whoever
can write the cache can also write other sums into it: verification compares all that a report would
believe with what is computed afresh, and throws a false cache away.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from ledger.canonical_reader import NotCanonical
from ledger.errors import Finding, finding
from ledger.model import cache_path, months_of
from ledger.modelcache import ModelCache, remove
from ledger.period import Month


def check_cache(folder: Path) -> list[Finding]:
    """A finding if the cache of the book in ``folder`` is false; it is removed then."""
    path = cache_path(folder)
    if not path.is_file():
        return []
    with closing(ModelCache(folder, path)) as kept, closing(ModelCache(folder, None)) as fresh:
        false = [month for month in months_of(folder) if not _agree(kept, fresh, month)]
    if not false:
        return []
    remove(path)
    names_zh, names_en = "、".join(map(str, false)), ", ".join(map(str, false))
    return [
        finding(
            "cache-false",
            f"报表缓存与账簿不符（{names_zh}）；已删除，账簿本身未受影响",
            f"the cache of reports was not what the book says ({names_en}); it was removed, "
            "the book itself is untouched",
            "重新出具这些月份的报表，并查明是谁改动的",
            "print the reports of these months again and find out who changed it",
            file=path.relative_to(folder.parent.parent).as_posix(),
        )
    ]


def _agree(kept: ModelCache, fresh: ModelCache, month: Month) -> bool:
    try:
        told, true = kept.part(month), fresh.part(month)
        if told.digest != true.digest or sorted(told.cells) != sorted(true.cells):
            return False
        if not kept.is_indexed(month):
            return True
        if kept.places(month) != fresh.places(month):
            return False
        pairs = {(account, fund) for account, fund, *_ in true.cells}
        return all(
            kept.places(month, [account], fund) == fresh.places(month, [account], fund)
            for account, fund in sorted(pairs)
        )
    except NotCanonical:
        return True  # The text itself is at fault, and other checks say so.
