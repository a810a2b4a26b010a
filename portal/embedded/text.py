"""JSON read and written so that nothing a clinician sent is changed: decimals keep their digits (7.500 stays 7.500)."""

import json
import re
from decimal import Decimal
from typing import Any, Self

import orjson

from portal.embedded.outcome import refuse
from portal.types import Json

_SHAPE = bytes.maketrans(b"0123456789+-.eE", b"000000000000...")
"""Every digit and sign becomes 0, every point and exponent a point: a search for two texts tells what a pattern takes
twenty times as long for."""
_LONG = b"0" * 18
_MINUS_ZERO = tuple(before + b"-0" for before in (b":", b",", b"[", b" ", b"\n", b"\t", b"\r"))
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""The escape of half a character, which only makes sense beside its other half."""


DEEPEST = 250
"""Levels of nesting: what stands in a bundle, four levels further down, can still be written."""


class Number(Decimal):
    """A decimal as it was written; it compares and computes as a Decimal."""

    __slots__ = ("written",)
    written: str

    def __new__(cls, written: str) -> Self:
        number = super().__new__(cls, written)
        number.written = written
        return number


def loads(text: bytes) -> Any:
    """Decoded JSON. Refusal 400 when it is not JSON, not Unicode, or has a number beyond every measure."""
    try:
        return _exactly(text) if _delicate(text) else orjson.loads(text)
    except (ValueError, ArithmeticError, RecursionError) as problem:
        raise refuse(400, "structure", "The body is not JSON that can be read") from problem


def received(text: bytes) -> Any:
    """What came from outside, decoded as `loads` does. Refusal 400 too when it is nested more deeply than what is made of it
    can be walked and written.
    """
    found = loads(text)
    if text.count(b"{") + text.count(b"[") > DEEPEST:
        not_too_deep(found)
    return found


def not_too_deep(value: Any) -> None:
    """Refusal 400 for what is nested more deeply than DEEPEST."""
    dumps([[[[value]]]])  # orjson writes no more than 254 levels


def _exactly(text: bytes) -> Any:
    """Slower, and every number as it was written; refuses what orjson refuses, as Python's own reader does not."""
    found = json.loads(text.decode(), parse_float=Number, parse_int=_integer, parse_constant=_no_constant)
    if _HALF.search(text):
        dumps(found)
    return found


def _delicate(text: bytes) -> bool:
    """Whether a number may be in it that needs the slower reader: a decimal, an exponent, an integer beyond 64 bits, -0."""
    shape = text.translate(_SHAPE)
    return b"0.0" in shape or _LONG in shape or any(each in text for each in _MINUS_ZERO)


def load_object(text: bytes) -> Json:
    found = received(text)
    if not isinstance(found, dict):
        raise refuse(400, "structure", "A JSON object is expected")
    return found


def dumps(value: Any) -> bytes:
    """UTF-8 JSON without spaces, keys in the order given, numbers as they were written."""
    try:
        return orjson.dumps(value, default=_write)
    except (orjson.JSONEncodeError, RecursionError) as problem:
        raise refuse(400, "structure", "The body cannot be stored: not Unicode, or nested too deeply") from problem


def stored(body: bytes) -> orjson.Fragment:
    """A text that is already JSON, to be placed in a larger answer without reading it."""
    return orjson.Fragment(body)


def _integer(written: str) -> int | Number:
    value = int(written) if len(written) < 4000 else 0
    return value if str(value) == written and -(2**63) <= value < 2**64 else Number(written)


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _write(value: Any) -> Any:
    if isinstance(value, Number):
        return orjson.Fragment(value.written.encode())
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value).encode())
    raise TypeError(type(value).__name__)
