"""Where a score stands. Most are computed out of sight; one with `live:` is shown while the form is filled in.

live: true          beneath the last of the questions that it looks at
live: autonomy      at the end of that group
"""

import re

from portal.authoring.entry import Entry
from portal.authoring.outline import Known, Outline
from portal.types import Json

GROUP = "scores"
_COUNTED = ("sum", "mean", "max", "count")
_NAMED = re.compile(r"\{([\w.-]+)\}|linkId = '([^']+)'")


def place(entry: Entry, outline: Outline) -> str | None:
    """The group that a score is shown in (empty: none, at the end of the form), or None for one out of sight."""
    live = entry.get("live")
    if live is None or live.value is False:
        return None
    if live.value is True:
        return _beside(_looked_at(entry, outline), outline)
    name = live.string()
    if name not in outline.groups:
        raise live.fail(f"“{name}” is no group that stands once in this form.")
    return name


def note_score(entry: Entry, outline: Outline, kind: str) -> None:
    """Makes the score known by its name, where it stands."""
    name = entry.need("id").string()
    if name in outline.items:
        raise entry.need("id").fail(f"The item “{name}” exists already.")
    group = place(entry, outline)
    if group is None:
        parent = f"%resource.item.where(linkId = '{GROUP}')"
    else:
        parent = outline.items[group].path if group else "%resource"
        outline.live.add(parent)
    path = f"{parent}.item.where(linkId = '{name}')"
    outline.items[name] = Known(type=kind, path=path, parent=parent, group=group or "")


def shown(group: str, outline: Outline) -> list[Json]:
    """The scores at the end of a group."""
    return outline.scores.get(group, [])


def _looked_at(entry: Entry, outline: Outline) -> list[str]:
    for kind in _COUNTED:
        if kind in entry:
            return outline.span(entry.need(kind))
    if lookup := entry.get("lookup"):
        name = lookup.need("score").string()
        return [name] if name in outline.items else _named(name, outline)
    return _named(entry.need("formula").string(), outline)


def _named(text: str, outline: Outline) -> list[str]:
    return [name for found in _NAMED.findall(text) if (name := found[0] or found[1]) in outline.items]


def _beside(names: list[str], outline: Outline) -> str:
    order = {name: index for index, name in enumerate(outline.items)}
    if names:
        return outline.items[max(names, key=lambda name: order[name])].group
    return next(
        reversed([name for name, known in outline.items.items() if name in outline.groups and not known.group]), ""
    )
