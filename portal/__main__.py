"""The `portal` command line. The one module of this package that starts the pages."""

import asyncio
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError

from portal.authoring.commands import questionnaire
from portal.chance import SystemChance
from portal.clock import SystemClock
from portal.embedded import box_options, create_app
from portal.errors import PortalError
from portal.fhirpath.cli import evaluate_file
from portal.i18n import texts
from portal.settings import Settings

main = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The portal of the expert centres."
)
fhir = typer.Typer(no_args_is_help=True, help="The embedded FHIR backend on its own.")
fhirpath = typer.Typer(no_args_is_help=True, help="FHIRPath for authors.")
main.add_typer(questionnaire, name="questionnaire")
main.add_typer(fhir, name="fhir")
main.add_typer(fhirpath, name="fhirpath")


@main.command()
def serve(
    *,
    demo: Annotated[bool, typer.Option(help="Fictitious people, outbox page, FHIR face.")] = False,
) -> None:
    """Start the portal; settings come from the environment (docs/settings.md)."""
    from pages.site import serve_site

    with _told_plainly(), suppress(KeyboardInterrupt):
        settings = Settings()
        if demo:
            settings = settings.model_copy(update={"demo": True})
        asyncio.run(serve_site(settings))


@main.command("clean-demo")
def clean_demo() -> None:
    """Empty the demonstration: its data folder goes, the next start makes a fresh one."""
    from portal.demo import clean

    with _told_plainly():
        sys.stdout.write(f"{clean(Settings().data_dir)}\n")


@fhir.command("serve")
def fhir_serve(
    *,
    data: Annotated[Path, typer.Option(help="Folder of the records.", file_okay=False)] = Path(".fhir"),
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8888,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """A FHIR R4 server in Aidbox's dialect. BOX_ROOT_CLIENT_SECRET makes Client `root`, BOX_ADMIN_PASSWORD User `admin`;
    docs/aidbox.md has the other BOX_ variables.
    """
    app = create_app(data, clock=SystemClock(), chance=SystemChance(), **box_options(os.environ))
    sys.stdout.write(f"FHIR R4: http://{host}:{port}/fhir, records in {data}\n")
    sys.stdout.flush()
    uvicorn.run(app, host=host, port=port, access_log=False, server_header=False, timeout_graceful_shutdown=10)


@fhirpath.command("eval")
def fhirpath_eval(
    expression: Annotated[str, typer.Argument(help="The FHIRPath expression.")],
    resource: Annotated[Path | None, typer.Option(help="The resource, as FHIR JSON.", exists=True)] = None,
    form: Annotated[Path | None, typer.Option(help="What %questionnaire is.", exists=True)] = None,
) -> None:
    """Evaluate an expression: one result a line, as JSON; or what is wrong, with a caret below the place."""
    code, text = evaluate_file(resource, expression, questionnaire_path=form, now=SystemClock().now())
    sys.stdout.write(f"{text}\n")
    raise typer.Exit(code)


@contextmanager
def _told_plainly() -> Generator[None]:
    """What the operator can mend is told in their language, without a trace: a portal error, a setting of the wrong kind."""
    try:
        yield
    except PortalError as error:
        t = texts("fr" if os.environ.get("LANG", "").startswith("fr") else "en")
        sys.stderr.write(f"{t.say(error.message)}\n")
        raise typer.Exit(1) from None
    except ValidationError as error:
        for wrong in error.errors(include_url=False, include_input=False):
            name = "PORTAL_" + str(wrong["loc"][0]).upper().removeprefix("PORTAL_")
            sys.stderr.write(f"{name}: {wrong['msg']} (docs/settings.md)\n")
        raise typer.Exit(1) from None


if __name__ == "__main__":
    main()
