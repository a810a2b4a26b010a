"""First reading of a form: which items there are, of which type, with which answers, so that conditions and scores can name them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from portal.authoring.around import launched, reading
from portal.authoring.entry import Entry
from portal.authoring.gates import items_of
from portal.fhir import systems
from portal.types import Json

YES_NO = ({"code": "yes", "fr": "Oui", "en": "Yes"}, {"code": "no", "fr": "Non", "en": "No"})
UNKNOWN = {"code": "unknown", "fr": "Ne sait pas", "en": "Does not know"}
NOT_APPLICABLE = {"code": "not-applicable", "fr": "Sans objet", "en": "Not applicable"}
SHARED_ANSWERS: dict[str, tuple[Json, ...]] = {
    "yes_no": YES_NO,
    "yes_no_unknown": (*YES_NO, UNKNOWN),
    "yes_no_na": (*YES_NO, NOT_APPLICABLE),
}
_HOLE = re.compile(r"\{([\w.-]+)\}")
_SPAN = re.compile(r"(.*?)(\d+)\.\.(?:\1)?(\d+)")
SHARED_SYSTEM = f"{systems.BASE}/CodeSystem/answers"
TYPES = {
    "group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url", "choice",
    "open-choice", "attachment", "reference", "quantity",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What others may need to know of an item. `scored`: its answers have numbers; `codes`: their systems; `group`: the
    nearest group around it that stands once, if any.
    """

    type: str
    path: str  # FHIRPath to the item from the response
    parent: str  # the same for what holds it
    codes: dict[str, str] = field(default_factory=dict[str, str])
    low: object = None
    high: object = None
    scored: bool = False
    group: str = ""


@dataclass(slots=True)
class Outline:
    code: str
    tables: Callable[[str], str | None] | None = None  # norms, by name
    around: dict[str, str] = field(default_factory=dict[str, str])  # FHIRPath of what is read of the patient, by name
    answers: dict[str, Entry] = field(default_factory=dict[str, Entry])
    items: dict[str, Known] = field(default_factory=dict[str, Known])
    groups: set[str] = field(default_factory=set[str])  # that stand once
    live: set[str] = field(default_factory=set[str])  # paths of what holds a score or a formula beside questions
    scores: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])  # made, by the group that shows them

    @property
    def system(self) -> str:
        return f"{systems.BASE}/CodeSystem/answers-{self.code}"

    def item(self, at: Entry) -> Known:
        """The item that an entry names; fails there when there is none."""
        link_id = at.string()
        if link_id not in self.items:
            raise at.fail(f"There is no item “{link_id}” in this form.")
        return self.items[link_id]

    def fill(self, text: str) -> str:
        """FHIRPath with `{weight}` standing for what the item “weight” holds: its number where its answers have one, the
        code of a choice otherwise, or the value.
        """

        def value(found: re.Match[str]) -> str:
            known = self.items.get(found[1])
            if known is None:
                return self.around.get(found[1], found[0])
            of_choice = ".weight()" if known.scored else ".code" if known.type in ("choice", "open-choice") else ""
            return f"{known.path}.answer.value{of_choice}"

        return _HOLE.sub(value, text)

    def span(self, entry: Entry) -> list[str]:
        """LinkIds from names and from spans such as q1..q9, each of which exists."""
        found: list[str] = []
        for each in entry.one_or_more():
            span = _SPAN.fullmatch(each.string())
            names = (
                [f"{span[1]}{number}" for number in range(int(span[2]), int(span[3]) + 1)] if span else [each.string()]
            )
            for name in names:
                if name not in self.items:
                    raise each.fail(f"There is no item “{name}” in this form.")
                found.append(name)
        return found

    def options(self, entry: Entry) -> list[Json]:
        """The answers of a question: a list of its own, or the name of one that the form or every form has."""
        if isinstance(entry.value, list):
            return [self._option(each) for each in entry.each()]
        name = entry.string()
        if name in self.answers:
            return self.options(self.answers[name])
        if name in SHARED_ANSWERS:
            return [{**each, "system": SHARED_SYSTEM} for each in SHARED_ANSWERS[name]]
        raise entry.fail(f"No list of answers is called “{name}”.")

    def _option(self, entry: Entry) -> Json:
        entry.only("code", "system", "score", "exclusive", "fr", "en", "text")
        if "text" not in entry and "fr" not in entry:
            raise entry.fail("The French text of this answer is missing.")
        for key in ("code", "system", "fr", "en"):
            each = entry.get(key)
            if each:
                each.string()
        system = entry.get("system")
        return {
            **entry.mapping(),
            "code": entry.need("code").string(),
            "system": {"loinc": systems.LOINC, "snomed": systems.SNOMED}.get(system.string(), system.string())
            if system
            else self.system,
        }


def outline(root: Entry, code: str, tables: Callable[[str], str | None] | None = None) -> Outline:
    found = Outline(code=code, tables=tables, around=reading(launched(root)))
    answers = root.get("answers")
    if answers:
        found.answers = {name: answers.need(name) for name in answers.mapping()}
    _note(items_of(root), "%resource", None, found, group="")
    return found


def item_type(entry: Entry) -> str:
    written = entry.get("type")
    if written:
        return written.one_of(*sorted(TYPES))
    if "items" in entry:
        return "group"
    return "choice" if "options" in entry else "display"


def link_id(entry: Entry) -> str:
    return entry.need("id").string()


def _note(items: Iterable[Entry], parent: str, inherited: Entry | None, found: Outline, *, group: str | None) -> None:
    """`group` is None within what may stand several times."""
    for entry in items:
        name = link_id(entry)
        if name in found.items:
            raise entry.need("id").fail(f"The item “{name}” exists already.")
        kind = _inferred(entry, inherited)
        path = f"{parent}.item.where(linkId = '{name}')"
        options_at = entry.get("options") or (inherited if kind == "choice" and "type" not in entry else None)
        options = found.options(options_at) if options_at and kind in ("choice", "open-choice") else []
        weights = [option["score"] for option in options if "score" in option]
        low, high = (entry.get(key) for key in ("min", "max"))
        found.items[name] = Known(
            type=kind,
            path=path,
            parent=parent,
            codes={option["code"]: option["system"] for option in options},
            low=min(weights) if weights else (low.value if low else None),
            high=max(weights) if weights else (high.value if high else None),
            scored=bool(weights),
            group=group or "",
        )
        if "formula" in entry:
            found.live.add(parent)
        once = kind == "group" and group is not None and "repeats" not in entry
        if once:
            found.groups.add(name)
        around = name if once else group if kind != "group" and "multiple" not in entry else None
        below = path if kind == "group" else f"{path}.answer"
        _note(
            items_of(entry),
            below,
            (entry.get("options") or inherited) if kind == "group" else None,
            found,
            group=around,
        )


def _inferred(entry: Entry, inherited: Entry | None) -> str:
    kind = item_type(entry)
    return "choice" if kind == "display" and "type" not in entry and inherited is not None else kind
