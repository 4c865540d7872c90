"""Which tests run in one process: those that look at the same thing, so that it is built once.

A file says so by ``pytestmark = pytest.mark.xdist_group("…")``, or by fixtures of its own that last
for the module. Every other test goes to whichever process is free.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

_ROOT = Path(__file__).parent.parent
_GROUP = re.compile(r'xdist_group\("(\w+)"\)')


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """xdist's scheduler with our idea of what belongs together."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope_of(nodeid.split("::", 1)[0]) or nodeid


@cache
def _scope_of(file: str) -> str:
    path = _ROOT / file
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if group := _GROUP.search(text):
        return group[1]
    return file if 'scope="module"' in text else ""
