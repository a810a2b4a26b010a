"""Small forms for tests, written as authors write them, and the session that fills them."""

from datetime import UTC, datetime
from textwrap import dedent
from typing import Any

from portal.authoring import parse_yaml
from portal.errors import Invalid
from portal.sdc import Form, FormSession, compile_form

NOW = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)
HEAD = 'code: SMALL\nversion: "1.0.0"\ntitle: {fr: Petit formulaire, en: Small form}\ncategory: auto\nlicence: own\n'


def small(body: str) -> Form:
    """A form from its `items:` (and scores, alerts…); it has no fault."""
    form = compile_form(parse_yaml(HEAD + dedent(body)))
    assert not form.faults, form.faults
    return form


def begin(body: str, response: dict[str, Any] | None = None, **more: Any) -> FormSession:
    return FormSession(small(body), response, now=NOW, **more)


def questionnaire(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Plain FHIR, for what YAML does not say."""
    return {"resourceType": "Questionnaire", "url": "urn:q", "version": "1", "title": "Q", "item": list(items), **more}


def refused(session: FormSession, path: str, value: object) -> str:
    """The sentence by which an answer is refused."""
    try:
        session.set(path, value)
    except Invalid as error:
        (problem,) = error.problems
        assert problem.place == path
        return problem.message.msgid
    raise AssertionError("The answer was taken.")


def value(session: FormSession, path: str) -> Any:
    return session.state(path).value


def places(session: FormSession) -> list[str]:
    return [problem.place for problem in session.errors()]
