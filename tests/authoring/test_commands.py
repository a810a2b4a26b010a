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
