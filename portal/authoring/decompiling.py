"""A FHIR Questionnaire back to YAML, without loss: `parse_yaml(decompile(q)) == q`.

What the keys of YAML can say is said with them; the rest stands under `fhir:`, at the item it belongs to. Each step is
tried: what an entry compiles to is held against the original, and the difference is what `fhir:` gets.
"""

from portal.authoring.drafts import draft, entry_of, outline_of, source_of
from portal.authoring.errors import AuthoringError
from portal.authoring.forms import CATEGORIES, LICENCES, build
from portal.authoring.items import Inherited, make_item
from portal.authoring.outline import Known, Outline
from portal.authoring.scores_back import scores_apart
from portal.authoring.source import read_source
from portal.authoring.sugar import FROM_EXTENSIONS, aside_sugar, checks_sugar, text_sugar, variables_sugar
from portal.authoring.writing import write_yaml
from portal.fhir import systems
from portal.sdc import urls
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
    raise AuthoringError(source_of({}).error((), "").place, "This form has values that YAML cannot hold.")


def _whole(questionnaire: Json) -> Json:
    return {"fhir": questionnaire}


def _with_sugar(questionnaire: Json) -> Json:
    code = _code(questionnaire)
    system = Outline(code=code).system
    elements: list[Json] = questionnaire.get("item", [])
    scores, plain = scores_apart(elements, code)
    content: Json = {**_head(questionnaire, code), "items": [draft(each, system, required=False) for each in plain]}
    if scores:
        content["scores"] = scores
    if not content["items"]:
        del content["items"]
    known = outline_of(content, code)
    if known is None:
        return {"fhir": questionnaire}
    for entry, element in zip(content.get("items", []), plain, strict=True):
        _settle(entry, element, known, required=False)
    _name_answers(content)
    return _settled_form(content, questionnaire)


def _code(questionnaire: Json) -> str:
    codes = (each.get("code", "") for each in questionnaire.get("code", ()) if each.get("system") == systems.INSTRUMENT)
    return next(codes, "")


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
    items = [draft(each, known.system, required=required) for each in element.get("item", ())]
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
        return make_item(entry_of(trial), known, Inherited(required=required))
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
    names = [extension_value(each, "name") for each in extensions(questionnaire, urls.LAUNCH_CONTEXT)]
    head["launch"] = [each.get("code") for each in names if isinstance(each, dict)]
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


_OF_EXTENSIONS = ("licence", "minutes", "shown_to_patient", "launch", "variables", "checks", "alerts")


def _settled_form(content: Json, questionnaire: Json) -> Json:
    """The same for the form itself."""
    drop: tuple[str, ...] = ()
    for drop in ((), _OF_EXTENSIONS, (*_OF_EXTENSIONS, "status", "audience", "category", "title", "description")):
        tried = {key: value for key, value in content.items() if key not in drop}
        try:
            made = build(source_of({**tried, "fhir": {}}))
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
