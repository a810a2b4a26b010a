"""`portal questionnaire …`: forms from the terminal. JSON on standard output, exit code 1 when there are errors.

FORM is a YAML file of ours or a FHIR Questionnaire in JSON; RESPONSE, RESOURCE and BUNDLE are FHIR R4 JSON.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import uuid4

import typer

from portal.authoring.catalogue import Catalogue
from portal.authoring.decompiling import decompile
from portal.authoring.describing import INDEX, describe, index
from portal.authoring.errors import AuthoringError
from portal.authoring.lint import lint
from portal.authoring.reading import load_form
from portal.clock import SystemClock
from portal.errors import Invalid
from portal.fhir import jsons
from portal.sdc import Form, FormSession, assemble, compile_form, extract_bundle, is_valid, validate
from portal.types import Json

questionnaire = typer.Typer(no_args_is_help=True, help="Questionnaires: check, compile, fill and extract.")

FormFile = Annotated[Path, typer.Argument(metavar="FORM", exists=True, dir_okay=False)]
_Loaded = TypeVar("_Loaded")
NormsFolder = Annotated[
    Path | None, typer.Option(help="Folder of the tables that scores look up.", exists=True, file_okay=False)
]
ResponseFile = Annotated[Path, typer.Argument(metavar="RESPONSE", exists=True, dir_okay=False)]


@questionnaire.command("lint")
def lint_form(form: FormFile) -> None:
    """What is wrong with a form, and what could be better."""
    remarks = lint(_form(form))
    _say([{"level": each.level, "linkId": each.link_id, "text": each.sentence} for each in remarks])
    _exit(bad=any(each.level == "fault" for each in remarks))


@questionnaire.command("compile")
def compile_yaml(form: FormFile, norms: NormsFolder = None) -> None:
    """The FHIR R4 Questionnaire that a YAML file means."""
    _say(_told(lambda: load_form(form, norms)))


@questionnaire.command("decompile")
def decompile_form(form: FormFile) -> None:
    """The YAML that means a FHIR R4 Questionnaire, without loss: compiling it gives the same form."""
    sys.stdout.write(_told(lambda: decompile(load_form(form))))


@questionnaire.command("validate")
def validate_response(form: FormFile, response: ResponseFile) -> None:
    """Hold a response against its form: an OperationOutcome."""
    outcome = validate(_compiled(form), _json(response), now=SystemClock().now())
    _say(outcome)
    _exit(bad=not is_valid(outcome))


@questionnaire.command("calculate")
def calculate(form: FormFile, response: ResponseFile) -> None:
    """The response with everything that its form computes."""
    session = FormSession(_compiled(form), _json(response), now=SystemClock().now())
    _say({**session.response(), "status": _json(response).get("status", "in-progress")})
    _exit(bad=bool(session.faults))


@questionnaire.command("populate")
def populate(
    form: FormFile,
    subject: Annotated[Path | None, typer.Option(help="The patient, as FHIR JSON.", exists=True)] = None,
    context: Annotated[list[str] | None, typer.Option(help="NAME=FILE: a launch context.")] = None,
    resources: Annotated[Path | None, typer.Option(help="A Bundle: Observations, answers to queries.")] = None,
) -> None:
    """A new response with what is known already. FHIR queries find the resources of that type in the Bundle; value sets
    that stand in it expanded give the answers that a form only names.
    """
    given: dict[str, Any] = {"patient": _json(subject)} if subject else {}
    for each in context or ():
        name, _, file = each.partition("=")
        given[name] = _json(Path(file))
    found: list[Json] = [entry["resource"] for entry in _json(resources).get("entry", ())] if resources else []
    about = {"subject": {"reference": f"Patient/{given['patient'].get('id', '')}"}} if subject else {}
    observations = [each for each in found if each["resourceType"] == "Observation"]
    session = FormSession(
        _compiled(form),
        now=SystemClock().now(),
        about=about,
        given=given,
        fetch=lambda address: _bundle(found, address),
        expand=lambda canonical: next((each for each in found if each.get("url") == canonical), None),
        observations=observations,
    )
    _say(session.response())
    _exit(bad=bool(session.faults))


@questionnaire.command("extract")
def extract(
    form: FormFile,
    response: ResponseFile,
    resources: Annotated[Path | None, typer.Option(help="A Bundle of StructureDefinitions.", exists=True)] = None,
) -> None:
    """The resources that a completed response means, in a transaction Bundle; nothing is sent."""
    compiled = _compiled(form)
    found: list[Json] = [entry["resource"] for entry in _json(resources).get("entry", ())] if resources else []
    extracted = extract_bundle(
        compiled,
        _json(response),
        now=SystemClock().now(),
        new_uuid=lambda: str(uuid4()),
        profile=lambda canonical: next((each for each in found if each.get("url") == canonical), None),
    )
    _say(extracted.bundle)
    _complain((fault.link_id, fault.text) for fault in extracted.faults)


@questionnaire.command("describe")
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


@questionnaire.command("assemble")
def assemble_forms(
    form: FormFile,
    folder: Annotated[Path, typer.Option("--from", help="Folder of the sub-forms.", exists=True, file_okay=False)],
) -> None:
    """One form out of a form and those it names."""
    parts = [load_form(each) for each in sorted(folder.iterdir()) if each.suffix in (".yaml", ".yml", ".json")]
    known = {f"{each.get('url')}|{each.get('version')}": each for each in parts} | {
        each.get("url"): each for each in parts
    }
    assembled = assemble(_form(form), known.get)
    _say(assembled.questionnaire)
    _complain((fault.link_id, fault.text) for fault in assembled.faults)


def _form(file: Path) -> Json:
    return _told(lambda: load_form(file))


def _compiled(file: Path) -> Form:
    """Ready to fill. What of it has no effect here is told beside the result."""
    form = compile_form(_form(file))
    sys.stderr.writelines(f"{each.link_id or file.name}: {each.text}\n" for each in form.ignored)
    return form


def _json(file: Path) -> Json:
    return jsons.loads(file.read_bytes())


def _bundle(found: list[Json], address: str) -> Json:
    kind = address.partition("?")[0].partition("/")[0]
    return {"resourceType": "Bundle", "entry": [{"resource": each} for each in found if each["resourceType"] == kind]}


def _told(load: Callable[[], _Loaded]) -> _Loaded:
    """A file that cannot be read is told on one line of standard error."""
    try:
        return load()
    except (AuthoringError, Invalid) as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from None


def _say(value: object) -> None:
    sys.stdout.write(jsons.dumps(value).decode() + "\n")


def _complain(faults: Any) -> None:
    lines = [f"{link_id}: {text}\n" for link_id, text in faults]
    sys.stderr.writelines(lines)
    _exit(bad=bool(lines))


def _exit(*, bad: bool) -> None:
    if bad:
        raise typer.Exit(1)
