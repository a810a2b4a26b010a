"""Lists that the server pages: what is asked of it, and what cannot be asked."""

import asyncio
from typing import Any

import pytest
from nicegui import Client

from components.tables import Column, Filter, Page, PagedList, Query
from portal.errors import Unavailable
from portal.i18n import Texts

COLUMNS = (Column(head="Patient", sort="name", lead=True), Column(head="Centre"), Column(head="Visite", sort="visit"))
TRIALS = Filter(name="trial", label="Étude", options={"": "Toutes", "emma": "EMMA"})


class Registry:
    """45 people, ten a page. Remembers every question."""

    def __init__(self) -> None:
        self.asked: list[Query] = []
        self.away = False
        self.slow: asyncio.Event | None = None

    async def load(self, query: Query) -> Page:
        self.asked.append(query)
        if self.slow and query.search == "slow":
            await self.slow.wait()
        if self.away:
            raise Unavailable
        if query.search == "nobody":
            return Page(rows=(), total=0, size=10)
        first = query.page * 10
        rows = tuple((f"{query.search or 'Patient'} {n}", "Nîmes", "M12") for n in range(first, min(first + 10, 45)))
        return Page(rows=rows, total=45, size=10)


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
async def people(screen: Client, french: Texts, registry: Registry) -> PagedList:
    paged = PagedList(
        french, COLUMNS, registry.load, caption="Patients", search_label="Nom", filters=[TRIALS], sort="name"
    )
    await paged.start()
    return paged


async def press(people: PagedList, **sent: Any) -> None:
    await people._pressed(type("Event", (), {"args": sent}))


async def test_the_first_page_says_how_many_there_are(people: PagedList) -> None:
    assert "1 à 10 sur 45" in people.table.content
    assert "Précédents" not in people.table.content


async def test_the_last_page_leads_only_back(people: PagedList) -> None:
    await press(people, page="4")
    assert "41 à 45 sur 45" in people.table.content
    assert "Suivants" not in people.table.content


@pytest.mark.parametrize("page", ["5", "-1", "9" * 30, "x", ""])
async def test_a_page_that_does_not_exist_is_not_asked(people: PagedList, registry: Registry, page: str) -> None:
    await press(people, page=page)
    assert len(registry.asked) == 1


async def test_a_column_sorts_and_the_same_one_turns_round(people: PagedList, registry: Registry) -> None:
    await press(people, sort="visit")
    await press(people, sort="visit")
    assert [(query.sort, query.descending) for query in registry.asked[1:]] == [("visit", False), ("visit", True)]
    assert 'aria-sort="descending"' in people.table.content


async def test_a_column_that_cannot_be_sorted_is_not_asked(people: PagedList, registry: Registry) -> None:
    await press(people, sort="secret")
    await press(people, sort="")
    assert len(registry.asked) == 1


async def test_a_search_starts_again_at_the_first_page(people: PagedList, registry: Registry) -> None:
    await press(people, page="2")
    await people.search("  Rouv  ")
    assert (registry.asked[-1].search, registry.asked[-1].page) == ("Rouv", 0)
    assert people.found.content == "45 résultats"


async def test_a_search_of_a_megabyte_is_cut(people: PagedList, registry: Registry) -> None:
    await people.search("x" * 1_000_000)
    assert len(registry.asked[-1].search) == 100


async def test_a_filter_takes_only_its_own_choices(people: PagedList, registry: Registry) -> None:
    await people.choose("trial", "emma")
    await people.choose("trial", "other")
    await people.choose("role", "emma")
    assert [query.filters for query in registry.asked] == [{"trial": ""}, {"trial": "emma"}]


async def test_nothing_found_says_so(people: PagedList) -> None:
    await people.search("nobody")
    assert "Rien trouvé" in people.table.content


async def test_an_answer_that_comes_too_late_is_dropped(people: PagedList, registry: Registry) -> None:
    registry.slow = asyncio.Event()
    late = asyncio.create_task(people.search("slow"))
    await asyncio.sleep(0)
    await people.search("fast")
    registry.slow.set()
    await late
    assert "fast 0" in people.table.content


async def test_a_server_away_is_said_in_the_list(people: PagedList, registry: Registry) -> None:
    registry.away = True
    await people.search("x")
    assert "Le service ne répond pas" in people.table.content


async def test_a_name_is_text_and_nothing_else(people: PagedList) -> None:
    await people.search("<img src=x>")
    assert "<img" not in people.table.content
