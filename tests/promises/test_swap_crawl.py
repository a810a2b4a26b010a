"""The swap crawl on a real portal, with a real browser: all that a psychiatrist's and a patient's browser sent, sent again by
everybody else. Who may see which marked word is written here by hand; whoever is not named may see none.
"""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Collection, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.browser.conftest import demonstration
from tests.browser.server import Server
from tests.promises import swap_journey as journeys
from tests.promises.swap import DOCUMENT, Crawl, Found, Journey, Listening, Other
from tests.promises.swap_journey import Browsing, Recorded
from tests.promises.swap_world import NOBODY, PEOPLE, TYPED, Marked, mark

T = TypeVar("T")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PSYCHIATRIST, PATIENT = "psychiatrist", "patient"
CARE = frozenset({"family name", "Fondacode", "telephone", "free answer", "drug", "laboratory", "comment", DOCUMENT})
ENTITLED: dict[str, dict[str, frozenset[str]]] = {
    PSYCHIATRIST: {
        "nurse of the same centre": CARE,
        "psychologist of both centres": CARE,
    },
    PATIENT: {},
}
"""Whose journey → who → what they may see in an answer to one of its requests, or on their own copy of one of its pages."""
OWN_NAME = {("patient", "/compte"), ("patient", "GET /compte")}
"""Her own account, which happens to have the same address."""
EVERYBODY = tuple(PEOPLE)
SHORT = (
    "psychiatrist of another centre",
    "nurse of the same centre",
    "associate of the trial",
    "administrator of the foundation",
    "administrator of another centre",
    "another patient of the centre",
)
NEVER = {"event", "handshake"}
"""Ways by which nobody sees anything of another's page, whoever they are."""
COOKIE = "portal"
VERSIONS = """
SELECT kind.text, resource.id, resource.version FROM resource JOIN name AS kind ON kind.nid = resource.type
WHERE kind.text NOT IN ('AuditEvent', 'Session')
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Crawled:
    server: Server
    marked: Marked
    recorded: dict[str, Recorded]
    crawls: dict[str, Crawl]
    who: Collection[str]
    written: list[str]
    """What stood in the record after the crawls and not before, but for the audit trail."""


@pytest.fixture(
    scope="module", params=[SHORT, pytest.param(EVERYBODY, marks=pytest.mark.prove)], ids=["seven", "everybody"]
)
def crawled(
    demonstration: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Crawled]:
    data = tmp_path_factory.mktemp("swap") / "data"
    shutil.copytree(demonstration, data)
    marked = apart(mark(data))
    server, browsing = Server(data), Browsing()
    server.start()
    try:
        recorded = {
            PATIENT: browsing.record(server, marked, PATIENT, journeys.patient),
            PSYCHIATRIST: browsing.record(server, marked, PSYCHIATRIST, journeys.psychiatrist),
        }
        wait_for_what_is_written_by_itself(data)
        before = written_in(data)
        crawls = {who: Crawl(url=server.url, canaries=marked.canaries) for who in recorded}
        for who, crawl in crawls.items():
            apart(crawl.run(recorded[who].journey, others(who, marked, recorded, request.param)))
        written = sorted(written_in(data) - before)
        yield Crawled(
            server=server, marked=marked, recorded=recorded, crawls=crawls, who=request.param, written=written
        )
    finally:
        browsing.close()
        server.stop()


def apart(work: Coroutine[Any, Any, T]) -> T:
    """Runs it in a thread, whose event loop does not meet that of a browser in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def others(journey: str, marked: Marked, recorded: dict[str, Recorded], names: Collection[str]) -> list[Other]:
    """These, nobody, and the other of the two: the patient and her psychiatrist are others to each other."""
    them = [Other(name=who, cookies={COOKIE: marked.secrets[who]}) for who in names]
    them += [Other(name=who, cookies=one.cookies) for who, one in recorded.items() if who != journey]
    return [*them, Other(name=NOBODY, cookies={}, home="/connexion")]


def written_in(data: Path) -> set[str]:
    """Every version that the record holds of anything but the audit trail, and every answer that waits to get there.

    Nor of the record server's sessions: who sends the right password again begins one there, and is asked for a new code.
    """
    versions = rows(data / "fhir" / "records.sqlite", VERSIONS)
    return versions | rows(data / "portal.db", "SELECT 'answer', response, revision FROM journal")


def wait_for_what_is_written_by_itself(data: Path) -> None:
    """An open form brings its answers to the record after a quiet time."""
    until = time.monotonic() + 120
    while rows(data / "portal.db", f"SELECT response FROM journal WHERE value LIKE '%{TYPED}%'"):
        assert time.monotonic() < until, "the answer does not reach the record"
        time.sleep(0.2)


def rows(database: Path, query: str) -> set[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return {"/".join(map(str, row)) for row in connection.execute(query)}


def unexpected(journey: str, found: list[Found]) -> list[str]:
    said: list[str] = []
    for one in found:
        allowed = frozenset[str]() if one.way in NEVER else ENTITLED[journey].get(one.other, frozenset())
        if (one.other, one.where) in OWN_NAME:
            allowed |= {"family name"}
        if one.canaries - allowed:
            said.append(f"{one.other} saw {sorted(one.canaries - allowed)} by {one.way} at {one.where}")
    return said


@pytest.mark.parametrize("journey", [PSYCHIATRIST, PATIENT])
def test_nobody_sees_what_is_anothers_by_sending_what_their_browser_sent(crawled: Crawled, journey: str):
    assert unexpected(journey, crawled.crawls[journey].found) == []


@pytest.mark.parametrize("journey", [PSYCHIATRIST, PATIENT])
def test_nobody_takes_over_an_open_page_of_another(crawled: Crawled, journey: str):
    assert crawled.crawls[journey].taken_over == []


def test_nothing_is_written_by_sending_what_anothers_browser_sent(crawled: Crawled):
    assert crawled.written == []


def test_every_marked_word_is_seen_by_who_may_see_it(crawled: Crawled):
    """Else nothing would have been looked for: the same requests, with the patient's own cookie and with a nurse's."""
    recorded = crawled.recorded[PATIENT]
    hers = apart(with_their_own_cookie(crawled.server.url, crawled.marked, PATIENT, recorded))
    assert {"family name", "free answer", "typed answer", DOCUMENT} <= hers
    assert hers | CARE == {*crawled.marked.canaries, DOCUMENT}


async def with_their_own_cookie(url: str, marked: Marked, who: str, one: Recorded) -> set[str]:
    crawl, seen = Crawl(url=url, canaries=marked.canaries), set[str]()
    async with crawl.browser(Other(name=who, cookies=one.cookies)) as http:
        for asked in dict.fromkeys(asked for asked in one.journey.asked if not asked.is_file):
            seen |= (await crawl.ask(http, asked))[1]
    return seen


def test_who_may_see_the_record_saw_it(crawled: Crawled):
    """The others' cookies are good: a nurse of the centre gets what is hers to see by the same requests."""
    found = crawled.crawls[PSYCHIATRIST].found
    for who in set(crawled.who) & ENTITLED[PSYCHIATRIST].keys():
        seen = frozenset[str]().union(*(one.canaries for one in found if one.other == who and one.way == "request"))
        assert seen == ENTITLED[PSYCHIATRIST][who], who


def test_the_pages_were_open_all_the_time(crawled: Crawled):
    """With the cookie that they were asked with, their sockets are still accepted."""

    async def accepted(journey: Journey, cookies: dict[str, str]) -> list[str]:
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        closed = []
        for page in tabs(journey):
            socket = await Listening.open(crawled.server.url, cookie, page.handshake)
            if socket is None:
                closed.append(page.path)
            else:
                await socket.close()
        return closed

    for one in crawled.recorded.values():
        assert apart(accepted(one.journey, one.cookies)) == []


def tabs(journey: Journey):
    """Pages after sign-in, whose cookie is the present one."""
    return [page for page in journey.pages if not page.path.startswith(("/connexion", "/pro"))]


def test_the_journeys_are_whole(crawled: Crawled):
    """Each page that the promise names was opened, and its socket heard."""
    marked = crawled.marked
    record = f"/patients/{marked.patient}"
    wanted = {
        PSYCHIATRIST: {
            record,
            f"{record}/traitements",
            f"{record}/biologie",
            f"{record}/questionnaires",
            f"{record}/questionnaires/{marked.response}",
            f"{record}/centres",
            "/a-faire",
        },
        PATIENT: {
            "/accueil",
            f"/questionnaire/{marked.task}",
            "/compte",
            "/qui-a-consulte",
            f"/questionnaires/{marked.told}",
        },
    }
    for who, paths in wanted.items():
        journey = crawled.recorded[who].journey
        assert paths <= {page.path for page in journey.pages}
        assert paths <= {asked.path for asked in journey.asked}
        assert journey.events > 0
        print(
            who, len(set(journey.asked)), "requests", journey.events, "events", crawled.crawls[who].answers, "answers"
        )


__all__ = ["demonstration"]
