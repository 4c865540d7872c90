"""A drawn file made readable to machines: its structure, its data, its description.

The one place that imports pikepdf. What :mod:`reports.pdf.structure` gathered becomes the tree of
the file; the statement's figures as JSON are attached as an associated file; the title and language
stand in the metadata. Nothing here comes from a clock or a machine, and nothing is compressed, so
that the same document gives the same bytes. No conformance to PDF/UA or PDF/A is claimed.

Source: ISO 32000-1, 14.7 and 14.8 (structure), 7.11 (attached files), 14.3.2 (metadata);
ISO 32000-2, 14.13 (associated files).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from reports.pdf.structure import Element, Structure

#: Elements that are left out of the tree where nothing stands in them; an empty cell stays a cell.
_LEFT_OUT: Final = frozenset(
    {"H1", "H2", "H3", "L", "LI", "Lbl", "LBody", "Link", "P", "Sect", "TBody", "THead", "Table"}
)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to attach: an ASCII name, its media type, its bytes, and what it is."""

    name: str
    media_type: str
    data: bytes
    said: str


@dataclass(frozen=True, slots=True)
class Described:
    """What the metadata say of a document; ``day`` is one of its period, never of the run."""

    title: str
    author: str
    subject: str
    day: date


def finish(
    drawn: bytes, structure: Structure, about: Described, files: Iterable[Attached]
) -> bytes:
    """The drawn file with its tree, its metadata and its attached files."""
    with pikepdf.open(BytesIO(drawn)) as pdf:
        _Tree(pdf, structure).write()
        _describe(pdf, about)
        _attach(pdf, files, about.day)
        out = BytesIO()
        pdf.save(
            out,
            deterministic_id=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            fix_metadata_version=False,
        )
        return out.getvalue()


class _Tree:
    """The tree of elements, and the way from each mark on a page back to its element."""

    def __init__(self, pdf: pikepdf.Pdf, structure: Structure) -> None:
        self._pdf, self._structure = pdf, structure
        self._pages = [page.obj for page in pdf.pages]
        self._made: dict[Element, pikepdf.Object] = {}

    def write(self) -> None:
        pdf, structure = self._pdf, self._structure
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        root.K = self._element(structure.root, root)
        parents: list[pikepdf.Object | int] = []
        for number, (page, marks) in enumerate(zip(self._pages, structure.marks, strict=False)):
            page.StructParents = number
            page.Tabs = Name.S
            parents += [number, pdf.make_indirect(Array([self._made[one] for one in marks]))]
        key = len(self._pages)
        for page, links in zip(self._pages, structure.links, strict=False):
            for annotation, (element, said) in zip(page.get("/Annots", ()), links, strict=True):
                annotation.StructParent = key
                if said:
                    annotation.Contents = String(said)
                parents += [key, self._made[element]]
                key += 1
        root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(parents)))
        root.ParentTreeNextKey = key
        pdf.Root.StructTreeRoot = root
        pdf.Root.MarkInfo = Dictionary(Marked=True)

    def _element(self, element: Element, parent: pikepdf.Object) -> pikepdf.Object:
        text = f"<</Type/StructElem/S/{element.tag}{element.attributes}>>"
        made = self._pdf.make_indirect(pikepdf.Object.parse(text.encode("ascii")))
        self._made[element] = made
        made.P = parent
        if element.alt:
            made.Alt = String(element.alt)
        kids: list[pikepdf.Object | int] = [
            self._element(kid, made) for kid in element.kids if not _is_left_out(kid)
        ]
        kids += self._content(element, made)
        if kids:
            made.K = kids[0] if len(kids) == 1 else Array(kids)
        return made

    def _content(self, element: Element, made: pikepdf.Object) -> Iterator[pikepdf.Object | int]:
        """Its marks, by number on the page where it begins, and its links."""
        at = [page for page, _ in (*element.content, *element.links)]
        if at:
            made.Pg = self._pages[at[0]]
        for page, mark in element.content:
            if page == at[0]:
                yield mark
            else:
                yield Dictionary(Type=Name.MCR, Pg=self._pages[page], MCID=mark)
        for page, place in element.links:
            annotation = self._pages[page].Annots[place]
            yield Dictionary(Type=Name.OBJR, Obj=annotation, Pg=self._pages[page])


def _is_left_out(element: Element) -> bool:
    return (
        element.tag in _LEFT_OUT
        and not element.content
        and not element.links
        and all(_is_left_out(kid) for kid in element.kids)
    )


def _describe(pdf: pikepdf.Pdf, about: Described) -> None:
    """Metadata (XMP) that say the same as the information dictionary, and the language."""
    title, author, subject = map(escape, (about.title, about.author, about.subject))
    moment = f"{about.day.isoformat()}T00:00:00+08:00"
    text = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"\
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li>\
<rdf:li xml:lang="zh-CN">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>mingbai</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
    stream = pdf.make_stream(text.encode(), Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Metadata = pdf.make_indirect(stream)


def _attach(pdf: pikepdf.Pdf, files: Iterable[Attached], day: date) -> None:
    """Each file once, under its name and as associated with the whole document.

    The digest that the standard keeps is MD5; SHA-256 stands in the description, where people and
    programs find it.
    """
    stamp = f"D:{day:%Y%m%d}000000+08'00'"
    named: list[pikepdf.Object] = []
    associated: list[pikepdf.Object] = []
    for file in sorted(files, key=lambda one: one.name):
        params = Dictionary(
            Size=len(file.data),
            CheckSum=String(hashlib.md5(file.data, usedforsecurity=False).digest()),
            CreationDate=stamp,
            ModDate=stamp,
        )
        stream = pdf.make_stream(file.data, Type=Name.EmbeddedFile, Params=params)
        stream.Subtype = Name("/" + file.media_type)
        kept = pdf.make_indirect(stream)
        specification = pdf.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=file.name,
                UF=file.name,
                Desc=f"{file.said} SHA-256 {hashlib.sha256(file.data).hexdigest()}",
                AFRelationship=Name.Data,
                EF=Dictionary(F=kept, UF=kept),
            )
        )
        named += [String(file.name), specification]
        associated.append(specification)
    if named:
        names = pdf.Root.get("/Names", Dictionary())
        names.EmbeddedFiles = Dictionary(Names=Array(named))
        pdf.Root.Names = names
        pdf.Root.AF = Array(associated)
