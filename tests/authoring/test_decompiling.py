"""FHIR to YAML and back: nothing is lost, and what our keys can say is said with them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.authoring import decompile, load_form, parse_json, parse_yaml
from portal.fhir import jsons
from portal.sdc import urls

CONTENT = Path(__file__).parents[2] / "content" / "questionnaires"


@pytest.mark.parametrize("file", sorted(CONTENT.iterdir()), ids=lambda file: file.stem)
def test_a_form_of_the_catalogue_comes_back_from_yaml_the_same_and_without_raw_fhir(file):
    questionnaire = load_form(file)
    text = decompile(questionnaire)
    assert parse_yaml(text) == questionnaire
    assert jsons.dumps(_sorted(parse_yaml(text))) == jsons.dumps(_sorted(questionnaire))
    assert "fhir:" not in text


def test_the_yaml_of_a_scored_form_reads_as_one_writes_it():
    text = decompile(load_form(CONTENT / "PHQ9.yaml"))
    assert "sum: [q1..q9]" in text
    assert "options: answers1" in text
    assert "{code: LA6568-5, system: loinc, score: 0, fr: Jamais, en: Not at all}" in text


def test_reversed_questions_are_told_by_their_names():
    source = """
        answers: {f: [{code: n, score: 0, fr: Non}, {code: y, score: 1, fr: Oui}]}
        items:
        - {id: g, text: G, options: f, items: [{id: q1, text: A}, {id: q2, text: B}, {id: q3, text: C}]}
        scores:
        - {id: t, title: T, sum: [q1..q3], reverse: [q2], missing: {prorate: 2}, range: [0, 3]}
        - {id: m, title: M, mean: [q1, q3], missing: {at_least: 1}, decimals: 1}
        - {id: n, title: N, count: [q1..q3], at_least: 1, missing: ignore}
        - {id: d, title: D, sum: [q1, q2], times: 2}
    """
    head = 'code: X\nversion: "1"\ntitle: X\ncategory: auto\nlicence: own\n'
    questionnaire = parse_yaml(head + "\n".join(line[8:] for line in source.splitlines()))
    text = decompile(questionnaire)
    assert parse_yaml(text) == questionnaire
    for said in ("reverse: [q2]", "prorate: 2", "mean: [q1, q3]", "count: [q1..q3]", "times: 2"):
        assert said in text, text


STRANGE = {
    "resourceType": "Questionnaire",
    "id": "strange",
    "url": "urn:strange",
    "status": "draft",
    "contained": [{"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"system": "urn:s"}]}}],
    "extension": [{"url": urls.LAUNCH_CONTEXT, "extension": [{"url": "name", "valueCoding": {"code": "patient"}}]}],
    "item": [
        {"linkId": "1", "type": "group", "text": "No", "item": [
            {"linkId": "1.1", "type": "choice", "answerValueSet": "#v", "text": "yes", "_text": {"extension": [{"url": urls.TRANSLATION, "extension": [{"url": "lang", "valueCode": "de"}, {"url": "content", "valueString": "ja"}]}]}},
            {"linkId": "1.2", "type": "decimal", "text": "1.10", "required": True, "initial": [{"valueDecimal": Decimal("7.50")}], "extension": [{"url": "urn:unknown", "valueString": "null"}]},
            {"linkId": "1.2.help", "type": "display", "text": "help of another"},
        ]},
        {"linkId": "2", "type": "open-choice", "answerOption": [{"valueString": "a"}, {"valueInteger": 3}, {"valueCoding": {"code": "x"}, "initialSelected": True}], "enableWhen": [{"question": "1.1", "operator": "=", "answerCoding": {"code": "q"}}, {"question": "nowhere", "operator": "exists", "answerBoolean": False}], "enableBehavior": "all"},
        {"linkId": "3", "type": "reference", "text": "line one\nline two", "definition": "urn:d#Patient.name"},
        {"linkId": "4", "type": "question", "text": "a type that R4 does not have"},
    ],
}  # fmt: skip


def test_what_yaml_has_no_key_for_stands_under_fhir_at_its_item():
    text = decompile(STRANGE)
    assert parse_yaml(text) == STRANGE
    assert "answerValueSet: '#v'" in text
    assert "type: decimal" in text
    assert "id: '1.2'" in text


@pytest.mark.parametrize("raw", [
    {"resourceType": "Questionnaire"},
    {"resourceType": "Questionnaire", "item": []},
    {"resourceType": "Questionnaire", "item": [{"linkId": "a"}, {"linkId": "a"}]},
    {"resourceType": "Questionnaire", "item": [{"text": "no linkId"}]},
    {"resourceType": "Questionnaire", "title": "<<", "version": "1.0", "item": [{"linkId": "~", "type": "group", "item": [{"linkId": "null", "type": "string", "text": ""}]}]},
])  # fmt: skip
def test_forms_that_nobody_could_fill_are_kept_whole_too(raw):
    assert parse_yaml(decompile(raw)) == raw


WORDS = st.sampled_from(["", "a", "yes", "No", "1.10", "~", "null", "é : è", "- x", "{fr: a}", "l1\nl2", " lead", "trail ", "#c", "\ttab", "'", '"', "\u2028", "x" * 200]) | st.text(max_size=12)  # fmt: skip
VALUES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(lambda v: {"valueString": v}, WORDS),
    st.builds(lambda v: {"valueInteger": v}, st.integers(-9, 9)),
    st.builds(lambda v: {"valueDecimal": v}, st.decimals(-9, 9, places=2)),
    st.builds(lambda v: {"valueBoolean": v}, st.booleans()),
    st.builds(
        lambda c, d: {"valueCoding": {"system": "urn:s", "code": c, "display": d}}, st.sampled_from("xyz"), WORDS
    ),
)
EXTENSIONS = st.lists(
    st.builds(
        lambda url, value: {"url": url, **value},
        st.sampled_from(
            [
                urls.HIDDEN,
                urls.UNIT,
                urls.MIN_VALUE,
                urls.MAX_VALUE,
                urls.REGEX,
                urls.MIN_LENGTH,
                urls.ITEM_CONTROL,
                urls.CALCULATED_EXPRESSION,
                urls.OBSERVATION_CATEGORY,
                urls.VARIABLE,
                urls.TARGET_CONSTRAINT,
                urls.MIME_TYPE,
                urls.SHORT_TEXT,
                "urn:other",
            ]
        ),
        VALUES,
    ),
    min_size=1,
    max_size=2,
)
KINDS = ["boolean", "integer", "decimal", "date", "dateTime", "time", "string", "text", "url", "choice", "open-choice", "quantity", "attachment", "reference", "display"]  # fmt: skip


@st.composite
def elements(draw: st.DrawFn, name: str, depth: int) -> dict[str, Any]:
    group = depth < 3 and draw(st.booleans())
    element: dict[str, Any] = {"linkId": name, "type": "group" if group else draw(st.sampled_from(KINDS))}
    for key, strategy in (
        ("text", WORDS),
        ("prefix", st.sampled_from(["1", "a)"])),
        ("required", st.booleans()),
        ("repeats", st.booleans()),
        ("readOnly", st.just(True)),
        ("maxLength", st.integers(1, 99)),
        ("extension", EXTENSIONS),
        ("initial", st.lists(VALUES, min_size=1, max_size=2)),
        ("answerOption", st.lists(VALUES, min_size=1, max_size=3)),
        ("code", st.just([{"system": "http://loinc.org", "code": "1-8"}])),
        ("enableWhen", st.just([{"question": "i0", "operator": "=", "answerString": "x"}])),
        ("_text", st.just({"extension": [{"url": urls.TRANSLATION, "extension": [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": "E"}]}]})),
    ):  # fmt: skip
        if draw(st.integers(0, 3)) == 0:
            element[key] = draw(strategy)
    if group:
        element["item"] = [draw(elements(f"{name}.{at}", depth + 1)) for at in range(draw(st.integers(0, 3)))]
    return element


@st.composite
def questionnaires(draw: st.DrawFn) -> dict[str, Any]:
    items = [draw(elements(f"i{at}", 1)) for at in range(draw(st.integers(0, 3)))]
    root: dict[str, Any] = {"resourceType": "Questionnaire", "status": draw(st.sampled_from(["draft", "active"])), "item": items}  # fmt: skip
    for key in ("title", "version", "copyright"):
        if draw(st.booleans()):
            root[key] = draw(WORDS)
    return root


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questionnaires())
def test_any_form_comes_back_the_same(questionnaire):
    assert parse_yaml(decompile(questionnaire)) == questionnaire


@pytest.mark.prove
@pytest.mark.timeout(600)
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questionnaires())
def test_very_many_forms_come_back_the_same(questionnaire):
    assert parse_yaml(decompile(questionnaire)) == questionnaire


def test_digits_stay_as_they_are_written():
    form = parse_json('{"resourceType": "Questionnaire", "item": [{"linkId": "a", "type": "decimal", "text": "A", "initial": [{"valueDecimal": 7.50}]}]}')  # fmt: skip
    back = parse_yaml(decompile(form))
    assert str(back["item"][0]["initial"][0]["valueDecimal"]) == "7.50"


def _sorted(value: Any) -> Any:
    return json.loads(json.dumps(value, sort_keys=True, default=str))
