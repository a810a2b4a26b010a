"""A page for each form of the catalogue: what it is, whose it is, and how it is scored. French first, then English."""

from collections.abc import Iterable

from portal.fhir.jsons import dumps
from portal.sdc import Form, FormItem, ScoreDefinition

INDEX = "README.md"
_CATEGORIES = {
    "auto": ("auto-questionnaire", "self-rated"),
    "hetero": ("hétéro-évaluation", "clinician-rated"),
    "social": ("social", "social"),
    "clinical-document": ("document clinique", "clinical document"),
    "neuropsy": ("neuropsychologie", "neuropsychology"),
}
_LICENCES = {
    "free": ("texte libre", "free wording"),
    "own": ("texte de la fondation", "the foundation's wording"),
    "cc-by": ("CC BY", "CC BY"),
    "cc-by-nc-sa": ("CC BY-NC-SA", "CC BY-NC-SA"),
    "permission": ("avec permission", "by permission"),
    "results-only": ("résultats seulement", "results only"),
}
_MISSING = {
    "refuse": ("aucun score s'il manque une réponse", "no score while an answer is missing"),
    "ignore": ("ce qui est répondu compte", "what is answered counts"),
}
COVERED = {
    "ANTECEDENTS_FAMILIAUX": "FAMILY_HISTORY",
    "BILAN_BIOLOGIQUE_SZ": "BILAN_BIOLOGIQUE",
    "BILAN_SOCIAL": "SOCIAL",
    "BIOLOGICAL_ASSESSMENT": "BILAN_BIOLOGIQUE",
    "ALIMENTAIRE_SZ": "ALIMENTAIRE",
    "EBIP_SCR_DIAGNOSTIC": "EBIP_SCR_DIAG",
    "ECV": "COMPORTEMENTS_VIOLENTS",
    "FAGERSTROM_SZ": "FAGERSTROM",
    "GAF": "EGF",
    "IPAQ_SZ": "IPAQ",
    "ONAPS_SZ": "ONAPS",
    "SOMATIQUE_CONTRACEPTIF": "SOMATIQUE_ET_CONTRACEPTIF",
    "STOP_BANG": "SLEEP_APNEA",
    "WAIS4_CODE": "WAIS4_CODE_SYMBOLES",
    "WAIS_IV_CODE_SYMBOLES_IVT": "WAIS4_CODE_SYMBOLES",
}
"""Codes that other systems use for a form of the catalogue."""
_CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"


def describe(form: Form) -> str:
    """The page of one form, in Markdown."""
    lines = [
        f"# {form.title('fr')}",
        "",
        f"*{form.title('en')}* · `{form.code}` · version {form.version}",
        "",
        "| | | |",
        "|---|---|---|",
        _row("Type", "Kind", *_CATEGORIES[form.category]),
        _row("Texte", "Wording", *_LICENCES.get(form.licence, (form.licence, form.licence))),
        _row("Auteurs", "Authors", form.copyright("fr"), form.copyright("en")) if form.copyright("fr") else "",
        _row("Questions", "Questions", str(form.question_count), str(form.question_count)),
        _row("Durée", "Time", f"{form.minutes} min", f"{form.minutes} min") if form.minutes else "",
        _row(
            "Montré au patient", "Shown to the patient", *(("oui", "yes") if form.shown_to_patient else ("non", "no"))
        ),
        "",
    ]
    for score in form.scores:
        lines += _score(form, score)
    if form.alerts:
        lines += ["## Alertes · Alerts", ""]
        lines += [f"- {rule.message('fr')} · *{rule.message('en')}* ({rule.severity})" for rule in form.alerts]
        lines += [""]
    source = f"[{form.code}.yaml](../../../content/questionnaires/{form.code}.yaml)"
    lines += [f"Fichier · *File* : {source}"]
    return "\n".join(line for index, line in enumerate(lines) if line or (index and lines[index - 1])) + "\n"


def index(listed: Iterable[Form]) -> str:
    """The table of all pages, and which of them covers a form that has another name elsewhere."""
    forms = list(listed)
    rows = [
        f"| [{form.code}]({form.code}.md) | {form.title('fr')} | *{form.title('en')}* | {_CATEGORIES[form.category][0]} |"
        f" {_LICENCES.get(form.licence, (form.licence,))[0]} | {len(form.scores)} |"
        for form in forms
    ]
    head = [
        "# Catalogue",
        "",
        f"{len(rows)} instruments. *Made from the files by `portal questionnaire describe`; do not edit.*",
        "",
        "| code | titre | title | type | texte | scores |",
        "|---|---|---|---|---|---|",
    ]
    known = {form.code for form in forms}
    covered = [f"| {other} | [{code}]({code}.md) |" for other, code in COVERED.items() if code in known]
    names = [
        "",
        "## Autres noms · *Other names*",
        "",
        "Ces codes d'autres systèmes sont couverts par un formulaire ci-dessus. *These codes of other systems are covered by a form above.*",
        "",
        "| code | |",
        "|---|---|",
    ]
    return "\n".join([*head, *rows, *(names + covered if covered else ())]) + "\n"


def _score(form: Form, score: ScoreDefinition) -> list[str]:
    item = form.by_link_id[score.link_id]
    span = f"{_number(score.low)} – {_number(score.high)}" if score.low is not None and score.high is not None else ""
    lines = [
        f"## {score.title('fr')}{' (principal)' if score.main and len(form.scores) > 1 else ''}",
        "",
        f"*{score.title('en')}* · `{score.code}`{f' · {span}' if span else ''}",
        "",
    ]
    if score.items:
        questions = ", ".join(form.by_link_id[each].prefix or f"`{each}`" for each in score.items)
        lines += [f"Questions : {questions}.", ""]
    if score.missing in _MISSING and len(score.items) > 1:
        lines += [f"{_MISSING[score.missing][0].capitalize()}. *{_MISSING[score.missing][1].capitalize()}.*", ""]
    elif score.missing and score.missing not in _MISSING:
        lines += [f"Réponses manquantes · *Missing answers* : `{score.missing}`", ""]
    if expression := _expression(item):
        lines += ["```", expression, "```", ""]
    if score.bands:
        lines += ["| de · from | à · to | | |", "|---|---|---|---|"]
        lines += [
            f"| {_number(band.low)} | {_number(band.high)} | {band.label('fr')} | *{band.label('en')}* |"
            for band in score.bands
        ]
        lines += [""]
    return lines


def _expression(item: FormItem) -> str:
    found = [each for each in item.definition.get("extension", ()) if each["url"] == _CALCULATED]
    return str(found[0]["valueExpression"]["expression"]) if found else ""


def _number(value: object) -> str:
    return dumps(value).decode()


def _row(french: str, english: str, value: str, other: str) -> str:
    return f"| {french} · *{english}* | {value} | *{other}* |"
