"""Opening the portal as a demonstration: its world is made at the first start and found again at the next ones."""

import shutil
from collections.abc import Callable

from portal.app import FACE_TOKEN, Portal, open_portal
from portal.demo.cast import PATIENTS, PROFESSIONALS
from portal.demo.clean import MARK
from portal.demo.world import DEMO_PASSWORD, build_world
from portal.errors import NotReady
from portal.i18n import N_
from portal.settings import Settings

READY = "demonstration-ready"
"""Written when the world is whole: a making that was cut short is begun anew."""


async def open_demo(settings: Settings, *, report: Callable[[str], None]) -> Portal:
    """Raises `NotReady` when the folder holds anything but a demonstration: real data are never mixed with fiction."""
    folder = settings.data_dir
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise NotReady(
            N_("{folder} holds other data than a demonstration's. Choose another PORTAL_DATA_DIR."), folder=str(folder)
        )
    if folder.exists() and not (folder / READY).exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / MARK).touch()
    portal = await open_portal(settings)
    if not (folder / READY).exists():
        report("Making the demonstration's people and their two years (about a minute, this once)…")
        try:
            await build_world(portal.acting, portal.service(), portal.trials, today=portal.clock.today(), report=report)
        except BaseException:
            await portal.close()
            raise
        (folder / READY).touch()
    return portal


def welcome(settings: Settings) -> str:
    """What the operator reads once the demonstration runs: the address, who may sign in, where codes are read."""
    first = PATIENTS[0]
    lines = [
        "",
        f"  Portail FondaMental: {settings.address}",
        "",
        "  Everyone below is fictitious. One-time codes are read at",
        f"  {settings.address}/demo/outbox  (or /demo/outbox.json)",
        "",
        f"  Patient        {settings.address}/connexion   {first.email}   (code only)",
    ]
    jobs = {
        "psychiatrist": "Psychiatrist",
        "nurse": "Nurse",
        "arc": "ARC",
        "organization-admin": "Centre admin",
        "admin": "Administrator",
    }
    shown: set[str] = set()
    for person in PROFESSIONALS:
        if person.role in jobs and person.role not in shown:
            shown.add(person.role)
            lines.append(f"  {jobs[person.role]:<14} {settings.address}/pro   {person.email}   {DEMO_PASSWORD}")
    lines += ["", f"  FHIR R4        {settings.address}/fhir   bearer token in {settings.data_dir / FACE_TOKEN}"]
    lines += ["", "  Ctrl+C stops it; the data stay. `make clean-demo` empties them.", ""]
    return "\n".join(lines)
