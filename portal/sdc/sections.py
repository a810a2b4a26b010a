"""Cuts a form into screens: a top-level group is a section, a longer one is cut where its parts end.

A group that the form calls a page has a screen of its own, and so has each tab of a row of tabs that asks more than a screen
holds. Headers and footers stand on every screen and are none themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from portal.sdc.model import FormItem, Section
from portal.sdc.reading import LocalText

ON_ONE_SCREEN = 20
EVERYWHERE = ("header", "footer")


def make_sections(items: Sequence[FormItem], title: LocalText) -> tuple[Section, ...]:
    parts = [part for part in _parts(items, None, title) if any(not item.hidden for item in part[2])]
    seen: dict[str, int] = {}
    sections: list[Section] = []
    for index, (label, group, members) in enumerate(parts):
        anchor = group.link_id if group else members[0].link_id
        seen[anchor] = seen.get(anchor, 0) + 1
        name = anchor if seen[anchor] == 1 else f"{anchor}~{seen[anchor]}"
        asked = questions_asked(members)
        sections.append(Section(id=name, index=index, label=label, group=group, items=members, questions=asked))
    return tuple(_with_holdings(sections))


def _with_holdings(sections: Sequence[Section]) -> Iterator[Section]:
    """A group cut into several screens is spoken for by its last one."""
    inside = [frozenset(_link_ids(section.items)) for section in sections]
    last = {name: index for index, section in enumerate(sections) for item in section.items for name in item.ancestors}
    for index, section in enumerate(sections):
        around = tuple(name for name in section.items[0].ancestors if last[name] == index)
        yield replace(section, around=around, holds=inside[index].union(around))


def _link_ids(items: Sequence[FormItem]) -> Iterator[str]:
    for item in items:
        yield item.link_id
        yield from _link_ids(item.items)


def questions_asked(items: Sequence[FormItem]) -> int:
    """Questions that a person answers: shown, and not filled by the form itself."""
    return sum(
        (1 if item.question and not item.read_only else 0) + questions_asked(item.items)
        for item in items
        if not item.hidden
    )


_Part = tuple[LocalText, FormItem | None, tuple[FormItem, ...]]


def _parts(items: Sequence[FormItem], group: FormItem | None, label: LocalText) -> Iterator[_Part]:
    waiting: list[FormItem] = []
    tabs = group is not None and group.control == "tab-container"
    for item in items:
        if item.hidden or (group is None and item.control in EVERYWHERE):
            continue
        size = questions_asked((item,))
        large = size > ON_ONE_SCREEN and not item.repeats
        paged = any(each.control == "page" for each in item.items)
        alone = item.type == "group" and (group is None or large or paged or item.control == "page" or tabs)
        if waiting and (alone or questions_asked(waiting) + size > ON_ONE_SCREEN):
            yield label, group, tuple(waiting)
            waiting = []
        if not alone:
            waiting.append(item)
        elif large or paged:
            yield from _parts(item.items, item, item.label or label)
        else:
            yield (item.label or label), item, (item,) if item.repeats else item.items
    if waiting:
        yield label, group, tuple(waiting)
