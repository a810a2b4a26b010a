"""Real addresses in place of those that hold only inside a transaction: an entry's fullUrl, a search for one resource."""

import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

from portal.embedded.engine import Engine
from portal.embedded.messages import split_url
from portal.embedded.outcome import refuse
from portal.embedded.store import Unit

ADDRESSES = frozenset({"reference", "url", "valueUri", "valueUrl"})
"""Elements that may call a resource of the same transaction by its fullUrl."""
_LINK = re.compile(r"""(\b(?:href|src)\s*=\s*)("[^"<]*"|'[^'<]*')""")


@dataclass(frozen=True, slots=True)
class Addresses:
    """`known`: what each fullUrl of the transaction stands for."""

    unit: Unit
    engine: Engine
    known: dict[str, str] = field(default_factory=dict[str, str])

    def name(self, full_url: str, address: str) -> None:
        """Refusal 400 when another entry has that fullUrl; a resource may be written several times under its own."""
        if full_url in self.known and (full_url.startswith("urn:") or self.known[full_url] != address):
            raise refuse(400, "duplicate", "Two entries have one fullUrl")
        self.known[full_url] = address

    def resolve(self, value: Any, full_url: str) -> None:
        """Writes the real addresses into a decoded body, which is ours to change; `full_url` is its own entry's."""
        base = "" if full_url.startswith("urn:") else "/".join(full_url.split("/")[:-2])
        self._resolve(value, base)

    def _resolve(self, value: Any, base: str) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, str):
                    if key in ADDRESSES:
                        value[key] = self._address(key, item, base)
                    elif key == "div" and self.known:
                        value[key] = _LINK.sub(self._link, item)
                elif isinstance(item, dict | list):
                    self._resolve(item, base)
        elif isinstance(value, list):
            for item in value:
                self._resolve(item, base)

    def _address(self, key: str, item: str, base: str) -> str:
        found = self.known.get(item) or (self.known.get(f"{base}/{item}") if base else None)
        if found:
            return found
        if key == "reference" and "?" in item and not item.startswith(("http:", "https:", "urn:")):
            return self._conditional_reference(item)
        return item

    def _link(self, found: re.Match[str]) -> str:
        start, quoted = found.groups()
        address = self.known.get(unescape(quoted[1:-1]))
        return f"{start}{quoted[0]}{escape(address)}{quoted[0]}" if address else found[0]

    def _conditional_reference(self, value: str) -> str:
        path, params = split_url(value)
        found = self.engine.match(self.unit, self.engine.known(path[0]), params) if len(path) == 1 else None
        if found is None:
            raise refuse(412, "not-found", "A conditional reference matches nothing")
        return f"{found.type}/{found.id}"
