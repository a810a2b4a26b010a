"""Asks a patient of the demonstration for the long forms: `python -m bench.asked Rouvière Camille`, server stopped."""

import asyncio
import sys

from bench.tree import SIZES, code_of
from portal.app import open_portal
from portal.responses import assign
from portal.settings import Settings


async def ask(family: str, given: str) -> list[str]:
    """Returns the ids of the patient and of a Task for each size."""
    portal = await open_portal(Settings())
    try:
        acting = portal.service()
        patient = await acting.fhir.first_match("Patient", {"family": family, "given": given})
        if patient is None:
            raise LookupError(f"no patient is called {given} {family}")
        tasks = [await assign(acting, patient=patient["id"], questionnaire=code_of(size)) for size in SIZES]
        return [patient["id"], *tasks]
    finally:
        await portal.close()


if __name__ == "__main__":
    print(*asyncio.run(ask(*sys.argv[1:])))
