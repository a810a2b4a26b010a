"""Reading back what was sent, on the embedded backend: what an import left out, and what was not asked then."""

import pytest

from portal.app import CONTENT
from portal.authoring import Catalogue
from portal.clock import FixedClock
from portal.fhir import Transaction, systems
from portal.responses import assign, open_draft, read_response, responses_of, save_answer, sent_form, submit, tell, todo
from portal.sdc import compile_form
from portal.types import Json
from tests.responses.conftest import As, Serving
from tests.responses.test_on_the_real_server import NURSE, PEOPLE
from tests.responses.test_surroundings import KNOWN, SITE_CODES, SITES, by, launched

MONTPELLIER = "https://portail.fondation-fondamental.org/fhir/ValueSet/test-montpellier"
VISIT: Json = {
    "resourceType": "Encounter",
    "id": "visit",
    "status": "finished",
    "class": {"code": "AMB"},
    "subject": {"reference": "Patient/p1"},
    "period": {"start": "2026-12-01T09:00:00+01:00"},
}
ONLY_MONTPELLIER: Json = {
    "resourceType": "ValueSet",
    "id": "test-montpellier",
    "url": MONTPELLIER,
    "status": "active",
    "compose": {"include": [{"system": SITE_CODES, "concept": [{"code": "mo", "display": "Montpellier"}]}]},
}
FORM: Json = {
    "resourceType": "Questionnaire",
    "url": "https://portail.fondation-fondamental.org/fhir/Questionnaire/READ",
    "version": "1.0.0",
    "status": "active",
    "title": "À relire",
    "code": [{"system": systems.INSTRUMENT, "code": "READ"}],
    "extension": [launched("encounter", "Encounter")],
    "item": [
        {"linkId": "note", "type": "string", "text": "Note"},
        {"linkId": "site", "type": "choice", "text": "Lieu", "answerValueSet": SITES},
        {
            "linkId": "sea",
            "type": "boolean",
            "text": "Près de la mer ?",
            "extension": [
                by("enableWhenExpression", f"%resource.item.where(linkId = 'site').answer.value.memberOf('{MONTPELLIER}')")
            ],
        },
        {
            "linkId": "apart",
            "type": "boolean",
            "text": "Hors d’une visite ?",
            "extension": [by("enableWhenExpression", "%encounter.period.start.exists().not()")],
        },
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of([*Catalogue.load(CONTENT / "questionnaires").forms, compile_form(FORM)])


@pytest.fixture
async def as_(serving: Serving) -> As:
    return await serving([*PEOPLE, *KNOWN, ONLY_MONTPELLIER, VISIT])


async def asked(as_: As) -> str:
    return await assign(as_(NURSE), patient="p1", questionnaire="READ", filled_by="staff", encounter="visit")


async def sent(as_: As, site: str, task: str = "") -> str:
    nurse = as_(NURSE)
    draft = await open_draft(nurse, task or await asked(as_))
    draft.session.set("site", site)
    await save_answer(nurse, draft, "site", site)
    return (await submit(nurse, draft)).response


async def without_its_day(as_: As, response: str) -> None:
    """As an import writes it that does not know when it was answered."""
    service = as_(NURSE).service
    stored = await service.read("QuestionnaireResponse", response)
    await service.replace({key: value for key, value in stored.items() if key != "authored"})


async def imported(as_: As) -> str:
    service = as_(NURSE).service
    stored = await service.read("QuestionnaireResponse", await sent(as_, "cr"))
    transaction = Transaction()
    transaction.create({**{key: value for key, value in stored.items() if key not in {"authored", "meta"}}, "id": "i1"})
    await service.commit(transaction)
    return "i1"


async def test_a_response_that_does_not_say_when_is_of_the_day_it_was_received(as_: As, clock: FixedClock) -> None:
    read = await read_response(as_(NURSE), await imported(as_))
    assert read.at == clock.now()


async def test_a_response_that_does_not_say_when_is_listed(as_: As, clock: FixedClock) -> None:
    await imported(as_)
    assert [row.at for row in await responses_of(as_(NURSE), "p1")] == [clock.now(), clock.now()]


async def test_sending_is_told_of_a_response_that_does_not_say_when(as_: As, clock: FixedClock) -> None:
    task = await asked(as_)
    await without_its_day(as_, await sent(as_, "cr", task))
    told = await sent_form(as_(NURSE), task)
    assert told is not None
    assert told.at == clock.now()


@pytest.mark.parametrize(("site", "read"), [("cr", ["note", "site"]), ("mo", ["note", "site", "sea"])])
async def test_what_was_not_asked_is_not_read_as_unanswered(as_: As, site: str, read: list[str]) -> None:
    nurse, task = as_(NURSE), await asked(as_)
    draft = await open_draft(nurse, task)
    draft.session.set("site", site)
    await save_answer(nurse, draft, "site", site)
    await tell(nurse, draft.around, draft.session)
    if draft.session.state("sea").enabled:
        draft.session.set("sea", True)
        await save_answer(nurse, draft, "sea", True)
    found = await read_response(nurse, (await submit(nurse, draft)).response)
    assert [each.path for each in found.answers] == read


async def test_how_far_one_is_counts_what_is_asked_at_this_visit(as_: As) -> None:
    nurse, task = as_(NURSE), await asked(as_)
    draft = await open_draft(nurse, task)
    draft.session.set("note", "x")
    await save_answer(nurse, draft, "note", "x")
    assert not draft.session.state("apart").enabled
    [item] = await todo(nurse, patient="p1")
    assert (item.answered, item.questions) == (1, 2)
