"""Lines of a repeating group: each answer stays on its own, whatever is empty, folded or on its way meanwhile."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from portal.acting import Acting
from portal.clock import FixedClock
from portal.errors import NotSaved
from portal.fhir import systems
from portal.responses import (
    Draft,
    add_copy,
    fold,
    fold_left_answers,
    open_draft,
    remove_copy,
    save_answer,
    save_pending,
)
from portal.responses.journal import Journal
from portal.sdc import Form, compile_form
from tests.responses.conftest import PORTAL


@pytest.fixture(scope="session")
def form() -> Form:
    name = {"linkId": "n", "type": "string", "text": "Name"}
    return compile_form(
        {
            "resourceType": "Questionnaire",
            "url": "https://portail.fondation-fondamental.org/fhir/Questionnaire/MEDS",
            "version": "1.0.0",
            "status": "active",
            "title": "Meds",
            "code": [{"system": systems.INSTRUMENT, "code": "MEDS"}],
            "item": [{"linkId": "m", "type": "group", "repeats": True, "text": "Meds", "item": [name]}],
        }
    )


async def write(acting: Acting, draft: Draft, line: int, name: str | None) -> None:
    draft.session.set(f"m[{line}]/n", name)
    await save_answer(acting, draft, f"m[{line}]/n", name)


async def begun(acting: Acting, *lines: str | None) -> Draft:
    draft = await open_draft(acting, "t1")
    for number, name in enumerate(lines):
        if number:
            await add_copy(acting, draft, f"m[{number - 1}]")
        if name:
            await write(acting, draft, number, name)
    return draft


def names(draft: Draft) -> list[str | None]:
    return [draft.session.state(f"{copy}/n").value for copy in draft.session.copies("m[0]")]


async def test_a_line_that_was_empty_when_the_draft_was_folded_is_filled_afterwards(
    acting: Acting, acting_as: Callable[..., Acting], clock: FixedClock
) -> None:
    draft = await begun(acting, "Lithium", None)
    await fold(acting, draft)
    await write(acting, draft, 1, "Valproate")
    assert names(await open_draft(acting, "t1")) == ["Lithium", "Valproate"]
    clock.tick(600)
    await fold_left_answers(acting_as(PORTAL))
    assert names(await open_draft(acting, "t1")) == ["Lithium", "Valproate"]


async def test_an_answer_after_an_emptied_line_does_not_take_the_place_of_another(acting: Acting) -> None:
    draft = await begun(acting, "Lithium", "Valproate", "Quetiapine")
    await write(acting, draft, 0, None)
    await fold(acting, draft)
    await write(acting, draft, 1, "Valproate LP")
    assert names(await open_draft(acting, "t1")) == [None, "Valproate LP", "Quetiapine"]


async def test_a_line_taken_away_while_the_draft_is_folded_goes_once(
    acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await begun(acting, "Lithium", "Valproate", "Quetiapine")
    true_way = Journal.append

    async def slow(self: Journal, path: str, *more, **options):
        if path.startswith("-"):
            await asyncio.wait_for(fold(acting, draft), 5)
        return await true_way(self, path, *more, **options)

    monkeypatch.setattr(Journal, "append", slow)
    await remove_copy(acting, draft, "m[1]")
    monkeypatch.undo()
    assert names(await open_draft(acting, "t1")) == ["Lithium", "Quetiapine"]


async def test_a_line_taken_away_while_the_disk_is_full_goes_once(
    acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await begun(acting, "Lithium", "Valproate", "Quetiapine")

    async def full(*_args, **_options):
        raise OperationalError("x", {}, Exception("disk full"))

    monkeypatch.setattr(Journal, "append", full)
    with pytest.raises(NotSaved):
        await remove_copy(acting, draft, "m[1]")
    await fold(acting, draft)
    monkeypatch.undo()
    await save_pending(acting, draft)
    assert names(draft) == ["Lithium", "Quetiapine"]
    assert names(await open_draft(acting, "t1")) == ["Lithium", "Quetiapine"]
