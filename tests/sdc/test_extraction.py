from decimal import Decimal
from itertools import count

import pytest

from portal.sdc import FormSession, compile_form, extract, extract_bundle
from tests.sdc.small import NOW, begin, questionnaire

FORM = """
items:
- id: body
  text: Body
  extract: true
  category: vital-signs
  items:
  - {id: weight, type: decimal, unit: kg, loinc: 29463-7, text: Weight}
  - {id: smoker, type: boolean, loinc: 72166-2, text: Smoker}
  - {id: since, type: date, loinc: 83845-7, precision: year, text: Since}
  - {id: note, type: string, text: Note}
  - {id: private, type: integer, loinc: 1-8, extract: false, text: Private}
- {id: mood, text: Mood, options: [{code: a, score: 1, fr: A}, {code: b, score: 20, fr: B}]}
scores:
- id: total
  title: {fr: Total, en: Total score}
  loinc: 44261-6
  sum: [mood]
  bands:
  - {from: 0, to: 9, level: 0, label: {fr: bas, en: low}}
  - {from: 10, to: 20, level: 4, label: {fr: haut, en: high}}
"""


@pytest.fixture
def session() -> FormSession:
    about = {
        "subject": {"reference": "Patient/7"},
        "author": {"reference": "Patient/7"},
        "encounter": {"reference": "Encounter/1"},
    }
    return begin(FORM, about=about)


def extracted(session: FormSession) -> dict[str, dict]:
    found = extract(session.form, {**session.completed(NOW), "id": "r1"})
    return {observation["code"]["coding"][-1]["code"]: observation for observation in found}


def test_a_score_becomes_an_observation_that_points_at_the_response(session):
    session.set("mood", "b")
    score = extracted(session)["44261-6"]
    assert score["valueQuantity"]["value"] == 20
    assert score["derivedFrom"] == [{"reference": "QuestionnaireResponse/r1"}]
    assert score["category"][0]["coding"][0]["code"] == "survey"
    assert score["code"]["coding"][0]["code"] == "SMALL_TOTAL"
    assert (score["subject"], score["encounter"]) == ({"reference": "Patient/7"}, {"reference": "Encounter/1"})
    assert score["performer"] == [{"reference": "Patient/7"}]
    assert score["effectiveDateTime"] == score["issued"] == "2026-12-02T14:02:00+01:00"


def test_its_band_is_the_interpretation_and_all_bands_the_reference_range(session):
    session.set("mood", "b")
    score = extracted(session)["44261-6"]
    assert score["interpretation"][0]["text"] == "haut"
    assert score["interpretation"][0]["coding"][0]["code"] == "4"
    assert [(each["low"]["value"], each["high"]["value"], each["text"]) for each in score["referenceRange"]] == [
        (0, 9, "bas"), (10, 20, "haut")
    ]  # fmt: skip


def test_a_number_keeps_its_unit_and_its_digits(session):
    session.set("weight", "72.50")
    quantity = extracted(session)["29463-7"]["valueQuantity"]
    assert str(quantity["value"]) == "72.50"
    assert quantity == {"value": Decimal("72.50"), "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}


def test_marks_and_categories_hold_for_what_is_beneath(session):
    session.set("weight", 72)
    assert extracted(session)["29463-7"]["category"][0]["coding"][0]["code"] == "vital-signs"


def test_false_is_a_value_and_a_date_becomes_a_date_time(session):
    session.set("smoker", False)
    session.set("since", "2019")
    found = extracted(session)
    assert found["72166-2"]["valueBoolean"] is False
    assert found["83845-7"]["valueDateTime"] == "2019"


def test_what_has_no_code_or_is_left_out_gives_nothing(session):
    session.set("note", "x")
    session.set("private", 3)
    assert extracted(session) == {}


def test_no_score_no_observation(session):
    assert extracted(session) == {}


SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def mark(value) -> dict:
    key = "valueBoolean" if isinstance(value, bool) else "valueCode"
    return {"url": f"{SDC}observationExtract", key: value}


def coded(link_id: str, *marks, kind: str = "decimal", codes: tuple[dict, ...] = (), **more) -> dict:
    code = list(codes) or [{"system": "urn:c", "code": link_id}]
    return {"linkId": link_id, "type": kind, "text": link_id, "code": code, "extension": [mark(m) for m in marks], **more}  # fmt: skip


def entries(*items: dict, answers: dict, about: dict | None = None, **more) -> dict[str, dict]:
    form = compile_form(questionnaire(*items, **more.pop("root", {})))
    session = FormSession(form, now=NOW, about=about or {})
    for path, answer in answers.items():
        session.set(path, answer)
    ids = count(1)
    response = {**session.completed(NOW), "id": "r"}
    found = extract_bundle(form, response, now=NOW, new_uuid=lambda: f"u{next(ids)}", **more)
    assert found.faults == ()
    return {entry["resource"]["code"]["coding"][0]["code"]: entry for entry in found.bundle["entry"]}


def test_components_stand_within_the_observation_of_their_group():
    pressure = coded("bp", True, kind="group", item=[coded("sys", "component"), coded("dia", "component")])
    found = entries(pressure, answers={"sys": 120, "dia": 80})
    assert list(found) == ["bp"]
    parts = found["bp"]["resource"]["component"]
    assert [(each["code"]["coding"][0]["code"], each["valueQuantity"]["value"]) for each in parts] == [("sys", 120), ("dia", 80)]  # fmt: skip


def test_members_are_observations_that_their_parent_names():
    panel = coded("panel", True, kind="group", item=[coded("a", "member"), coded("b", "member"), coded("c")])
    found = entries(panel, answers={"a": 1, "b": 2, "c": 3})
    assert list(found) == ["panel", "a", "b", "c"]
    members = [found[name]["fullUrl"] for name in ("a", "b")]
    assert [each["reference"] for each in found["panel"]["resource"]["hasMember"]] == members


def test_a_panel_of_which_nothing_is_answered_is_not_extracted():
    panel = coded("panel", True, kind="group", item=[coded("a", "member"), coded("c")])
    assert list(entries(panel, answers={"c": 3})) == ["c"]


def test_only_the_marked_codes_are_used():
    codes = ({"system": "urn:c", "code": "x", "extension": [mark(True)]}, {"system": "urn:c", "code": "y"})
    (entry,) = entries(coded("a", codes=codes), answers={"a": 1}).values()
    assert entry["resource"]["code"]["coding"] == [{"system": "urn:c", "code": "x"}]
    left_out = ({"system": "urn:c", "code": "x"}, {"system": "urn:c", "code": "y", "extension": [mark(False)]})
    (entry,) = entries(coded("a", True, codes=left_out), answers={"a": 1}).values()
    assert entry["resource"]["code"]["coding"] == [{"system": "urn:c", "code": "x"}]


def test_a_mark_of_the_whole_form_holds_until_an_item_says_otherwise():
    found = entries(coded("a"), coded("b", False), answers={"a": 1, "b": 2}, root={"extension": [mark(True)]})
    assert list(found) == ["a"]


def test_true_and_a_relation_on_one_item_is_a_fault_of_the_form():
    codes = ({"system": "urn:c", "code": "x", "extension": [mark("member")]},)
    (fault,) = compile_form(questionnaire(coded("a", True, codes=codes))).faults
    assert (fault.link_id, fault.what) == ("a", "extraction")


def test_the_entry_of_an_observation_may_be_named_by_expressions():
    more = [
        mark(True),
        {"url": f"{SDC}extractAllocateId", "valueString": "own"},
        {"url": f"{SDC}observationExtractEntry", "extension": [{"url": "fullUrl", "valueString": "%own"}, {"url": "ifNoneExist", "valueString": "'code=' + %qitem.linkId"}]},
    ]  # fmt: skip
    (entry,) = entries({**coded("a"), "extension": more}, answers={"a": 1}).values()
    assert entry["fullUrl"].startswith("urn:uuid:")
    assert entry["request"]["ifNoneExist"] == "code=a"


def test_a_reference_that_is_the_subject_says_whom_its_group_is_about():
    subject = {"url": f"{SDC}isSubject", "valueBoolean": True}
    who = {"linkId": "who", "type": "reference", "text": "Who", "extension": [subject]}
    baby = {"linkId": "g", "type": "group", "text": "G", "item": [who, coded("w", True)]}
    about = {"subject": {"reference": "Patient/mother"}}
    found = entries(baby, coded("m", True), answers={"who": "Patient/baby", "w": 3, "m": 60}, about=about)
    subjects = {name: entry["resource"]["subject"]["reference"] for name, entry in found.items()}
    assert subjects == {"w": "Patient/baby", "m": "Patient/mother"}


@pytest.mark.parametrize(("answer", "author", "expected"), [
    (70, "Patient/1", None), (71, "Patient/1", "PUT"), (71, "Patient/2", "POST"),
])  # fmt: skip
def test_an_observation_that_an_answer_came_from_is_amended_by_its_author_or_left(answer, author, expected):
    before = {"resourceType": "Observation", "id": "o", "performer": [{"reference": "Patient/1"}], "valueQuantity": {"value": 70}}  # fmt: skip
    found = entries(
        coded("w", True), answers={"w": answer}, about={"author": {"reference": author}}, populated={"w": before}
    )
    requests = [(entry["request"]["method"], entry["resource"]["status"]) for entry in found.values()]
    assert requests == ([] if expected is None else [(expected, "amended" if expected == "PUT" else "final")])


def extracted_as_it_came(*, status: str = "completed", form_url: str = "urn:q", on: bool = False):
    asked_if = [{"question": "on", "operator": "=", "answerBoolean": True}]
    form = compile_form(
        questionnaire({"linkId": "on", "type": "boolean", "text": "On"}, coded("n", True, enableWhen=asked_if))
    )
    items = [
        {"linkId": "on", "answer": [{"valueBoolean": on}]},
        {"linkId": "n", "answer": [{"valueDecimal": 3}]},
    ]
    response = {"resourceType": "QuestionnaireResponse", "id": "r", "questionnaire": form_url, "status": status, "item": items}  # fmt: skip
    return extract_bundle(form, response, now=NOW, new_uuid=lambda: "u")


def test_what_was_not_asked_gives_nothing():
    assert len(extracted_as_it_came(on=True).bundle["entry"]) == 1
    assert extracted_as_it_came(on=False).bundle["entry"] == []


def test_a_draft_and_a_response_of_another_form_give_nothing_and_are_told():
    for found in (extracted_as_it_came(on=True, status="in-progress"), extracted_as_it_came(on=True, form_url="urn:other|1")):  # fmt: skip
        assert found.bundle["entry"] == []
        assert [fault.what for fault in found.faults] == ["extraction"]


def test_an_answer_whose_condition_looks_outside_is_taken_as_it_was_sent():
    launched = {"url": f"{SDC}launchContext", "extension": [{"url": "name", "valueCoding": {"code": "patient"}}]}
    woman = {"url": f"{SDC}enableWhenExpression", "valueExpression": {"language": "text/fhirpath", "expression": "%patient.gender = 'female'"}}  # fmt: skip
    item = coded("n", True)
    form = compile_form(questionnaire({**item, "extension": [*item["extension"], woman]}, extension=[launched]))
    response = {"resourceType": "QuestionnaireResponse", "id": "r", "questionnaire": "urn:q", "status": "completed", "item": [{"linkId": "n", "answer": [{"valueDecimal": 3}]}]}  # fmt: skip
    assert len(extract_bundle(form, response, now=NOW, new_uuid=lambda: "u").bundle["entry"]) == 1
