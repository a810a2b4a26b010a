"""`portal check` on a server in Aidbox's dialect: all is well when it is, what is wrong is named, and nothing of the look stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from portal.chance import SystemChance
from portal.clock import SystemClock
from portal.i18n import texts
from portal.operations.check_database import database_findings
from portal.operations.check_server import clock_finding
from portal.operations.check_setup import setup_findings
from portal.operations.checking import look
from portal.operations.findings import Level, told, worst
from portal.settings import Settings

from .conftest import CLIENT_SECRET, SECRET_KEY, basic

MAIL = {"smtp_host": "mail.example.fr", "email_from": "Portail <portail@example.fr>"}
POLICY = {"resourceType": "AccessPolicy", "engine": "allow"}


@pytest.fixture
def well(settings: Settings) -> Settings:
    """Settings at which there is nothing to say."""
    return changed(settings, database_url=f"sqlite:///{settings.data_dir.parent / 'own.db'}")


def changed(settings: Settings, **more: object) -> Settings:
    return Settings(**{**settings.model_dump(), **more})


@pytest.fixture
def findings(content):
    async def looked(settings: Settings, variables=None) -> list[tuple[Level, str]]:
        found = [
            each
            async for each in look(
                settings, clock=SystemClock(), chance=SystemChance(), variables=variables or {}, content=content
            )
        ]
        return [(each.level, told(each, texts("en"))) for each in found]

    return looked


def bad(found: list[tuple[Level, str]]) -> list[str]:
    """What is not well, without what these tests leave as it is: a database in a file, messages to nobody."""
    left = ("serves one machine", "in the outbox", "have no sender")
    return [text for level, text in found if level is not Level.OK and not any(each in text for each in left)]


async def test_a_prepared_server_is_well(prepared, well, findings):
    found = await findings(well)
    assert bad(found) == []
    assert len(found) > 15


async def test_the_look_leaves_nothing_behind(prepared, well, findings):
    before = prepared.held()
    await findings(well)
    assert prepared.held() == before


async def test_a_server_that_nobody_prepared_is_named_as_such(server, well, findings):
    (problem,) = bad(await findings(well))
    assert problem.startswith("fault")
    assert "does not know client portal" in problem


async def test_a_server_that_is_away_is_named_as_such(well, findings):
    (problem,) = bad(await findings(changed(well, fhir_url="http://127.0.0.1:9/fhir")))
    assert "PORTAL_FHIR_URL" in problem


@pytest.mark.usefixtures("prepared")
async def test_another_secret_is_told(well, findings):
    (problem,) = bad(await findings(changed(well, fhir_client_secret="another")))
    assert "its secret is another" in problem


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize(
    ("different", "told"),
    [
        ({"secret_key": "another key of the tests, long enough to sign"}, "does not believe the portal's tokens"),
        ({"public_url": "https://moved.example.fr"}, "the issuer https://moved.example.fr"),
    ],
)
async def test_tokens_that_the_server_does_not_believe_are_told(well, findings, different, told):
    assert any(told in each for each in bad(await findings(changed(well, **different))))


BROKEN = {
    "an open door": (("PUT", "AccessPolicy/open", {**POLICY, "id": "open"}), "Records can be read without a right"),
    "a stranger's policy": (
        ("PUT", "AccessPolicy/theirs", {**POLICY, "id": "theirs", "engine": "matcho", "matcho": {"uri": "none"}}),
        "1 access policies are not the portal's (theirs)",
    ),
    "no policy for bundles": (("DELETE", "AccessPolicy/signed-in-bundles", None), "AccessPolicy: 1 missing"),
    "no introspector": (("DELETE", "TokenIntrospector/portal", None), "does not believe the portal's tokens"),
    "no topic": (("DELETE", "AidboxSubscriptionTopic/alert-raised", None), "AidboxSubscriptionTopic: 1 missing"),
    "a policy of an older release": (
        ("PUT", "AccessPolicy/auth-token", {**POLICY, "id": "auth-token", "engine": "matcho", "matcho": {"uri": "x"}}),
        "AccessPolicy: 1 not as this release has them (auth-token)",
    ),
    "a client without password grant": (
        ("PATCH", "Client/portal", {"grant_types": ["basic"]}),
        "may not ask whether a password is right",
    ),
    "a client with every right": (
        ("PUT", "AccessPolicy/all", {**POLICY, "id": "all", "link": [{"reference": "Client/portal"}]}),
        "may write access policies",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_what_is_wrong_on_the_server_is_told_with_what_to_do(prepared, well, findings, what):
    (method, url, body), told = BROKEN[what]
    assert prepared.root.request(method, url, json=body).is_success
    before = prepared.held()
    problems = [each for each in bad(await findings(well)) if told in each]
    assert len(problems) == 1
    assert "→" in problems[0]
    assert prepared.held() == before


async def test_a_missing_form_is_told(prepared, well, findings):
    gone = prepared.root.get("Questionnaire?_count=1").json()["entry"][0]["resource"]["id"]
    prepared.root.delete(f"Questionnaire/{gone}")
    (problem,) = bad(await findings(well))
    assert problem.startswith("warning  Questionnaire: 1 missing")
    assert gone in problem


WRONG = {
    "mail in clear": ({"smtp_security": "none"}, "E-mails travel to mail.example.fr unprotected"),
    "an address in clear": ({"public_url": "http://portail.example.fr"}, "travel unprotected"),
    "no address": ({"public_url": ""}, "nobody else reaches it"),
    "the demonstration": ({"demo": True}, "The demonstration is switched on"),
    "a key that can be guessed": ({"secret_key": "a" * 40}, "can be guessed"),
    "a short key": ({"secret_key": "short"}, "has 5 characters"),
    "records in clear": (
        {"fhir_url": "http://records.example.fr/fhir"},
        "Records travel to http://records.example.fr/fhir unprotected",
    ),
    "an address that is no FHIR base": ({"fhir_url": "https://aidbox.example.fr"}, "does not end with /fhir"),
    "no secret of the client": ({"fhir_client_secret": ""}, "The secret of the portal's client is not set"),
    "the client with every right": ({"fhir_client_id": "root"}, "would sign in to the FHIR server as root"),
    "a proxy that is not believed": ({"host": "0.0.0.0"}, "Only a proxy on this machine is believed"),
}


@pytest.fixture
def plain(tmp_path: Path) -> Settings:
    """Settings at which there is nothing to say, of a server that these tests do not ask."""
    return Settings(
        fhir_url="http://aidbox:8080/fhir",
        fhir_client_secret=CLIENT_SECRET,
        secret_key=SECRET_KEY,
        public_url="https://portail.example.fr",
        data_dir=tmp_path / "portal",
        **MAIL,
    )


def said(settings: Settings, **variables: str) -> list[str]:
    return bad([(each.level, told(each, texts("en"))) for each in setup_findings(settings, variables)])


def test_settings_that_are_well_are_told_so(plain):
    assert said(plain) == []


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_in_the_settings_is_told(plain, what):
    different, expected = WRONG[what]
    (problem,) = said(changed(plain, **different))
    assert expected in problem
    assert "→" in problem


def test_variables_that_change_nothing_any_more_are_named(plain):
    (problem,) = said(plain, MINIO_ROOT_USER="x", PATH="/bin")
    assert "MINIO_ROOT_USER is set and changes nothing: files are kept" in problem


def test_a_variable_that_is_left_empty_is_not_named(plain):
    assert said(plain, MINIO_ROOT_USER="") == []


def test_a_data_folder_that_others_may_read_is_told(plain):
    plain.data_dir.mkdir(mode=0o755)
    plain.data_dir.chmod(0o755)
    (problem,) = said(plain)
    assert "chmod 700" in problem


async def test_a_database_that_is_not_there_is_told(plain):
    gone = changed(plain, database_url="postgresql://portal:secret@127.0.0.1:9/portal")
    (problem,) = [told(each, texts("en")) async for each in database_findings(gone)]
    assert problem.startswith("fault    The portal's own database cannot be opened")
    assert "secret" not in problem


async def test_the_embedded_backend_needs_no_server(plain, findings):
    found = await findings(changed(plain, fhir_url="", fhir_client_secret="", smtp_host=""))
    assert bad(found) == []


async def test_no_finding_holds_a_secret(prepared, well, findings):
    text = str([*await findings(well), *await findings(changed(well, fhir_client_secret="wrong secret"))])
    secrets = [each.get_secret_value() for each in (well.secret_key, well.fhir_client_secret, well.fhir_root_secret)]
    assert [secret for secret in (*secrets, "wrong secret") if secret in text] == []


NOW = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, Level.OK), (-5, Level.OK), (30, Level.WARNING), (-61, Level.FAULT), (3600, Level.FAULT)]
)
def test_clocks_that_differ_are_told(seconds, level):
    date = (NOW + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert clock_finding(date, NOW).level is level


@pytest.mark.parametrize("date", ["", "tomorrow"])
def test_a_server_that_does_not_say_the_time_is_told(date):
    assert clock_finding(date, NOW).level is Level.WARNING


def test_the_worst_finding_decides():
    found = [clock_finding("", NOW), clock_finding("Wed, 02 Dec 2026 13:02:00 GMT", NOW)]
    assert worst(found) is Level.WARNING
    assert worst([]) is Level.OK


@pytest.mark.usefixtures("prepared")
def test_the_checks_account_opens_nothing(server):
    answer = httpx.get(
        f"{server.base}/fhir/User/portal-check", headers={"authorization": basic("portal", CLIENT_SECRET)}
    )
    assert {"password", "email", "fhirUser"} & answer.json().keys() == set()
