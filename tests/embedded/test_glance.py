"""A glance never passes what the validator would refuse, and sees every reference that the validator sees."""

import copy
import random
from typing import Any

import pytest

from portal.embedded.glance import Glance
from portal.embedded.search.extract import split_reference
from portal.embedded.validate import Validator

from .makers import DEFINITIONS, made

GLANCE, VALIDATOR = Glance(DEFINITIONS), Validator(DEFINITIONS)
WRONG: list[Any] = [
    None,
    "",
    " ",
    0,
    -1,
    1.5,
    True,
    "x y\n",
    [],
    {},
    [None],
    [[]],
    {"x": 1},
    "2026-02-30",
    "Patient/x",
    ["x"],
]


def spoilt(value: Any, luck: random.Random) -> Any:
    """One place somewhere is changed for something else."""
    if isinstance(value, dict) and value and luck.random() < 0.8:
        key = luck.choice(list(value))
        step = luck.random()
        if step < 0.1:
            return {k: v for k, v in value.items() if k != key}
        if step < 0.2:
            return {
                **value,
                luck.choice(["dragon", "_birthDate", "valueString", "_status", f"_{key}"]): luck.choice(WRONG),
            }
        return {**value, key: spoilt(value[key], luck)}
    if isinstance(value, list) and value and luck.random() < 0.8:
        place = luck.randrange(len(value))
        return [spoilt(item, luck) if i == place else item for i, item in enumerate(value)]
    return copy.deepcopy(luck.choice(WRONG))


@pytest.mark.parametrize("type_", sorted(DEFINITIONS.resources))
def test_a_glance_is_never_surer_than_the_validator(type_: str) -> None:
    luck = random.Random(type_)
    for turn in range(12):
        resource = {"resourceType": type_, **made(type_, luck)}
        for candidate in (resource, spoilt(resource, luck)) if turn else (resource,):
            if not isinstance(candidate, dict):
                continue
            references: list[tuple[str, str]] = []
            if GLANCE.sure(candidate, type_, references):
                faults = VALIDATOR.check(candidate, type_)
                assert faults.issues == []
                assert sorted(references) == sorted(split_reference(written) for written, _ in faults.references)


def test_a_glance_is_sure_of_ordinary_resources() -> None:
    """Otherwise everything would be looked at twice."""
    luck = random.Random(1)
    for type_ in sorted(DEFINITIONS.resources - {"Bundle", "Parameters"}):
        resource = {"resourceType": type_, **made(type_, luck)}
        resource.pop("contained", None)
        if not VALIDATOR.check(resource, type_).issues:
            assert GLANCE.sure(resource, type_, []), resource


def test_text_that_is_nearly_base64_is_refused_at_once() -> None:
    """Seen to take longer than a life: the pattern could split the blanks in exponentially many ways."""
    data = ("AAAA" + " " * 20) * 30 + "!"
    assert VALIDATOR.check({"resourceType": "Binary", "contentType": "x/y", "data": data}, "Binary").issues
