"""Addresses that are not pages, the pages of signing out, and the demonstration's outbox."""

import pytest
from nicegui.testing import User

from pages.base import Site
from pages.public.outbox import code_in
from portal import notifications
from portal.errors import Unavailable
from portal.notifications import Message
from portal.settings import Settings
from tests.cast import ANNE, CAMILLE, FATOU, PAULINE
from tests.pages.conftest import SignIn, reads


@pytest.mark.parametrize(
    ("person", "home"), [(CAMILLE, "/accueil"), (ANNE, "/patients"), (PAULINE, "/revue"), (FATOU, "/centres")]
)
async def test_the_front_door_leads_each_role_home(user: User, sign_in: SignIn, person, home: str):
    await sign_in(user, person)
    assert (await user.http_client.get("/")).headers["location"] == home


async def test_the_front_door_leads_a_stranger_to_sign_in(user: User):
    assert (await user.http_client.get("/")).headers["location"] == "/connexion"


async def test_the_chosen_language_stays(user: User):
    reads(user, "fr")
    answer = await user.http_client.get("/langue", params={"to": "en", "next": "/pro"})
    assert answer.headers["location"] == "/pro"
    await user.open("/pro")
    await user.should_see("Professionals")
    assert user.client is not None
    assert user.client.page.resolve_language() == "en-GB"


async def test_health_says_that_both_stores_answer(user: User):
    answer = await user.http_client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "record": True})


async def test_health_fails_when_the_record_server_is_away(user: User, site: Site, monkeypatch: pytest.MonkeyPatch):
    async def away(*_: object, **__: object) -> None:
        raise Unavailable

    monkeypatch.setattr(type(site.door.acting.service), "find", away)
    answer = await user.http_client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "record": False})


@pytest.mark.parametrize(
    ("path", "words", "link"),
    [
        ("/deconnexion", "Vous avez quitté le portail", 'href="/connexion"'),
        ("/deconnexion?fin=1&retour=/accueil", "Elles sont toutes enregistrées", "/connexion?retour=%2Faccueil"),
        ("/deconnexion?fin=1&pro=1&retour=/patients", "Elles sont toutes enregistrées", "/pro?retour=%2Fpatients"),
        ("/deconnexion?fin=1&retour=//evil.example", "Elles sont toutes enregistrées", 'href="/connexion"'),
        ("/aide-connexion", "Appelez votre centre expert", 'href="tel:3114"'),
    ],
)
async def test_signed_out_and_help_pages_show_the_way(user: User, path: str, words: str, link: str):
    await user.open(path)
    await user.should_see(words)
    await user.should_see(link)


async def test_the_outbox_shows_the_newest_message_first_and_its_code(user: User, site: Site):
    for code in ("11112222", "33334444"):
        message = Message(kind="sms", to="+33639981000", subject="", body=f"{code} <b>est</b> votre code")
        await notifications.send(site.door.acting, message)
    kept = (await user.http_client.get("/demo/outbox.json")).json()["messages"]
    assert [one["code"] for one in kept] == ["33334444", "11112222"]
    await user.open("/demo/outbox")
    await user.should_see("33334444")
    await user.should_see("&lt;b&gt;est")


def test_a_code_is_found_in_a_message_and_a_phone_number_is_not_one():
    assert code_in("Voici\n\n12345678\n\nmerci") == "12345678"
    assert code_in("Appelez le +33639981000") == ""


class TestWithoutDemonstration:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"demo": False})

    async def test_there_is_no_outbox(self, user: User):
        for path in ("/demo/outbox", "/demo/outbox.json"):
            assert (await user.http_client.get(path)).status_code == 404
