"""No expression hangs the server, fills its memory or crashes: it gives a result or an error, soon."""

import random
import resource
import string
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.fhirpath import FhirPathError, FhirPathLimitError
from portal.fhirpath.expression import Expression
from portal.fhirpath.model import r4
from tests.fhirpath.forms import PATIENT, forms

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LONGEST = 5.0  # seconds: tells a hang from a busy machine; `make bench` has the speed
FORM = forms()[6]
CORPUS = [text for form in forms() for text in form.expressions]
PIECES = [
    "(", ")", "[", "]", "{}", ".", ",", "'", "\\", "`", "%", "$this", "$index", "$total", "@2026-11-23", "@T10", "1", "0",
    "99999999999", "1.5", "'a'", " and ", " or ", " is ", " as ", " in ", "|", "+", "-", "*", "/", " div ", " mod ", "&",
    "=", "!=", "~", "<", ">=", "item", "answer", "value", "where(", "select(", "repeat(", "aggregate(", "iif(", "sum()",
    "power(", "matches(", "replace(", "descendants()", "children()", "%resource", "ofType(Coding)", "'(a+)+$'", "/*", "//",
    "1 year", "5 'kg'", "toString()", "join(", "sort(", "exists()", "$", "\n", "é", "🙂", "\x00", "defineVariable('x')",
]  # fmt: skip


def attempt(text: str, max_seconds: float = LONGEST) -> Any:
    """The result or the error; anything else, or a long time, fails the test."""
    started = time.thread_time()
    try:
        found = Expression(text, r4())(
            FORM.response, {"patient": PATIENT, "questionnaire": FORM.questionnaire}, now=NOW
        )
    except FhirPathError as error:
        found = error
    except Exception as error:
        raise AssertionError(f"{text!r} crashes: {error!r}") from error
    spent = time.thread_time() - started
    assert spent < max_seconds, f"{text!r} takes {spent:.3f} s"
    return found


def mutated(luck: random.Random) -> str:
    text = luck.choice(CORPUS)
    for _ in range(luck.randint(1, 4)):
        at = luck.randrange(len(text) + 1)
        match luck.randrange(5):
            case 0:
                text = text[:at] + luck.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + luck.randint(1, 6) :]
            case 2:
                text = text[:at] + luck.choice(string.printable) + text[at + 1 :]
            case 3:
                other = luck.choice(CORPUS)
                text = text[:at] + other[luck.randrange(len(other)) :]
            case _:
                end = at + luck.randint(1, 12)
                text = text[:end] + text[at:end] + text[end:]
    return text


def noise(luck: random.Random) -> str:
    if luck.random() < 0.3:
        return "".join(luck.choice(string.printable) for _ in range(luck.randint(1, 40)))
    return "".join(luck.choice(PIECES) for _ in range(luck.randint(1, 25)))


def hunt(rounds: int, seed: int) -> None:
    luck = random.Random(seed)
    for number in range(rounds):
        attempt(mutated(luck) if number % 2 else noise(luck))


def test_thousands_of_strange_texts_give_a_result_or_an_error() -> None:
    hunt(15_000, seed=1)


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_a_hundred_thousand_strange_texts_give_a_result_or_an_error(pytestconfig: pytest.Config) -> None:
    if "prove" not in pytestconfig.option.markexpr:
        pytest.skip("minutes long: `make prove` runs it")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    hunt(100_000, seed=2026)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000, f"{grown // 1000} MB more memory"


@pytest.mark.parametrize(
    "text",
    [
        "1.repeat($this + 1)",
        "'a'.repeat($this & 'a')",
        "(1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25|26|27|28|29|30).aggregate($total & $total, 'aaaa')",
        "(1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24).aggregate($total.combine($total), 1)",
        "(1|2|3|4|5|6|7|8|9).repeatAll($this)",
        "%resource.descendants()" + ".select(%resource.descendants())" * 6,
        "%resource.descendants().where(" * 6 + "linkId = %resource.item.item.linkId" + ").exists()" * 6,
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matchesFull('(a|aa)+')",
        "'aaaaaaaaaaaaaaaa'" + ".replace('', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')" * 4,
        "(" * 500 + "1" + ")" * 500,
        "iif(true, " * 200 + "1" + ")" * 200,
        "not(" * 300,
    ],
    ids=lambda text: text[:40],
)
def test_what_would_run_away_is_stopped(text: str) -> None:
    with pytest.raises(FhirPathLimitError):
        Expression(text, r4())(FORM.response, now=NOW)
    attempt(text, 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('(a+)+$')",
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replaceMatches('(a*)*b', 'x')",
        "9223372036854775807 + 1",
        "9223372036854775807 * 9223372036854775807",
        "10.power(1000)",
        "10.power(100000000)",
        "1000000.exp()",
        "@9999-12-31 + 99999999999 years",
        "0.0000001.power(200) * 0.0000001.power(999)",
        "1 / 0",
        "(-1).sqrt()",
        "0.ln()",
    ],
)
def test_what_has_no_result_ends_at_once(text: str) -> None:
    found = attempt(text)
    assert isinstance(found, (list, FhirPathError))


def test_long_sums_and_long_alternatives_are_no_problem() -> None:
    total = " + ".join(f"%resource.item.where(linkId='q{n}').answer.value.count()" for n in range(300))
    assert attempt(total, max_seconds=1) == [0]
    either = " or ".join(f"linkId = 'q{n}'" for n in range(600))
    assert attempt(f"%resource.item.where({either}).count()", max_seconds=1) == [0]
    assert attempt(" | ".join(map(str, range(600))), max_seconds=1)[:3] == [0, 1, 2]


def test_a_limit_can_be_set_lower() -> None:
    with pytest.raises(FhirPathLimitError):
        Expression("%resource.descendants().count()", r4())(FORM.response, max_steps=20)
