"""Many people answering at once, without browsers: each has a page open and answers every two seconds."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

from bench.socket_client import OpenPage
from pages.security.cookies import cookie_name
from portal.settings import Settings

EVERY = 2.0  # seconds between two answers of one person
LASTS = 30.0  # seconds
OPENING = 4  # pages opened at the same time
PATIENCE = 30.0
TRIES = 3
CHOSEN = "update:model"  # how the event of a choice begins


@dataclass(kw_only=True, slots=True)
class Person:
    """One open page. `told` is set by the message that an answer was waiting for."""

    page: OpenPage | None = None
    asked: list[str] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    mark: str = ""
    times: list[float] = field(default_factory=list)

    def hear(self, message: str) -> None:
        if self.mark and message.startswith("42") and self.mark in message:
            self.told.set()


Act = Callable[[Person, int], Any]


def apart(work: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """In a thread with an event loop of its own: Playwright has one in this."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work(*arguments))).result()


async def answer_together(pid: int, url: str, people: Sequence[dict[str, str]]) -> dict[str, Any]:
    """Patients of the portal, each on a form of their own; an answer is over when the page says that it is saved."""
    name = cookie_name(Settings())

    async def open_page(person: Person, number: int) -> None:
        who = people[number]
        person.page = await OpenPage.open(url, f"/questionnaire/{who['task']}", {name: who["secret"]}, person.hear)
        elements = person.page.elements
        person.asked = [each for each, made in elements.items() if "choice" in made.get("class", [])]
        person.mark = "data-revision"

    async def act(person: Person, number: int) -> None:
        assert person.page is not None
        await person.page.send(
            person.asked[number % len(person.asked)], "change", [str(1 + number // len(person.asked) % 3)]
        )

    return await _together(pid, len(people), open_page, act)


async def press_together(pid: int, url: str, people: int) -> dict[str, Any]:
    """The same gestures on bare pages; an answer is over when the label has changed."""

    async def open_page(person: Person, _number: int) -> None:
        person.page = await OpenPage.open(url, "/section", {}, person.hear)
        elements = person.page.elements
        person.asked = [
            each
            for each, made in elements.items()
            if any(one["type"].startswith(CHOSEN) for one in made.get("events", []))
        ]
        person.mark = "score "

    async def act(person: Person, number: int) -> None:
        assert person.page is not None
        chosen = (1 + number // len(person.asked)) % 4
        await person.page.send(person.asked[number % len(person.asked)], CHOSEN, chosen)

    return await _together(pid, people, open_page, act)


async def _together(pid: int, count: int, open_page: Act, act: Act) -> dict[str, Any]:
    people = [Person() for _ in range(count)]
    doors = asyncio.Semaphore(OPENING)

    async def enter(number: int) -> None:
        async with doors:
            for tries in range(TRIES):
                try:
                    await open_page(people[number], number)
                    break
                except LookupError:  # a busy server may let go of a page before its socket comes
                    if tries == TRIES - 1:
                        raise

    await asyncio.gather(*(enter(number) for number in range(count)))
    chance = Random(1)
    before, began = _cpu_seconds(pid), time.perf_counter()
    await asyncio.gather(*(_live(person, act, chance.random() * EVERY) for person in people))
    passed = time.perf_counter() - began
    used = _cpu_seconds(pid) - before
    for person in people:
        if person.page is not None:
            await person.page.close()
    times = sorted(each for person in people for each in person.times)
    cuts = quantiles(times, n=20)
    return {
        "answers": len(times),
        "unanswered": sum(each >= PATIENCE for each in times),
        "p50_ms": round(cuts[9] * 1000, 1),
        "p95_ms": round(cuts[18] * 1000, 1),
        "cpu_percent": round(100 * used / passed, 1),
    }


async def _live(person: Person, act: Act, first: float) -> None:
    await asyncio.sleep(first)
    began = time.perf_counter()
    for number in range(int(LASTS / EVERY)):
        person.told.clear()
        sent = time.perf_counter()
        await act(person, number)
        try:
            await asyncio.wait_for(person.told.wait(), PATIENCE)
        except TimeoutError:  # it counts as long as it was waited for, and the person gives up
            person.times.append(PATIENCE)
            return
        person.times.append(time.perf_counter() - sent)
        await asyncio.sleep(max(0.0, began + (number + 1) * EVERY - time.perf_counter()))


def _cpu_seconds(pid: int) -> float:
    """Of the whole process, in user and kernel mode. Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
