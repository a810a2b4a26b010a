"""A FHIR Questionnaire back to YAML, without loss: `parse_yaml(decompile(q)) == q`.

What the keys of YAML can say is said with them; the rest stands under `fhir:`, at the item it belongs to. Each step is
tried: what an entry compiles to is held against the original, and the difference is what `fhir:` gets.
"""

from typing import Any

from portal.authoring.entry import Entry
from portal.authoring.errors import AuthoringError
from portal.authoring.forms import CATEGORIES, LICENCES, build
from portal.authoring.items import Inherited, make_item
from portal.authoring.outline import Known, Outline, outline
from portal.authoring.score_sugar import other_ways, score_sugar
from portal.authoring.scores import GROUP, make_score, note_scores
from portal.authoring.source import Source, read_source
from portal.authoring.sugar import FROM_EXTENSIONS, aside_sugar, checks_sugar, item_sugar, text_sugar, variables_sugar
from portal.authoring.writing import write_yaml
from portal.fhir import systems
from portal.sdc.reading import extension, extension_value, extensions
from portal.types import Json


def decompile(questionnaire: Json) -> str:
    """YAML that compiles to exactly this form."""
    for way in (_with_sugar, _whole):
        try:
            text = write_yaml(way(questionnaire))
            if build(read_source(text, "form.yaml")) == questionnaire:
                return text
        except (AuthoringError, AttributeError, KeyError, TypeError, ValueError):
            continue  # values of the wrong kind, or stranger than our keys: the next way keeps the form whole
    raise AuthoringError(_source({}).error((), "").place, "This form has values that YAML cannot hold.")


def _whole(questionnaire: Json) -> Json:
    return {"fhir": questionnaire}


def _with_sugar(questionnaire: Json) -> Json:
    code = _code(questionnaire)
    system = Outline(code=code).system
    elements: list[Json] = questionnaire.get("item", [])
    scores = _scores(elements, code)
    plain = elements[:-1] if scores else elements
    content: Json = {**_head(questionnaire, code), "items": [_draft(each, system, required=False) for each in plain]}
    if scores:
        content["scores"] = scores
    if not content["items"]:
        del content["items"]
    known = _outline(content, code)
    if known is None:
        return {"fhir": questionnaire}
    for entry, element in zip(content.get("items", []), plain, strict=True):
        _settle(entry, element, known, required=False)
    _name_answers(content)
    return _settled_form(content, questionnaire)


def _source(content: Any) -> Source:
    return Source(file="form.yaml", content=content, places={})


def _entry(value: Any) -> Entry:
    return Entry(source=_source(value), path=(), value=value)


def _outline(content: Json, code: str) -> Outline | None:
    """None for a form whose items cannot even be told apart."""
    root = _entry(content)
    try:
        known = outline(root, code)
        note_scores(root, known)
    except AuthoringError:
        return None
    return known


def _code(questionnaire: Json) -> str:
    codes = (each.get("code", "") for each in questionnaire.get("code", ()) if each.get("system") == systems.INSTRUMENT)
    return next(codes, "")


def _draft(element: Json, system: str, *, required: bool) -> Json:
    asides, beneath = aside_sugar(element)
    entry = {**item_sugar(element, system, required=required), **asides}
    if beneath:
        inner = entry.get("required", required)
        entry["items"] = [_draft(each, system, required=inner) for each in beneath]
    return entry


def _settle(entry: Json, element: Json, known: Outline, *, required: bool) -> None:
    """Makes an entry, and all beneath it, compile to exactly its element."""
    _, beneath = aside_sugar(element)
    for child, original in zip(entry.get("items", []), beneath, strict=True):
        _settle(child, original, known, required=entry.get("required", required))
    made = _made(entry, known, required=required)
    if made is None or made.get("item") != element.get("item"):
        _strip(entry, element, known, required=required)
        made = _made(entry, known, required=required) or {}
    if made.get("extension") != element.get("extension"):
        for key in FROM_EXTENSIONS & entry.keys():
            del entry[key]
        if isinstance(entry.get("when"), str):
            del entry["when"]
        made = _made(entry, known, required=required) or {}
    raw = _difference(made, element)
    overruled = [name for key in raw for name in _OVERRULED.get(key, ()) if name in entry]
    for name in overruled:
        del entry[name]
    if overruled:
        raw = _difference(_made(entry, known, required=required) or {}, element)
    if raw:
        entry["fhir"] = raw


_OVERRULED = {"text": ("text",), "_text": ("text",), "answerOption": ("options", "decline"), "initial": ("initial",)}
"""Keys of YAML that `fhir:` overrules, so that nobody reads two truths."""


def _strip(entry: Json, element: Json, known: Outline, *, required: bool) -> None:
    """Only the name and the type by keys, everything else as it is; texts that belong to a question are items again."""
    kept = {key: entry[key] for key in ("id", "type") if key in entry}
    items = [_draft(each, known.system, required=required) for each in element.get("item", ())]
    for child, original in zip(items, element.get("item", ()), strict=True):
        known.items.setdefault(child["id"], Known(type=child.get("type", "choice"), path="", parent=""))
        _settle(child, original, known, required=required)
    entry.clear()
    entry.update(kept)
    entry.setdefault("type", "group" if items else "display")
    entry["fhir"] = {}
    if items:
        entry["items"] = items


def _made(entry: Json, known: Outline, *, required: bool) -> Json | None:
    trial = {**entry, "fhir": {}}
    try:
        return make_item(_entry(trial), known, Inherited(required=required))
    except AuthoringError:
        return None


def _difference(made: Json, wanted: Json) -> Json:
    raw: Json = {key: value for key, value in wanted.items() if key != "item" and made.get(key) != value}
    return raw | {key: None for key in made if key not in wanted and key != "item"}


def _head(questionnaire: Json, code: str) -> Json:
    head: Json = {"code": code, "version": questionnaire.get("version")}
    for key in ("title", "description", "copyright"):
        head[key] = text_sugar(questionnaire, key)
    for each in questionnaire.get("useContext", ()):
        for coding in each.get("valueCodeableConcept", {}).get("coding", ()):
            if coding.get("system") == systems.CATEGORY and coding.get("code") in CATEGORIES:
                head["category"] = coding["code"]
            if coding.get("system") == systems.AUDIENCE:
                head.setdefault("audience", []).append(coding.get("code"))
    licence = extension_value(questionnaire, systems.LICENCE)
    head["licence"] = licence if licence in LICENCES else None
    loinc = (each.get("code") for each in questionnaire.get("code", ()) if each.get("system") == systems.LOINC)
    head["loinc"] = next(loinc, None)
    head["minutes"] = extension_value(questionnaire, systems.MINUTES)
    head["shown_to_patient"] = extension_value(questionnaire, systems.SHOWN_TO_PATIENT)
    if questionnaire.get("status") != "active":
        head["status"] = questionnaire.get("status")
    head["variables"] = variables_sugar(questionnaire)
    head["checks"] = checks_sugar(questionnaire)
    head["alerts"] = [_alert(each) for each in extensions(questionnaire, systems.ALERT_RULE)]
    return {key: value for key, value in head.items() if value not in (None, "", [], {})}


def _alert(rule: Json) -> Json:
    return {
        "id": extension_value(rule, "id"),
        "when": (extension_value(rule, "condition") or {}).get("expression", ""),
        "severity": extension_value(rule, "severity"),
        "message": text_sugar(extension(rule, "message") or {}, "valueString"),
    }


_OF_EXTENSIONS = ("licence", "minutes", "shown_to_patient", "variables", "checks", "alerts")


def _settled_form(content: Json, questionnaire: Json) -> Json:
    """The same for the form itself."""
    drop: tuple[str, ...] = ()
    for drop in ((), _OF_EXTENSIONS, (*_OF_EXTENSIONS, "status", "audience", "category", "title", "description")):
        tried = {key: value for key, value in content.items() if key not in drop}
        try:
            made = build(_source({**tried, "fhir": {}}))
        except AuthoringError:
            continue
        if made.get("item") != questionnaire.get("item"):
            break
        if made.get("extension") == questionnaire.get("extension") or drop:
            raw = _difference(made, questionnaire)
            head = {key: value for key, value in tried.items() if key not in _BODY}
            return {**head, **({"fhir": raw} if raw else {}), **{key: tried[key] for key in _BODY if key in tried}}
    return {"fhir": questionnaire}


_BODY = ("answers", "items", "scores", "alerts")


def _name_answers(content: Json) -> None:
    """A list of answers that several questions have is written once, by name."""
    seen: dict[str, list[Json]] = {}

    def visit(entries: list[Json]) -> None:
        for entry in entries:
            if isinstance(entry.get("options"), list) and entry["options"]:
                seen.setdefault(repr(entry["options"]), []).append(entry)
            visit(entry.get("items", []))

    visit(content.get("items", []))
    answers: Json = {}
    for users in seen.values():
        if len(users) > 1:
            name = f"answers{len(answers) + 1}"
            answers[name] = users[0]["options"]
            for entry in users:
                entry["options"] = name
    if answers:
        content["answers"] = answers


# Scores


def _scores(elements: list[Json], code: str) -> list[Json]:
    """The score blocks that mean the last group, or none when one of them cannot be said so."""
    if not elements or elements[-1].get("linkId") != GROUP:
        return []
    system = Outline(code=code).system
    drafts = [_draft(each, system, required=False) for each in elements[:-1]]
    written: list[Json] = [score_sugar(each) for each in elements[-1].get("item", ())]
    known = _outline({"code": code, "items": drafts, "scores": written}, code)
    found: list[Json] = []
    if known is None:
        return []
    for index, (element, entry) in enumerate(zip(elements[-1].get("item", ()), written, strict=True)):
        ways = [entry, *other_ways(entry, element)]
        fit = next((way for way in ways if _compiles_to(way, element, known, first=index == 0)), None)
        if fit is None:
            return []
        found.append(
            {key: value for key, value in fit.items() if not (key == "code" and value == f"{code}_{fit['id']}".upper())}
        )
    return found


def _compiles_to(entry: Json, element: Json, known: Outline, *, first: bool) -> bool:
    try:
        return make_score(_entry(entry), known, first=first) == element
    except AuthoringError:
        return False
