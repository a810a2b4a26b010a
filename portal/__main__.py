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

from portal import telemetry
from portal.access import twins
from portal.authoring.commands import questionnaire
from portal.chance import SystemChance
from portal.clock import SystemClock
from portal.embedded import address_of, box_options, create_app
from portal.errors import Invalid, PortalError
from portal.fhirpath.cli import evaluate_file
from portal.i18n import Texts, texts
from portal.settings import Settings

main = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The portal of the expert centres."
)
fhir = typer.Typer(no_args_is_help=True, help="The embedded FHIR backend on its own.")
fhirpath = typer.Typer(no_args_is_help=True, help="FHIRPath for authors.")
aidbox = typer.Typer(no_args_is_help=True, help="Preparing an Aidbox for the portal.")
user = typer.Typer(no_args_is_help=True, help="Accounts that nobody signs up for.")
main.add_typer(questionnaire, name="questionnaire")
main.add_typer(fhir, name="fhir")
main.add_typer(fhirpath, name="fhirpath")
main.add_typer(aidbox, name="aidbox")
main.add_typer(user, name="user")


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


@main.command()
def worker(
    *,
    check: Annotated[bool, typer.Option(help="Only say whether work is left lying; exit code 1 when it is.")] = False,
) -> None:
    """Do what waits in the queue, beside web processes that run with PORTAL_JOBS=worker."""
    from portal.app import open_portal
    from portal.worker import left_lying, run_worker

    with _told_plainly(), suppress(KeyboardInterrupt):
        settings = Settings()
        if check:
            late = asyncio.run(left_lying(settings))
            sys.stdout.write(f"{late}\n")
            raise typer.Exit(1 if late else 0)
        telemetry.configure(settings)

        async def work() -> None:
            portal = await open_portal(settings)
            try:
                await run_worker(portal)
            finally:
                await portal.close()

        asyncio.run(work())


@main.command("clean-demo")
def clean_demo() -> None:
    """Empty the demonstration: its data folder goes, the next start makes a fresh one."""
    from portal.demo import clean

    with _told_plainly():
        sys.stdout.write(f"{clean(Settings().data_dir)}\n")


@main.command()
def migrate() -> None:
    """Bring the portal's own database to this release. A start does the same by itself."""
    from portal.operations.commands import migrate

    with _told_plainly():
        migrate(Settings())


@main.command()
def check(
    *,
    contract: Annotated[bool, typer.Option(help="Also run the contract's tests against the FHIR server.")] = False,
) -> None:
    """Say what is missing or wrong in the settings, the database and the FHIR server; exit code 1 when something is."""
    from portal.operations.commands import check

    with _told_plainly():
        raise typer.Exit(check(Settings(), _texts(), contract=contract))


@aidbox.callback()
def aidbox_group() -> None:
    """Preparing an Aidbox for the portal."""


@aidbox.command("render-init-bundle")
def aidbox_render_init_bundle(
    *,
    out: Annotated[Path | None, typer.Option(help="File to write; the terminal without.", dir_okay=False)] = None,
    vault: Annotated[Path | None, typer.Option(help="File to write for BOX_VAULT_CONFIG.", dir_okay=False)] = None,
    secrets: Annotated[str, typer.Option(help="Folder where Aidbox finds the secrets' files.")] = "/run/secrets",
) -> None:
    """Write what an Aidbox must hold, for its BOX_INIT_BUNDLE. No secret is in it: `--vault` says which files hold them."""
    from portal.operations.commands import render_init_bundle

    with _told_plainly():
        render_init_bundle(Settings(), out=out, vault=vault, secrets=secrets)


@user.callback()
def user_group() -> None:
    """Accounts that nobody signs up for."""


@user.command("create-admin")
def user_create_admin(
    *,
    email: Annotated[str, typer.Option(prompt="E-mail", help="Their e-mail address; codes are sent there.")],
    family: Annotated[str, typer.Option(prompt="Last name", help="Their last name.")],
    given: Annotated[str, typer.Option(prompt="First name", help="Their first name.")],
    phone: Annotated[str, typer.Option(help="Their mobile number, for codes by text message.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
    ] = False,
) -> None:
    """Make an administrator of the foundation. The password is asked, or read from standard input: it never stands on the
    command line. With the embedded backend, stop the portal first.
    """
    from portal.administration import create_admin
    from portal.app import open_portal

    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)

    async def make() -> None:
        portal = await open_portal(Settings())
        try:
            service = portal.service()
            await create_admin(service, family=family, given=given, email=email, phone=phone or None, password=password)
        finally:
            await portal.close()

    with _told_plainly():
        asyncio.run(make())
        t = _texts()
        words = t("{email} administers the foundation's portal. Sign in at {address}.", email=email, address="/pro")
        sys.stdout.write(f"{words}\n")


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
    address = address_of(host, port)
    app = create_app(
        data, clock=SystemClock(), chance=SystemChance(), address=address, sql_twins=twins(), **box_options(os.environ)
    )
    sys.stdout.write(f"FHIR R4: {address}, records in {data}\n")
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
        wrong = [one.message for one in error.problems] if isinstance(error, Invalid) else [error.message]
        sys.stderr.writelines(f"{_texts().say(each)}\n" for each in wrong)
        raise typer.Exit(1) from None
    except ValidationError as error:
        for wrong in error.errors(include_url=False, include_input=False):
            name = "PORTAL_" + str(wrong["loc"][0]).upper().removeprefix("PORTAL_")
            sys.stderr.write(f"{name}: {wrong['msg']} (docs/settings.md)\n")
        raise typer.Exit(1) from None


def _texts() -> Texts:
    """The operator's language."""
    return texts("fr" if os.environ.get("LANG", "").startswith("fr") else "en")


if __name__ == "__main__":
    main()
