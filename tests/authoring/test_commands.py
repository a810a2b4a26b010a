import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal.authoring.commands import questionnaire

CONTENT = Path(__file__).parents[2] / "content" / "questionnaires"
PHQ9 = CONTENT / "PHQ9.yaml"


def run(*arguments: object, code: int = 0):
    result = CliRunner().invoke(questionnaire, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if result.stdout else result.stderr


@pytest.fixture
def response(tmp_path) -> Path:
    answers = [
        {"linkId": f"q{n}", "answer": [{"valueCoding": {"system": "http://loinc.org", "code": "LA6570-1"}}]}
        for n in range(1, 10)
    ]
    file = tmp_path / "response.json"
    content = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": run("compile", PHQ9)["url"],
        "status": "completed",
        "item": [{"linkId": "problems", "item": answers}],
    }
    file.write_text(json.dumps(content))
    return file


def test_lint_of_a_sound_form_is_an_empty_list():
    assert run("lint", PHQ9) == []


def test_a_file_that_cannot_be_read_says_where(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text("code: X\nitems: 3\n")
    assert run("lint", file, code=1).startswith("bad.yaml:")


DEEP = '{"resourceType": "%s", "item": ' + "[" * 20_000 + "]" * 20_000 + "}"
UNREADABLE = {
    "no JSON": (b"hello", "1:1: This is not JSON"),
    "nothing": (b"", "1:1: The file is empty."),
    "a list": (b"[]", "1:1: A FHIR QuestionnaireResponse is expected here."),
    "a patient": (b'{"resourceType": "Patient"}', "is expected here, not a Patient."),
    "Latin-1": ('{"resourceType":\n "é"}'.encode("latin-1"), "2:3: This is not UTF-8."),
    "too deep": ((DEEP % "QuestionnaireResponse").encode(), "lie too deep within one another"),
    "an item that is none": (
        b'{"resourceType": "QuestionnaireResponse",\n "item": {"linkId": "q1"}}',
        "2:10: “item” must be a list of elements",
    ),
    "an answer that is none": (
        b'{"resourceType": "QuestionnaireResponse", "item": [{"linkId": "q1", "answer": [{"valueCoding": 3}]}]}',
        "“valueCoding” must be an element",
    ),
}


@pytest.mark.parametrize("command", ["validate", "calculate", "extract"])
@pytest.mark.parametrize("case", UNREADABLE)
def test_a_response_that_cannot_be_read_is_one_sentence_with_its_place(tmp_path, command, case):
    content, sentence = UNREADABLE[case]
    file = tmp_path / "answers.json"
    file.write_bytes(content)
    told = run(command, PHQ9, file, code=1)
    assert told.startswith("answers.json:")
    assert sentence in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{"resourceType": "Questionnaire", "item": 3}', "1:43: “item”"),
        (
            '{"resourceType": "Questionnaire", "item": [\n{"linkId": "a", "type": "string", "extension": {}}]}',
            "2:48: “ext",
        ),
        ('{"resourceType": "Questionnaire", "item": [{"linkId": 7}]}', "1:55: “linkId” must be a text"),
        ('{"resourceType": "Questionnaire", "item": ["a"]}', "1:43: “item”"),
        (DEEP % "Questionnaire", "lie too deep"),
    ],
)
def test_a_form_whose_parts_are_of_the_wrong_kind_is_told_with_its_place(tmp_path, content, place):
    file = tmp_path / "form.json"
    file.write_text(content)
    assert place in run("lint", file, code=1)


@pytest.mark.parametrize(
    ("name", "content"),
    [("f.yaml", "title: Été".encode("latin-1")), ("f.yaml", b"a: " + b"[" * 20_000), ("f.yaml", b"a: \x00")],
)
def test_a_yaml_file_that_is_no_text_or_too_deep_is_told(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    assert run("compile", file, code=1).startswith("f.yaml:")


def test_a_mark_at_the_beginning_of_a_file_does_no_harm(tmp_path, response):
    form, answers = tmp_path / "bom.yaml", tmp_path / "bom.json"
    form.write_bytes(b"\xef\xbb\xbf" + PHQ9.read_bytes())
    answers.write_bytes(b"\xef\xbb\xbf" + response.read_bytes())
    assert run("lint", form) == []
    assert run("calculate", form, answers)["status"] == "completed"
    form = tmp_path / "bom2.json"
    form.write_bytes(b"\xef\xbb\xbf" + json.dumps(run("compile", PHQ9)).encode())
    assert run("lint", form) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--context", "user"), "A launch context is written NAME=FILE."),
        (("--context", "user=nowhere.json"), "nowhere.json:1:1: This file cannot be read"),
        (("--context", "user={file}"), "This is not JSON"),
        (("--subject", "{file}"), "This is not JSON"),
        (("--resources", "{file}"), "This is not JSON"),
        (("--subject", "{nameless}"), "The patient has no id"),
        (("--resources", "{nameless}"), "A FHIR Bundle is expected here, not a Patient."),
    ],
)
def test_what_populate_cannot_read_is_told(tmp_path, arguments, sentence):
    file, nameless = tmp_path / "bad.json", tmp_path / "nameless.json"
    file.write_text("oops")
    nameless.write_text('{"resourceType": "Patient"}')
    option, value = arguments
    assert sentence in run("populate", PHQ9, option, value.format(file=file, nameless=nameless), code=1)


def test_assemble_names_the_part_that_cannot_be_read(tmp_path):
    (tmp_path / "part.json").write_text("{")
    assert run("assemble", PHQ9, "--from", tmp_path, code=1).startswith("part.json:1:2: This is not JSON")


BROKEN = {
    "linkId": "a",
    "type": "integer",
    "text": "A",
    "readOnly": True,
    "extension": [
        {
            "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
            "valueExpression": {"language": "text/fhirpath", "expression": "(("},
        }
    ],
}


@pytest.mark.parametrize("command", ["calculate", "validate", "populate", "extract"])
def test_an_expression_that_cannot_run_at_all_is_told_and_ends_with_one(tmp_path, command):
    form, answers = tmp_path / "form.json", tmp_path / "answers.json"
    form.write_text(json.dumps({"resourceType": "Questionnaire", "url": "urn:q", "version": "1", "item": [BROKEN]}))
    answers.write_text(
        json.dumps({"resourceType": "QuestionnaireResponse", "questionnaire": "urn:q|1", "status": "in-progress"})
    )
    given = [] if command == "populate" else [answers]
    result = CliRunner().invoke(questionnaire, [command, str(form), *map(str, given)])
    assert (result.exit_code, "a: calculation: " in result.stderr) == (1, True)
    assert json.loads(result.stdout)["resourceType"]


def test_a_pattern_that_cannot_be_read_ends_with_one_and_a_sentence(tmp_path, response):
    form = tmp_path / "form.json"
    pattern = {"url": "http://hl7.org/fhir/StructureDefinition/regex", "valueString": "(("}
    item = {"linkId": "a", "type": "string", "text": "A", "extension": [pattern]}
    form.write_text(json.dumps({"resourceType": "Questionnaire", "url": "urn:q", "version": "1", "item": [item]}))
    result = CliRunner().invoke(questionnaire, ["calculate", str(form), str(response)])
    assert (result.exit_code, "The pattern is not a regular expression." in result.stderr) == (1, True)


def test_a_faulty_form_ends_with_one(tmp_path):
    file = tmp_path / "f.json"
    file.write_text('{"resourceType": "Questionnaire", "item": [{"linkId": "a", "type": "choice", "text": "A"}]}')
    assert {each["level"] for each in run("lint", file, code=1)} == {"fault", "advice"}


def test_calculate_adds_the_scores(response):
    scores = {each["linkId"]: each["answer"] for each in run("calculate", PHQ9, response)["item"][1]["item"]}
    assert scores["total"] == [{"valueInteger": 18}]


def test_validate_gives_an_outcome_and_a_code(response, tmp_path):
    assert run("validate", PHQ9, response)["issue"][0]["severity"] == "information"
    broken = json.loads(response.read_text())
    del broken["item"][0]["item"][3]
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(broken))
    (issue,) = run("validate", PHQ9, file, code=1)["issue"]
    assert (issue["code"], issue["diagnostics"]) == ("required", "q4")


def test_extract_gives_a_transaction(response, tmp_path):
    file = tmp_path / "calculated.json"
    file.write_text(json.dumps(run("calculate", PHQ9, response)))
    bundle = run("extract", PHQ9, file)
    values = [entry["resource"]["valueQuantity"]["value"] for entry in bundle["entry"]]
    assert (bundle["type"], values) == ("transaction", [18, 4])


def test_populate_takes_observations_from_a_bundle(tmp_path):
    item = {
        "linkId": "w",
        "type": "decimal",
        "text": "W",
        "code": [{"system": "http://loinc.org", "code": "29463-7"}],
        "extension": [
            {
                "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-observationLinkPeriod",
                "valueDuration": {"value": 500, "code": "a"},
            }
        ],
    }
    form, bundle = tmp_path / "form.json", tmp_path / "bundle.json"
    form.write_text(json.dumps({"resourceType": "Questionnaire", "url": "urn:w", "version": "1", "item": [item]}))
    weight = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "effectiveDateTime": "2026-01-01",
        "valueQuantity": {"value": 72.5},
    }
    bundle.write_text(json.dumps({"resourceType": "Bundle", "entry": [{"resource": weight}]}))
    assert run("populate", form, "--resources", bundle)["item"] == [{"linkId": "w", "answer": [{"valueDecimal": 72.5}]}]


def test_assemble_needs_every_part(tmp_path):
    sub = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-subQuestionnaire"
    placeholder = {
        "linkId": "p",
        "type": "display",
        "text": "…",
        "extension": [{"url": sub, "valueCanonical": "urn:part|1"}],
    }
    root, parts = tmp_path / "root.json", tmp_path / "parts"
    parts.mkdir()
    root.write_text(
        json.dumps({"resourceType": "Questionnaire", "url": "urn:root", "version": "1", "item": [placeholder]})
    )
    run("assemble", root, "--from", parts, code=1)
    part = {
        "resourceType": "Questionnaire",
        "url": "urn:part",
        "version": "1",
        "item": [{"linkId": "a", "type": "string"}],
    }
    (parts / "part.json").write_text(json.dumps(part))
    assert run("assemble", root, "--from", parts)["item"] == part["item"]


def test_decompile_gives_yaml_that_compiles_to_the_same(tmp_path):
    form, yaml = tmp_path / "phq9.json", tmp_path / "phq9.yaml"
    form.write_text(json.dumps(run("compile", PHQ9)))
    result = CliRunner().invoke(questionnaire, ["decompile", str(form)])
    assert result.exit_code == 0
    yaml.write_text(result.stdout)
    assert run("compile", yaml) == json.loads(form.read_text())


def test_what_a_form_carries_without_effect_is_told_beside_the_result(tmp_path):
    form, response = tmp_path / "form.json", tmp_path / "response.json"
    strange = {"linkId": "a", "type": "string", "text": "A", "extension": [{"url": "urn:strange", "valueString": "x"}]}
    form.write_text(json.dumps({"resourceType": "Questionnaire", "url": "urn:w", "version": "1", "item": [strange]}))
    response.write_text(json.dumps({"resourceType": "QuestionnaireResponse", "status": "in-progress"}))
    result = CliRunner().invoke(questionnaire, ["calculate", str(form), str(response)])
    assert (result.exit_code, "urn:strange has no effect" in result.stderr) == (0, True)


def test_norms_are_read_from_a_folder(tmp_path):
    form, norms = tmp_path / "form.yaml", tmp_path / "norms"
    norms.mkdir()
    (norms / "demo.csv").write_text("score,result\n1,40\n")
    form.write_text(
        'code: X\nversion: "1"\ntitle: X\ncategory: auto\nlicence: own\nitems: [{id: raw, type: integer, text: R}]\n'
        "scores: [{id: t, title: T, lookup: {table: demo, score: raw}}]\n"
    )
    assert "iif(%score = 1, 40)" in json.dumps(run("compile", form, "--norms", norms))
    assert "iif(%score" not in json.dumps(run("compile", form))


@pytest.fixture
def norms(tmp_path) -> tuple[Path, Path]:
    """A form whose score is looked up, and the folder of its table."""
    form, folder = tmp_path / "form.yaml", tmp_path / "norms"
    folder.mkdir()
    (folder / "demo.csv").write_text("score,result\n1,40\n")
    form.write_text(
        'code: X\nversion: "1"\ntitle: X\ncategory: auto\nlicence: own\nitems: [{id: raw, type: integer, text: R}]\n'
        "scores: [{id: t, title: T, lookup: {table: demo, score: raw}}]\n"
    )
    return form, folder


@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_looked_up_score_is_computed_with_the_norms_folder(tmp_path, norms, monkeypatch, way):
    form, folder = norms
    answers = tmp_path / "answers.json"
    answers.write_text(
        json.dumps(
            {
                "resourceType": "QuestionnaireResponse",
                "status": "in-progress",
                "item": [{"linkId": "raw", "answer": [{"valueInteger": 1}]}],
            }
        )
    )
    if way == "variable":
        monkeypatch.setenv("PORTAL_NORMS", str(folder))
    given = ["--norms", folder] if way == "option" else []
    scores = run("calculate", form, answers, *given)["item"][-1]["item"]
    assert scores == [{"linkId": "t", "answer": [{"valueInteger": 40}]}]
    assert run("lint", form, *given) == []
    run("populate", form, *given)


@pytest.mark.parametrize("command", ["compile", "calculate", "validate", "populate"])
def test_a_score_without_its_table_is_told_beside_the_result(norms, response, command):
    form, _ = norms
    given = [] if command in ("compile", "populate") else [response]
    result = CliRunner().invoke(questionnaire, [command, str(form), *map(str, given)])
    assert "t: The table that this score looks up is not at hand" in result.stderr


def test_a_score_without_its_table_is_advice_of_lint(norms):
    (remark,) = run("lint", norms[0])
    assert (remark["level"], remark["linkId"]) == ("advice", "t")
