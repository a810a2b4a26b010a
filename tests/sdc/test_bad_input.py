"""Nothing that comes from outside brings a form down: it is taken, or refused with a sentence."""

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.authoring import parse_yaml
from portal.errors import Invalid
from portal.sdc import FormSession, compile_form, extract, validate
from tests.sdc.small import HEAD, NOW

FORM = compile_form(
    parse_yaml(
        HEAD
        + """
items:
- id: g
  text: G
  items:
  - {id: boolean, type: boolean, text: B}
  - {id: integer, type: integer, min: 0, max: 9, text: I}
  - {id: decimal, type: decimal, decimals: 2, text: D}
  - {id: date, type: date, max: today, text: Da}
  - {id: dateTime, type: dateTime, text: Dt}
  - {id: time, type: time, text: T}
  - {id: string, type: string, text: S}
  - {id: url, type: url, text: U}
  - {id: choice, text: C, options: &o [{code: a, score: 1, fr: A}, {code: b, score: 2, fr: B}]}
  - {id: many, text: M, multiple: true, options: *o}
  - {id: open, text: O, type: open-choice, options: *o}
  - {id: quantity, text: Q, type: quantity, unit: mg, max: 5}
  - {id: attachment, text: F, type: attachment, max_size: 10}
  - {id: reference, text: R, type: reference}
  - {id: later, type: string, text: L, when: {any: [{item: integer, above: 3}, {item: choice, is: a}, {item: date, answered: true}]}}
- {id: r, text: R, repeats: true, items: [{id: inner, type: integer, text: N}]}
scores: [{id: s, title: S, sum: [choice, integer], missing: ignore}]
checks: [{id: c, expect: "{integer} < {decimal}", message: Non.}]
"""
    )
)
NAMES = sorted(FORM.by_link_id)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "code", "system", "unit", "reference", "size", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
KEYS = [
    "valueString",
    "valueInteger",
    "valueDecimal",
    "valueCoding",
    "valueQuantity",
    "valueDate",
    "valueBoolean",
    "valueReference",
]
VALUES = {
    "valueCoding": st.dictionaries(st.sampled_from(["code", "system", "display"]), st.text(max_size=3), max_size=3),
    "valueQuantity": st.dictionaries(
        st.sampled_from(["value", "code"]), st.integers() | st.text(max_size=3), max_size=2
    ),
    "valueReference": st.dictionaries(st.sampled_from(["reference", "display"]), st.text(max_size=3), max_size=2),
    "valueInteger": st.integers(),
    "valueDecimal": st.decimals(allow_nan=False, allow_infinity=False, places=2),
    "valueBoolean": st.booleans(),
    "valueString": st.text(max_size=5),
    "valueDate": st.text(max_size=10),
}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(NAMES), JSON)
def test_any_value_is_taken_or_refused(name, value):
    session = FormSession(FORM, now=NOW)
    with suppress(Invalid):
        session.set("r[0]" if name == "r" else "r[0]/inner" if name == "inner" else name, value)
    session.errors()
    session.completed(NOW)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NAMES), st.text(max_size=30))
def test_any_typed_text_is_read_or_refused(name, text):
    session = FormSession(FORM, now=NOW)
    path = "r[0]" if name == "r" else "r[0]/inner" if name == "inner" else name
    with suppress(Invalid):
        session.set(path, session.parse(path, text))


@st.composite
def items(draw: st.DrawFn, depth: int = 0) -> dict[str, Any]:
    item: dict[str, Any] = {"linkId": draw(st.sampled_from([*NAMES, "unknown"]))}
    if draw(st.booleans()):
        key = draw(st.sampled_from(KEYS))
        item["answer"] = [{key: draw(VALUES[key])} for _ in range(draw(st.integers(0, 2)))]
    if depth < 2 and draw(st.booleans()):
        item["item"] = draw(st.lists(items(depth + 1), max_size=4))
    return item


@settings(max_examples=300, deadline=None)
@given(st.lists(items(), max_size=5), st.sampled_from(["in-progress", "completed"]))
def test_any_stored_response_opens_and_is_judged(found, status):
    response = {"resourceType": "QuestionnaireResponse", "status": status, "item": found}
    session = FormSession(FORM, response, now=NOW)
    session.errors()
    session.warnings()
    session.scores()
    session.alerts()
    session.response()
    for section in session.sections():
        for path in session.visible(section):
            session.state(path)
    assert validate(FORM, response, now=NOW)["issue"]
    extract(session.form, {**session.completed(NOW), "id": "r"})
