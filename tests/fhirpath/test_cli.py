"""An author tries an expression on a file."""

from pathlib import Path

from portal.fhirpath.cli import evaluate_file


def test_results_are_printed_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "patient.json"
    file.write_text(
        '{"resourceType": "Patient", "name": [{"given": ["Ève", "Anne"]}], "extension": [{"valueDecimal": 7.50}]}'
    )
    assert evaluate_file(file, "name.given") == (0, '"Ève"\n"Anne"')
    assert evaluate_file(file, "extension.value") == (0, "7.50")
    assert evaluate_file(file, "gender") == (0, "{}")
    assert evaluate_file(file, "name.given.trace('n').count()") == (0, "trace n: 2 items\n2")
    assert evaluate_file(None, "1 'kg'") == (
        0,
        '{"value": 1.0, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}',
    )


def test_a_fault_is_shown_with_a_caret(tmp_path: Path) -> None:
    code, text = evaluate_file(None, "1 + ")
    assert code == 1
    assert text.endswith("\n  1 + \n      ^")


def test_a_file_that_cannot_be_read_is_said_plainly(tmp_path: Path) -> None:
    assert evaluate_file(tmp_path / "none.json", "1")[0] == 1
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert evaluate_file(broken, "1")[1].startswith("This file is not JSON")
