"""A glance never passes what the validator would refuse, and sees every reference that the validator sees."""

import copy
import random
from typing import Any

import pytest

from portal.embedded.definitions import load_definitions
from portal.embedded.glance import Glance
from portal.embedded.search.extract import split_reference
from portal.embedded.validate import Validator

DEFINITIONS = load_definitions()
GLANCE, VALIDATOR = Glance(DEFINITIONS), Validator(DEFINITIONS)
VALUES: dict[str, list[Any]] = {
    "boolean": [True], "integer": [0, -3], "unsignedInt": [0], "positiveInt": [1], "decimal": [1, 2.5],
    "string": ["x", " é "], "markdown": ["*x*"], "xhtml": ["<div>x</div>"], "uri": ["urn:x"], "url": ["http://x.org"],
    "canonical": ["http://x.org|1"], "base64Binary": ["AAAA", "AA==  AAAA"], "code": ["a", "a b"], "oid": ["urn:oid:1.2"],
    "uuid": ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"], "id": ["a-1"], "date": ["2026", "2026-02-03"],
    "dateTime": ["2026-02-03T10:00:00Z"], "instant": ["2026-02-03T10:00:00.5+01:00"], "time": ["10:00:00"],
}  # fmt: skip
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


def element(spec: dict[str, Any], luck: random.Random, depth: int) -> Any:
    codes = sorted(DEFINITIONS.codes.get(spec.get("binding", ""), ()))
    if spec["t"] in VALUES:
        one = luck.choice(codes) if codes else luck.choice(VALUES[spec["t"]])
    elif spec["t"] == "Resource":
        one = {"resourceType": "Basic", "code": {"text": "x"}}
    elif spec["t"] == "Reference":
        types = sorted(set(spec.get("targets", ["Patient"])) & DEFINITIONS.resources) or ["Patient"]
        one = luck.choice([{"reference": f"{luck.choice(types)}/a"}, {"reference": "#a"}, {"display": "x"}])
    else:
        one = {**made(spec["t"], luck, depth + 1), **({"coding": [{"code": luck.choice(codes)}]} if codes else {})}
    return [one] * luck.choice([1, 2]) if spec["many"] else one


def made(owner: str, luck: random.Random, depth: int = 0) -> dict[str, Any]:
    """An instance with what it needs, and some of what it may have."""
    elements = DEFINITIONS.owners.get(owner, {})
    wanted: dict[str, Any] = {}
    chosen: set[str] = set()
    for key, spec in elements.items():
        group = spec.get("choice")
        if group in chosen or (not spec["min"] and luck.random() > (0.4 if depth == 0 else 0.15 if depth < 3 else 0)):
            continue
        if group:
            chosen.add(group)
        wanted[key] = element(spec, luck, depth)
    return wanted or ({"extension": [{"url": "u", "valueCode": "x"}]} if depth else {})


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
