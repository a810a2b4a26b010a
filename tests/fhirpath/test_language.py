"""The language where HL7's suite is silent: scope of variables, three values, decimals, dates, places of faults."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.fhirpath import FhirPathError, FhirPathSyntaxError, compile, evaluate  # noqa: A004
from portal.fhirpath.functions import FUNCTIONS
from portal.fhirpath.ucum import UCUM_SYSTEM as UCUM
from portal.fhirpath.ucum import unit_of

NOW = datetime.fromisoformat("2026-11-23T00:30:00+01:00")
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "birthDate": "1984-02-29",
    "_birthDate": {"extension": [{"url": "u", "valueString": "a"}, {"url": "u", "valueString": "b"}]},
    "gender": "female",
    "_language": {"extension": [{"url": "absent", "valueCode": "unknown"}]},
    "name": [{"given": ["Claire", None], "_given": [None, {"extension": [{"url": "absent", "valueCode": "masked"}]}]}],
    "extension": [{"url": "w", "valueDecimal": 7.50}, {"url": "w", "valueDecimal": 1}],
}


def results(expression: str, focus: Any = PATIENT, **variables: Any) -> list[Any]:
    return evaluate(focus, expression, variables, now=NOW)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(1 | 2 | 3).select($index)", [0, 1, 2]),
        ("('a' | 'b').select(('x' | 'y').where($index = 1) & $index.toString())", ["y0", "y1"]),
        ("(1 | 2).select($this * (10 | 20).where($this > 10))", [20, 40]),
        ("(1 | 2 | 3).aggregate($total + (10 | 20).aggregate($total + $this, 0), 0)", [90]),
        ("(1 | 2 | 3).all($index < 3)", [True]),
    ],
)
def test_inner_criteria_do_not_disturb_outer_ones(expression: str, expected: list[Any]) -> None:
    assert results(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{} and false", [False]),
        ("{} or true", [True]),
        ("{} implies true", [True]),
        ("false implies {}", [True]),
        ("{} + 1", []),
        ("{} > 1", []),
        ("{} = {}", []),
        ("{} ~ {}", [True]),
        ("iif({}, 'then', 'else')", ["else"]),
        ("{}.sum()", [0]),
        ("{}.avg()", []),
        ("{}.min()", []),
        ("{}.not()", []),
    ],
)
def test_empty_is_neither_zero_nor_false(expression: str, expected: list[Any]) -> None:
    assert results(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0.1 + 0.2", "0.3"),
        ("7.50 + 0", "7.50"),
        ("2.5.round()", "3"),
        ("(-2.5).round()", "-2"),
        ("1.005.round(2)", "1.01"),
        ("10 / 2", "5"),
        ("1 / 3", "0.3333333333333333333333333333333333"),
        ("1.0.toString()", "1.0"),
        ("0.00000001.toString()", "0.00000001"),
        ("100 / 0.0001", "1000000"),
    ],
)
def test_decimals_keep_their_digits(expression: str, expected: str) -> None:
    (found,) = results(expression)
    assert f"{found:f}" if isinstance(found, Decimal) else found == expected


def test_numbers_of_a_resource_become_decimals() -> None:
    assert results("extension('w').value") == [Decimal("7.5"), 1]
    assert results("extension('w').value.sum()") == [Decimal("8.5")]
    assert results("extension('w').value.first() = 7.5") == [True]


def test_every_repetition_of_an_extension_is_found() -> None:
    assert results("birthDate.extension('u').value") == ["a", "b"]
    assert results("birthDate.first().extension('u').value") == ["a", "b"]


def test_a_primitive_without_value_exists_but_has_no_value() -> None:
    assert results("language.exists()") == [True]
    assert results("language.hasValue()") == [False]
    assert results("language.extension('absent').value") == ["unknown"]
    assert results("name.given.count()") == [2]
    assert results("name.given") == ["Claire"]


def test_a_variable_that_was_not_given_is_an_error() -> None:
    with pytest.raises(FhirPathError, match="%nobody is not defined"):
        results("%nobody.exists()")


def test_a_variable_given_as_none_or_as_a_list_is_a_collection() -> None:
    assert results("%a.count()", a=None) == [0]
    assert results("%a.count()", a=[1, 2]) == [2]
    assert results("%a + 1", a=1.5) == [Decimal("2.5")]


def test_the_context_is_the_resource_unless_it_is_given() -> None:
    item = {"linkId": "a", "answer": [{"valueInteger": 3}]}
    assert results("%context.gender | %resource.gender") == ["female"]
    assert results("answer.value + 1", item, resource=PATIENT) == [4]
    assert results("%context.answer.value is integer", item, resource=PATIENT) == [True]
    assert results("%resource.gender", item, resource=PATIENT) == ["female"]


def test_a_defined_variable_lives_to_the_end_of_its_path() -> None:
    assert results("name.defineVariable('g', given.first()).select(%g)") == ["Claire"]
    with pytest.raises(FhirPathError):
        results("name.defineVariable('g').exists() and %g.exists()")
    with pytest.raises(FhirPathError):
        results("defineVariable('resource', 1)")


def test_the_present_is_the_callers_and_in_the_callers_zone() -> None:
    assert results("today()") == ["2026-11-23"]
    assert results("now()") == ["2026-11-23T00:30:00.000+01:00"]
    with pytest.raises(FhirPathError, match="present time was not given"):
        compile("today()")(None)


def test_an_expression_for_once_refuses_what_the_resource_cannot_have() -> None:
    for expression in ("name.given1", "Encounter.name", "children().skip(1)", "(deceased as boolean).unit2.x"):
        compile(expression)
    with pytest.raises(FhirPathError, match="HumanName has no element given1"):
        results("name.given1")
    with pytest.raises(FhirPathError, match="never of type Encounter"):
        results("Encounter.name")
    assert compile("name.given1")(PATIENT) == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("@2024-02-29 + 1 year", ["2025-02-28"]),
        ("@2026-01-31 + 1 month", ["2026-02-28"]),
        ("@2024 + 24 months", ["2026"]),
        ("@2024-05 - 3 months", ["2024-02"]),
        ("@2026-11-23T23:30:00Z + 1 hour", ["2026-11-24T00:30:00Z"]),
        ("@T23:30 + 45 minutes", ["00:15"]),
        ("@2026-11-23 > @2026-11", []),
        ("@2026-11-23 > @2026-10", [True]),
        ("@2026-11-23T10:00:00+01:00 = @2026-11-23T09:00:00Z", [True]),
        ("@2026-11-23T10:00:00+01:00 > @2026-11-23T09:30:00", []),
        ("@9999-12-31 + 1 day", []),
    ],
)
def test_dates_know_their_precision_and_their_zone(expression: str, expected: list[Any]) -> None:
    assert results(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 'g/L' = 1000 'mg/L'", [True]),
        ("5 'mmol/L' > 4900 'umol/L'", [True]),
        ("37 'Cel' = 310.15 'K'", [True]),
        ("98.6 '[degF]' ~ 37.0 'Cel'", [True]),
        ("180 'cm' = 1.8 'm'", [True]),
        ("120 'mm[Hg]' > 15 'kPa'", [True]),
        ("1 'g' = 1 'mol'", [False]),
        ("1 'kg'.toQuantity('g').value", [1000]),
        ("1 'h' = 60 'min'", [True]),
        ("4 'u[IU]/mL' = 4 'm[IU]/L'", [True]),
        ("1 'kg/m2' < 1 'g/cm2'", [True]),
        ("1 'U/L' = 1 'umol/min/L'", [True]),
        ("3 'U' = 0.003 'kU'", [True]),
        ("@2026-01-31 + 1 month * 2", ["2026-03-31"]),
        ("1 year is Quantity and (5 'kg').is(System.Quantity)", [True]),
        ("1 'mL/min' = 0.06 'L/h'", [True]),
        ("7 'mmol/mol' = 0.7 '%'", [True]),
        ("3 '[in_i]' + 1 'cm'", [{"value": Decimal("8.62"), "unit": "cm", "system": UCUM, "code": "cm"}]),
        ("70 'kg' / 4 'm2'", [{"value": 17500, "unit": "g.m-2", "system": UCUM, "code": "g.m-2"}]),
    ],
)
def test_clinical_units_convert_exactly(expression: str, expected: list[Any]) -> None:
    assert results(expression) == expected


@pytest.mark.parametrize(
    "unit",
    [
        "mmol/L",
        "umol/L",
        "nmol/L",
        "pmol/L",
        "g/L",
        "mg/L",
        "ug/L",
        "g/dL",
        "mg/dL",
        "ug/mL",
        "ng/mL",
        "pg",
        "fL",
        "%",
        "L/L",
        "10*9/L",
        "10*12/L",
        "U/L",
        "mU/L",
        "m[IU]/L",
        "u[IU]/mL",
        "[IU]/mL",
        "mL/min",
        "mL/min/{1.73_m2}",
        "mmol/mol",
        "kg/m2",
        "mm[Hg]",
        "/min",
        "{beats}/min",
        "cm",
        "kg",
        "s",
        "ms",
        "h",
        "d",
        "wk",
        "mo",
        "a",
        "Cel",
        "[degF]",
        "{score}",
        "1",
        "kcal",
        "kPa",
        "mg/d",
        "mg/kg",
    ],
)
def test_the_units_of_clinical_forms_are_known(unit: str) -> None:
    assert results(f"1 '{unit}' < 2 '{unit}' and (1 '{unit}').toQuantity('{unit}').value = 1") == [True]
    assert unit_of(unit).factor > 0


@pytest.mark.parametrize("expression", ["1 'bananas' < 2 'kg'", "1 'g'.toQuantity('quux')", "1 'mg' + 1 'foo'"])
def test_a_unit_that_is_not_known_is_an_error_and_never_a_guess(expression: str) -> None:
    with pytest.raises(FhirPathError, match="cannot be converted"):
        results(expression)


@pytest.mark.parametrize(
    ("expression", "position"),
    [
        ("1 2", 2),
        ("item.where(linkId='a'", 21),
        ("'O''Brien'", 3),
        ("1 + /* open", 4),
        ("name.given(", 11),
        ("a.b..c", 4),
        ("@2026-13-01", 0),
        ("item.valueCoding", 5),
        ("foo()", 0),
        ("name.first(1)", 5),
        ("gender is Flower", 7),
        ("%", 0),
        ('"text"', 0),
        ("name.$this", 5),
        ("", 0),
    ],
)
def test_a_faulty_expression_is_refused_when_it_is_compiled(expression: str, position: int) -> None:
    with pytest.raises(FhirPathError) as caught:
        compile(expression)
    assert caught.value.position == position


def test_a_fault_at_run_time_says_where_and_shows_it() -> None:
    with pytest.raises(FhirPathError) as caught:
        results("gender.exists() and\n  (gender + 1) > 3")
    assert caught.value.caret().splitlines()[1:] == ["    (gender + 1) > 3", "            ^"]
    assert "line 2, column 11" in str(caught.value)


def test_an_error_never_repeats_what_the_resource_says() -> None:
    for expression in ("gender + 1", "gender.abs()", "(gender | 'x') & 'a'", "gender > 1"):
        with pytest.raises(FhirPathError) as caught:
            results(expression)
        assert "female" not in caught.value.caret().replace(expression, "")
        assert "female" not in repr(caught.value.message)


def test_unfinished_syntax_has_its_own_error() -> None:
    with pytest.raises(FhirPathSyntaxError):
        compile("1 +")


def test_a_trace_tells_the_name_and_the_count_and_no_value() -> None:
    from portal.fhirpath import Hooks

    told: list[Any] = []
    hooks = Hooks(trace=lambda *heard: told.append(heard))
    assert evaluate(PATIENT, "name.given.trace('names').count()", hooks=hooks) == [2]
    assert told == [("names", 2)]


def test_what_the_caller_knows_comes_through_hooks() -> None:
    from portal.fhirpath import Hooks

    hooks = Hooks(
        resolve=lambda reference: {"resourceType": "Patient", "id": reference.split("/")[1]},
        member_of=lambda value, url: url == "urn:vs" and value == "female",
        conforms_to=lambda value, url: url == "urn:profile",
    )
    response = {"resourceType": "QuestionnaireResponse", "subject": {"reference": "Patient/9"}}
    assert evaluate(response, "subject.resolve().id", hooks=hooks) == ["9"]
    assert evaluate(response, "subject.resolve() is Patient", hooks=hooks) == [True]
    assert evaluate(PATIENT, "gender.memberOf('urn:vs')", hooks=hooks) == [True]
    assert evaluate(PATIENT, "conformsTo('urn:profile')", hooks=hooks) == [True]
    with pytest.raises(FhirPathError):
        evaluate(PATIENT, "gender.memberOf('urn:vs')")


def test_the_resource_is_never_changed() -> None:
    import copy

    before = copy.deepcopy(PATIENT)
    for expression in ("descendants().count()", "(name | name).given.toString()", "extension.value.ofType(decimal)"):
        try:
            results(expression)
        except FhirPathError:
            continue
    assert before == PATIENT


def test_compiled_expressions_are_shared_and_their_number_is_bounded() -> None:
    from portal.fhirpath.expression import _compiled

    assert compile("1 + 1") is compile("1 + 1")
    assert _compiled.cache_info().maxsize == 4096


def test_every_function_is_documented() -> None:
    for function in FUNCTIONS.values():
        assert function.signature.startswith(f"{function.name}(")
        assert function.text.endswith((".", "25."))
        assert function.group


def test_the_boundary_of_constants_for_authors() -> None:
    assert results("%ucum") == ["http://unitsofmeasure.org"]
    assert results("%sct | %loinc") == ["http://snomed.info/sct", "http://loinc.org"]
    assert results("%`vs-administrative-gender`") == ["http://hl7.org/fhir/ValueSet/administrative-gender"]
    assert results("%`ext-patient-birthTime`") == ["http://hl7.org/fhir/StructureDefinition/patient-birthTime"]


def test_the_documented_functions_are_those_that_exist() -> None:
    from tests.fhirpath.function_page import PAGE, written

    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "run python -m tests.fhirpath.function_page"


@pytest.mark.parametrize(
    ("narrative", "expected"),
    [
        ('<div xmlns="http://www.w3.org/1999/xhtml"><p>Text <b>bold</b><br/></p></div>', True),
        ("<div><img src='#a' alt='b'/></div>", True),
        ("<div> </div>", False),
        ("<p>Text</p>", False),
        ("<div><script>x</script></div>", False),
        ("<div onclick='x'>Text</div>", False),
        ("<div><a href=' JavaScript:x'>Text</a></div>", False),
        ("<div>Text", False),
    ],
)
def test_a_narrative_is_checked_for_text_and_harmless_elements(narrative: str, expected: bool) -> None:
    resource = {"resourceType": "Patient", "text": {"status": "generated", "div": narrative}}
    assert results("text.`div`.htmlChecks()", resource) == [expected]
