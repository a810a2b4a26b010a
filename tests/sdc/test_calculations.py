from decimal import Decimal

from portal.sdc import FormSession, compile_form
from tests.sdc.small import NOW, begin, questionnaire, small, value

CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
INITIAL = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression"
BMI = """
items:
- {id: weight, type: decimal, text: W}
- {id: height, type: decimal, text: H}
- {id: bmi, type: decimal, text: BMI, formula: "({weight} / ({height} / 100).power(2)).round(1)"}
- {id: heavy, type: boolean, text: Heavy, read_only: true, formula: "{bmi} >= 30"}
"""


def item(link_id: str, url: str, expression: str, kind: str = "integer", **more) -> dict:
    extension = {"url": url, "valueExpression": {"language": "text/fhirpath", "expression": expression}}
    return {"linkId": link_id, "type": kind, "text": link_id, "extension": [extension], **more}


def test_one_answer_reaches_everything_that_depends_on_it():
    session = begin(BMI)
    session.set("weight", 100)
    change = session.set("height", 175)
    assert change.values == {"height", "bmi", "heavy"}
    assert (value(session, "bmi"), value(session, "heavy")) == (Decimal("32.7"), True)


def test_a_calculation_without_a_result_is_unanswered_never_false():
    assert value(begin(BMI), "heavy") is None


def test_a_persons_own_value_stops_the_calculation_until_it_is_reset():
    session = begin(BMI)
    session.set("weight", 100)
    session.set("bmi", 25)
    session.set("height", 175)
    assert (value(session, "bmi"), session.state("bmi").edited) == (25, True)
    session.reset("bmi")
    assert (value(session, "bmi"), session.state("bmi").edited) == (Decimal("32.7"), False)


def test_a_stored_value_that_differs_from_its_calculation_is_taken_as_edited():
    session = begin(BMI)
    session.set("weight", 100)
    session.set("height", 175)
    session.set("bmi", 25)
    again = FormSession(session.form, session.response(), now=NOW)
    assert (value(again, "bmi"), again.state("bmi").edited) == (25, True)


def test_calculations_run_in_the_order_they_need_whatever_the_order_of_the_form():
    session = begin("""
        items:
        - {id: c, type: integer, text: C, formula: "{b} + 1"}
        - {id: b, type: integer, text: B, formula: "{a} + 1"}
        - {id: a, type: integer, text: A}
    """)
    session.set("a", 1)
    assert (value(session, "b"), value(session, "c")) == (2, 3)


def test_calculations_that_wait_for_each_other_are_frozen_and_reported():
    session = begin("""
        items:
        - {id: start, type: integer, text: S}
        - {id: a, type: integer, text: A, formula: "iif({b}.exists(), {b}, {start}) + 1"}
        - {id: b, type: integer, text: B, formula: "{a} + 1"}
    """)
    session.set("start", 1)
    assert {"a", "b"} <= set(session.faults)
    session.set("start", 2)


def test_calculations_that_wait_for_each_other_may_settle():
    session = begin("""
        items:
        - {id: a, type: integer, text: A, formula: "iif({b} > 3, 3, {b})"}
        - {id: b, type: integer, text: B, formula: "iif({a}.exists(), {a}, 2)"}
    """)
    assert (value(session, "a"), value(session, "b")) == (2, 2)
    assert session.faults == {}


def test_a_fault_in_one_expression_names_its_item_and_stops_nothing():
    form = compile_form(
        questionnaire(
            item("broken", CALCULATED, "1 +"),
            item("unknown", CALCULATED, "%nothing + 1"),
            item("wrong", CALCULATED, "'text'"),
            item("good", CALCULATED, "1 + 1"),
        )
    )
    session = FormSession(form, now=NOW)
    assert {fault.link_id for fault in form.faults} == {"broken", "unknown"}
    assert set(session.faults) == {"wrong"}
    assert value(session, "good") == 2


def test_a_decimal_result_is_not_rounded_in_silence_for_a_whole_number():
    session = FormSession(compile_form(questionnaire(item("n", CALCULATED, "2.5"))), now=NOW)
    assert value(session, "n") is None
    assert "n" in session.faults


def test_a_choice_may_be_calculated():
    options = [{"valueCoding": {"system": "urn:s", "code": "x"}}, {"valueCoding": {"system": "urn:s", "code": "y"}}]
    session = FormSession(
        compile_form(questionnaire(item("c", CALCULATED, "'y'", "choice", answerOption=options))), now=NOW
    )
    assert value(session, "c") == "y"


def test_first_values_are_given_once():
    form = small("items:\n- {id: a, type: integer, initial: 3, text: A}")
    session = FormSession(form, now=NOW)
    assert value(session, "a") == 3
    session.set("a", None)
    assert value(FormSession(form, session.response(), now=NOW), "a") is None


def test_a_first_value_may_come_from_what_is_known_of_the_patient():
    launch = {
        "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-launchContext",
        "extension": [{"url": "name", "valueCoding": {"code": "patient"}}, {"url": "type", "valueCode": "Patient"}],
    }
    form = compile_form(questionnaire(item("sex", INITIAL, "%patient.gender", "string"), extension=[launch]))
    session = FormSession(form, now=NOW, given={"patient": {"resourceType": "Patient", "gender": "female"}})
    assert form.faults == ()
    assert value(session, "sex") == "female"


def test_today_is_the_day_at_the_centres():
    late = NOW.replace(hour=23, minute=30)
    session = FormSession(compile_form(questionnaire(item("d", CALCULATED, "today()", "date"))), now=late)
    assert value(session, "d") == "2026-12-03"


def test_a_variable_is_seen_on_its_item_and_below_and_may_use_others():
    session = begin("""
        variables: {two: "2"}
        items:
        - id: g
          text: G
          variables: {four: "%two * %two"}
          items: [{id: a, type: integer, text: A, formula: "%four + 1"}]
    """)
    assert value(session, "a") == 5


def test_an_answer_runs_only_what_can_see_it():
    form = small("""
        items:
        - {id: g, text: G, items: [{id: a, type: integer, text: A}, {id: b, type: integer, text: B, formula: "{a}"}]}
        - {id: h, text: H, items: [{id: c, type: integer, text: C}, {id: d, type: integer, text: D, formula: "{c}"}]}
    """)
    readers = {
        link_id: [form.plan.rules[place].link_id for place in places] for link_id, places in form.plan.readers.items()
    }
    assert readers == {"a": ["b"], "c": ["d"]}
