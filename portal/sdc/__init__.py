"""Questionnaires: what a form is, filling one, its scores, its checks, the observations it means.

    form = compile_form(questionnaire)                 # once, shared by everybody
    session = FormSession(form, draft, now=clock.now(), locale="fr", about={"subject": {"reference": "Patient/7"}})
    change = session.set("q1", "LA6569-3")             # raises portal.errors.Invalid with a sentence
    session.scores(), session.alerts(), session.errors()
    response = session.completed(clock.now())
    observations = extract(form, {**response, "id": made_by_the_server})

Public modules: `urls` (addresses of the extensions), `reading` (texts, extensions and numbers of an element).

Pure: no I/O, no clock. A `Form` is immutable; a `FormSession` belongs to one page. `portal.sdc.urls` is public too.
"""

from portal.sdc.assembling import Assembled, assemble
from portal.sdc.bundles import Extracted, extract_bundle
from portal.sdc.compiling import compile_form
from portal.sdc.extraction import extract
from portal.sdc.model import (
    AlertRule,
    Band,
    Fault,
    Form,
    FormItem,
    Option,
    ScoreDefinition,
    Section,
)
from portal.sdc.outcome import Change, ItemState
from portal.sdc.reading import LocalText
from portal.sdc.scoring import ScoreResult
from portal.sdc.session import FormSession
from portal.sdc.validation import is_valid, validate

__all__ = [
    "AlertRule",
    "Assembled",
    "Band",
    "Change",
    "Extracted",
    "Fault",
    "Form",
    "FormItem",
    "FormSession",
    "ItemState",
    "LocalText",
    "Option",
    "ScoreDefinition",
    "ScoreResult",
    "Section",
    "assemble",
    "compile_form",
    "extract",
    "extract_bundle",
    "is_valid",
    "validate",
]
