"""JSON in and out with every number as it was written: 7.500 mmol/L is not 7.5 mmol/L, nor 0.0000001 the same text as 1E-7."""

import json
from decimal import Decimal
from typing import Any, Self, cast

import orjson

LONG = 4000
"""Digits of an integer beyond which Python does not read it as one."""


class Number(Decimal):
    """A decimal as it was written; it compares and computes as a Decimal."""

    __slots__ = ("written",)
    written: str

    def __new__(cls, written: str) -> Self:
        number = super().__new__(cls, written)
        number.written = written
        return number


def loads(content: bytes | str) -> Any:
    """Decoded JSON. ValueError when it is none, or nested too deeply to be any resource."""
    try:
        return json.loads(content, parse_float=Number, parse_int=_integer, parse_constant=_no_constant)
    except (ArithmeticError, RecursionError) as problem:
        raise ValueError("a number beyond all bounds, or nested too deeply") from problem


def dumps(value: object) -> bytes:
    """ValueError for what is not a number (NaN, infinity), which JSON cannot say."""
    written = orjson.dumps(value, default=_decimal)
    if b"null" in written:  # so orjson writes a float that is no number
        _refuse_no_number(value)
    return written


def _integer(written: str) -> int | Number:
    """Beyond 64 bits it is written back by its digits."""
    if len(written) > LONG:
        return Number(written)
    value = int(written)
    return value if -(2**63) <= value < 2**64 else Number(written)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _decimal(value: object) -> object:
    if isinstance(value, Number):
        return orjson.Fragment(value.written)
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value) if value.is_finite() else "null")
    raise TypeError(f"{type(value).__name__} is not JSON")


def _refuse_no_number(value: object) -> None:
    if isinstance(value, float | Decimal):
        if not Decimal(value).is_finite():
            raise ValueError("not a number")
    elif isinstance(value, dict):
        for item in cast("dict[str, object]", value).values():
            _refuse_no_number(item)
    elif isinstance(value, list | tuple):
        for item in cast("list[object]", value):
            _refuse_no_number(item)
