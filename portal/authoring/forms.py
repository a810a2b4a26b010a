"""A form in YAML to a FHIR R4 Questionnaire. The keys are explained, one form after another, in docs/questionnaires."""

from typing import Any

from portal.authoring.around import launch_extensions, launched
from portal.authoring.entry import Entry
from portal.authoring.items import Inherited, checks, make_items, variables
from portal.authoring.live import shown
from portal.authoring.norms import Tables
from portal.authoring.outline import outline
from portal.authoring.raw import overlaid
from portal.authoring.results import results_items
from portal.authoring.scores import alert_rules, note_scores, score_group
from portal.authoring.source import Source
from portal.fhir import systems
from portal.types import Json

CATEGORIES = ("auto", "hetero", "social", "clinical-document", "neuropsy")
LICENCES = ("free", "own", "cc-by", "cc-by-nc-sa", "permission", "results-only")
KEYS = (
    "code", "version", "title", "category", "licence", "copyright", "description", "minutes", "shown_to_patient", "loinc",
    "status", "required", "answers", "items", "results", "scores", "alerts", "checks", "variables", "audience", "launch",
    "fhir",
)  # fmt: skip
_USE = "http://terminology.hl7.org/CodeSystem/usage-context-type"


def build(source: Source, tables: Tables | None = None) -> Json:
    """The Questionnaire that a source means. `tables` gives norms by name. Raises `AuthoringError` at the first thing that
    cannot be.
    """
    written: Any = source.content
    root = Entry(source=source, path=(), value=_with_results(Entry(source=source, path=(), value=written)))
    root.only(*KEYS)
    if root.mapping().keys() == {"fhir"}:
        return root.need("fhir").mapping()  # the whole form as it is
    if "fhir" not in root:
        for key in ("code", "version", "title", "category", "licence", "items"):
            root.need(key)
    code = each.string() if (each := root.get("code")) else ""
    known = outline(root, code, tables)
    note_scores(root, known)
    required = each.boolean() if (each := root.get("required")) else False
    scores = score_group(root, known)
    items = [*make_items(root, known, Inherited(required=required)), *shown("", known)]
    questionnaire: Json = {
        "resourceType": "Questionnaire",
        "id": code.replace("_", "-"),
        "language": "fr",
        "url": f"{systems.QUESTIONNAIRE}/{code.replace('_', '-')}",
        "version": each.string() if (each := root.get("version")) else "",
        "name": code,
        **(each.text("title") if (each := root.get("title")) else {}),
        "status": each.one_of("draft", "active", "retired") if (each := root.get("status")) else "active",
        "subjectType": ["Patient"],
        "code": _codes(root, code),
        "useContext": _uses(root),
        "extension": [*_extensions(root), *variables(root, known), *checks(root, known), *alert_rules(root, known)],
        "item": [*items, scores] if scores else items,
    }
    for key in ("description", "copyright"):
        if text := root.get(key):
            questionnaire |= text.text(key)
    return overlaid(root, questionnaire)


def _with_results(root: Entry) -> Any:
    """A form that records results only gets its items from the scores it names."""
    if "results" not in root:
        return root.value
    return {**{k: v for k, v in root.mapping().items() if k != "results"}, **results_items(root)}


def _codes(root: Entry, code: str) -> list[Json]:
    codes: list[Json] = [{"system": systems.INSTRUMENT, "code": code}]
    if loinc := root.get("loinc"):
        codes.append({"system": systems.LOINC, "code": loinc.string()})
    return codes


def _uses(root: Entry) -> list[Json]:
    uses: list[Json] = []
    if category := root.get("category"):
        uses.append(_use("task", systems.CATEGORY, category.one_of(*CATEGORIES)))
    for each in listed.each() if (listed := root.get("audience")) else ():
        uses.append(_use("user", systems.AUDIENCE, each.one_of("patient", "professional", "relative")))
    return uses


def _use(kind: str, system: str, code: str) -> Json:
    return {
        "code": {"system": _USE, "code": kind},
        "valueCodeableConcept": {"coding": [{"system": system, "code": code}]},
    }


def _extensions(root: Entry) -> list[Json]:
    found: list[Json] = []
    if licence := root.get("licence"):
        found.append({"url": systems.LICENCE, "valueCode": licence.one_of(*LICENCES)})
    if minutes := root.get("minutes"):
        found.append({"url": systems.MINUTES, "valueInteger": minutes.integer()})
    if shown := root.get("shown_to_patient"):
        found.append({"url": systems.SHOWN_TO_PATIENT, "valueBoolean": shown.boolean()})
    return found + launch_extensions(launched(root))
