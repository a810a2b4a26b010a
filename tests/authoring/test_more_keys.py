"""Gates, raw FHIR and norms in YAML."""

from pathlib import Path
from textwrap import dedent

import pytest

from portal.authoring import AuthoringError, Catalogue, parse_yaml
from portal.authoring.reading import tables_in
from portal.sdc import FormSession, compile_form
from tests.sdc.small import HEAD, NOW, value

GATED = """
items:
- id: test
  text: Test
  gate: true
  items:
  - {id: score, type: integer, text: Score, required: true}
  - {id: detail, type: string, text: Detail, when: {item: score, above: 3}}
  - {id: odd, type: string, text: Odd, when: "{score} > 5"}
"""


def session(body: str, **more) -> FormSession:
    form = compile_form(parse_yaml(HEAD + dedent(body), **more))
    assert form.faults == (), form.faults
    return FormSession(form, now=NOW)


def shown(made: FormSession) -> list[str]:
    return [path for section in made.sections() for path in made.visible(section)]


def test_a_gate_asks_first_whether_the_test_was_done():
    made = session(GATED)
    assert shown(made) == ["test.done"]
    made.set("test.done", "yes")
    assert shown(made) == ["test.done", "score"]
    made.set("score", 4)
    assert shown(made) == ["test.done", "score", "detail"]
    made.set("score", 6)
    assert "odd" in shown(made)


def test_a_test_that_was_not_done_has_its_reason_and_nothing_else():
    made = session(GATED)
    made.set("test.done", "yes")
    made.set("score", 6)
    made.set("test.done", "no")
    assert shown(made) == ["test.done", "test.not_done_reason"]
    made.set("test.not_done_reason", "Fatigue")
    assert made.errors() == []
    items = made.completed(NOW)["item"][0]["item"]
    assert [each["linkId"] for each in items] == ["test.done", "test.not_done_reason"]


def test_the_questions_of_a_gate_may_be_worded():
    made = session(GATED.replace("gate: true", "gate: {done: {fr: Fait ?, en: Done?}}"))
    assert made.form.by_link_id["test.done"].label("en") == "Done?"


def test_an_error_beneath_a_gate_stands_where_it_is_written():
    with pytest.raises(AuthoringError) as caught:
        parse_yaml(HEAD + dedent(GATED.replace("type: string, text: Odd", "tipe: string, text: Odd")))
    assert (caught.value.place.line, "Is it “type”?" in caught.value.sentence) == (14, True)


def test_raw_fhir_wins_and_null_takes_away():
    form = parse_yaml(
        HEAD
        + dedent("""
        fhir: {publisher: Us, subjectType: null}
        items:
        - {id: a, type: integer, text: A, max: 3, fhir: {designNote: x, text: B, extension: null}}
    """)
    )
    assert (form["publisher"], "subjectType" in form) == ("Us", False)
    assert form["item"] == [{"linkId": "a", "type": "integer", "designNote": "x", "text": "B"}]


NORMED = """
items:
- {id: age, type: integer, text: Age}
- {id: sex, text: Sex, options: [{code: m, fr: M}, {code: f, fr: F}]}
- {id: raw, type: integer, text: Raw}
scores:
- {id: t, title: T, lookup: {table: demo, score: raw, by: {age: age, sex: sex}}, decimals: 1}
"""
TABLE = """age_from;age_to;sex;score_from;score_to;result
18;39;m;0;9;40,5
18;39;m;10;19;55
18;39;f;0;19;50
40;;;0;19;60
"""


@pytest.mark.parametrize(("age", "sex", "raw", "result"), [
    (20, "m", 9, "40.5"), (20, "m", 10, "55"), (39, "f", 0, "50"), (80, "m", 3, "60"), (20, "m", 40, None), (17, "f", 3, None),
])  # fmt: skip
def test_a_score_is_looked_up_by_age_and_sex(tmp_path, age, sex, raw, result):
    (tmp_path / "demo.csv").write_text(TABLE)
    made = session(NORMED, tables=tables_in(tmp_path))
    for path, answer in (("age", age), ("sex", sex), ("raw", raw)):
        made.set(path, answer)
    assert str(value(made, "t")) == str(result)


def test_without_the_folder_of_norms_the_score_stays_empty():
    made = session(NORMED)
    for path, answer in (("age", 20), ("sex", "m"), ("raw", 3)):
        made.set(path, answer)
    assert value(made, "t") is None


@pytest.mark.parametrize(
    ("table", "place", "sentence"),
    [
        (None, "form.yaml:12", "There is no table “demo.csv” among the norms."),
        ("age;sex;result\n1;m;2\n", "demo.csv:1", "The table has no column “score”."),
        (TABLE.replace("40,5", "forty"), "demo.csv:2", "“forty” is not a number (result)."),
        (TABLE.replace("55", ""), "demo.csv:3", "This line has no result."),
    ],
)
def test_what_is_wrong_with_a_table_is_told_with_its_line(tmp_path, table, place, sentence):
    if table:
        (tmp_path / "demo.csv").write_text(table)
    with pytest.raises(AuthoringError) as caught:
        session(NORMED, tables=tables_in(tmp_path))
    assert str(caught.value).startswith(place)
    assert caught.value.sentence == sentence


def test_a_table_of_many_lines_is_looked_up_without_nesting_too_deep(tmp_path):
    lines = ["age,score,result", *(f"{age},{score},{age + score}" for age in range(18, 60) for score in range(20))]
    (tmp_path / "demo.csv").write_text("\n".join(lines))
    made = session(NORMED.replace(", sex: sex", ""), tables=tables_in(tmp_path))
    made.set("age", 40)
    made.set("raw", 12)
    assert value(made, "t") == 52


def test_the_name_of_a_table_cannot_lead_out_of_its_folder(tmp_path):
    inner = tmp_path / "norms"
    inner.mkdir()
    (tmp_path / "secret.csv").write_text(TABLE)
    assert tables_in(inner)("../secret") is None


def test_the_catalogue_compiles_a_form_when_it_is_first_used_and_once(monkeypatch):
    compiled: list[str] = []

    def compiling(questionnaire: dict):
        compiled.append(questionnaire["name"])
        return compile_form(questionnaire)

    monkeypatch.setattr("portal.authoring.catalogue.compile_form", compiling)
    catalogue = Catalogue.load(Path(__file__).parents[2] / "content" / "questionnaires")
    assert "PHQ9" in catalogue.codes
    assert catalogue.canonical("PHQ9").endswith("|1.0.0")
    assert compiled == []
    assert catalogue.by_code("PHQ9") is catalogue.by_canonical(catalogue.canonical("PHQ9"))
    assert compiled == ["PHQ9"]
