"""Making the demonstration's world, through the verbs that real use takes, in the order in which it would have happened."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from portal.access import Actor, Role, Scope
from portal.acting import Acting
from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.demo.cast import CENTRES, PATIENTS, PROFESSIONALS, DemoPatient, Professional
from portal.demo.lives import MONTHS, day_of
from portal.demo.patients import Open, Staff, Story, live, morning
from portal.people import create_organization, create_practitioner
from portal.review import ItemState, Verdict, decide_item, review_of
from portal.trials import Trial, assign_trial, name_arc, subjects, visits

DEMO_PASSWORD = "demonstration-2026"  # noqa: S105 – printed at start; opens nothing but fiction
TOGETHER = 6
"""Lives that are lived at the same time, so that one waits for the disk while another thinks."""

Report = Callable[[str], None]


async def build_world(
    open_: Open, service: Acting, trials: Mapping[str, Trial], *, today: date, report: Report
) -> None:
    """Everything, ending on `today`. `open_` gives an actor's own doors, `service` is the portal itself."""
    start = day_of(today, -MONTHS)
    began = replace(service, clock=FixedClock(morning(start)), chance=SeededChance(1))
    staff = await _staff(began)
    for centre in CENTRES:
        for trial in centre.trials:
            await assign_trial(began, trial, staff.centres[centre.code])
    report(f"{len(CENTRES)} centres, {len(PROFESSIONALS)} professionals")
    gate = asyncio.Semaphore(TOGETHER)

    async def one(patient: DemoPatient) -> None:
        async with gate:
            await live(Story(open=open_, staff=staff, trials=trials, patient=patient, start=start, today=today))

    for first in range(0, len(PATIENTS), 20):
        await asyncio.gather(*(one(patient) for patient in PATIENTS[first : first + 20]))
        report(f"{min(first + 20, len(PATIENTS))} of {len(PATIENTS)} patients, two years each")
    await _reviews(open_, staff, trials, today)
    report("remarks of the clinical research associates")


async def _staff(acting: Acting) -> Staff:
    centres = {
        centre.code: await create_organization(
            acting, name=centre.name, city=centre.city, centre_code=centre.code, networks=centre.networks
        )
        for centre in CENTRES
    }
    actors: dict[str, Actor] = {}
    for person in PROFESSIONALS:
        organizations = [centres[code] for code in person.centres]
        practitioner = await create_practitioner(
            acting,
            family=person.family,
            given=person.given,
            email=person.email,
            gender=person.gender,
            role=person.role,
            organizations=organizations,
            password=DEMO_PASSWORD,
        )
        for trial in person.trials:
            await name_arc(acting, trial, practitioner)
        actors[person.email] = _actor(person, practitioner, organizations)
    return Staff(centres=centres, actors=actors)


def _actor(person: Professional, practitioner: str, organizations: list[str]) -> Actor:
    return Actor(
        user=practitioner,
        role=person.role,
        reference=f"Practitioner/{practitioner}",
        name=f"{person.given} {person.family}",
        organizations=frozenset(organizations),
        trials=frozenset(person.trials),
    )


async def _reviews(open_: Open, staff: Staff, trials: Mapping[str, Trial], today: date) -> None:
    """Each ARC has decided the first forms of some subjects, and found something to ask in one of them."""
    for email, actor in sorted(staff.actors.items()):
        if actor.role is not Role.ARC:
            continue
        acting = replace(
            open_(actor), clock=FixedClock(morning(today - timedelta(days=6))), chance=SeededChance(900 + len(email))
        )
        for trial in sorted(actor.trials & set(trials)):
            rows = (await subjects(acting, trial)).rows[:6]
            for number, row in enumerate(rows):
                scope = Scope(patient=row.patient, trials=frozenset({trial}))
                sent = [form for visit in await visits(acting, row.subject, scope) for form in visit.forms]
                done = [form.response for form in sent if form.status == "completed" and form.response]
                for response in done[: 2 + number % 3]:
                    await _review(acting, response, doubt=number == 1 and response == done[0])


async def _review(acting: Acting, response: str, *, doubt: bool) -> None:
    review = await review_of(acting, response)
    for index, item in enumerate(review.items):
        if item.state is ItemState.TO_REVIEW:
            if doubt and index == 1:
                comment = "Cette réponse ne va pas avec le reste du formulaire. Pouvez-vous vérifier ?"
                await decide_item(acting, response, item.place.location, Verdict.NOT_VALID, comment)
            else:
                await decide_item(acting, response, item.place.location, Verdict.VALID)
