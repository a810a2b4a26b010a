"""Asks a patient of the demonstration for the long form: `python -m bench.asked camille@example.fr`, server stopped."""

import asyncio
import sys

from bench.tree import FORM
from portal.app import open_portal
from portal.responses import assign
from portal.settings import Settings


async def ask(email: str) -> tuple[str, str]:
    """Returns the ids of the patient and of the Task."""
    portal = await open_portal(Settings())
    try:
        acting = portal.service()
        patient = await acting.fhir.first_match("Patient", {"email": email})
        if patient is None:
            raise LookupError(f"no patient has the address {email}")
        return patient["id"], await assign(acting, patient=patient["id"], questionnaire=FORM)
    finally:
        await portal.close()


if __name__ == "__main__":
    print(*asyncio.run(ask(sys.argv[1])))
