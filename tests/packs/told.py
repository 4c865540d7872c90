"""All that a file of a publication says: bytes, text, metadata, attachments, cells, names."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader
from pypdf.generic import StreamObject

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def everything(folder: Path) -> Iterator[tuple[str, str]]:
    """Each place below a folder with what it says."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        yield f"{name} (name)", name
        if path.is_file():
            for place, text in of_file(name, path.read_bytes()):
                yield place, plain(text)


def of_file(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    yield name, data.decode("utf-8", errors="ignore")
    if name.endswith(".pdf"):
        yield from _of_pdf(name, data)
    elif name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield f"{name} (comment)", archive.comment.decode()
            for part in archive.infolist():
                yield f"{name}/{part.filename}", part.filename + archive.read(part).decode()


def _of_pdf(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    reader = PdfReader(io.BytesIO(data))
    for number, page in enumerate(reader.pages):
        yield f"{name} (page {number})", page.extract_text()
    yield f"{name} (metadata)", repr(dict(reader.metadata or {}))
    for attached, contents in reader.attachments.items():
        yield f"{name} (attachment)", attached
        for content in contents:
            yield f"{name} (attachment)", content.decode("utf-8", errors="ignore")
    # XMP, fonts, what every other object says.
    for number in range(1, len(reader.xref_objStm) + sum(map(len, reader.xref.values())) + 1):
        thing = reader.get_object(number)
        if isinstance(thing, StreamObject):
            yield f"{name} (object {number})", thing.get_data().decode("utf-8", errors="ignore")
        elif thing is not None:
            yield f"{name} (object {number})", repr(thing)


def plain(text: str) -> str:
    """A text with what JSON and HTML escape of it, told as it is."""
    found = text
    if "\\u" in text:
        found += _ESCAPED.sub(lambda one: chr(int(one[1], 16)), text)
    if "&" in text:
        found += html.unescape(text)
    return found
