"""A tagged PDF read back: what each element says, and what on the pages belongs to none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf

_SHOWN = {"Tj", "TJ", "'", '"'}
_PAINTED = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do"}


@dataclass(eq=False)
class Read:
    """One element of the tree, with its own text and what it is said to be."""

    tag: str
    text: str
    kids: list[Read] = field(default_factory=list)
    alt: str = ""
    scope: str = ""
    span: int = 1
    thing: Any = None

    def all(self, *tags: str) -> Iterator[Read]:
        """Itself and all below it, in reading order."""
        if not tags or self.tag in tags:
            yield self
        for kid in self.kids:
            yield from kid.all(*tags)

    @property
    def said(self) -> str:
        return "".join(one.text for one in self.all())


class TaggedFile:
    """``untagged`` lists what is shown or painted outside of all marks: (page, operator)."""

    def __init__(self, data: bytes) -> None:
        self.pdf = pikepdf.open(BytesIO(data))
        self.untagged: list[tuple[int, str]] = []
        self.faults: list[str] = []
        self.artifacts: list[list[str]] = []
        #: The text of each mark of each page, with the languages that were named within it.
        self.marks: list[dict[int, tuple[str, str]]] = []
        self.languages: dict[tuple[int, int], set[str]] = {}
        for number, page in enumerate(self.pdf.pages):
            self._read_page(number, page)
        self._pages = {page.obj.objgen: at for at, page in enumerate(self.pdf.pages)}
        root: Any = self.pdf.Root.get("/StructTreeRoot")
        self.document = self._element(root.K) if root is not None else None

    def _read_page(self, number: int, page: Any) -> None:
        fonts = {name: _characters(font) for name, font in page.Resources.Font.items()}
        marks: dict[int, tuple[str, str]] = {}
        artifacts: list[str] = []
        stack: list[tuple[str, int | None, str]] = []
        font = ""
        for instruction in pikepdf.parse_content_stream(page):
            operands: Any = instruction.operands
            name = str(instruction.operator)
            if name in ("BDC", "BMC"):
                tag = str(operands[0])[1:]
                more: Any = operands[1] if len(operands) > 1 else {}
                mark = int(more["/MCID"]) if "/MCID" in more else None
                if mark is not None:
                    if mark in marks:
                        self.faults.append(f"page {number}: mark {mark} twice")
                    marks[mark] = (tag, "")
                stack.append((tag, mark, str(more.get("/Lang", ""))))
            elif name == "EMC":
                stack.pop()
            elif name == "Tf":
                font = str(operands[0])
            elif name in _SHOWN | _PAINTED:
                held = next((mark for _, mark, _ in stack if mark is not None), None)
                artifact = any(tag == "Artifact" for tag, _, _ in stack)
                if (held is None) == (not artifact):
                    self.untagged.append((number, name))
                if name not in _SHOWN:
                    continue
                text = "".join(fonts[font].get(code, "�") for code in bytes(operands[0]))
                if held is None:
                    artifacts.append(text)
                else:
                    tag, before = marks[held]
                    marks[held] = (tag, before + text)
                    if stack[-1][2]:
                        self.languages.setdefault((number, held), set()).add(stack[-1][2])
        if stack:
            self.faults.append(f"page {number}: {len(stack)} marks are not ended")
        self.marks.append(marks)
        self.artifacts.append(artifacts)

    def _element(self, thing: Any) -> Read:
        pages = self._pages
        attributes: Any = thing.get("/A", {})
        found = Read(
            str(thing.S)[1:],
            "",
            alt=str(thing.get("/Alt", "")),
            scope=str(attributes.get("/Scope", ""))[1:],
            span=int(attributes.get("/ColSpan", 1)),
            thing=thing,
        )
        for kid in _kids(thing):
            if isinstance(kid, int):
                page = pages[thing.Pg.objgen]
                tag, text = self.marks[page][kid]
                if tag != found.tag:
                    self.faults.append(f"page {page}: mark {kid} is {tag}, not {found.tag}")
                found.text += text
            elif "/MCID" in kid:
                found.text += self.marks[pages[kid.Pg.objgen]][int(kid.MCID)][1]
            elif kid.get("/Type") != "/OBJR":
                found.kids.append(self._element(kid))
        return found

    def tables(self) -> list[Read]:
        assert self.document is not None
        return list(self.document.all("Table"))


def _kids(thing: Any) -> list[Any]:
    kids = thing.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def rows(table: Read) -> list[list[Read]]:
    """The cells of each row of a table."""
    return [list(row.all("TH", "TD")) for row in table.all("TR")]


def _characters(font: Any) -> dict[int, str]:
    """Which characters the codes of a font stand for."""
    cmap = bytes(font.ToUnicode.read_bytes()).decode("ascii")
    return {
        int(code, 16): bytes.fromhex(point).decode("utf-16-be")
        for code, point in re.findall(r"^<([0-9A-F]{2})> <([0-9A-F]{4,})>$", cmap, re.MULTILINE)
    }
