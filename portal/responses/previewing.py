"""Trying a form before it is used: what its file says, how it answers, what it would give. Nothing is stored."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from portal.access import Permission, decide
from portal.acting import Acting
from portal.authoring import Remark, lint, parse_json, parse_yaml, tables_in
from portal.errors import NotFound
from portal.responses.fictitious import Fictitious
from portal.responses.surroundings import Surroundings, session_amid
from portal.sdc import Fault, Form, FormSession, compile_form, extract_bundle
from portal.types import Json


@dataclass(kw_only=True, slots=True)
class Trial:
    """A form being tried on one page. `remarks` are what a careful colleague would say of it."""

    form: Form
    around: Surroundings
    session: FormSession
    remarks: tuple[Remark, ...] = ()
    section: int = 0
    saved_at: datetime | None = None
    files: dict[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the answers so far would give: the response, the resources taken out of it, and what went wrong on the way."""

    response: Json
    bundle: Json
    faults: tuple[Fault, ...]


async def try_form(
    acting: Acting,
    *,
    code: str = "",
    name: str = "",
    text: str = "",
    locale: str = "fr",
    about: Fictitious | None = None,
) -> Trial:
    """A form of the catalogue by its `code`, or the one in a file's `text` (JSON by its `name`, else YAML), filled in as if
    it were about somebody who does not exist.

    Raises `Refused`, `NotFound`, `AuthoringError` with the place in the file, `Invalid` for a form that cannot be one.
    """
    decide(acting.actor, Permission.QUESTIONNAIRE_PREVIEW)
    if code:
        form = acting.catalogue.by_code(code)
        if form is None:
            raise NotFound(status=404)
    else:
        form = await asyncio.to_thread(_read, text, name, acting.settings.norms)
    return await _trial(acting, form, locale, about or Fictitious())


async def outcome_of(acting: Acting, trial: Trial) -> Outcome:
    """What sending now would write, without writing it."""
    return await asyncio.to_thread(_outcome, trial, acting.clock.now(), acting.chance.id)


def _read(text: str, name: str, norms: Path | None) -> Form:
    if name.endswith(".json") or text.lstrip("\ufeff \t\r\n").startswith("{"):
        return compile_form(parse_json(text, name or "form"))
    return compile_form(parse_yaml(text, name or "form", tables_in(norms) if norms else None))


async def _trial(acting: Acting, form: Form, locale: str, whom: Fictitious) -> Trial:
    """Queries that name the patient find nothing: there is none. Value sets are those of the record server."""
    contexts = whom.contexts(acting.clock.today())
    given = {each: contexts[each] for each in form.launch_names & contexts.keys()}
    around, about = Surroundings(form=form, given=given), {"subject": {"reference": "Patient/preview"}}
    session = await session_amid(
        acting, around, lambda: around.session(now=acting.clock.now(), locale=locale, about=about)
    )
    remarks = await asyncio.to_thread(lint, form.questionnaire)
    return Trial(form=form, around=around, session=session, remarks=tuple(remarks))


def _outcome(trial: Trial, now: datetime, new_id: Callable[[], str]) -> Outcome:
    completed = {**trial.session.completed(now), "id": "preview"}
    extracted = extract_bundle(trial.form, completed, now=now, new_uuid=new_id)
    live = tuple(Fault(link_id=link_id, what="expression", text=text) for link_id, text in trial.session.faults.items())
    return Outcome(response=completed, bundle=extracted.bundle, faults=(*trial.form.faults, *live, *extracted.faults))
