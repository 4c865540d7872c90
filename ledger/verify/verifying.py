"""``mingbai verify``: what is proven of books, packs and receipts, what is not, and what is wrong.

Packs, publications and receipts are verified by the auditor's own script, :mod:`.standalone`, and
by nothing else; a pack's redacted book is given to Beancount besides. No registry is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from ledger import book
from ledger.errors import CannotRun, Finding, Words, finding
from ledger.verify import histories, standalone
from ledger.verify.books import Verified, key_changes, verify_book

_LONGEST_RECEIPT: Final = 4000
_PLACE: Final = re.compile(r"(.*?):([0-9]+)")

_BOOK_PROVES: Final = (
    Words("账簿自首条起的哈希链完整：没有改动、插入或删除",
          "the hash chain is whole from the first entry on: nothing altered, put in or taken out"),
    Words("结账后没有补记；各月文字与其结账时的摘要一致",
          "nothing was entered behind a closing; months are as they were closed"),
    Words("凭证编号按类按月连续，每个文件按资金平衡",
          "voucher numbers have no gap by class and month, and every file balances by fund"),
    Words("book.bean 与程序写出的一致，没有外来文件",
          "book.bean is as the program writes it, and no foreign file lies beside it"),
)  # fmt: skip
_SEALS_PROVE: Final = Words(
    "各份封存由账簿文字重算得出，首尾相接，凡有签名的均有效",
    "every seal follows from the book's text and names the one before; all signatures hold",
)
_BEANCOUNT_PROVES: Final = Words(
    "Beancount 自行核对账簿，没有错误", "Beancount checked the book by itself and found no error"
)
_SINCE_PROVES: Final = Words(
    "较早的一份推至现在的一份：其后只有追加", "the older copy leads to this one: it only grew"
)
_BOOK_DOES_NOT: Final = (
    Words("所记属实、无遗漏：请查附件与银行对账单",
          "that what was recorded is true and complete: see papers and bank statements"),
    Words("最新封存之后没有截去：请用 mingbai check 与日志比对",
          "that nothing behind the newest seal was cut off: mingbai check asks the journal"),
    Words("登记册、附件与操作日志：请用 mingbai check",
          "the registry, papers and the operation log: use mingbai check"),
)  # fmt: skip
_KEY_DOES_NOT: Final = Words(
    "公钥属于该单位：请向单位核对，或用 --since 与较早的一份比对",
    "that a key is the unit's own: ask the unit, or compare with an older copy by --since",
)
_UNSIGNED: Final = Words(
    "{unit}：最新的封存没有签名，改写全部文字的人只能由 --since 发现",
    "{unit}: its newest seal is unsigned; who rewrote all of it is found by --since alone",
)
_UNSIGNED_PACK: Final = Words(
    "{pack}：清单没有签名，封印所不及的内容谁都写得出",
    "{pack}: nobody signed its list; what no seal binds in it, anybody could have written",
)
_UNSEALED: Final = Words(
    "{unit}：{months} 已结账而未封存", "{unit}: closed, and not sealed yet: {months}"
)
_ALONE: Final = Words(
    "只给了收据：没有公布的根可比对", "a receipt alone: no published root is there"
)


@dataclass
class Outcome:
    """All that a verification says; ``keys`` are (unit, month, key), from which month on."""

    findings: list[Finding] = field(default_factory=list)
    proves: list[Words] = field(default_factory=list)
    does_not_prove: list[Words] = field(default_factory=list)
    keys: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_proven(self) -> bool:
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        def said(words: Iterable[Words]) -> list[dict[str, str]]:
            return [one._asdict() for one in dict.fromkeys(words)]

        return {
            "proven": self.is_proven,
            "proves": said(self.proves) if self.is_proven else [],
            "does_not_prove": said(self.does_not_prove),
            "keys": [{"unit": unit, "since": month, "key": key} for unit, month, key in self.keys],
            "findings": [fault.as_json() for fault in self.findings],
        }


@dataclass
class _Read:
    """What the paths of a command hold."""

    books: list[Path] = field(default_factory=list)
    publications: list[Path] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)


def verify_paths(
    words: Sequence[str], since: Path | None = None, *, with_beancount: bool = True
) -> Outcome:
    """Verify federation folders, books, publications, packs and receipts together.

    A receipt is proven by the publications beside it. CannotRun for what is none of these.
    """
    read = _sorted_out(words)
    done = Outcome()
    books = [_book(path, done, with_beancount=with_beancount) for path in read.books]
    packs = [one for path in read.publications for one in _publication(path, done)]
    if with_beancount and not done.findings:
        done.findings += [fault for pack in packs for fault in _opinion(pack)]
        done.proves += [_BEANCOUNT_PROVES] if packs else []
    for text in read.receipts:
        done.findings += _receipt(text, packs)
    if read.publications or read.receipts:
        done.proves += map(_words, standalone.PROVES if packs else ())
        done.does_not_prove += map(_words, standalone.DOES_NOT_PROVE)
    if since is not None:
        done.findings += _since(since, books, packs, read)
        done.proves.append(_SINCE_PROVES)
    return done


def _sorted_out(words: Sequence[str]) -> _Read:
    read = _Read()
    for word in words:
        path = Path(word)
        if word.startswith("MB1|"):
            read.receipts.append(word)
        elif path.is_file() and (text := _receipt_in(path)):
            read.receipts.append(text)
        elif (path / "units").is_dir():
            read.books += sorted(one for one in (path / "units").iterdir() if one.is_dir())
        elif (path / "chart.bean").exists() or (path / "book.bean").exists():
            read.books.append(path.resolve())
        elif path.is_dir() and any(
            one for mark in ("pack.json", "SHA256SUMS") for one in path.rglob(mark)
        ):
            read.publications.append(path)
        else:
            raise CannotRun(_nothing_there(word))
    return read


def _receipt_in(path: Path) -> str:
    if path.stat().st_size > _LONGEST_RECEIPT:
        return ""
    text = path.read_bytes().decode(errors="replace").strip()
    return text if text.startswith("MB1|") else ""


def _book(folder: Path, done: Outcome, *, with_beancount: bool) -> Verified:
    book = verify_book(folder, with_beancount=with_beancount)
    done.findings += book.findings
    done.proves += _BOOK_PROVES
    done.does_not_prove += _BOOK_DOES_NOT
    if with_beancount:
        done.proves.append(_BEANCOUNT_PROVES)
    if book.seals:
        done.proves.append(_SEALS_PROVE)
    done.keys += [(book.unit, month, key) for month, key in key_changes(book.seals)]
    if book.seals and book.seals[-1].key:
        done.does_not_prove.append(_KEY_DOES_NOT)
    else:
        done.does_not_prove.append(_filled(_UNSIGNED, unit=book.unit))
    if book.log is not None:
        sealed = book.seals[-1].size if book.seals else 0
        left = ", ".join(head.month for head in book.log.heads if head.size > sealed)
        if left:
            done.does_not_prove.append(_filled(_UNSEALED, unit=book.unit, months=left))
    return book


def _publication(folder: Path, done: Outcome) -> list[standalone.Pack]:
    packs, faults = standalone.verify_publication(folder)
    done.findings += [_finding(where, what) for where, what in faults]
    for pack in packs:
        if not pack.signer:
            done.does_not_prove.append(_filled(_UNSIGNED_PACK, pack="/".join(pack.name)))
        before = None
        for seal in pack.seals:
            key = seal["key"] or ""
            change = (pack.name[0], seal["month"], key)
            if key != before and change not in done.keys:
                done.keys.append(change)
            before = key
    return packs


def _opinion(pack: standalone.Pack) -> list[Finding]:
    """What Beancount says of a pack's redacted book."""
    here = "/".join((*pack.name, "book"))
    return [
        replace(fault, file=(fault.file or "").replace("units/book", here))
        for fault in book.check_in_child(pack.folder / "book")
    ]


def _receipt(text: str, packs: list[standalone.Pack]) -> list[Finding]:
    if not packs:
        return [_finding("receipt", f"{_ALONE.zh} {_ALONE.en}")]
    try:
        standalone.check_receipt(text, packs)
    except standalone.Wrong as wrong:
        return [_finding("receipt", str(wrong))]
    except (ValueError, IndexError):
        return [_finding("receipt", "不是收据文本 it is no receipt's text")]
    return []


def _since(
    since: Path, books: list[Verified], packs: list[standalone.Pack], read: _Read
) -> list[Finding]:
    """The older copy is verified as well: one that does not hold proves nothing."""
    older = _sorted_out([str(since)])
    old_books = [verify_book(path, with_beancount=False) for path in older.books]
    found = [replace(one, file=f"{since}: {one.file}") for old in old_books for one in old.findings]
    known = list(map(histories.of_book, old_books))
    for path in older.publications:
        old_packs, faults = standalone.verify_publication(path)
        found += [_finding(f"{path}/{where}", what) for where, what in faults]
        known += map(histories.of_pack, old_packs)
        whole = any(place != packs[0].folder for place in read.publications) if packs else False
        gone = standalone.exchanged(old_packs, packs, whole) if packs else []
        found += [_finding(where, what) for where, what in gone]
    return found + histories.against(known, books, packs)


def _finding(where: str, what: str) -> Finding:
    """A fault that the script told, as a finding; what it says is Chinese, a blank, English."""
    words = _words(what)
    place = _PLACE.fullmatch(where)
    return finding(
        "pack", f"{where}：{words.zh}", words.en,
        "以单位公布的原件为准，重新取得；仍不符时向单位查问",
        "get it again from the unit; if it is still so, ask them",
        file=place[1] if place else where, line=int(place[2]) if place else None,
    )  # fmt: skip


def _words(text: str) -> Words:
    zh, _, en = text.partition(" ")
    return Words(zh, en)


def _filled(words: Words, **values: str) -> Words:
    return Words(words.zh.format(**values), words.en.format(**values))


def _nothing_there(word: str) -> Finding:
    return finding(
        "nothing-to-verify", "这里没有账簿、公开包或收据", "there is no book, pack or receipt here",
        "给出联合会目录、units/<单位>、公开目录、公开包，或收据的 MB1 文本",
        "give a federation folder, units/<unit>, a publication, a pack, or a receipt's MB1 text",
        file=word[:200],
    )  # fmt: skip
