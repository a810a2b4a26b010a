"""Texts. Patterns run under a time limit, because authors write them and the server runs them."""

import base64
import binascii
import functools
import html
import json
import time
import warnings
from collections.abc import Callable
from typing import Any

import regex

from portal.fhirpath.errors import FhirPathError, FhirPathLimitError
from portal.fhirpath.operators import FALSE, TRUE
from portal.fhirpath.run import Run
from portal.fhirpath.table import Group, Table
from portal.fhirpath.values import Collection, single, system

TABLE: Table = {}
group = Group(name="Texts", table=TABLE)

LONGEST_PATTERN = 2_000
MOST_TEXT = 2_000_000
_REFERENCE = regex.compile(r"\$(\d)|\$\{(\w+)\}")
_JSON_ESCAPE = regex.compile(r"\\(u[0-9a-fA-F]{4}|.)", regex.DOTALL)
_JSON_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "b": "\b"}


def _unescaped(match: Any) -> str:
    code: str = match.group(1)
    return chr(int(code[1:], 16)) if len(code) == 5 else _JSON_ESCAPES.get(code, code)


@group.scalar("indexOf", "String", "text: String", "Integer", "Where the text begins, counted from 0; -1 when nowhere.")
def index_of(c: Run, value: str, text: str) -> int:  # noqa: ARG001
    return value.find(text)


@group.scalar("lastIndexOf", "String", "text: String", "Integer", "Where the text begins for the last time.")
def last_index_of(c: Run, value: str, text: str) -> int:  # noqa: ARG001
    return value.rfind(text)


@group.scalar("substring", "String", "start: Integer, length?: Integer", "String", "A part; empty when outside.")
def substring(c: Run, value: str, start: int, length: int | None = None) -> str | None:  # noqa: ARG001
    if not 0 <= start < len(value):
        return None
    return value[start:] if length is None else value[start : start + max(0, length)]


@group.scalar("startsWith", "String", "prefix: String", "Boolean", "Whether the text begins so.")
def starts_with(c: Run, value: str, prefix: str) -> bool:  # noqa: ARG001
    return value.startswith(prefix)


@group.scalar("endsWith", "String", "suffix: String", "Boolean", "Whether the text ends so.")
def ends_with(c: Run, value: str, suffix: str) -> bool:  # noqa: ARG001
    return value.endswith(suffix)


@group.collection("contains", "text: String", "Boolean", "Whether the text has the other inside.")
def contains_(c: Run, v: Collection, text: Collection) -> Collection:  # noqa: ARG001
    value, wanted = single(v, "contains()"), single(text, "contains()")
    if value is None or wanted is None:
        return []
    if not isinstance(value, str) or not isinstance(wanted, str):
        raise FhirPathError("contains() looks for a text in a text: for collections write `a contains b`.")
    return TRUE if wanted in value else FALSE


@group.scalar("upper", "String", "", "String", "In capitals.")
def upper(c: Run, value: str) -> str:  # noqa: ARG001
    return value.upper()


@group.scalar("lower", "String", "", "String", "In small letters.")
def lower(c: Run, value: str) -> str:  # noqa: ARG001
    return value.lower()


@group.scalar("length", "String", "", "Integer", "How many characters.")
def length_(c: Run, value: str) -> int:  # noqa: ARG001
    return len(value)


@group.scalar("trim", "String", "", "String", "Without spaces at both ends.")
def trim(c: Run, value: str) -> str:  # noqa: ARG001
    return value.strip()


@group.scalar("toChars", "String", "", "String", "The characters, one by one.")
def to_chars(c: Run, value: str) -> list[str]:
    c.spend(len(value))
    return list(value)


@group.scalar("split", "String", "separator: String", "String", "The parts between the separators.")
def split(c: Run, value: str, separator: str) -> list[str]:
    parts = value.split(separator) if separator else list(value)
    c.spend(len(parts))
    return parts


@group.collection("join", "separator?: String", "String", "All texts in one, with the separator between.")
def join(c: Run, v: Collection, separator: Collection | None = None) -> Collection:
    if not v:
        return []
    between: Any = single(separator, "join()") if separator is not None else ""
    parts = [system(item) for item in v]
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) != len([part for part in parts if part is not None]) or not isinstance(between, (str, type(None))):
        raise FhirPathError("join() joins texts: use select(toString()) before.")
    c.spend(len(v))
    return [c.text((between or "").join(texts))]


@group.scalar("replace", "String", "text: String, by: String", "String", "With every occurrence replaced.")
def replace(c: Run, value: str, text: str, by: str) -> str:
    if (value.count(text) if text else len(value) + 1) * len(by) > MOST_TEXT:
        raise FhirPathLimitError("The expression makes a text that is too long.")
    if not text:
        return c.text(by + by.join(value) + by) if value else by
    return c.text(value.replace(text, by))


@functools.lru_cache(maxsize=512)
def _compiled(pattern: str) -> "regex.Pattern[str]":
    if len(pattern) > LONGEST_PATTERN:
        raise FhirPathLimitError("The pattern is too long.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of notations that other libraries read differently
            return regex.compile(pattern, regex.DOTALL)
    except (regex.error, RecursionError, OverflowError, MemoryError, ValueError):
        raise FhirPathError("The pattern is not a regular expression.") from None


def _bounded(c: Run, run: Callable[[float], Any]) -> Any:
    """Run a pattern within what the evaluation has left for patterns."""
    started = time.perf_counter()
    try:
        return run(max(0.001, c.pattern_seconds))
    except TimeoutError:
        raise FhirPathLimitError("The pattern takes too long: it repeats what repeats.") from None
    finally:
        c.pattern_seconds -= time.perf_counter() - started


@group.scalar("matches", "String", "pattern: String", "Boolean", "Whether the pattern is found in the text.")
def matches(c: Run, value: str, pattern: str) -> bool:
    compiled = _compiled(pattern)

    def run(seconds: float) -> bool:
        return compiled.search(value, timeout=seconds) is not None

    return bool(_bounded(c, run))


@group.scalar("matchesFull", "String", "pattern: String", "Boolean", "Whether the pattern is the whole text.")
def matches_full(c: Run, value: str, pattern: str) -> bool:
    compiled = _compiled(pattern)

    def run(seconds: float) -> bool:
        return compiled.fullmatch(value, timeout=seconds) is not None

    return bool(_bounded(c, run))


@group.scalar(
    "replaceMatches", "String", "pattern: String, by: String", "String", "With every match replaced; $1 is a group."
)
def replace_matches(c: Run, value: str, pattern: str, by: str) -> str:
    if not pattern:
        return value
    if len(by) * (len(value) + 1) > MOST_TEXT:
        raise FhirPathLimitError("The expression makes a text that is too long.")
    compiled = _compiled(pattern)

    def filled(match: Any) -> str:
        return _REFERENCE.sub(lambda g: match.group(int(g[1]) if g[1] else str(g[2])) or "", by)

    def run(seconds: float) -> str:
        return compiled.sub(filled, value, timeout=seconds)

    try:
        return c.text(_bounded(c, run))
    except IndexError:
        raise FhirPathError("The replacement names a group that the pattern does not have.") from None


@group.scalar("encode", "String", "format: String", "String", "As hex, base64 or urlbase64.")
def encode(c: Run, value: str, format_: str) -> str | None:
    data = value.encode()
    match format_:
        case "hex":
            return c.text(data.hex())
        case "base64":
            return c.text(base64.b64encode(data).decode())
        case "urlbase64":
            return c.text(base64.urlsafe_b64encode(data).decode())
        case _:
            return None


@group.scalar("decode", "String", "format: String", "String", "From hex, base64 or urlbase64.")
def decode(c: Run, value: str, format_: str) -> str | None:  # noqa: ARG001
    try:
        match format_:
            case "hex":
                return bytes.fromhex(value).decode()
            case "base64":
                return base64.b64decode(value, validate=True).decode()
            case "urlbase64":
                return base64.b64decode(value, altchars=b"-_", validate=True).decode()
            case _:
                return None
    except (ValueError, binascii.Error):
        raise FhirPathError("This text is not encoded so.") from None


@group.scalar("escape", "String", "target: String", "String", "Made safe for html or json.")
def escape(c: Run, value: str, target: str) -> str | None:
    match target:
        case "html":
            return c.text(html.escape(value))
        case "json":
            return c.text(json.dumps(value, ensure_ascii=False)[1:-1])
        case _:
            return None


@group.scalar("unescape", "String", "target: String", "String", "The reverse of escape.")
def unescape(c: Run, value: str, target: str) -> str | None:  # noqa: ARG001
    match target:
        case "html":
            return html.unescape(value)
        case "json":
            return _JSON_ESCAPE.sub(_unescaped, value)
        case _:
            return None
