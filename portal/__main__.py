"""The `portal` command line. The one module of this package that starts the pages."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from portal.authoring.commands import questionnaire
from portal.errors import PortalError
from portal.i18n import texts
from portal.settings import Settings

main = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The portal of the expert centres."
)
main.add_typer(questionnaire, name="questionnaire")


@main.command()
def serve(
    *,
    demo: Annotated[bool, typer.Option(help="Fictitious people, outbox page, FHIR face.")] = False,
) -> None:
    """Start the portal; settings come from the environment (docs/settings.md)."""
    from pages.site import serve_site

    settings = Settings()
    if demo:
        settings = settings.model_copy(update={"demo": True})
    _run(serve_site(settings))


@main.command("clean-demo")
def clean_demo() -> None:
    """Empty the demonstration: its data folder goes, the next start makes a fresh one."""
    from portal.demo import clean

    sys.stdout.write(f"{clean(Settings().data_dir)}\n")


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Runs until done; a portal error is told in the operator's language, without a trace."""
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        pass
    except PortalError as error:
        t = texts("fr" if os.environ.get("LANG", "").startswith("fr") else "en")
        sys.stderr.write(f"{t.say(error.message)}\n")
        raise typer.Exit(1) from None


if __name__ == "__main__":
    main()
