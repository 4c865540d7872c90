"""Layouts that are known by name, as TOML: what has to stand in the header, and what it means.

Some come with the program; a treasurer's own, made by the wizard, lie in a folder of theirs.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from importers.cells import folded
from ledger.errors import CannotRun, finding

_FOLDER: Final = Path(__file__).parent / "profiles"
#: The environment variable that names the folder of saved profiles.
VARIABLE: Final = "MINGBAI_PROFILES"


@dataclass(frozen=True)
class Profile:
    """One layout. ``roles`` name columns by their header, for where the dictionary is not enough.

    ``chain`` is False where the platform says that row balances do not run on; ``totals`` is False
    where it says that printed sums may differ. ``good`` are the statuses of completed movements.
    ``signed`` says that a plus in the one column of amounts is money in; ``orders`` that the rows
    are orders, not movements: the account's own bill has those, after fees and refunds. ``came``
    and ``went`` are the words of its flag for money in and out. ``header`` are all its words, by
    which a drifted one is known again; ``exact`` says that no other word may stand there.
    """

    id: str
    name: str
    kind: str = "bank"
    require: tuple[str, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chain: bool = True
    totals: bool = True
    good: tuple[str, ...] = ()
    signed: bool = False
    orders: bool = False
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    exact: bool = False

    def fits(self, words: frozenset[str]) -> bool:
        """Whether a header of these folded words is this layout's."""
        needed = set(self.require)
        return needed == words if self.exact else needed <= words


GENERIC: Final = Profile("generic", "未知版式 unknown layout", kind="")


def profiles() -> tuple[Profile, ...]:
    """Every profile, those with the most required columns first, the treasurer's before ours."""
    own = saved_profiles()
    found = [*((0, one) for one in own), *((1, one) for one in shipped_profiles())]
    found.sort(key=lambda pair: (-len(pair[1].require), pair[0], pair[1].id))
    return tuple(one for _, one in found)


@cache
def shipped_profiles() -> tuple[Profile, ...]:
    """The layouts that come with the program."""
    return tuple(
        profile_from(path.read_text(encoding="utf-8"), path.stem)
        for path in sorted(_FOLDER.glob("*.toml"))
    )


def saved_folder() -> Path | None:
    """Where saved profiles lie; None where nobody says and the user has no home."""
    if given := os.environ.get(VARIABLE):
        return Path(given)
    try:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    except RuntimeError:
        return None
    return base / "mingbai" / "profiles"


def saved_profiles() -> tuple[Profile, ...]:
    """The treasurer's own layouts. Raises CannotRun if one of them cannot be read."""
    folder = saved_folder()
    if folder is None:
        return ()
    try:
        stamps = [(path, path.stat()) for path in sorted(folder.glob("*.toml"))]
    except OSError:
        return ()
    return _saved(tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stamps))


@lru_cache(maxsize=8)
def _saved(stamps: tuple[tuple[Path, int, int], ...]) -> tuple[Profile, ...]:
    found = []
    for path, _, _ in stamps:
        try:
            found.append(profile_from(path.read_text(encoding="utf-8"), path.stem))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            raise CannotRun(
                finding(
                    "profile-broken",
                    "保存的版式文件无法读取",
                    "a saved layout cannot be read",
                    "修好或移走这个文件，再用 mingbai profile new 重新生成",
                    "repair it or move it away, and make it anew with mingbai profile new",
                    file=path.name,
                )
            ) from fault
    return tuple(found)


def profile_from(text: str, id: str) -> Profile:
    """The profile that a TOML text says; KeyError or ValueError for what is none."""
    data = tomllib.loads(text)
    require = _words(data["require"])
    if not require:
        raise ValueError("a layout without words would fit every file")
    return Profile(
        id=id,
        name=str(data["name"]),
        kind=str(data["kind"]),
        require=require,
        roles={role: _words(cells) for role, cells in data.get("roles", {}).items()},
        chain=bool(data.get("chain", True)),
        totals=bool(data.get("totals", True)),
        good=tuple(data.get("good", ())),
        signed=bool(data.get("signed", False)),
        orders=bool(data.get("orders", False)),
        came=_words(data.get("came", ())),
        went=_words(data.get("went", ())),
        header=_words(data.get("header", require)),
        exact=bool(data.get("exact", False)),
    )


def _words(cells: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(folded(cell) for cell in ([cells] if isinstance(cells, str) else cells))


def words_of(header: Iterable[str]) -> frozenset[str]:
    """The words of a header, folded, blanks left out."""
    return frozenset(folded(cell) for cell in header) - {""}


def profile_of(header: list[str]) -> Profile:
    """The profile whose required columns all stand in the header; the generic one if none."""
    words = words_of(header)
    return next((one for one in profiles() if one.fits(words)), GENERIC)


@dataclass(frozen=True)
class Drift:
    """A header that is nearly a known layout's: which words came, and which went."""

    profile: Profile
    added: tuple[str, ...]
    missing: tuple[str, ...]


#: So much of the words of both have to be the same (Jaccard).
_NEAR: Final = (8, 10)


def drift_of(header: list[str]) -> Drift | None:
    """The known layout that this header has drifted from; None if there is none so near."""
    words = words_of(header)
    best: tuple[int, int, Profile] | None = None
    for one in profiles():
        its = frozenset(one.header) | frozenset(one.require)
        same, all_ = len(words & its), len(words | its)
        if one.fits(words) or same * _NEAR[1] < all_ * _NEAR[0]:
            continue
        if best is None or same * best[1] > best[0] * all_:
            best = same, all_, one
    if best is None:
        return None
    its = frozenset(best[2].header) | frozenset(best[2].require)
    return Drift(best[2], tuple(sorted(words - its)), tuple(sorted(its - words)))
