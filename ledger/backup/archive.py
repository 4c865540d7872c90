"""The file of a backup: a ZIP of plain members, read by whoever distrusts it.

Nothing is taken from an archive but bytes: no path, no link, no permission, no size. Names and
sizes come from the manifest, and every member is read up to the size that stands there.
"""

from __future__ import annotations

import hashlib
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from ledger.backup import faults
from ledger.backup.manifest import LONGEST, NAME, Manifest, Member, NoManifest, parse
from ledger.errors import CannotRun, Refused

#: The most that a backup unpacks to: so many times its own size, and this many bytes beside.
_DENSEST: Final = 200
_BESIDE: Final = 64 * 1024 * 1024
_CHUNK: Final = 1 << 20
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Damaged(Exception):
    """A member is not what the manifest says; ``zh`` and ``en`` say what it is."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


class Archive:
    """An opened backup. CannotRun for what is none; Refused for one that was made to do harm."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
            what = ("打不开，或不完整", "it cannot be opened, or is cut off")
            raise CannotRun(faults.not_a_backup(str(path), *what)) from fault
        try:
            self._infos = self._looked_at()
            self.manifest = self._manifest()
            self._hold_against(self.manifest)
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def has(self, name: str) -> bool:
        return name in self._infos

    def chunks(self, member: Member) -> Iterator[bytes]:
        """The bytes of a member; Damaged at their end if they are not those of the manifest."""
        if member.name not in self._infos:
            raise Damaged("缺失", "is missing")
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(self._infos[member.name]) as file:
                while chunk := file.read(_CHUNK):
                    size += len(chunk)
                    if size > member.size:
                        break
                    digest.update(chunk)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as fault:
            raise Damaged("读不出来", "cannot be read") from fault
        if (size, digest.hexdigest()) != (member.size, member.sha256):
            raise Damaged("内容与清单不符", "is not what the manifest says")

    def lines(self, member: Member) -> Iterator[bytes]:
        """The lines of a member, each with its line feed."""
        rest = b""
        for chunk in self.chunks(member):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield line + b"\n"
        if rest:
            yield rest

    def check(self, member: Member) -> None:
        """Read a member to its end; Damaged if it is not what the manifest says."""
        for _ in self.chunks(member):
            pass

    def copy(self, member: Member, target: BinaryIO) -> None:
        for chunk in self.chunks(member):
            target.write(chunk)

    # ---- is it one? ----------------------------------------------------------------------------

    def _looked_at(self) -> dict[str, zipfile.ZipInfo]:
        """The members by name, all of them plain files that stand behind one another."""
        found: dict[str, zipfile.ZipInfo] = {}
        end = 0
        for info in sorted(self._zip.infolist(), key=lambda one: one.header_offset):
            shown = ascii(info.filename)[:80]
            kind = stat.S_IFMT(info.external_attr >> 16)
            if info.filename in found:
                raise self._refused(shown, "重名", "two files have one name")
            if info.is_dir() or kind not in (0, stat.S_IFREG):
                raise self._refused(shown, "不是普通文件", "it is no plain file")
            if info.flag_bits & 0x1 or info.compress_type not in _PACKED:
                raise self._refused(shown, "加密或以别的方式压缩", "it is packed in another way")
            if info.orig_filename != info.filename or info.header_offset < end:
                raise self._refused(shown, "与别的文件重叠", "it lies over another file")
            end = info.header_offset + info.compress_size
            found[info.filename] = info
        return found

    def _manifest(self) -> Manifest:
        info = self._infos.get(NAME)
        if info is None:
            what = ("没有清单 manifest.json", "it has no manifest.json")
            raise CannotRun(faults.not_a_backup(str(self.path), *what))
        if info.file_size > LONGEST:
            raise self._refused(NAME, "过大", "it is too large")
        try:
            with self._zip.open(info) as file:
                data = file.read(LONGEST + 1)
            return parse(data)
        except NoManifest as fault:
            what = (f"清单无效（{fault}）", f"its manifest does not hold: {fault}")
            raise CannotRun(faults.not_a_backup(str(self.path), *what)) from fault
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as fault:
            what = ("清单读不出来", "its manifest cannot be read")
            raise CannotRun(faults.not_a_backup(str(self.path), *what)) from fault

    def _hold_against(self, manifest: Manifest) -> None:
        """Nothing is there but what the manifest names, in the sizes that it says."""
        sizes = {member.name: member.size for member in manifest.members}
        for name, info in self._infos.items():
            if name == NAME:
                continue
            if name not in sizes:
                raise self._refused(ascii(name)[:80], "清单中没有", "the manifest has none such")
            if info.file_size != sizes[name]:
                raise self._refused(
                    ascii(name)[:80], "大小与清单不符", "it has another size than the manifest says"
                )
        if manifest.whole > _DENSEST * self.path.stat().st_size + _BESIDE:
            raise self._refused(
                f"{manifest.whole:,}", "展开后过大", "it would unpack to far too many bytes"
            )

    def _refused(self, what: str, zh: str, en: str) -> Refused:
        return Refused(faults.hostile(str(self.path), what, zh, en))


class Writer:
    """A backup being written; it keeps what it wrote for the manifest."""

    def __init__(self, file: BinaryIO, at: tuple[int, int, int, int, int, int]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._at = at
        self.members: list[Member] = []

    def add(self, name: str, chunks: Iterator[bytes], *, packed: bool = True) -> None:
        """Write a member; what is sealed does not get smaller by packing."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._info(name, packed=packed), "w", force_zip64=True) as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.members.append(Member(name, size, digest.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest behind everything else, and close."""
        self._zip.writestr(self._info(NAME, packed=True), manifest.text)
        self._zip.close()

    def _info(self, name: str, *, packed: bool) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = (stat.S_IFREG | 0o600) << 16
        info._compresslevel = _LEVEL  # type: ignore[attr-defined]
        return info


# A third of the time of level 6, a tenth more bytes.
_LEVEL: Final = 2
