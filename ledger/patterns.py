"""Which patterns of readers may be run here: plain ones, whose cost nobody can blow up.

Filters and queries are regular expressions that Python runs. Repetition, groups and classes make
the cost of a match exponential or worse, so they are refused wherever a reader types a pattern.
"""

from __future__ import annotations

import re
from typing import Final

_ESCAPED: Final = re.compile(r"\\[^A-Za-z0-9]")
_COSTLY: Final = re.compile(r"[*+?{}()\[\]\\]")


def is_plain_pattern(pattern: str) -> bool:
    r"""True for text, ``.``, ``^``, ``$``, ``|``, and signs behind a backslash.

    >>> is_plain_pattern(r"^Assets:102|库存\*")
    True
    >>> is_plain_pattern("(a+)+$")
    False
    """
    return not _COSTLY.search(_ESCAPED.sub("", pattern))
