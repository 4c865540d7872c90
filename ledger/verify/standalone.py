#!/usr/bin/env python3
"""核对公开的账目 verifies what units published, with nothing but Python 3.9 and this file.

    python verify.py OUT                   一次公开或其中一包 a publication, or one pack of it
    python verify.py OUT --since OLDER     较早的公开与之一致 and that an older one leads to it
    python verify.py OUT --key HEX         封印与清单以此公钥签名 newest seal and list are signed by this key
    python verify.py receipt "MB1|…" OUT   一张捐赠收据 a donation receipt; --json: 输出 JSON

退出状态 exit status: 0 已证明 proven; 1 未证明 not proven, with the place; 2 无法核对 cannot tell.
"""

import argparse
import base64
import json
import re
import sys
from collections import Counter
from decimal import Decimal
from functools import cache
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, Optional
from urllib.parse import quote, unquote

PROVES = ("文件与清单一致 files are those of their list: none altered, missing or extra",
    "封印首尾相接，签名有效，树根与重开由逐条记录重算 seals are one chain, signatures hold, roots and reopenings follow",
    "期内凭证编号按类按月连续 voucher numbers of the period have no gap and end where sealed",
    "单独列示的凭证就是封存的那张 each voucher shown singly is the one sealed, with its papers",
    "合计与科目余额表等于账簿逐笔相加 totals and a trial balance are the redacted book's sums")
DOES_NOT_PROVE = ("公钥属于该单位 that a key is the unit's own: ask the unit, or give --key or --since",
    "封存的属实、无遗漏 that what was sealed is true and complete: see papers and bank statements",
    "未公开的凭证与结转 how vouchers that stay shut, and carry-overs, add up to what is shown",
    "网页、PDF、说明与其他报表：仅由清单的签名担保 pages, PDFs, reasons, more: the word of the list's signer, or anybody's")
SIGNATURE = "SHA256SUMS.sig"
HEX, DAY, MONTH = "[0-9a-f]{64}", "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{4}-(?:0[1-9]|1[0-2])"
UNIT, COUNT, CURRENCY = "[a-z][a-z0-9-]{0,38}[a-z0-9]", "(?:0|[1-9][0-9]{0,11})", "[A-Z][A-Z0-9'._-]*"
NUMBER, AMOUNT = "[收付转]-[0-9]{6}-[0-9]{4,9}", r"-?(?:0|[1-9][0-9]{0,15})\.[0-9]{2}"
ACCOUNT = r'(?:Assets|Liabilities|Equity|Income|Expenses):[^\s":]+(?::[^\s":]+)*'
BUDGETARY = "Equity:B-预算会计"  # the budgetary half of government accounting stands apart
SEAL = (rf"mingbai-seal-1\nunit: (?P<unit>{UNIT})\nmonth: (?P<month>{MONTH})\nversion: (?P<version>{COUNT})\n"
        rf"size: (?P<size>{COUNT})\nroot: (?P<root>{HEX})\nvouchers: (?P<vouchers>{COUNT})\nnumbers: (?P<numbers>none|"
        rf"[收付转] {COUNT}(?:, [收付转] {COUNT}){{0,2}})\nperpetual-vouchers: (?P<all_vouchers>{COUNT})\n"
        rf"debits: {HEX}\nfiles: {HEX}\nprevious: (?P<previous>{HEX})\nreopened: (?P<reopened>{COUNT})\n"
        rf"receipts: (?P<receipts>none|{HEX} {COUNT}(?:, {HEX} {COUNT})*)\n")
SIGNED = rf"ed25519 (?P<key>{HEX})\nsignature: (?P<signature>[+/0-9A-Za-z]{{86}}==)"
SEAL += rf"key: (?:none\nsignature: none|{SIGNED})\n"
LIST = rf"mingbai-list-1\nlist: (?P<list>{HEX})\nkey: {SIGNED}\n"
SIDES = ("opening", "debit", "credit", "closing")
GROWING = {"size": 0, "all_vouchers": 0, "reopened": 0}
HEAD = "mingbai-open-1\n"  # of an open text; what follows a voucher's day and number in it:
OPENED = rf"(?:reverses {NUMBER}\n)?(?:paper {HEX}\n)*(?:posting {ACCOUNT} {AMOUNT} {CURRENCY} [A-Z][A-Za-z0-9-]+\n)+"
# The lines of a redacted book: whatever else Beancount might read has no place in it.
QUOTED, POSTING = r'"[^"\\\n]*(?:\\["\\][^"\\\n]*)*"', rf"  {ACCOUNT}  {AMOUNT} {CURRENCY}"
REST = rf'[^"\n;]*(?:{QUOTED}[^"\n;]*)*'
LINE = (rf';[^\n]*|option {QUOTED} {QUOTED}|include "[0-9a-z/]+\.bean"|(?:  |    )[a-z][a-z0-9_-]*: {REST}|'
        rf"{POSTING}|{DAY} (?:open|close|custom) {REST}|{DAY} \* {QUOTED}(?: #[a-z]+)*|")

class Wrong(Exception):
    """What a step cannot go on from; its one argument says what it is."""

def demand(holds: object, what: str) -> None:
    if not holds:
        raise Wrong(what)

class Pack:
    """One pack, verified step by step. ``where`` is what a step looks at: a file, line, seal. Each step
    takes what it reads for well formed; what is not ends the steps, with its place."""
    def __init__(self, folder: Path, key: str, *, is_list: bool = False) -> None:
        self.folder, self.key, self.where, self.digest, self.signer = folder, key, "SHA256SUMS", "", ""
        self.name, self.own = tuple[str, ...](("",)), r"(?:en/)?my/[a-z2-7]{26}(?:-p[0-9]+)?\.html" if is_list else ""
        self.faults: list[tuple[str, str]] = []
        self.seals, self.leaves, self.bookless = list[dict[str, Any]](), list[dict[str, Any]](), list[str]()
        self.book: dict[str, tuple[str, bool]] = {}
        steps = [self.check_sums, self.read_head, self.check_seals, self.check_tree, self.check_months]
        steps += [self.read_book, self.check_rows, self.check_totals]
        try:
            self.files = list_files(folder)
            for step in steps[:1] if is_list else steps:
                step()
        except (Wrong, AttributeError, LookupError, RecursionError, TypeError, ValueError) as fault:
            what = str(fault) if isinstance(fault, Wrong) else "缺失或不合格式 it is missing, or not well formed"
            self.faults.append((self.where, what))

    def check_sums(self) -> None:
        """Files are those of SHA256SUMS, but for pages of one's own; who signs it says what all of them say."""
        self.digest = sha(self.read("SHA256SUMS")).hex()
        listed, last = {"SHA256SUMS": self.digest}, ""
        for line in self.lines("SHA256SUMS"):
            digest, _, file = line.partition("  ")
            demand(re.fullmatch(HEX, digest) and file > last, "清单不合格式 it is not well formed, or not in order")
            listed[file], last = digest, file
        there = {file: sha(self.read(file)).hex() for file in self.files}
        for file in sorted({*listed, *there} - {SIGNATURE}):
            if listed.get(file) != there.get(file) and (file in listed or not re.fullmatch(self.own, file)):
                what = "已改动 it is not what the list says" if file in listed else "清单中没有 it is there, but not listed"
                self.faults.append((file, what) if file in there else (ascii(file), "包中没有 it is listed, not there"))
        self.where = SIGNATURE
        if SIGNATURE in self.files:
            found = re.fullmatch(LIST, text := self.read(SIGNATURE).decode())
            digest, self.signer, signature = found.group("list", "key", "signature") if found else ("", "", "")
            demand(digest == self.digest, "不是此清单的签名 it is no signature of this list")
            demand(is_valid(self.signer, text.rpartition("signature: ")[0].encode(), signature), "签名无效 bad signature")
        demand(self.key in ("", self.signer), "清单非此公钥签名 the list is not signed by this key")

    def read_head(self) -> None:
        """What the pack says of itself; a correction says why, and what it supersedes."""
        self.where = "pack.json"
        self.told = told = read_json(self.read("pack.json").decode())
        head = f"{told['format']} {told['unit']} {told['period']} {told['audience']}"
        demand(re.fullmatch(f"mingbai-pack-1 {UNIT} (?:{MONTH}|[0-9]{{4}}(?:-Q[1-4])?) [a-z]+", head), "不合格式 no pack")
        demand(told["version"] == 1 or (re.fullmatch(HEX, told["supersedes"]) and told["explanation"]), "无说明 no reason")
        self.name = told["unit"], told["period"], told["audience"], f"v{int(told['version'])}"
        self.months = months_of(told["period"])

    def check_seals(self) -> None:
        """The unit's seals from its first on: chained, growing, in order, signatures valid."""
        last: dict[str, Any] = {**GROWING, "digest": "0" * 64, "key": None}
        versions: dict[int, int] = {}
        for text in self.told["seals"]:
            seal = read_seal(text)
            self.where, month, version = seal["where"], seal["ordinal"], seal["version"]
            demand((seal["unit"], seal["previous"]) == (self.name[0], last["digest"]), "链在此断开 the chain breaks here")
            follows = not versions or month in versions or month == max(versions) + 1
            demand(follows and version > versions.get(month, 0), "月份或版本不连续 the months or versions have a gap")
            demand(seal["size"] > last["size"] and all(seal[one] >= last[one] for one in GROWING), "累计数减少 it shrank")
            demand(seal["vouchers"] == sum(seal["numbers"].values()), "笔数不符 wrong count")
            demand(not seal["key"] or is_valid(seal["key"], seal["signed"], seal["signature"]), "签名无效 bad signature")
            last, versions[month] = seal, version
            self.seals.append(seal)
        demand({self.key, self.signer, ""} <= {last["key"], ""}, "最新封印由另一密钥签名 it is signed by another key")

    def check_tree(self) -> None:
        """Leaves behind the frontier lead to all roots, those before it by their heads; voucher numbers have no gap."""
        self.where, tree = "leaves.jsonl", self.told["tree"]
        first, size, peaks = tree["first"], tree["size"], list(map(bytes.fromhex, tree["frontier"]))
        demand(len(peaks) == bin(first).count("1"), "边界不合大小 the frontier is of another size")
        roots, ordinals = {first: root_of(peaks)}, dict[tuple[str, str], int]()
        for seq, line in enumerate(self.lines("leaves.jsonl"), start=first + 1):
            self.where = f"leaves.jsonl:{seq - first}"
            leaf, leaf_hash = read_leaf(line, self.name[0], seq)
            if leaf["kind"] == "voucher":
                part, ordinal = (leaf["number"][0], leaf["month"]), int(leaf["number"][9:])
                due = ordinals.get(part, 0 if leaf["month"] in self.months else ordinal - 1) + 1
                demand(ordinal == due, f"编号不连续 {leaf['number']}: a gap, {due} belongs here")
                ordinals[part] = ordinal
            self.leaves.append(leaf)
            grow(peaks, seq - 1, leaf_hash)
            roots[seq] = root_of(peaks)
        for head in [*tree["heads"], {**tree, "consistency": []}]:
            self.where = f"tree {head['size']}"
            leads = is_consistent(head["size"], size, head["root"], roots[size], head["consistency"])
            demand(leads, "不能推至叶子的树根 it does not lead to the root over the leaves")
            roots.setdefault(head["size"], head["root"])
        before: list[dict[str, Any]] = [GROWING, *self.seals]
        for last, seal in zip(before, self.seals):
            self.where = seal["where"]
            demand(roots.get(seal["size"]) == seal["root"], "树根不符 it is not the leaves' root")
            mine = [leaf for leaf in self.leaves if last["size"] < leaf["seq"] <= seal["size"]]
            counts = [sum(leaf["kind"] == kind for leaf in mine) for kind in ("voucher", "reopen")]
            more = [seal[one] - last[one] for one in ("all_vouchers", "reopened")]
            demand(counts == more or last["size"] < first, "累计不符 wrong count")
            ends = (mine[-1]["kind"], mine[-1]["month"]) if mine else ("close", seal["month"])
            demand(ends == ("close", seal["month"]), "不止于结账处 it does not end with its month's closing")
        demand(before[-1]["size"] == size == first + len(self.leaves), "大小不符 another size")
        said = [one["month"] for one in self.told["reopened"]]
        again = [leaf["month"] for leaf in self.leaves if leaf["kind"] == "reopen"]
        fits = len(said) == before[-1]["reopened"] and said[len(said) - len(again) :] == again
        demand(fits, "所列重开与封印和叶子不符 other reopenings are listed than seal and leaves have")

    def check_months(self) -> None:
        """Each month of the period is sealed; its numbers end as sealed. One without any leaf needs no seal in front of
        the first one, nor behind the last one if the pack says that the unit had no book any more."""
        begin, end, self.bookless = min(one["month"] for one in self.seals), max(one["month"] for one in self.seals), []
        for month in self.months:
            self.where = f"seal {month}"
            mine = [leaf for leaf in self.leaves if leaf["month"] == month and leaf["number"] != "-"]
            gone = month > end and month not in self.told.get("months", self.months)
            empty = not any(leaf["month"] == month for leaf in self.leaves)
            self.bookless += [month] * (empty and (gone or (month < begin and self.told["tree"]["first"] == 0)))
            demand(month in (*self.bookless, *(one["month"] for one in self.seals)), "此月未封存 it is not sealed")
            for seal in (seal for seal in self.seals if seal["month"] == month):
                ends = {leaf["number"][0]: int(leaf["number"][9:]) for leaf in mine if leaf["seq"] <= seal["size"]}
                demand(ends == seal["numbers"], "编号止于他处 numbers do not end as in the leaves")

    def read_book(self) -> None:
        """The redacted book: each voucher as its open text, and whether it brings balances in."""
        self.where = "book/book.bean"
        names = {name for name in self.files if re.fullmatch(r"book/.*\.bean", name)}
        included = re.findall('^include "(.*)"$', "\n".join(self.lines(self.where)), re.MULTILINE)
        demand(names == {self.where, *(f"book/{one}" for one in included)}, "包含有误 includes")
        for name in sorted(names):
            start, lines = 0, [*self.lines(name), ""]
            for at, line in enumerate(lines):
                self.where = f"{name}:{at + 1}"
                demand(re.fullmatch(LINE, line), "不是账簿的一行 this is no line of a book")
                if not line and lines[start][11:12] == "*":
                    number, text = read_voucher(lines[start:at])
                    demand(number not in self.book, f"编号重复 {number} stands twice")
                    funds: Counter[str] = Counter()
                    for _, fen, *place in postings_of(text):
                        funds[" ".join(place)] += fen
                    demand(not any(funds.values()), f"各基金借贷不平 {number} does not balance by fund")
                    self.book[number] = text, " #opening" in lines[start]
                start = start if line else at + 1

    def check_rows(self) -> None:
        """What the book shows singly and what leaves open are the same. Sums bear ordinals that no voucher has: 0 for
        earlier balances, others above 900000. A carry-over carries what is published: it may differ and stay shut."""
        sealed = {leaf["number"]: leaf.get("text", "") for leaf in self.leaves if leaf["number"] != "-"}
        due = {*self.book, *(one for one in sealed if sealed[one][15:22] in self.months)}
        for number in sorted(due):
            self.where, text = f"book {number}", self.book.get(number, ("",))[0]
            if sealed.get(number):
                demand(is_shown_by(sealed[number], text), "与封存的不同，或不在账簿中 it is not the voucher that was sealed")
            elif 0 < int(number[9:]) <= 900_000 and text[15:22] in self.months:
                demand(number in sealed and not re.search("\nposting [AL]", text), "没有公开的记录 no leaf opens this voucher")

    def check_totals(self) -> None:
        """Totals of pack.json and all of a trial balance are sums over the redacted book. Lines of the latter go by
        code, the digits with which an account's components begin, or by name where two would have one code."""
        sums, own = Counter[Any](), Counter[Any]()  # in fen, by account and column; of an account without those below
        for text, opens in self.book.values():
            for account, fen, currency, _ in postings_of(text) if text[15:22] <= self.months[-1] else ():
                column = "opening" if opens or text[15:22] < self.months[0] else "debit" if fen > 0 else "credit"
                if currency == "CNY" and column != "opening":
                    own[account, column] += abs(fen)
                for end in range(1, account.count(":") + 1) if currency == "CNY" else ():
                    sums[":".join(account.split(":")[: end + 1]), column] += abs(fen) if column != "opening" else fen
                    sums[":".join(account.split(":")[: end + 1]), "closing"] += fen
        due, totals = ({name: {one: f"{Decimal(found[name, one]).scaleb(-2):f}" for one in sides} for name, _ in found}
            for found, sides in ((sums, SIDES), (own, SIDES[1:3])))
        self.where = "pack.json totals"
        demand(self.told["totals"] == totals, "不等于账簿逐笔相加 they are not the sums of the book")
        codes = {"".join(re.findall(":([0-9]+)", name)): name for name in sorted(due, reverse=True)}
        for file in (name for name in self.files if re.fullmatch(r"trial-balance.*\.json", name)):
            zero = dict.fromkeys(SIDES, "0.00")
            left = {name for name in due if due[name] != zero} - {BUDGETARY}
            for line in read_json(self.read(file).decode())["lines"]:
                self.where, code = f"{file} {line['code']}", line["code"]
                name = code if code in due else codes.get(code, "")
                cells = {side: line["cells"][side] for side in zero if line["style"] == "line"}
                demand(cells in ({}, due.get(name, zero)), "与账簿不符 not the book's")
                left.discard(name)
            demand(not left, f"缺科目 {min(left, default='')} is left out")

    def read(self, name: str) -> bytes:
        demand(name in self.files, f"缺少文件 {name} is missing")
        return (self.folder / name).read_bytes()

    def lines(self, name: str) -> list[str]:
        *lines, rest = self.read(name).decode().split("\n")
        demand(not rest, "末行不完整 the last line does not end")
        return lines

def verify_publication(folder: Path, key: str = "") -> tuple[list[Pack], list[tuple[str, str]]]:
    """Every pack below ``folder``, each unit's of one history, no version missing; and a publication's own list."""
    places = sorted({one.parent for mark in ("pack.json", "SHA256SUMS", "leaves.jsonl") for one in folder.rglob(mark)})
    is_list = bool(places) and not (folder / "pack.json").exists() and any(one.is_file() for one in folder.iterdir())
    packs = [Pack(place, key) for place in places if not is_list or place != folder]
    faults = Pack(folder, key, is_list=True).faults if is_list else []
    digests = {pack.name: pack.digest for pack in packs if not pack.faults}
    for pack in packs:
        found = pack.faults + leads(pack, packs)
        if pack.folder != folder and not found:
            before = digests.get((*pack.name[:3], f"v{pack.told['version'] - 1}"))
            if pack.folder.parts[-4:] != pack.name or before != pack.told["supersedes"]:
                found = [("pack.json", "位置或前一版不符 not its place, or version before")]
        faults += [(f"{pack.folder.relative_to(folder).as_posix()}/{where}", what) for where, what in found]
    return packs, faults

def leads(older: Pack, newer: list[Pack]) -> list[tuple[str, str]]:
    """Whether the unit's longest chain begins with the seals of ``older``; each seal's root was proven in its pack."""
    now = max((one.seals for one in newer if one.name[0] == older.name[0]), key=len, default=[])
    wrong = [f"seal {at + 1}" for at, seal in enumerate(older.seals) if now[at : at + 1] != [seal]]
    found = [(one, "公开过的封印已换掉或不在 it was published, and is gone or another one now") for one in wrong[:1]]
    return found + [(f"seal {one['month']}", "说无账却有封印 said to be no month of the book") for one in now
                    if one["month"] in older.bookless]

def exchanged(old: list[Pack], new: list[Pack], is_whole: bool) -> list[tuple[str, str]]:
    """Versions that were published, and are another one now or, of a whole publication, gone."""
    digests = {pack.name: pack.digest for pack in new}
    what = "公开过的一版已换掉或不在 this version was published, and is gone or another one now"
    wrong = [one for one in old if digests.get(one.name, "" if is_whole else one.digest) != one.digest]
    return [("/".join(one.name), what) for one in wrong]

def check_receipt(text: str, packs: list[Pack]) -> None:
    """A receipt's text leads to a root that its unit publishes, with its size; else Wrong."""
    mark, *fields, opening, index, size, path, root = text.split("|")
    number = unquote(fields[3], errors="strict")
    again = [quote(number, safe=""), str(int(index)), str(int(size)), mark, len(fields)]
    demand(again == [fields[3], index, size, "MB1", 8] and "|" not in number, "有改动 altered")
    sealed = "|".join(["mingbai-receipt-1", *fields[:3], number, *fields[4:]])
    leaf = sha(b"\0" + sha(f"{unbase64(opening).hex()} {sealed}".encode()))
    found = root_by([unbase64(one) for one in path.split(".")] if path else [], leaf, int(index), int(size))
    demand(found == unbase64(root), "与封存的根不符 its content does not lead to its root")
    seals = [seal for pack in packs if pack.name[0] == fields[0] for seal in pack.seals]
    demand(any(f"{found.hex()} {size}" in one["receipts"].split(", ") for one in seals), "封印中没有 no seal has its root")

def list_files(folder: Path) -> list[str]:
    """The files below ``folder``; no links, no devices, not without bound."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    for file, path in paths.items():
        plain = (path.is_file() or path.is_dir()) and not path.is_symlink() and file.isprintable()
        demand(plain, f"不是普通文件 {file!a} is no plain file")
    demand(len(paths) < 50_000 and sum(path.stat().st_size for path in paths.values()) < 1 << 30, "过大 too much")
    return [file for file, path in paths.items() if path.is_file()]

def read_json(text: str) -> Any:
    """JSON without doubled keys, fractions, endless numbers, or text that cannot be written."""
    def unique(items: list[tuple[str, Any]]) -> dict[str, Any]:
        demand(len(dict(items)) == len(items), "键重复 a key stands twice")
        return dict(items)
    def bounded(number: str) -> int:
        demand(re.fullmatch(COUNT, number), "数字不合格式 a number is not well formed")
        return int(number)
    told = json.loads(text, object_pairs_hook=unique, parse_int=bounded, parse_float=bounded)
    json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
    return told

def read_seal(text: str) -> dict[str, Any]:
    """A seal's fields by name, and: what is signed, its digest, its place, its month counted over the years."""
    found = re.fullmatch(SEAL, text)
    seal: dict[str, Any] = found.groupdict() if found else {}
    seal.update({name: int(seal[name]) for name in (*GROWING, "version", "vouchers")})
    seal["numbers"] = {one: int(last) for one, last in re.findall("([收付转]) ([0-9]+)", seal["numbers"])}
    seal["signed"], seal["digest"] = text.rpartition("signature: ")[0].encode(), sha(text.encode()).hex()
    seal["where"] = f"seal {seal['month']} v{seal['version']}"
    return {**seal, "text": text, "ordinal": int(seal["month"][:4]) * 12 + int(seal["month"][5:])}

def read_leaf(line: str, unit: str, seq: int) -> tuple[dict[str, Any], bytes]:
    """A line of leaves.jsonl, and its hash in the tree; an open text stands for its commitment."""
    leaf = read_json(line)
    kind, number, month, full = leaf["kind"], leaf["number"], leaf["month"], leaf["full"]
    form = rf"(?:voucher {NUMBER}|(?:close|reopen) -) {MONTH}|(?:unit|open|shut|fund|uses|budget|balance|note) - -"
    fits = leaf["seq"] == seq and re.fullmatch(f"(?:{form}) {HEX}", f"{kind} {number} {month} {full}")
    demand(fits and number[2:8] in ("", month.replace("-", "")), "叶子不符 no such leaf")
    committed = leaf.get("open")
    if "text" in leaf:
        form = rf"{month}-[0-9]{{2}} {number}\n{OPENED}" if kind == "voucher" else f"{kind} {month}\n".replace(" -", "")
        demand(re.fullmatch(HEAD + form, leaf["text"]), "公开内容不符 not its open text")
        demand(re.fullmatch(HEX, leaf["salt"]) and committed is None, "盐值不合格式 it has no salt")
        committed = sha(bytes.fromhex(leaf["salt"]) + leaf["text"].encode()).hex()
    demand(re.fullmatch(HEX, committed), "承诺不合格式 it has no commitment")
    return leaf, sha("\n".join(("\0mingbai-leaf-1", unit, str(seq), kind, number, month, committed, full, "")).encode())

def read_voucher(lines: list[str]) -> tuple[str, str]:
    """A voucher's number, and what is public of it, written as its open text."""
    facts = re.findall(r'^  ([a-z][a-z0-9_-]*): "([^"\\\n]*)"$', "\n".join(lines), re.MULTILINE)
    number = dict(facts)["voucher"]
    parts = [f"{lines[0][:10]} {number}", *(f"reverses {said}" for key, said in facts if key == "reverses")]
    parts += [f"paper {digest}" for key, said in facts if key.startswith("papers") for digest in said.split()]
    postings = [at for at, line in enumerate(lines[:-1]) if re.fullmatch(POSTING, line)]
    parts += [f"posting {lines[at][2:].replace('  ', ' ')} {lines[at + 1][11:-1]}" for at in postings]
    text = HEAD + "\n".join([*parts, ""])
    demand(re.fullmatch(f"{HEAD}{DAY} {NUMBER}\n{OPENED}", text), "凭证不合格式 this voucher is not well formed")
    return number, text

def is_shown_by(opened: str, row: str) -> bool:
    """Whether a row of the book is the voucher of this open text, if with less detail: an account that the row has not
    stands on the one above it; what sums to nothing may be left out, and all of the row where nothing else is."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for account, fen, *place in postings_of(row):
        sums[(account, *place)] -= fen
    for account, fen, *place in postings_of(opened):
        while (account, *place) not in sums and account.count(":") > 1:
            account = account.rpartition(":")[0]
        sums[(account, *place)] += fen
    heads = [text.partition("posting ")[0] for text in (opened, row)]
    return (heads[0] == heads[1] or not row) and not any(sums.values())

def postings_of(text: str) -> list[tuple[Any, ...]]:
    """Account, fen, currency and fund of each posting of an open text."""
    found = re.findall(f"^posting ({ACCOUNT}) ({AMOUNT}) (.+) (.+)$", text, re.MULTILINE)
    return [(one[0], int(one[1].replace(".", "")), *one[2:]) for one in found]

def months_of(period: str) -> list[str]:
    """``2026-Q1`` → its three months; of a year all twelve, of a month itself."""
    months = [f"{period[:4]}-{month:02d}" for month in range(1, 13)]
    months = months[3 * int(period[6]) - 3 :][:3] if "Q" in period else months
    return [period] if period in months else months

def unbase64(text: str) -> bytes:
    """32 bytes of unpadded base64url, in its one way of writing."""
    data = base64.b64decode(f"{text}=", b"-_", validate=True)
    demand(len(data) == 32 and base64.urlsafe_b64encode(data) == f"{text}=".encode(), "有改动 it was altered")
    return data

# Trees of hashes: RFC 6962, 2.1
def sha(data: bytes) -> bytes:
    return sha256(data).digest()
def grow(peaks: list[bytes], size: int, leaf: bytes) -> None:
    """Add a leaf's hash to the roots of the perfect subtrees over ``size`` leaves."""
    while size & 1:
        leaf, size = sha(b"\1" + peaks.pop() + leaf), size >> 1
    peaks.append(leaf)
def root_of(peaks: list[bytes]) -> str:
    found = peaks[-1] if peaks else sha(b"")
    for left in peaks[-2::-1]:
        found = sha(b"\1" + left + found)
    return found.hex()
def root_by(path: list[bytes], leaf: bytes, index: int, size: int) -> bytes:
    """The root to which a leaf's hash leads by its path (2.1.1); ValueError if it does not fit."""
    if not 0 <= index < size < 1 << 40 or bool(path) == (size == 1):
        raise ValueError("no path of this tree")
    if size == 1:
        return leaf
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        return sha(b"\1" + root_by(path[:-1], leaf, index, split) + path[-1])
    return sha(b"\1" + path[-1] + root_by(path[:-1], leaf, index - split, size - split))
def is_consistent(first: int, second: int, old: str, new: str, proof: list[str]) -> bool:
    """Whether the tree of ``second`` leaves begins with the one of ``first`` (2.1.2); IndexError if too short."""
    path = [bytes.fromhex(one) for one in proof if re.fullmatch(HEX, one)]
    def roots(first: int, second: int, is_whole: bool) -> tuple[bytes, bytes]:
        if first == second:
            return (bytes.fromhex(old), bytes.fromhex(old)) if is_whole else (path[-1], path.pop())
        beside, split = path.pop(), 1 << (second - 1).bit_length() - 1
        if first <= split:
            left, right = roots(first, split, is_whole)
            return left, sha(b"\1" + right + beside)
        left, right = roots(first - split, second - split, False)
        return sha(b"\1" + beside + left), sha(b"\1" + beside + right)
    fits = 0 < first <= second < 1 << 40 and len(path) == len(proof) <= 80 and roots(first, second, True)
    return fits == (bytes.fromhex(old), bytes.fromhex(new)) and not path

# Ed25519: RFC 8032, 5.1; points are (X, Y, Z, T) with x = X/Z, y = Y/Z and x*y = T/Z
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
def add(p: tuple[int, ...], q: tuple[int, ...]) -> tuple[int, ...]:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P
def times(scalar: int, p: tuple[int, ...]) -> tuple[int, ...]:
    found = times(scalar >> 1, add(p, p)) if scalar else (0, 1, 1, 0)
    return add(found, p) if scalar & 1 else found
def point_of(data: bytes) -> Optional[tuple[int, ...]]:
    """The point that ``data`` encodes; None if there is none, or if it is written another way."""
    sign, y = data[31] >> 7, int.from_bytes(data, "little") % 2**255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    x = x if x % 2 == sign else P - x
    return (x, y, 1, x * y % P) if x < P and y < P and x * x % P == square else None
@cache  # every pack of a unit shows the same seals
def is_valid(key: str, message: bytes, text: str) -> bool:
    """Whether S·B = R + h·A, with S below L, and A no point of small order, which fits anything."""
    public, signature = point_of(bytes.fromhex(key)), base64.b64decode(text)
    scalar, is_plain = int.from_bytes(signature[32:], "little"), base64.b64encode(signature) == text.encode()
    if not is_plain or len(signature) != 64 or scalar >= L or public is None or times(8, public)[0] == 0:
        return False
    base = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or public
    hashed = int.from_bytes(sha512(signature[:32] + bytes.fromhex(key) + message).digest(), "little") % L
    x, y, z, _ = add(times(scalar, base), times(hashed, (P - public[0], public[1], 1, P - public[3])))
    x, y = x * pow(z, P - 2, P) % P, y * pow(z, P - 2, P) % P
    return (y | x % 2 << 255).to_bytes(32, "little") == signature[:32]

def verify(folder: Path, since: Optional[Path], key: str = "", receipt: str = "") -> dict[str, Any]:
    """What is proven, what is not, and what was found. OSError: nothing can be verified."""
    packs, faults = verify_publication(folder, key)
    old, wrong = verify_publication(since) if since else ([], [])
    if not packs or (since and not old):
        raise FileNotFoundError(f"没有公开包 there is no pack in {str(since if packs else folder)!a}")
    faults += [(f"{since}/{where}", what) for where, what in wrong] + exchanged(old, packs, packs[0].folder != folder)
    faults += [("/".join((*one.name, where)), what) for one in old for where, what in leads(one, packs)]
    try:
        if receipt:
            check_receipt(receipt, packs)
    except (Wrong, ValueError, IndexError) as fault:
        faults.append(("receipt", str(fault) if isinstance(fault, Wrong) else "不是收据 no receipt"))
    keys = dict.fromkeys(f"{one.name[0]} {seal['key'] or 'unsigned'}" for one in packs for seal in one.seals)
    return {"proven": not faults, "proves": [] if faults else list(PROVES), "does_not_prove": list(DOES_NOT_PROVE),
            "findings": [{"where": where, "what": what} for where, what in faults],
            "packs": ["/".join((*one.name, one.digest)) for one in packs if len(one.name) == 4], "keys": list(keys),
            "unsigned": ["/".join(one.name) for one in packs if not one.signer],
            "no_book": ["/".join((*one.name[:2], *one.bookless)) for one in packs if one.bookless]}

def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("words", nargs="+")
    for name, how in (("--since", {"type": Path}), ("--key", {"default": ""}), ("--json", {"action": "store_true"})):
        parser.add_argument(name, **how)
    given = parser.parse_args(words)
    receipt = given.words[1] if given.words[0] == "receipt" and len(given.words) == 3 else ""
    try:
        told = verify(Path(given.words[-1]), given.since, given.key, receipt)
    except OSError as fault:
        print(f"无法核对 cannot verify: {fault}", file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for title in ("packs", "keys", "unsigned", "no_book", "proves", "does_not_prove", "findings"):
            print(title, *(one if isinstance(one, str) else ": ".join(one.values()) for one in told[title]), sep="\n  ")
        print("已证明 proven" if told["proven"] else "未证明 not proven")
    return 0 if told["proven"] else 1

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
