"""JSON in and out, with the digits of decimals kept: 7.500 mmol/L is not 7.5 mmol/L."""

import json
from decimal import Decimal
from typing import Any

import orjson


def loads(content: bytes | str) -> Any:
    return json.loads(content, parse_float=Decimal)


def dumps(value: object) -> bytes:
    return orjson.dumps(value, default=_decimal)


def _decimal(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(f"{type(value).__name__} is not JSON")
