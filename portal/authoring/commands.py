"""`portal questionnaire …`: forms from the terminal. JSON on standard output, exit code 1 when there are errors.

FORM is a YAML file of ours or a FHIR Questionnaire in JSON; RESPONSE, RESOURCE and BUNDLE are FHIR R4 JSON.
"""

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec
from uuid import uuid4

import typer

from portal.authoring.catalogue import Catalogue
from portal.authoring.decompiling import decompile
from portal.authoring.describing import INDEX, describe, index
from portal.authoring.errors import AuthoringError, place_in
from portal.authoring.files import read_resource, resources_of
from portal.authoring.lint import lint, without_norms
from portal.authoring.reading import load_form
from portal.clock import SystemClock
from portal.errors import Invalid
from portal.fhir import jsons
from portal.sdc import Form, FormSession, assemble, compile_form, extract_bundle, is_valid, validate
from portal.types import Json

questionnaire = typer.Typer(no_args_is_help=True, help="Questionnaires: check, compile, fill and extract.")

FormFile = Annotated[Path, typer.Argument(metavar="FORM", exists=True, dir_okay=False)]
NormsFolder = Annotated[
    Path | None,
    typer.Option(help="Folder of the tables that scores look up.", exists=True, file_okay=False, envvar="PORTAL_NORMS"),
]
ResponseFile = Annotated[Path, typer.Argument(metavar="RESPONSE", exists=True, dir_okay=False)]
_P = ParamSpec("_P")


def _command(name: str) -> Callable[[Callable[_P, None]], Callable[_P, None]]:
    """A command of the group. A file that cannot be read is told on one line of standard error."""

    def register(run: Callable[_P, None]) -> Callable[_P, None]:
        @wraps(run)
        def told(*args: _P.args, **kwargs: _P.kwargs) -> None:
            try:
                run(*args, **kwargs)
            except AuthoringError as error:
                _complain([str(error)])
            except Invalid as error:
                _complain(each.message.msgid.format(**each.message.params) for each in error.problems)

        return questionnaire.command(name)(told)

    return register


@_command("lint")
def lint_form(form: FormFile, norms: NormsFolder = None) -> None:
    """What is wrong with a form, and what could be better."""
    remarks = lint(load_form(form, norms))
    _say([{"level": each.level, "linkId": each.link_id, "text": each.sentence} for each in remarks])
    _exit(bad=any(each.level == "fault" for each in remarks))


@_command("compile")
def compile_yaml(form: FormFile, norms: NormsFolder = None) -> None:
    """The FHIR R4 Questionnaire that a YAML file means."""
    made = load_form(form, norms)
    _say(made)
    _note(without_norms(made))


@_command("decompile")
def decompile_form(form: FormFile) -> None:
    """The YAML that means a FHIR R4 Questionnaire, without loss: compiling it gives the same form."""
    sys.stdout.write(decompile(load_form(form)))


@_command("validate")
def validate_response(form: FormFile, response: ResponseFile, norms: NormsFolder = None) -> None:
    """Hold a response against its form: an OperationOutcome."""
    compiled = _compiled(form, norms)
    outcome = validate(compiled, _response(response), now=SystemClock().now())
    _say(outcome)
    _complain(_faults(compiled))
    _exit(bad=not is_valid(outcome))


@_command("calculate")
def calculate(form: FormFile, response: ResponseFile, norms: NormsFolder = None) -> None:
    """The response with everything that its form computes."""
    compiled, given = _compiled(form, norms), _response(response)
    session = FormSession(compiled, given, now=SystemClock().now())
    _say({**session.response(), "status": given.get("status", "in-progress")})
    _complain(_faults(compiled, session))


@_command("populate")
def populate(
    form: FormFile,
    subject: Annotated[
        Path | None, typer.Option(help="The patient, as FHIR JSON.", exists=True, dir_okay=False)
    ] = None,
    context: Annotated[list[str] | None, typer.Option(help="NAME=FILE: a launch context.")] = None,
    resources: Annotated[Path | None, typer.Option(help="A Bundle: Observations, answers to queries.")] = None,
    norms: NormsFolder = None,
) -> None:
    """A new response with what is known already. FHIR queries find the resources of that type in the Bundle; value sets
    that stand in it expanded give the answers that a form only names.
    """
    given: dict[str, Any] = {"patient": _subject(subject)} if subject else {}
    for each in context or ():
        name, _, file = each.partition("=")
        if not name or not file:
            raise AuthoringError(place_in(each), "A launch context is written NAME=FILE.")
        given[name] = read_resource(Path(file))
    found = _bundled(resources)
    about = {"subject": {"reference": f"Patient/{given['patient']['id']}"}} if subject else {}
    compiled = _compiled(form, norms)
    session = FormSession(
        compiled,
        now=SystemClock().now(),
        about=about,
        given=given,
        fetch=lambda address: _answer(found, address),
        expand=lambda canonical: next((each for each in found if each.get("url") == canonical), None),
        observations=[each for each in found if each["resourceType"] == "Observation"],
    )
    _say(session.response())
    _complain(_faults(compiled, session))


@_command("extract")
def extract(
    form: FormFile,
    response: ResponseFile,
    resources: Annotated[Path | None, typer.Option(help="A Bundle of StructureDefinitions.")] = None,
    norms: NormsFolder = None,
) -> None:
    """The resources that a completed response means, in a transaction Bundle; nothing is sent."""
    compiled, found = _compiled(form, norms), _bundled(resources)
    extracted = extract_bundle(
        compiled,
        _response(response),
        now=SystemClock().now(),
        new_uuid=lambda: str(uuid4()),
        profile=lambda canonical: next((each for each in found if each.get("url") == canonical), None),
    )
    _say(extracted.bundle)
    _complain([*_faults(compiled), *(f"{fault.link_id}: {fault.text}" for fault in extracted.faults)])


@_command("describe")
def describe_catalogue(
    folder: Annotated[Path, typer.Argument(help="Folder of the forms.", exists=True, file_okay=False)],
    out: Annotated[Path, typer.Option(help="Folder of the pages, one for each form, and their index.")],
) -> None:
    """The pages of the catalogue: what each form is, whose it is and how it is scored."""
    forms = list(Catalogue.load(folder))
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.md"):
        old.unlink()
    for form in forms:
        (out / f"{form.code}.md").write_text(describe(form), "utf-8")
    (out / INDEX).write_text(index(forms), "utf-8")
    _say({"pages": len(forms)})


@_command("assemble")
def assemble_forms(
    form: FormFile,
    folder: Annotated[Path, typer.Option("--from", help="Folder of the sub-forms.", exists=True, file_okay=False)],
    norms: NormsFolder = None,
) -> None:
    """One form out of a form and those it names."""
    files = sorted(each for each in folder.iterdir() if each.suffix in (".yaml", ".yml", ".json"))
    parts = [load_form(each, norms) for each in files]
    known = {f"{each.get('url')}|{each.get('version')}": each for each in parts} | {
        each.get("url"): each for each in parts
    }
    assembled = assemble(load_form(form, norms), known.get)
    _say(assembled.questionnaire)
    _complain(f"{fault.link_id}: {fault.text}" for fault in assembled.faults)


def _compiled(file: Path, norms: Path | None) -> Form:
    """Ready to fill. What of it has no effect here is told beside the result; a pattern that cannot be read ends it."""
    form = compile_form(load_form(file, norms))
    _note(f"{each.link_id or file.name}: {each.text}" for each in form.ignored)
    _note(without_norms(form.questionnaire))
    return form


def _faults(form: Form, session: FormSession | None = None) -> list[str]:
    """What of the form cannot run at all, and what could not on these answers."""
    live = session.faults if session else {}
    whole = [f"{each.link_id or form.code or 'form'}: {each.what}: {each.text}" for each in form.faults]
    return [*whole, *(f"{link_id}: {text}" for link_id, text in live.items())]


def _response(file: Path) -> Json:
    return read_resource(file, "QuestionnaireResponse")


def _subject(file: Path) -> Json:
    patient = read_resource(file, "Patient")
    if not isinstance(patient.get("id"), str) or not patient["id"]:
        raise AuthoringError(place_in(file.name), "The patient has no id, so that no answer can say whom it is about.")
    return patient


def _bundled(file: Path | None) -> list[Json]:
    return resources_of(read_resource(file, "Bundle"), file.name) if file else []


def _answer(found: list[Json], address: str) -> Json | None:
    """Of a search, the resources of that type; of an address, the resource."""
    path, asked, _ = address.partition("?")
    kind, _, one = path.partition("/")
    if one and not asked:
        return next((each for each in found if (each["resourceType"], each.get("id")) == (kind, one)), None)
    return {"resourceType": "Bundle", "entry": [{"resource": each} for each in found if each["resourceType"] == kind]}


def _say(value: object) -> None:
    sys.stdout.write(jsons.dumps(value).decode() + "\n")


def _note(lines: Iterable[str]) -> None:
    sys.stderr.writelines(f"{line}\n" for line in lines)


def _complain(lines: Iterable[str]) -> None:
    told = list(lines)
    _note(told)
    _exit(bad=bool(told))


def _exit(*, bad: bool) -> None:
    if bad:
        raise typer.Exit(1)
