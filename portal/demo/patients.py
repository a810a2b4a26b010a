"""Sixty lives of two years, each step by the verb that its day would have taken: entry, drugs, blood, visits, questionnaires."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from portal.access import Actor, Role
from portal.acting import Acting
from portal.chance import Chance, SeededChance
from portal.clock import PARIS, FixedClock
from portal.demo.cast import DemoPatient
from portal.demo.filling import answers
from portal.demo.lives import MONTHS, Course, Life, day_of, life_of, sample
from portal.people import create_patient, link_patient, patient_scope
from portal.record import acknowledge_alert, add_biology, add_treatment, alerts, change_dose, stop_treatment
from portal.responses import Draft, assign, open_draft, save_answer, submit
from portal.trials import Trial, enrol, open_visit, plan_visits, visits

Open = Callable[[Actor], Acting]
EVERY_QUARTER = ("PHQ9",)
EVERY_HALF_YEAR = ("GAD7",)
STAFF_HALF_YEAR = ("MADRS",)
STAFF_EACH_YEAR = ("EGF",)
IF_BIPOLAR = {"patient": ("ASRM",), "staff": ("YMRS",)}
ASKED_NOW = ("PHQ9", "GAD7", "SOCIAL")
LABORATORIES = ("Laboratoire de démonstration", "Biologie des Tilleuls (démonstration)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Staff:
    """Ids of the centres by code, and each professional as an actor, by e-mail."""

    centres: Mapping[str, str]
    actors: Mapping[str, Actor]

    def of(self, centre: str, *roles: Role) -> Actor:
        """Somebody of that centre with one of these roles, else with any."""
        here = [actor for actor in self.actors.values() if self.centres[centre] in actor.organizations]
        return next((actor for actor in here if actor.role in roles), here[0])


@dataclass(kw_only=True)
class Story:
    """One patient's way through two years, with the doors of those who act in it."""

    open: Open
    staff: Staff
    trials: Mapping[str, Trial]
    patient: DemoPatient
    start: date
    today: date
    life: Life = field(init=False)
    chance: Chance = field(init=False)
    id: str = ""
    lines: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self.life = life_of(self.patient)
        self.chance = SeededChance(10_000 + self.patient.number)

    def acting(self, actor: Actor, day: date, hour: int = 9) -> Acting:
        return replace(self.open(actor), clock=FixedClock(morning(day, hour)), chance=self.chance)

    def doctor(self, day: date) -> Acting:
        return self.acting(self.staff.of(self.patient.centres[0], Role.PSYCHIATRIST), day)

    def person(self, day: date) -> Acting:
        actor = Actor(
            user=self.id,
            role=Role.PATIENT,
            reference=f"Patient/{self.id}",
            name=f"{self.patient.given} {self.patient.family}",
        )
        return self.acting(actor, day, hour=20)

    def month(self, day: date) -> float:
        return (day - self.start).days / 30.44


def morning(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=PARIS).astimezone(UTC)


async def live(story: Story) -> None:
    patient = story.patient
    entered = story.start
    story.id = await create_patient(
        story.doctor(entered),
        family=patient.family,
        given=patient.given,
        birth_date=patient.birth_date,
        gender=patient.gender,
        organization=story.staff.centres[patient.centres[0]],
        network=patient.network,
        email=patient.email,
        phone=patient.phone,
    )
    for code in patient.centres[1:]:
        await link_patient(story.acting(story.staff.of(code), entered), story.id, story.staff.centres[code])
    for course in sorted(story.life.courses, key=lambda course: course.since):
        await _take(story, course)
    for quarter in range(0, MONTHS + 1, 3):
        await _blood(story, min(float(quarter), MONTHS - 0.35), last=quarter == MONTHS)
    seen = await _trial(story) if patient.trial in story.trials else set[date]()
    await _follow_up(story, seen)
    await _now(story)
    await _acknowledge(story)


async def _acknowledge(story: Story) -> None:
    """The team has seen what is older than three weeks, each on the day after it was raised."""
    for alert in await alerts(story.doctor(story.today), story.id):
        day = alert.at.astimezone(PARIS).date()
        if day < story.today - timedelta(days=21):
            await acknowledge_alert(story.doctor(day + timedelta(days=1)), alert.id, note="Vu en entretien.")


async def _take(story: Story, course: Course) -> None:
    """A line of treatment begins, or continues at another dose."""
    begin = day_of(story.start, course.since)
    earlier = next((c for c in story.life.courses if c.atc == course.atc and c.until == course.since), None)
    acting = story.doctor(begin)
    dosage = f"{course.mg} mg par jour"
    if earlier is not None:
        line = await change_dose(acting, story.lines[earlier.atc], dosage=dosage, on=begin)
    else:
        line = await add_treatment(acting, story.id, name=course.name, dosage=dosage, start=begin, atc=course.atc)
    story.lines[course.atc] = line
    if course.until is not None and course.reason != "dose" and day_of(story.start, course.until) <= story.today:
        ended = day_of(story.start, course.until)
        await stop_treatment(story.doctor(ended), story.lines[course.atc], on=ended, reason=course.reason)


async def _blood(story: Story, month: float, *, last: bool) -> None:
    day = day_of(story.start, month)
    nurse = story.staff.of(story.patient.centres[0], Role.NURSE, Role.PSYCHIATRIST)
    taken = datetime.combine(day, time(7, 40), tzinfo=PARIS)
    await add_biology(
        story.acting(nurse, day, hour=15),
        story.id,
        at=taken,
        results=sample(story.life, month, last=last),
        fasting=True,
        laboratory=LABORATORIES[story.life.luck("laboratory", round(month)).random() < 0.3],
    )


async def _trial(story: Story) -> set[date]:
    """Entry into the study some months ago, then its visits in order. Returns the days on which forms were filled."""
    trial = story.trials[story.patient.trial or ""]
    months = 18 - (story.patient.number * 7) % 13 if trial.kind == "cohort" else 1 + (story.patient.number * 5) % 9
    entry = day_of(story.today, -months) + timedelta(days=9 + story.patient.number % 17)
    centre = story.staff.centres[story.patient.centres[0]]
    scope = await patient_scope(story.doctor(entry), story.id)
    enrolment = await enrol(
        story.doctor(entry),
        trial,
        patient=story.id,
        organization=centre,
        scope=scope,
        number=f"{story.patient.centres[0]}-{story.patient.number + 1:03d}",
    )
    seen: set[date] = set()
    for _ in range(12):
        await plan_visits(story.doctor(entry), trial, subject=enrolment.subject, scope=scope)
        planned = [
            v for v in await visits(story.doctor(entry), enrolment.subject, scope) if v.status == "planned" and v.day
        ]
        due = min(planned, key=lambda visit: visit.day or date.max, default=None)
        if due is None or due.day is None or due.day >= story.today:
            break  # today's visit is still to come: nothing may have been sent later than now
        entry = due.day
        tasks = await open_visit(story.doctor(due.day), trial, visit=due.id, scope=scope, on=morning(due.day))
        recent = (story.today - due.day).days < 20
        luck = story.life.luck("visit", due.day.toordinal())
        for task in tasks:
            if not (recent and luck.random() < 0.4):
                await _fill(story, task, due.day)
        seen.add(due.day)
    return seen


async def _follow_up(story: Story, seen: set[date]) -> None:
    """Between visits: a mood questionnaire each quarter, the others each half-year, unless a visit has just asked them."""
    for quarter in range(0, MONTHS, 3):
        day = day_of(story.start, quarter + 0.2 + story.life.luck("day", quarter).random())
        if any(abs((day - visit).days) < 40 for visit in seen):
            continue
        half, year = quarter % 6 == 0 or story.patient.number == 0, quarter % 12 == 0
        bipolar = story.patient.network == "bipolar" and half
        for code in (*EVERY_QUARTER, *(EVERY_HALF_YEAR if half else ()), *(IF_BIPOLAR["patient"] if bipolar else ())):
            await _ask_and_fill(story, code, day, filled_by="patient")
        staff = (
            *(STAFF_HALF_YEAR if half else ()),
            *(IF_BIPOLAR["staff"] if bipolar else ()),
            *(STAFF_EACH_YEAR if year else ()),
        )
        for code in staff:
            await _ask_and_fill(story, code, day, filled_by="staff")


async def _ask_and_fill(story: Story, code: str, day: date, *, filled_by: Literal["patient", "staff"]) -> None:
    task = await assign(story.doctor(day), patient=story.id, questionnaire=code, filled_by=filled_by)
    await _fill(story, task, day)


async def _fill(story: Story, task: str, day: date, *, leave_half: bool = False) -> None:
    """Open, answer one by one, send; or leave half of it for later."""
    stored = await story.doctor(day).fhir.read("Task", task)
    by_patient = stored["owner"]["reference"].startswith("Patient/")
    acting = story.person(day) if by_patient else story.doctor(day)
    draft = await open_draft(acting, task)
    given = list(answers(draft.session, story.life, story.month(day))) if leave_half else None
    if given is not None:
        for path, value in given[: max(1, len(given) // 2)]:
            await _answer(acting, draft, path, value)
        return
    for path, value in answers(draft.session, story.life, story.month(day)):
        await _answer(acting, draft, path, value)
    await submit(acting, draft)


async def _answer(acting: Acting, draft: Draft, path: str, value: object) -> None:
    draft.session.set(path, value)
    await save_answer(acting, draft, path, value)


async def _now(story: Story) -> None:
    """What waits today: some questionnaires to do, some begun, some late."""
    number = story.patient.number
    luck = story.life.luck("now")
    if number == 0:
        await _fill(
            story,
            await assign(_yesterday(story), patient=story.id, questionnaire="PHQ9"),
            story.today - timedelta(days=11),
        )
    wanted = ASKED_NOW if number == 0 else luck.sample(ASKED_NOW, luck.choice((0, 1, 1, 2)))
    for position, code in enumerate(wanted):
        asked = story.today - timedelta(days=3 + position)
        due = story.today + timedelta(days=9 if number == 0 else luck.randrange(-2, 21))
        task = await assign(story.doctor(asked), patient=story.id, questionnaire=code, due=due)
        if code == "SOCIAL" and number % 4 == 0:
            await _fill(story, task, story.today - timedelta(days=1), leave_half=True)


def _yesterday(story: Story) -> Acting:
    return story.doctor(story.today - timedelta(days=12))
