"""What a group holds. A gate (`gate: true`) asks first whether the test was done, and why not when it was not."""

from collections.abc import Iterator
from typing import Any

from portal.authoring.entry import Entry
from portal.types import Json


def items_of(entry: Entry) -> Iterator[Entry]:
    """The items beneath an entry, those that a gate adds before them; each keeps the place where it is written."""
    inside = entry.get("items")
    gate = entry.get("gate")
    if gate and (gate.value if isinstance(gate.value, bool) else gate.mapping()):
        name = entry.need("id").string()
        yield from (Entry(source=entry.source, path=(*entry.path, "gate"), value=each) for each in _gate(gate, name))
        for each in inside.each() if inside else ():
            yield _gated(each, name)
    elif inside:
        yield from inside.each()


def _gate(gate: Entry, name: str) -> tuple[Json, Json]:
    if isinstance(gate.value, dict):
        gate.only("done", "reason")
    done = found.value if isinstance(gate.value, dict) and (found := gate.get("done")) else DONE["text"]
    reason = found.value if isinstance(gate.value, dict) and (found := gate.get("reason")) else REASON["text"]
    return (
        {**DONE, "id": f"{name}.done", "text": done},
        {**REASON, "id": f"{name}.not_done_reason", "text": reason, "when": {"item": f"{name}.done", "is": "no"}},
    )


def _gated(entry: Entry, name: str) -> Entry:
    """The item, asked only when the test was done; its own condition holds besides."""
    value = entry.mapping()
    done: Json = {"item": f"{name}.done", "is": "yes"}
    own: Any = value.get("when")
    if own is None:
        return Entry(source=entry.source, path=entry.path, value={**value, "when": done})
    both = [done, *(own if isinstance(own, list) else [own])]
    return Entry(source=entry.source, path=entry.path, value={**value, "when": both})


DONE: Json = {
    "text": {"fr": "Le test a-t-il été fait ?", "en": "Was the test done?"},
    "options": "yes_no",
    "required": True,
}
REASON: Json = {
    "type": "string",
    "text": {"fr": "Pour quelle raison n'a-t-il pas été fait ?", "en": "Why was it not done?"},
    "max_length": 300,
}
