"""The `scores:` of a form from its calculated items: those out of sight in their group, and those shown beside questions."""

from collections.abc import Sequence

from portal.authoring.drafts import draft, entry_of, outline_of
from portal.authoring.errors import AuthoringError
from portal.authoring.live import GROUP, place
from portal.authoring.outline import Outline
from portal.authoring.score_sugar import other_ways, score_sugar
from portal.authoring.scores import make_score
from portal.fhir import systems
from portal.sdc import urls
from portal.sdc.reading import extension
from portal.types import Json

_Found = tuple[str | None, Json]
"""A score with the group that shows it; None: it is out of sight."""


def scores_apart(elements: list[Json], code: str) -> tuple[list[Json], list[Json]]:
    """The score blocks, and the items without the scores; no blocks and all the items when one cannot be said so."""
    hidden: list[_Found] = []
    rest = elements
    if elements and elements[-1].get("linkId") == GROUP:
        hidden = [(None, each) for each in elements[-1].get("item", ())]
        rest = elements[:-1]
    plain, shown = _without_shown(rest, "")
    for found, kept in ((shown + hidden, plain), (hidden, rest)):
        if found and (blocks := _blocks(found, kept, code)):
            return blocks, kept
    return [], elements


def _without_shown(elements: Sequence[Json], group: str) -> tuple[list[Json], list[_Found]]:
    """The same items without the scores at the end of each group, and these, in the order of the form."""
    kept: list[Json] = []
    found: list[_Found] = []
    last = next((index for index in range(len(elements), 0, -1) if not _shown(elements[index - 1])), 0)
    for each in elements[:last]:
        inside: list[Json] = each.get("item", [])
        if each.get("type") == "group" and not each.get("repeats") and inside:
            beneath, scores = _without_shown(inside, each.get("linkId", ""))
            found += scores
            kept.append({**each, "item": beneath} if scores else each)
        else:
            kept.append(each)
    return kept, [*found, *((group, each) for each in elements[last:])]


def _shown(element: Json) -> bool:
    return extension(element, systems.SCORE_BANDS) is not None and extension(element, urls.HIDDEN) is None


def _blocks(found: list[_Found], plain: list[Json], code: str) -> list[Json]:
    system = Outline(code=code).system
    drafts = [draft(each, system, required=False) for each in plain]
    written = [_placed(score_sugar(each), group) for group, each in found]
    known = outline_of({"code": code, "items": drafts, "scores": written}, code)
    if known is None:
        return []
    blocks: list[Json] = []
    for index, ((group, element), entry) in enumerate(zip(found, written, strict=True)):
        ways = [entry, *(_placed(way, group) for way in other_ways(entry, element))]
        by_itself = [{**way, "live": True} for way in ways if group is not None]
        unsaid = [{**way, "main": False} for way in (*by_itself, *ways) if index == 0]
        tried = (*by_itself, *ways, *unsaid)
        fit = next((way for way in tried if _compiles_to(way, group, element, known, first=index == 0)), None)
        if fit is None:
            return []
        blocks.append(
            {key: value for key, value in fit.items() if not (key == "code" and value == f"{code}_{fit['id']}".upper())}
        )
    return blocks


def _placed(entry: Json, group: str | None) -> Json:
    return entry if group is None else {**entry, "live": group or True}


def _compiles_to(entry: Json, group: str | None, element: Json, known: Outline, *, first: bool) -> bool:
    try:
        made = entry_of(entry)
        return place(made, known) == group and make_score(made, known, first=first) == element
    except AuthoringError:
        return False
