"""A server that does not answer is left alone: at once after a few tries, with one look at a time, and for longer each time."""

import asyncio

import pytest

from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.errors import NotFound, Unavailable
from portal.fhir.circuit import Circuit, LeftAlone


@pytest.fixture
def circuit(clock: FixedClock) -> Circuit:
    return Circuit(clock=clock, chance=SeededChance(1), limit=3, first_pause=4.0, longest_pause=16.0)


def miss(circuit: Circuit, status: int = 0) -> None:
    with pytest.raises(Unavailable), circuit.call():
        raise Unavailable(status=status)


def open_it(circuit: Circuit) -> None:
    for _ in range(3):
        miss(circuit)


def test_a_few_silences_in_a_row_open_it_and_then_nothing_is_sent(circuit):
    open_it(circuit)
    with pytest.raises(LeftAlone), circuit.call():
        pytest.fail("this call was sent")


def test_an_answer_in_between_starts_the_count_anew(circuit):
    miss(circuit)
    miss(circuit)
    with pytest.raises(NotFound), circuit.call():
        raise NotFound(status=404)
    miss(circuit)
    miss(circuit)
    assert circuit.closed


@pytest.mark.parametrize("status", [429, 500])
def test_a_server_that_answers_badly_is_there(circuit, status):
    for _ in range(10):
        miss(circuit, status)
    assert circuit.closed


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_that_finds_nobody_is_silence(circuit, status):
    for _ in range(3):
        miss(circuit, status)
    assert not circuit.closed


def test_after_the_pause_one_call_looks_and_the_others_wait_for_what_it_finds(circuit, clock):
    open_it(circuit)
    clock.tick(6)
    with circuit.call(), pytest.raises(LeftAlone), circuit.call():
        pytest.fail("two calls looked at once")
    assert circuit.closed


def test_a_look_that_finds_nobody_makes_the_pause_longer_up_to_a_limit(circuit, clock):
    open_it(circuit)
    pauses = []
    for _ in range(5):
        waited = 0
        while True:
            clock.tick(1)
            waited += 1
            try:
                with circuit.call():
                    raise Unavailable
            except LeftAlone:
                continue
            except Unavailable:
                break
        pauses.append(waited)
    assert pauses[0] <= 5 < pauses[2]
    assert max(pauses) <= 16 * 1.25 + 1


async def test_whoever_gives_up_looking_lets_the_next_one_look(circuit, clock):
    open_it(circuit)
    clock.tick(6)

    async def look_for_ever() -> None:
        with circuit.call():
            await asyncio.Event().wait()

    looking = asyncio.create_task(look_for_ever())
    await asyncio.sleep(0)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    with circuit.call():
        pass
    assert circuit.closed


def test_two_processes_do_not_look_at_the_same_moment(clock):
    first, second = (Circuit(clock=clock, chance=SeededChance(seed), limit=1) for seed in (1, 2))
    miss(first)
    miss(second)
    assert first._until != second._until
