"""`application/x-fhir-query`: an address with FHIRPath in {{ }}, each result escaped and several joined by commas."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from portal import fhirpath
from portal.fhirpath import Dependencies, Expression

_HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class Query:
    """Stands where an expression stands; what it gives is the address to ask, or nothing when a part of it is empty."""

    __slots__ = ("_parts", "depends_on", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._parts: list[str | Expression] = [
            fhirpath.compile(part) if index % 2 else part for index, part in enumerate(_HOLE.split(text.strip()))
        ]
        found = [part.depends_on for part in self._parts if isinstance(part, Expression)]
        self.depends_on = Dependencies(
            link_ids=frozenset[str]().union(*(each.link_ids for each in found)),
            variables=frozenset[str]().union(*(each.variables for each in found)),
            whole=any(each.whole for each in found),
            context=any(each.context for each in found),
            clock=any(each.clock for each in found),
        )

    def __call__(self, focus: Any, names: Mapping[str, Any], *, now: datetime) -> list[Any]:
        written: list[str] = []
        for part in self._parts:
            if isinstance(part, str):
                written.append(part)
                continue
            values = part(focus, names, now=now)
            if not values:
                return []
            written.append(",".join(quote(str(value), safe="/|:") for value in values))
        return ["".join(written)]
