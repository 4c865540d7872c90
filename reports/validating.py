"""Published data against its schema: statements, packs, whole publications, grants and gifts.

Data comes from anywhere, so nothing in it is believed and none of it is repeated: a finding names
the file and the place in it, and what should stand there. What a schema cannot say is asked here
too: a line has a cell for each column, money is money, identifiers stand once. Whether figures are
true is for ``mingbai verify``.

The one place that imports jsonschema. Source: JSON Schema, draft 2020-12; RFC 8259.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import CannotRun, Finding, Words, finding
from reports import schemas

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MOST: Final = 100  # findings of one file; who has more has another kind of trouble
_LARGEST: Final = 256 << 20  # bytes of one file
_PLAIN: Final = re.compile(r"[A-Za-z0-9_:-]{1,40}")
_MONEY: Final = re.compile(r"-?[0-9]+\.[0-9]{2}")
_Place = tuple[str | int, ...]
_Rule = Callable[[Any], Iterator[tuple[_Place, Words]]]

#: What each keyword of the schemas asks for.
_WORDS: Final = {
    "required": Words("缺少必需的一项", "something that is required is missing"),
    "additionalProperties": Words("有不该有的一项", "there is something that does not belong here"),
    "type": Words("类型不对", "this is of the wrong type"),
    "pattern": Words("写法不对", "this is not written as it should be"),
    "minLength": Words("不能为空", "this may not be empty"),
    "enum": Words("不是可用的值", "this is none of the values that may stand here"),
    "const": Words("不是应有的值", "this is not the value that stands here"),
    "minimum": Words("数太小", "this number is too small"),
    "minItems": Words("项数太少", "there are too few of these"),
    "maxItems": Words("项数太多", "there are too many of these"),
    "uniqueItems": Words("有重复的项", "something stands here twice"),
    "anyOf": Words("不是可用的写法", "this is none of the forms that may stand here"),
    "oneOf": Words("各项的搭配不对", "what stands here does not go together"),
    "not": Words("有不该有的一项", "there is something that may not stand here"),
}


class _Bad(Exception):
    """The file is no JSON as it should be; says why."""

    def __init__(self, words: Words) -> None:
        self.words = words


def validate(path: Path) -> list[Finding]:
    """What is wrong with a file, a pack or a publication; empty where nothing is.

    CannotRun where there is nothing at the path, or no published data.
    """
    if path.is_file():
        return _file(path, path.name, asked_for=True)
    if not path.is_dir():
        raise CannotRun(_nothing(path))
    names = sorted(one for one in path.rglob("*.json*") if one.suffix in (".json", ".jsonl"))
    heads = {"pack.json", "publication.json"} & {one.name for one in names}
    if not heads:
        raise CannotRun(_nothing(path))
    found: list[Finding] = []
    for one in names:
        if one.is_file():
            found += _file(one, one.relative_to(path).as_posix(), asked_for=False)
    return found


def _file(path: Path, name: str, *, asked_for: bool) -> list[Finding]:
    try:
        if path.stat().st_size > _LARGEST:
            raise _Bad(Words("文件太大", "the file is too large"))
        if path.suffix == ".jsonl":
            return _lines(path, name)
        value = _parsed(path.read_bytes())
    except _Bad as bad:
        return [_wrong(name, (), bad.words)]
    except OSError as fault:
        raise CannotRun(_unread(name, str(fault.strerror))) from fault
    kind = _kind(path.name, value)
    if kind is None:
        words = Words("不是已知的公开数据", "this is no kind of published data that is known")
        return [_wrong(name, (), words)] if asked_for else []
    return list(_limited(_checked(kind, value, name)))


def _lines(path: Path, name: str) -> list[Finding]:
    """The leaves of a pack, one a line; their order has no gap."""
    found: list[Finding] = []
    last: int | None = None
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                value = _parsed(line)
                if not line.endswith(b"\n"):
                    raise _Bad(Words("末行不完整", "the last line does not end"))
            except _Bad as bad:
                found.append(_wrong(name, (), bad.words, line=number))
            else:
                found += _checked("leaf", value, name, line=number)
                seq = value.get("seq") if isinstance(value, dict) else None
                if isinstance(seq, int):
                    if last is not None and seq != last + 1:
                        words = Words("序号不连续", "the numbers have a gap here")
                        found.append(_wrong(name, ("seq",), words, line=number))
                    last = seq
            if len(found) >= MOST:
                return list(_limited(found))
    return found


def _parsed(data: bytes) -> Any:
    """A JSON value in UTF-8, without names that stand twice, without NaN. Raises _Bad."""
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number
        )
    except (ValueError, RecursionError) as fault:
        words = Words("不是 UTF-8 的 JSON", "this is no JSON in UTF-8")
        raise _Bad(words) from fault


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Bad(Words("同名的项出现两次", "a name stands twice in one object"))
    return found


def _no_number(_: str) -> Any:
    raise _Bad(Words("NaN 与无穷大不是数", "NaN and infinity are no numbers"))


def _kind(name: str, value: Any) -> str | None:
    """Which of the schemas a file is of, by its name or by what it says of itself."""
    if name in ("pack.json", "publication.json"):
        return name.removesuffix(".json")
    if not isinstance(value, dict):
        return None
    form = value.get("format")
    for kind in ("pack", "publication", "gifts", "evaluations"):
        if isinstance(form, str) and form.startswith(f"mingbai-{kind}-"):
            return kind
    if "grants" in value:
        return "grants"
    return "statement" if "statement" in value and "lines" in value else None


def _checked(kind: str, value: Any, name: str, *, line: int | None = None) -> Iterator[Finding]:
    sound = True
    try:
        for error in _validator(kind).iter_errors(value):
            sound = False
            yield _wrong(name, tuple(error.absolute_path), _words(error), line=line)
    except RecursionError:
        sound = False
        yield _wrong(name, (), Words("嵌套太深", "this is nested too deeply"), line=line)
    if sound:
        for place, words in _MORE.get(kind, _nothing_more)(value):
            yield _wrong(name, place, words, line=line)


@cache
def _validator(kind: str) -> Any:
    """The schema's validator: a pattern ends where the text ends, 1.0 is no whole number."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend

    def pattern(_: Any, asked: str, value: Any, __: Any) -> Iterator[ValidationError]:
        if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", asked), value):
            yield ValidationError("pattern")

    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    found: Any = extend(Draft202012Validator, {"pattern": pattern}, type_checker=types)
    return found(schemas.schema(kind))


def _words(error: ValidationError) -> Words:
    """What was asked for; the value itself is not repeated."""
    words = _WORDS.get(str(error.validator), Words("不合规定", "this is not as it should be"))
    if error.validator == "required" and isinstance(error.instance, dict):
        asked: Any = error.validator_value
        missing = ", ".join(one for one in asked if one not in error.instance)
        return Words(f"{words.zh}：{missing}", f"{words.en}: {missing}")
    return words


# ---- what a schema cannot say ----------------------------------------------------------------


def _nothing_more(_: Any) -> Iterator[tuple[_Place, Words]]:
    yield from ()


def _statement(value: Any) -> Iterator[tuple[_Place, Words]]:
    keys = [column["key"] for column in value["columns"]]
    money = {column["key"] for column in value["columns"] if column["kind"] == "money"}
    if len(set(keys)) != len(keys):
        yield ("columns",), Words("两列同名", "two columns have one key")
    for place, line in enumerate(value["lines"]):
        if sorted(line["cells"]) != sorted(set(keys)):
            words = Words("单元与列不符", "the cells are not those of the columns")
            yield ("lines", place, "cells"), words
        for key, cell in line["cells"].items():
            if key in money and not (cell is None or _MONEY.fullmatch(str(cell))):
                words = Words("金额须为两位小数的文本", "money is text of two decimals")
                yield ("lines", place, "cells", key), words


def _pack(value: Any) -> Iterator[tuple[_Place, Words]]:
    tree = value["tree"]
    if tree["first"] > tree["size"]:
        yield ("tree", "first"), Words("大于树的大小", "this is beyond the tree's size")
    if len(tree["frontier"]) != tree["first"].bit_count():
        words = Words("与 first 不合", "these are not as many as first asks for")
        yield ("tree", "frontier"), words
    if value["version"] > 1 and not (value["supersedes"] and value["explanation"]):
        words = Words(
            "更正须说明取代了哪一版、为什么", "a correction says what it supersedes, and why"
        )
        yield ("explanation",), words


def _single(key: str) -> _Rule:
    def rule(value: Any) -> Iterator[tuple[_Place, Words]]:
        seen: set[str] = set()
        for place, one in enumerate(value[key]):
            if one["id"] in seen:
                yield (key, place, "id"), Words("编号重复", "this id stands twice")
            seen.add(one["id"])

    return rule


def _evaluations(value: Any) -> Iterator[tuple[_Place, Words]]:
    """A version stands once; a later one takes the place of an earlier one, and says why."""
    versions: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(value["evaluations"]):
        before = versions.setdefault((one["unit"], one["code"]), [])
        if one["version"] in before:
            yield ("evaluations", place, "version"), Words("版本重复", "this version stands twice")
        if one["superseded"] is not None and one["superseded"] <= one["version"]:
            words = Words("取代它的应是后一版", "what took its place is a later version")
            yield ("evaluations", place, "superseded"), words
        if before and not one["note"]:
            words = Words("更正须说明原因", "a correction says why")
            yield ("evaluations", place, "note"), words
        before.append(one["version"])


_MORE: Final[dict[str, _Rule]] = {
    "evaluations": _evaluations,
    "statement": _statement,
    "pack": _pack,
    "grants": _single("grants"),
    "gifts": _single("gifts"),
}


# ---- findings --------------------------------------------------------------------------------


def place_text(place: Iterable[str | int]) -> str:
    """A place in a value as people read it; a name that is no plain word is not repeated.

    >>> place_text(("lines", 3, "cells", "debit"))
    'lines[3].cells.debit'
    """
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if _PLAIN.fullmatch(part) else "?")
    return text


def _wrong(name: str, place: _Place, words: Words, *, line: int | None = None) -> Finding:
    at = place_text(place)
    zh, en = (f"{at}：{words.zh}", f"{at}: {words.en}") if at else words
    return finding(
        "not-to-schema", zh, en,
        "对照 reports/schemas 中的格式；数据可由同样的账簿重新生成",
        "compare it with the schema in reports/schemas; the same books give the data again",
        file=name, line=line,
    )  # fmt: skip


def _limited(found: Iterable[Finding]) -> Iterator[Finding]:
    for number, one in enumerate(found):
        if number == MOST:
            yield finding(
                "more-findings", "还有更多，不再列出", "there is more, which is not listed",
                "先解决上面列出的", "settle what is listed first", file=one.file,
            )  # fmt: skip
            return
        yield one


def _nothing(path: Path) -> Finding:
    return finding(
        "no-data", "这里没有公开的数据", "there is no published data here",
        "写明一个 JSON 文件、一个包，或一次公开的目录",
        "name a JSON file, a pack, or the folder of a publication", file=path.name,
    )  # fmt: skip


def _unread(name: str, why: str) -> Finding:
    return finding(
        "cannot-read", f"无法读取：{why}", f"cannot be read: {why}",
        "检查权限", "check its permissions", file=name,
    )  # fmt: skip
