"""Filling a questionnaire on screen: saved, resumed, checked, sent, thanked for."""

from nicegui.testing import User

from pages.base import Site
from portal.accounts import sessions
from portal.app import Portal
from portal.errors import Unavailable
from portal.fhir import Transport
from portal.responses import open_draft
from tests.cast import BRUNO
from tests.pages.conftest import SignIn
from tests.pages.patient.conftest import (
    NEARLY_EVERY_DAY,
    NEVER,
    SEVERAL_DAYS,
    Ask,
    answer_phq9,
    choose,
    press,
    question,
)


async def test_an_answer_is_told_to_be_saved(camille: User, ask: Ask) -> None:
    await camille.open(f"/questionnaire/{await ask('GAD7')}")
    await choose(camille, "q1", NEVER)
    await camille.should_see("Enregistré à 14")


async def test_a_questionnaire_says_what_it_is_and_whose_it_is(camille: User, ask: Ask) -> None:
    await camille.open(f"/questionnaire/{await ask('GAD7')}")
    await camille.should_see("Sept questions sur les deux dernières semaines.")
    await camille.should_see("Robert L. Spitzer")


async def test_another_device_shows_the_same_answers(camille: User, ask: Ask, create_user, sign_in: SignIn) -> None:
    from tests.cast import CAMILLE

    task = await ask("GAD7")
    await camille.open(f"/questionnaire/{task}")
    await choose(camille, "q1", SEVERAL_DAYS)
    tablet = create_user()
    await sign_in(tablet, CAMILLE)
    await tablet.open(f"/questionnaire/{task}")
    assert question(tablet, "q1").value == (SEVERAL_DAYS,)


async def test_a_stale_tab_is_told_and_shows_the_other_answers(
    camille: User, ask: Ask, create_user, sign_in: SignIn
) -> None:
    from tests.cast import CAMILLE

    task = await ask("GAD7")
    tablet = create_user()
    await sign_in(tablet, CAMILLE)
    await camille.open(f"/questionnaire/{task}")
    await tablet.open(f"/questionnaire/{task}")
    await choose(tablet, "q1", SEVERAL_DAYS)
    await choose(camille, "q2", NEVER)
    await camille.should_see("modifiées sur une autre page")
    assert question(camille, "q1").value == (SEVERAL_DAYS,)


async def test_missing_answers_are_listed_by_their_number(camille: User, ask: Ask) -> None:
    await camille.open(f"/questionnaire/{await ask('PHQ9')}")
    await press(camille, "Envoyer mes réponses")
    await camille.should_see("9 réponses à revoir")
    await camille.should_see("Question 9")


async def test_dark_thoughts_show_the_help_numbers_while_filling(camille: User, ask: Ask) -> None:
    await camille.open(f"/questionnaire/{await ask('PHQ9')}")
    await camille.should_not_see("Prévention du suicide")
    await answer_phq9(camille, last=SEVERAL_DAYS)
    await camille.should_see("Prévention du suicide")


async def test_the_help_numbers_go_when_the_answer_is_corrected(camille: User, ask: Ask) -> None:
    await camille.open(f"/questionnaire/{await ask('PHQ9')}")
    await choose(camille, "q9", SEVERAL_DAYS)
    await choose(camille, "q9", NEVER)
    await camille.should_not_see("Prévention du suicide")


async def test_dark_thoughts_raise_an_alert_and_the_thanks_show_help(camille: User, ask: Ask, portal: Portal) -> None:
    task = await ask("PHQ9")
    await camille.open(f"/questionnaire/{task}")
    await answer_phq9(camille, last=NEARLY_EVERY_DAY)
    await press(camille, "Envoyer mes réponses")
    await camille.open(f"/merci/{task}")
    await camille.should_see("Vous pouvez appeler maintenant")
    alerts = await portal.service().fhir.all("Task", {"code": "clinical-alert"})
    assert [alert["for"]["reference"] for alert in alerts] == ["Patient/camille"]


async def test_calm_answers_get_thanks_and_the_next_questionnaire(camille: User, ask: Ask) -> None:
    task, _ = await ask("PHQ9"), await ask("GAD7")
    await camille.open(f"/questionnaire/{task}")
    await answer_phq9(camille)
    await press(camille, "Envoyer mes réponses")
    await camille.open(f"/merci/{task}")
    await camille.should_see("Merci Camille")
    await camille.should_see("Continuer")
    await camille.should_not_see("cette période est difficile")


async def test_the_score_is_kept_with_its_severity(camille: User, ask: Ask, portal: Portal) -> None:
    await camille.open(f"/questionnaire/{await ask('PHQ9')}")
    await answer_phq9(camille, last=NEARLY_EVERY_DAY)
    await press(camille, "Envoyer mes réponses")
    found = await portal.service().fhir.all("Observation", {"patient": "Patient/camille"})
    totals = [each for each in found if each["id"].endswith("-phq9-total")]
    assert [each.get("valueInteger", each.get("valueQuantity", {}).get("value")) for each in totals] == [3]


async def test_a_form_in_parts_goes_on_and_back(camille: User, ask: Ask) -> None:
    await camille.open(f"/questionnaire/{await ask('SOCIAL')}")
    await camille.should_see("Partie 1 sur")
    await press(camille, "Continuer")
    await press(camille, "Continuer sans répondre")
    await camille.should_see("Partie 2 sur")
    await press(camille, "Partie précédente")
    await camille.should_see("Partie 1 sur")


async def test_leaving_and_coming_back_resumes_in_the_same_part(camille: User, ask: Ask) -> None:
    task = await ask("SOCIAL")
    await camille.open(f"/questionnaire/{task}")
    await press(camille, "Continuer")
    await press(camille, "Continuer sans répondre")
    await camille.open(f"/questionnaire/{task}")
    await camille.should_see("Partie 2 sur")


async def test_an_ended_session_saves_nothing_and_leads_to_the_door(
    camille: User, ask: Ask, site: Site, portal: Portal, clock
) -> None:
    task = await ask("GAD7")
    await camille.open(f"/questionnaire/{task}")
    await sessions.end_all(site.door, "u-camille")
    clock.tick(30)
    await choose(camille, "q1", SEVERAL_DAYS)
    draft = await open_draft(portal.acting(await _actor(site)), task)
    assert draft.session.state("q1").value is None
    await camille.should_see("Votre session est terminée")


async def test_answers_are_saved_while_the_record_is_away(camille: User, ask: Ask, monkeypatch) -> None:
    await camille.open(f"/questionnaire/{await ask('GAD7')}")
    monkeypatch.setattr(Transport, "send", _away)
    await choose(camille, "q1", SEVERAL_DAYS)
    await camille.should_see("Enregistré à 14")


async def test_sending_waits_when_the_record_is_away(camille: User, ask: Ask, monkeypatch) -> None:
    await camille.open(f"/questionnaire/{await ask('PHQ9')}")
    await answer_phq9(camille)
    monkeypatch.setattr(Transport, "send", _away)
    await press(camille, "Envoyer mes réponses")
    await camille.should_see("elles partiront dès qu’il répondra")


async def test_a_sent_questionnaire_opens_on_its_thanks(camille: User, ask: Ask) -> None:
    task = await ask("PHQ9")
    await camille.open(f"/questionnaire/{task}")
    await answer_phq9(camille)
    await press(camille, "Envoyer mes réponses")
    answer = await camille.http_client.get(f"/questionnaire/{task}")
    assert answer.headers["location"] == f"/merci/{task}"


async def test_the_questionnaire_of_somebody_else_does_not_open(user: User, sign_in: SignIn, ask: Ask) -> None:
    await sign_in(user, BRUNO)
    answer = await user.http_client.get(f"/questionnaire/{await ask('PHQ9')}")
    assert "PHQ-9" not in answer.text


async def _away(*_: object, **__: object) -> None:
    raise Unavailable


async def _actor(site: Site):
    from portal.accounts import people

    return await people.actor(site.door, "u-camille")
