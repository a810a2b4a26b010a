"""What every page stands on: who may see it, handlers that check again, errors where one looks, the question before the end."""

from collections.abc import Callable

import pytest
from nicegui import ui
from nicegui.testing import User

from components.blocks import Button
from pages.base import Site, Visit
from portal.access import Role
from portal.accounts import sessions
from portal.clock import FixedClock
from portal.errors import NotFound, PortalError, Refused, Unavailable, VersionConflict
from tests.cast import ANNE, CAMILLE, PAULINE
from tests.changing import change
from tests.pages.conftest import SignIn, reads

PRIVATE = frozenset({Role.PSYCHIATRIST})


@pytest.fixture
def audiences() -> tuple[str, ...]:
    return ("public",)


@pytest.fixture
def done() -> list[str]:
    """What the handlers of the test's page have done."""
    return []


@pytest.fixture
def page(site: Site, done: list[str]) -> Callable[..., None]:
    """Makes /page for psychiatrists, with one button whose handler may raise an error."""

    def make(error: Exception | None = None, *, at_build: Exception | None = None, while_away: bool = False) -> None:
        @site.page("/page", roles=PRIVATE)
        async def shown(visit: Visit) -> None:
            if at_build is not None:
                raise at_build
            with visit.frame().page("Page"):

                async def handler() -> None:
                    if error is not None:
                        raise error
                    done.append(visit.me.actor.name)

                Button("Do", visit.guard(handler, while_away=while_away))

    return make


async def press(user: User) -> None:
    (button,) = [one for one in user.find(Button).elements if one.text == "Do"]
    with user:
        await button.press()


async def test_a_handler_of_a_live_session_runs(user: User, sign_in: SignIn, page, done: list[str]):
    page()
    await sign_in(user, ANNE)
    await user.open("/page")
    await press(user)
    assert done == [ANNE.name]


async def test_a_stranger_is_led_to_the_door_of_the_page_with_the_way_back(user: User, page):
    page()
    answer = await user.http_client.get("/page?tab=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/pro?retour=/page%3Ftab%3D2")


@pytest.mark.parametrize("person", [CAMILLE, PAULINE])
async def test_another_role_is_refused(user: User, sign_in: SignIn, page, person):
    page()
    await sign_in(user, person)
    assert (await user.http_client.get("/page")).status_code == 403


@pytest.mark.parametrize(
    ("error", "status"), [(NotFound(), 404), (Refused("test"), 403), (Unavailable(), 503), (PortalError(), 500)]
)
async def test_an_error_while_building_is_a_page_with_its_status(
    user: User, sign_in: SignIn, page, error: Exception, status: int
):
    page(at_build=error)
    await sign_in(user, ANNE)
    answer = await user.http_client.get("/page")
    assert answer.status_code == status
    assert "<h1" in answer.text.replace("&lt;", "<")


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("fr", "Une autre personne vient de modifier ceci."),
        ("en", "Someone else has just changed this."),
    ],
)
async def test_an_error_of_a_handler_is_told_on_the_page(user: User, sign_in: SignIn, page, locale: str, sentence: str):
    page(VersionConflict())
    reads(user, locale)
    await sign_in(user, ANNE)
    await user.open("/page")
    await press(user)
    await user.should_see(sentence)


async def test_a_fault_of_ours_is_told_without_its_text(user: User, sign_in: SignIn, page, capsys):
    page(ValueError("canary"))
    await sign_in(user, ANNE)
    await user.open("/page")
    await press(user)
    await user.should_see("Quelque chose n’a pas fonctionné")
    assert "canary" not in "".join(capsys.readouterr())


async def test_a_refusal_is_audited(user: User, sign_in: SignIn, page, site: Site):
    page(Refused("patient:read: not-in-own-centres"))
    await sign_in(user, ANNE)
    await user.open("/page")
    await press(user)
    await site.later.drained()
    (event,) = await site.door.acting.service.all("AuditEvent", {"outcome": "4"})
    assert event["outcomeDesc"] == "patient:read: not-in-own-centres"
    assert event["agent"][0]["who"]["reference"] == "Practitioner/anne"


async def test_a_handler_of_an_ended_session_does_nothing(
    user: User, sign_in: SignIn, page, done: list[str], site: Site
):
    page()
    await sign_in(user, ANNE)
    await user.open("/page")
    await sessions.end_all(site.door, "u-anne")
    await press(user)
    assert done == []


async def test_a_handler_does_nothing_once_the_right_is_withdrawn(
    user: User, sign_in: SignIn, page, done: list[str], site: Site
):
    page()
    await sign_in(user, ANNE)
    await user.open("/page")
    await change(site.door.acting.service, "User", "u-anne", {"inactive": True})
    await press(user)
    assert done == []


@pytest.mark.parametrize("while_away", [True, False])
async def test_only_what_needs_no_record_goes_on_while_the_record_server_is_away(
    user: User, sign_in: SignIn, page, done: list[str], monkeypatch: pytest.MonkeyPatch, while_away: bool
):
    page(while_away=while_away)
    await sign_in(user, ANNE)
    await user.open("/page")

    async def away(*_: object, **__: object) -> None:
        raise Unavailable

    monkeypatch.setattr("portal.accounts.people.account", away)
    await press(user)
    assert done == ([ANNE.name] if while_away else [])


class TestBeforeTheEnd:
    QUESTION = "Êtes-vous toujours là"

    @pytest.fixture
    async def opened(self, user: User, sign_in: SignIn, page) -> User:
        page()
        await sign_in(user, ANNE)
        await user.open("/page")
        return user

    async def test_a_page_asks_a_minute_before_it_closes(self, opened: User, site: Site, clock: FixedClock):
        clock.tick(13 * 60)
        await site.open_pages.sweep()
        await opened.should_not_see(self.QUESTION)
        clock.tick(61)
        await site.open_pages.sweep()
        await opened.should_see(self.QUESTION)

    async def test_an_answer_keeps_the_session(self, opened: User, site: Site, clock: FixedClock):
        clock.tick(14 * 60 + 30)
        await site.open_pages.sweep()
        (go_on,) = [one for one in opened.find(Button).elements if one.text == "Oui, je continue"]
        with opened:
            await go_on.press()
        clock.tick(60)
        await site.open_pages.sweep()
        await opened.should_not_see(self.QUESTION)
        assert await sessions.sessions_of(site.door, "u-anne")

    async def test_without_an_answer_the_page_is_sent_to_sign_in_again(
        self, opened: User, site: Site, clock: FixedClock
    ):
        clock.tick(15 * 60)
        await site.open_pages.sweep()
        await opened.should_see("Votre session est terminée")
        await opened.should_see("/pro?retour=%2Fpage")

    async def test_a_page_that_opens_while_the_others_are_looked_at_stays(
        self,
        opened: User,
        create_user: Callable[[], User],
        sign_in: SignIn,
        site: Site,
        monkeypatch: pytest.MonkeyPatch,
    ):
        late, true_way = create_user(), sessions.time_left
        await sign_in(late, ANNE)

        async def slow(door, ids):
            left = await true_way(door, ids)
            await late.open("/page")  # a session that was not asked about
            return left

        sent_away: list[str] = []
        monkeypatch.setattr(sessions, "time_left", slow)
        monkeypatch.setattr(ui.navigate, "to", sent_away.append)
        await site.open_pages.sweep()
        assert sent_away == []
