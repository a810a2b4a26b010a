"""No unexpected yes: what a hand-written table says, asked of both walls in every situation and by every way.

The whole of it is proven; in everyday runs the server answers a part, chosen by the order of asking.
"""

from collections.abc import Iterable

import pytest

from portal.app import Portal
from tests.promises.matrix import Asked, ask, decisions, requests, token_of
from tests.promises.world import ACTORS, SITUATIONS, STANDINGS

EVERY = 7
"""One request in so many is asked in everyday runs. It divides none of the numbers of ways, things and people."""


async def versions(portal: Portal) -> dict[str, str]:
    """The present version of every resource of the world."""
    assert portal.backend is not None
    kinds = {asked.path.partition("/")[0].partition("?")[0] for asked in requests({}) if asked.path}
    found: dict[str, str] = {}
    for kind in sorted(kinds):
        async for each in portal.service().service.every(kind, {"_count": 500}):
            found[f"{kind}/{each['id']}"] = each["meta"]["versionId"]
    return found


async def wrong_answers(portal: Portal, asked: Iterable[Asked]) -> tuple[int, list[str], list[str]]:
    """(how many were asked, unexpected yes, unexpected no)."""
    tokens = {
        (who, standing): token_of(portal, who, standing) for who in (*ACTORS, "anonymous") for standing in STANDINGS
    }
    count, yes, no = 0, list[str](), list[str]()
    for each in asked:
        count += 1
        granted = await ask(portal, tokens[each.who, each.standing], each)
        if granted and not each.expected:
            yes.append(each.told())
        elif each.expected and not granted:
            no.append(each.told())
    return count, yes, no


async def test_the_server_alone_lets_nobody_further_than_the_table(portal: Portal) -> None:
    every = list(requests(await versions(portal)))
    count, yes, no = await wrong_answers(portal, every[::EVERY])
    assert (yes, no) == ([], [])
    assert count > 5_000


@pytest.mark.prove
async def test_the_server_alone_lets_nobody_further_than_the_table_in_whole(portal: Portal) -> None:
    count, yes, no = await wrong_answers(portal, requests(await versions(portal)))
    assert (yes, no) == ([], [])
    print(f"{count} requests to the server alone, {len(yes)} unexpected yes")
    assert count > 40_000


async def test_the_portals_own_rules_grant_what_the_table_says_and_no_more(portal: Portal) -> None:
    found = [each async for each in decisions(portal)]
    assert [what for what, granted, expected in found if granted and not expected] == []
    assert [what for what, granted, expected in found if expected and not granted] == []
    assert len(found) == len(ACTORS) * len(SITUATIONS) * len({what.rpartition(" ")[2] for what, _, _ in found})
    assert len(found) > 4_000
