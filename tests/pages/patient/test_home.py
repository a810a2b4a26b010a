"""Home: one thing to do first, then the rest; words where there is nothing."""

from datetime import timedelta

from nicegui.testing import User

from portal.clock import FixedClock
from tests.cast import ANNE
from tests.pages.conftest import SignIn, reads
from tests.pages.patient.conftest import NEVER, Ask, answer_phq9, choose, press


async def test_a_first_visit_says_what_this_place_is_for(camille: User) -> None:
    await camille.open("/accueil")
    await camille.should_see("Bonjour Camille")
    await camille.should_see("Bienvenue")


async def test_the_next_questionnaire_comes_first_with_its_day(camille: User, ask: Ask, clock: FixedClock) -> None:
    await ask("GAD7")
    await ask("PHQ9", due=clock.today() + timedelta(1))
    await camille.open("/accueil")
    await camille.should_see("À finir d’ici demain")
    await camille.should_see("Commencer")


async def test_a_begun_questionnaire_says_how_far_it_is(camille: User, ask: Ask) -> None:
    task = await ask("GAD7")
    await camille.open(f"/questionnaire/{task}")
    await choose(camille, "q1", NEVER)
    await camille.open("/accueil")
    await camille.should_see("Vous avez répondu à 1 question sur 7")
    await camille.should_see("Enregistré à 14")
    await camille.should_see("Continuer")


async def test_what_was_sent_is_kept_in_sight(camille: User, ask: Ask) -> None:
    task = await ask("PHQ9")
    await camille.open(f"/questionnaire/{task}")
    await answer_phq9(camille)
    await press(camille, "Envoyer mes réponses")
    await camille.open("/accueil")
    await camille.should_see("Déjà envoyés")
    await camille.should_see("Rien à faire aujourd’hui")


async def test_the_help_numbers_are_on_the_home_page(camille: User) -> None:
    await camille.open("/accueil")
    await camille.should_see("3114")


async def test_home_speaks_english(camille: User) -> None:
    reads(camille, "en")
    await camille.open("/accueil")
    await camille.should_see("Hello Camille")


async def test_home_is_not_for_professionals(user: User, sign_in: SignIn) -> None:
    await sign_in(user, ANNE)
    answer = await user.http_client.get("/accueil")
    assert "Bonjour" not in answer.text


async def test_who_is_not_signed_in_is_led_to_the_door(user: User) -> None:
    answer = await user.http_client.get("/accueil")
    assert answer.headers["location"].startswith("/connexion?retour=")


async def test_without_a_planned_visit_the_page_says_so(camille: User) -> None:
    await camille.open("/visites")
    await camille.should_see("Aucune visite n’est prévue")


async def test_the_list_of_questionnaires_has_the_length_of_each(camille: User, ask: Ask) -> None:
    await ask("GAD7")
    await camille.open("/questionnaires")
    await camille.should_see("7 questions, environ 2")
