"""Ten thousand invented donors' names, and a search for them in every byte that was written.

Names are four characters, of which the first is one of ten and the others are each one of ten that
no text of the program has: a pattern of four sets is exactly all of them, in any encoding.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pypdf import PdfReader

_FIRST: Final = "冼郗郐郏郓邰邴邸鄢鄯"
_OTHERS: Final = "翀骞垚犇翙珩瑄祎筠舁"
NAMES: Final = ["".join(parts) for parts in product(_FIRST, _OTHERS, _OTHERS, _OTHERS)]

_WORDS: Final = re.compile(f"[{_FIRST}][{_OTHERS}]{{3}}")
#: Encodings that files are written in, and what JSON, URLs and XML make of a character.
_WRITTEN: Final = (
    *(lambda char, code=code: char.encode(code)
      for code in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")),
    lambda char: json.dumps(char).strip('"').encode(),
    lambda char: json.dumps(char).strip('"').upper().replace("\\U", "\\u").encode(),
    lambda char: quote(char).encode(),
    lambda char: f"&#{ord(char)};".encode(),
)  # fmt: skip


def _pattern(write: object) -> re.Pattern[bytes]:
    def one_of(chars: str) -> bytes:
        return b"(?:" + b"|".join(re.escape(write(char)) for char in chars) + b")"  # type: ignore[operator]

    return re.compile(one_of(_FIRST) + one_of(_OTHERS) + b"{3}")


_BYTES: Final = tuple(_pattern(write) for write in _WRITTEN)


def in_text(text: str) -> list[str]:
    """The names in a text, also where blanks or lines stand between their characters."""
    return _WORDS.findall(text) or _WORDS.findall(re.sub(r"\s", "", text))


def in_bytes(data: bytes) -> bool:
    """Whether a name stands in what a file holds, packed or not."""
    if any(pattern.search(data) for pattern in _BYTES):
        return True
    if data.startswith(b"%PDF"):
        return any(in_text(page.extract_text()) for page in PdfReader(io.BytesIO(data)).pages)
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return any(in_bytes(packed.read(one)) for one in packed.infolist())
    return False


def in_folder(folder: Path) -> list[str]:
    """The files below a folder that hold a name, or are called by one."""
    return sorted(_found(folder))


def _found(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if in_text(name) or (path.is_file() and in_bytes(path.read_bytes())):
            yield name
