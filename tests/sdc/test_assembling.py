from portal.fhir import systems
from portal.sdc import FormSession, assemble, compile_form, extract_bundle
from tests.sdc.small import NOW, questionnaire, value

SUB = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-subQuestionnaire"
VARIABLE = "http://hl7.org/fhir/StructureDefinition/variable"
CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"


def variable(name: str, text: str) -> dict:
    return {"url": VARIABLE, "valueExpression": {"name": name, "language": "text/fhirpath", "expression": text}}


def placeholder(link_id: str, canonical: str, prefix: str = "") -> dict:
    more = [variable("linkIdPrefix", f"'{prefix}'")] if prefix else []
    return {
        "linkId": link_id,
        "type": "display",
        "text": "…",
        "extension": [{"url": SUB, "valueCanonical": canonical}, *more],
    }


def group(*items: dict) -> dict:
    return {"linkId": "g", "type": "group", "text": "G", "item": list(items)}


DOUBLE = {
    "linkId": "b",
    "type": "integer",
    "text": "B",
    "extension": [{"url": CALCULATED, "valueExpression": {"language": "text/fhirpath", "expression": "%two * %resource.descendants().where(linkId = 'a').answer.value"}}],
}  # fmt: skip
PART = questionnaire(
    {"linkId": "a", "type": "integer", "text": "A"},
    DOUBLE,
    {
        "linkId": "c",
        "type": "string",
        "text": "C",
        "enableWhen": [{"question": "a", "operator": "exists", "answerBoolean": True}],
    },
    url="urn:part",
    extension=[variable("two", "2")],
    contained=[{"resourceType": "ValueSet", "id": "v"}],
)


def assembled(*items: dict, **forms: dict):
    known = {"urn:part|1": PART, **{f"urn:{name}|1": form for name, form in forms.items()}}
    return assemble(questionnaire(*items), known.get)


def test_a_placeholder_gives_way_to_the_items_of_its_form():
    result = assembled(group(placeholder("p", "urn:part|1")))
    assert result.faults == ()
    assert [each["linkId"] for each in result.questionnaire["item"][0]["item"]] == ["a", "b", "c"]
    assert result.questionnaire["version"] == "1-assembled"
    assert "urn:part|1" in str(result.questionnaire["extension"])
    assert result.questionnaire["contained"] == PART["contained"]


def test_an_assembled_form_works_with_what_its_parts_declared():
    session = FormSession(compile_form(assembled(group(placeholder("p", "urn:part|1"))).questionnaire), now=NOW)
    session.set("a", 4)
    assert value(session, "b") == 8


def test_the_same_form_twice_needs_a_prefix_and_then_works_twice():
    twice = assembled(
        {**group(placeholder("p", "urn:part|1", "x-")), "linkId": "g1"},
        {**group(placeholder("q", "urn:part|1", "y-")), "linkId": "g2"},
    )
    assert twice.faults == ()
    session = FormSession(compile_form(twice.questionnaire), now=NOW)
    session.set("x-a", 4)
    session.set("y-a", 5)
    assert (value(session, "x-b"), value(session, "y-b")) == (8, 10)
    assert session.state("x-c").enabled


def test_what_cannot_be_assembled_is_named():
    looped = questionnaire(placeholder("p", "urn:loop|1"), url="urn:loop")
    faults = {
        "unknown": assembled(placeholder("p", "urn:nothing|1")).faults,
        "loop": assembled(placeholder("p", "urn:loop|1"), loop=looped).faults,
        "twice": assembled(placeholder("p", "urn:part|1"), {"linkId": "a", "type": "string", "text": "A"}).faults,
    }
    assert {name: [fault.text for fault in found] for name, found in faults.items()} == {
        "unknown": ["The form urn:nothing|1 is not known."],
        "loop": ["The form urn:loop|1 contains itself."],
        "twice": ["This linkId stands twice in the assembled form."],
    }


def test_a_variable_that_exists_already_is_a_fault():
    holder = {**group(placeholder("p", "urn:part|1")), "extension": [variable("two", "3")]}
    assert [fault.link_id for fault in assembled(holder).faults] == ["p"]


BASE = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def test_a_form_that_needs_a_variable_says_so_where_it_is_missing():
    needs = {"url": f"{BASE}assembleContext", "valueString": "who"}
    form = questionnaire({"linkId": "x", "type": "string", "text": "X"}, url="urn:needs", extension=[needs])
    (fault,) = assembled(placeholder("p", "urn:needs|1"), needs=form).faults
    assert (fault.link_id, "%who" in fault.text) == ("p", True)
    with_it = placeholder("p", "urn:needs|1")
    with_it["extension"].append(variable("who", "'x'"))
    assert assembled(with_it, needs=form).faults == ()


def test_forms_that_are_filled_in_differently_do_not_join():
    form = questionnaire(url="urn:mode", extension=[{"url": f"{BASE}entryMode", "valueCode": "random"}])
    root = questionnaire(placeholder("p", "urn:mode|1"), extension=[{"url": f"{BASE}entryMode", "valueCode": "sequential"}])  # fmt: skip
    assert "entryMode" in assemble(root, {"urn:mode|1": form}.get).faults[0].text
    alone = assemble(questionnaire(placeholder("p", "urn:mode|1")), {"urn:mode|1": form}.get)
    assert (alone.faults, "random" in str(alone.questionnaire["extension"])) == ((), True)


def test_a_form_that_asks_a_server_for_its_questions_cannot_be_a_part():
    form = questionnaire(url="urn:adaptive", extension=[{"url": f"{BASE}questionnaireAdaptive", "valueBoolean": True}])
    (fault,) = assembled(placeholder("p", "urn:adaptive|1"), adaptive=form).faults
    assert "questionnaireAdaptive" in fault.text


TARGET = "http://hl7.org/fhir/StructureDefinition/targetConstraint"
TEMPLATE = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-templateExtract"


def test_a_prefix_reaches_every_place_that_names_a_question():
    value_of = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-templateExtractValue"
    read = "%resource.item.where(linkId = 'x').answer.value"
    person = {"resourceType": "Patient", "id": "t", "name": [{"_text": {"extension": [{"url": value_of, "valueString": read}]}}]}  # fmt: skip
    check = {"url": TARGET, "extension": [{"url": "key", "valueId": "k"}, {"url": "expression", "valueString": f"{read} = 'ok'"}, {"url": "location", "valueString": "%resource.item.where(linkId = 'x')"}]}  # fmt: skip
    bands = {"url": systems.SCORE_BANDS, "extension": [{"url": "item", "valueString": "x"}]}
    alert = {"url": systems.ALERT_RULE, "extension": [{"url": "id", "valueString": "low"}, {"url": "condition", "valueString": f"{read} = 'low'"}]}  # fmt: skip
    extract = {"url": TEMPLATE, "extension": [{"url": "template", "valueReference": {"reference": "#t"}}]}
    part = questionnaire(
        {"linkId": "x", "type": "string", "text": "X", "extension": [extract]},
        {"linkId": "s", "type": "integer", "text": "S", "extension": [bands]},
        url="urn:sub",
        extension=[check, alert],
        contained=[person],
    )
    made = assembled(placeholder("p", "urn:sub|1", "a-"), placeholder("q", "urn:sub|1", "b-"), sub=part)
    assert made.faults == ()
    form = compile_form(made.questionnaire)
    assert form.faults == ()
    session = FormSession(form, now=NOW)
    session.set("b-x", "low")
    assert [each.place for each in session.errors()] == ["b-x"]
    assert [each.id for each in session.alerts()] == ["b-low"]
    assert [score.items for score in form.scores] == [("a-x",), ("b-x",)]
    found = extract_bundle(form, session.completed(NOW), now=NOW, new_uuid=lambda: "u")
    assert [entry["resource"]["name"] for entry in found.bundle["entry"]] == [[{"text": "low"}]]


def test_a_template_at_the_root_of_a_part_is_told():
    extract = {"url": TEMPLATE, "extension": [{"url": "template", "valueReference": {"reference": "#t"}}]}
    part = questionnaire({"linkId": "x", "type": "string", "text": "X"}, url="urn:sub", extension=[extract])
    assert ["templateExtract" in fault.text for fault in assembled(placeholder("p", "urn:sub|1"), sub=part).faults] == [True]  # fmt: skip
