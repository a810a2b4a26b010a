"""What expressions say in place of fixed properties, and the answers that they or the caller's value sets offer."""

from decimal import Decimal
from typing import Any

import pytest

from portal.errors import Invalid
from portal.i18n import texts
from portal.sdc import FormSession, compile_form, extract, is_valid, validate
from tests.sdc.small import NOW, places, questionnaire, refused, value

HL7 = "http://hl7.org/fhir/StructureDefinition"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def fhirpath(text: str, language: str = "text/fhirpath") -> dict:
    return {"language": language, "expression": text}


def said(text: str) -> dict:
    """The shadow of an element whose value an expression gives."""
    return {"extension": [{"url": f"{HL7}/cqf-expression", "valueExpression": fhirpath(text)}]}


def extension(name: str, text: str, language: str = "text/fhirpath") -> dict:
    return {"url": f"{SDC}{name}", "valueExpression": fhirpath(text, language)}


def answer_of(link_id: str) -> str:
    return f"%resource.item.where(linkId = '{link_id}').answer.value"


def session(*items: dict, given: dict | None = None, **more: Any) -> FormSession:
    form = compile_form(questionnaire(*items, **more.pop("root", {})))
    assert form.faults == (), form.faults
    return FormSession(form, now=NOW, given=given, **more)


A = {"linkId": "a", "type": "string", "text": "A"}


def test_a_text_follows_the_answers():
    made = session(A, {"linkId": "b", "type": "string", "text": "Who?", "_text": said(f"'About ' + {answer_of('a')}")})
    assert made.state("b").text == "Who?"
    made.set("a", "Camille")
    assert made.state("b").text == "About Camille"


def test_a_question_is_required_when_its_expression_says_so():
    made = session(A, {"linkId": "b", "type": "string", "text": "B", "_required": said(f"{answer_of('a')} = 'x'")})
    assert (made.state("b").required, places(made)) == (False, [])
    made.set("a", "x")
    assert (made.state("b").required, places(made)) == (True, ["b"])


def test_a_question_is_read_only_when_its_expression_says_so():
    made = session(A, {"linkId": "b", "type": "string", "text": "B", "_readOnly": said(f"{answer_of('a')} = 'x'")})
    made.set("b", "1")
    made.set("a", "x")
    assert made.state("b").read_only
    assert refused(made, "b", "2") == "This answer is filled in by the form."


def test_several_answers_are_possible_only_while_its_expression_says_so():
    made = session(
        A, {"linkId": "b", "type": "string", "text": "B", "repeats": True, "_repeats": said(f"{answer_of('a')} = 'x'")}
    )
    refused(made, "b", ["1", "2"])
    made.set("a", "x")
    made.set("b", ["1", "2"])
    made.set("a", "y")
    assert places(made) == ["b"]


def test_the_number_of_answers_may_follow_an_expression():
    bounds = [
        {"url": f"{HL7}/questionnaire-minOccurs", "_valueInteger": said(answer_of("n"))},
        {"url": f"{HL7}/questionnaire-maxOccurs", "_valueInteger": said(f"{answer_of('n')} + 1")},
    ]
    made = session(
        {"linkId": "n", "type": "integer", "text": "N"},
        {"linkId": "b", "type": "string", "text": "B", "repeats": True, "extension": bounds},
    )
    made.set("n", 2)
    made.set("b", ["1"])
    assert places(made) == ["b"]
    assert refused(made, "b", ["1", "2", "3", "4"]) == "Choose at most {most} answers."


def test_a_property_that_cannot_be_computed_stays_as_it_is_written():
    made = session(A, {"linkId": "b", "type": "string", "text": "B", "required": True, "_required": said("1 + 'x'")})
    assert made.state("b").required
    assert "b" in made.faults


@pytest.mark.parametrize(("amount", "unit", "problem"), [
    (1.8, "m", None), (181, "cm", "The amount must be {amount}{unit} or less."), (40, "cm", "The amount must be {amount}{unit} or more."),
    (80, "kg", "Give this amount in a unit that compares with {unit}."),
])  # fmt: skip
def test_bounds_with_units_hold_in_every_unit(amount, unit, problem):
    bounds = [
        {
            "url": f"{SDC}minQuantity",
            "valueQuantity": {"value": 0.5, "system": "http://unitsofmeasure.org", "code": "m"},
        },
        {
            "url": f"{SDC}maxQuantity",
            "valueQuantity": {"value": 180, "system": "http://unitsofmeasure.org", "code": "cm"},
        },
    ]
    made = session({"linkId": "h", "type": "quantity", "text": "H", "extension": bounds})
    given = {"value": amount, "code": unit, "system": "http://unitsofmeasure.org"}
    if problem:
        assert refused(made, "h", given) == problem
    else:
        made.set("h", given)
        assert places(made) == []


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("fr", "La quantité doit être de 1970,5 kg ou plus."), ("en", "The amount must be 1970.5 kg or more.")],
)
def test_a_bound_with_a_unit_is_written_as_its_reader_writes_numbers(locale, sentence):
    least = {"value": Decimal("1970.5"), "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
    bound = {"url": f"{SDC}minQuantity", "valueQuantity": least}
    made = session({"linkId": "w", "type": "quantity", "text": "W", "extension": [bound]})
    with pytest.raises(Invalid) as refusal:
        made.set("w", {**least, "value": Decimal(3)})
    assert texts(locale).say(refusal.value.problems[0].message).replace("\u00a0", " ") == sentence


def test_an_initial_amount_without_a_number_proposes_its_unit():
    unit = {"unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
    made = session({"linkId": "w", "type": "quantity", "text": "W", "initial": [{"valueQuantity": unit}]})
    assert value(made, "w") is None
    made.set("w", 72)
    assert value(made, "w") == {"value": 72, **unit}


UNITS = [{"url": f"{HL7}/questionnaire-unitOption", "valueCoding": {"system": "urn:u", "code": c}} for c in ("g", "mg")]


@pytest.mark.parametrize(("open_units", "given", "stored"), [
    ("", {"code": "kg"}, None),
    ("optionsOrType", {"code": "kg"}, {"unit": "kg", "system": "urn:more", "code": "kg"}),
    ("optionsOrType", {"unit": "spoons"}, None),
    ("optionsOrString", {"unit": "spoons"}, {"unit": "spoons"}),
    ("", {"code": "mg"}, {"unit": "mg", "system": "urn:u", "code": "mg"}),
])  # fmt: skip
def test_units_beside_the_listed_ones_are_taken_where_the_form_is_open_to_them(open_units, given, stored):
    more = [{"url": f"{SDC}unitSupplementalSystem", "valueCanonical": "urn:more"}]
    more += [{"url": f"{SDC}unitOpen", "valueCode": open_units}] if open_units else []
    made = session({"linkId": "w", "type": "quantity", "text": "W", "extension": [*UNITS, *more]})
    if stored is None:
        assert refused(made, "w", {"value": 2, **given}) == "Choose one of the units shown."
    else:
        made.set("w", {"value": 2, **given})
        assert value(made, "w") == {"value": 2, **stored}


def test_answers_may_be_what_an_expression_finds():
    made = session(
        {"linkId": "a", "type": "string", "text": "A", "repeats": True},
        {"linkId": "b", "type": "choice", "text": "B", "extension": [extension("answerExpression", answer_of("a"))]},
    )
    made.set("a", ["lithium", "valproate"])
    assert [option.key for option in made.state("b").options] == ["lithium", "valproate"]
    refused(made, "b", "aspirin")
    made.set("b", "lithium")
    assert made.response()["item"][1]["answer"] == [{"valueString": "lithium"}]
    assert is_valid(validate(made.form, made.completed(NOW), now=NOW))
    made.set("a", ["valproate"])
    assert (value(made, "b"), places(made)) == ("lithium", ["b"])


def test_resources_that_an_expression_finds_are_referred_to_with_the_name_that_columns_give():
    columns = [
        {"url": f"{SDC}choiceColumn", "extension": [{"url": "path", "valueString": "name.text"}, {"url": "label", "valueString": "Name"}, {"url": "forDisplay", "valueBoolean": True}]},
        {"url": f"{SDC}choiceColumn", "extension": [{"url": "path", "valueString": "address.city"}]},
    ]  # fmt: skip
    doctors = [
        {"resourceType": "Practitioner", "id": "1", "name": [{"text": "Dr Roy"}], "address": [{"city": "Lille"}]},
        {"resourceType": "Practitioner", "id": "2", "name": [{"text": "Dr Petit"}]},
    ]
    query = extension("candidateExpression", "Practitioner?active=true", "application/x-fhir-query")
    bundle = {"resourceType": "Bundle", "entry": [{"resource": each} for each in doctors]}
    made = session(
        {"linkId": "d", "type": "reference", "text": "D", "extension": [query, *columns]}, fetch=lambda _: bundle
    )
    first, second = made.candidates("d")
    assert (first.columns, second.columns) == (("Dr Roy", "Lille"), ("Dr Petit", ""))
    made.set("d", first.answer["valueReference"])
    assert value(made, "d") == {"reference": "Practitioner/1", "display": "Dr Roy"}


def test_what_helps_to_answer_is_found_and_labelled():
    context = {
        "url": f"{SDC}contextExpression",
        "extension": [
            {"url": "label", "valueString": "Visits"},
            {"url": "expression", "valueExpression": fhirpath("Encounter?patient=7", "application/x-fhir-query")},
        ],
    }
    visit = {"resourceType": "Encounter", "id": "e"}
    made = session(
        {**A, "extension": [context]},
        fetch=lambda _: {"resourceType": "Bundle", "entry": [{"resource": visit}]},
    )
    assert made.contexts("a") == [("Visits", [visit])]


def expand(canonical: str) -> dict | None:
    codes = {"urn:vs": ["x", "y"], "urn:other": ["z"], "urn:units": ["kg"]}.get(canonical)
    if codes is None:
        return None
    weight = {"url": f"{HL7}/itemWeight", "valueDecimal": 3}
    return {
        "resourceType": "ValueSet",
        "expansion": {
            "contains": [
                {"abstract": True, "code": "all", "contains": [
                    {"system": "urn:c", "code": code, "display": code.upper(), "extension": [weight]} for code in codes
                ]}
            ]
        },
    }  # fmt: skip


CHOICE = {"linkId": "c", "type": "choice", "text": "C", "answerValueSet": "urn:vs"}


def test_a_value_set_is_expanded_by_the_caller():
    made = session(CHOICE, expand=expand)
    assert [option.label("en") for option in made.state("c").options] == ["X", "Y"]
    assert refused(made, "c", "z")
    made.set("c", "x")
    assert made.response()["item"][0]["answer"] == [{"valueCoding": {"system": "urn:c", "code": "x", "display": "X"}}]


def test_a_value_set_that_nobody_expands_takes_any_code():
    made = session({**CHOICE, "answerValueSet": "urn:unknown"}, expand=expand)
    made.set("c", {"system": "urn:c", "code": "q"})
    assert places(made) == []


def test_a_value_set_may_be_named_by_an_expression():
    made = session(
        A, {"linkId": "c", "type": "choice", "text": "C", "_answerValueSet": said(f"'urn:' + {answer_of('a')}")},
        expand=expand,
    )  # fmt: skip
    made.set("a", "other")
    assert [option.key for option in made.state("c").options] == ["z"]
    made.set("a", "vs")
    assert [option.key for option in made.state("c").options] == ["x", "y"]


def test_weights_of_an_expansion_count_and_are_there_again_after_loading():
    total = {"linkId": "t", "type": "decimal", "text": "T", "readOnly": True, "extension": [extension("calculatedExpression", f"{answer_of('c')}.weight().sum()")]}  # fmt: skip
    made = session(CHOICE, total, expand=expand)
    made.set("c", "y")
    assert value(made, "t") == 3
    again = FormSession(made.form, made.response(), now=NOW, expand=expand)
    assert value(again, "t") == 3


def test_expressions_may_ask_whether_a_code_is_in_a_value_set():
    shown = {**A, "extension": [extension("enableWhenExpression", f"{answer_of('c')}.memberOf('urn:other')")]}
    made = session({**CHOICE, "answerValueSet": "urn:any"}, shown, expand=expand)
    made.set("c", {"system": "urn:c", "code": "x"})
    assert not made.state("a").enabled
    made.set("c", {"system": "urn:c", "code": "z"})
    assert made.state("a").enabled


def test_units_may_come_from_a_value_set():
    item = {
        "linkId": "w",
        "type": "quantity",
        "text": "W",
        "extension": [{"url": f"{HL7}/questionnaire-unitValueSet", "valueCanonical": "urn:units"}],
    }
    made = session(item, expand=expand)
    assert [unit["code"] for unit in made.state("w").units] == ["kg"]
    made.set("w", {"value": Decimal("72.5"), "code": "kg"})
    refused(made, "w", {"value": 72, "code": "t"})


def test_contained_value_sets_may_be_nested_and_translated():
    contains = [{"abstract": True, "contains": [{"system": "urn:c", "code": "x", "display": "Oui", "designation": [{"language": "en", "value": "Yes"}]}]}]  # fmt: skip
    contained = [{"resourceType": "ValueSet", "id": "vs", "expansion": {"contains": contains}}]
    made = session({**CHOICE, "answerValueSet": "#vs"}, root={"contained": contained})
    assert [(each.label("fr"), each.label("en")) for each in made.state("c").options] == [("Oui", "Yes")]


def test_a_reference_may_point_only_at_the_types_that_the_form_names():
    only = [{"url": f"{HL7}/questionnaire-referenceResource", "valueCode": "Practitioner"}]
    made = session({"linkId": "r", "type": "reference", "text": "R", "extension": only})
    assert refused(made, "r", "Patient/1") == "This cannot be chosen here."
    made.set("r", "Practitioner/1")


def test_what_is_only_for_display_is_not_asked():
    usage = [{"url": f"{HL7}/questionnaire-usageMode", "valueCode": "display"}]
    made = session(A, {"linkId": "b", "type": "string", "text": "B", "required": True, "extension": usage})
    (section,) = made.sections()
    assert (made.visible(section), made.errors(), made.progress()) == (["a"], [], (0, 1))


def test_a_copy_that_is_added_gets_its_first_values():
    made = session(
        {
            "linkId": "g", "type": "group", "text": "G", "repeats": True,
            "item": [{"linkId": "n", "type": "integer", "text": "N", "initial": [{"valueInteger": 4}]}],
        }
    )  # fmt: skip
    made.add("g[0]")
    assert value(made, "g[1]/n") == 4


def test_queries_of_a_batch_are_asked_for_their_bundle():
    batch = {"resourceType": "Bundle", "id": "known", "type": "batch", "entry": [{"request": {"method": "GET", "url": "Observation?patient={{%patient.id}}"}}]}  # fmt: skip
    launch = {"url": f"{SDC}launchContext", "extension": [{"url": "name", "valueCoding": {"code": "patient"}}]}
    source = {"url": f"{SDC}sourceQueries", "valueReference": {"reference": "#known"}}
    item = {**A, "extension": [extension("initialExpression", "%known.entry[0].resource.entry.resource.id")]}
    asked: list[str] = []

    def fetch(address: str) -> dict:
        asked.append(address)
        return {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Observation", "id": "o1"}}]}

    made = session(
        item,
        given={"patient": {"resourceType": "Patient", "id": "7"}},
        fetch=fetch,
        root={"contained": [batch], "extension": [launch, source]},
    )
    assert (asked, value(made, "a")) == (["Observation?patient=7"], "o1")


def test_a_sentence_stands_at_each_place_that_its_constraint_names():
    constraint = {
        "url": f"{HL7}/targetConstraint",
        "extension": [
            {"url": "key", "valueId": "k"},
            {"url": "severity", "valueCode": "error"},
            {"url": "expression", "valueExpression": fhirpath(f"{answer_of('a')} = {answer_of('b')}")},
            {"url": "human", "valueString": "Not the same"},
            {"url": "location", "valueString": "%resource.item.where(linkId = 'a')"},
            {"url": "location", "valueString": "%resource.item.where(linkId = 'b')"},
        ],
    }
    made = session(A, {**A, "linkId": "b"}, root={"extension": [constraint]})
    made.set("a", "1")
    made.set("b", "2")
    assert places(made) == ["a", "b"]


def test_what_is_shown_beside_an_item_is_read_from_the_form():
    picture = {"contentType": "image/png", "url": "Binary/1"}
    item = {
        **A,
        "_text": {"extension": [{"url": f"{HL7}/rendering-xhtml", "valueString": "<b>A</b>"}, {"url": f"{HL7}/rendering-style", "valueString": "color: green"}, {"url": f"{HL7}/rendering-markdown", "valueMarkdown": "**A**"}]},
        "extension": [
            {"url": f"{SDC}itemMedia", "valueAttachment": picture},
            {"url": f"{SDC}keyboard", "valueCoding": {"code": "phone"}},
            {"url": f"{SDC}collapsible", "valueCode": "default-open"},
            {"url": f"{SDC}columnCount", "valuePositiveInt": 2},
            {"url": f"{SDC}width", "valueQuantity": {"value": 50, "code": "%"}},
            {"url": f"{SDC}lookupQuestionnaire", "valueCanonical": "urn:other"},
            {"url": f"{SDC}optionalDisplay", "valueBoolean": True},
            {"url": f"{HL7}/questionnaire-displayCategory", "valueCodeableConcept": {"coding": [{"code": "instructions"}]}},
            {"url": f"{HL7}/questionnaire-signatureRequired", "valueCodeableConcept": {"text": "author"}},
            {"url": f"{HL7}/questionnaire-disabledDisplay", "valueCode": "protected"},
            {"url": f"{HL7}/questionnaire-referenceProfile", "valueCanonical": "urn:p"},
        ],
        "answerOption": [{"valueString": "x", "extension": [{"url": f"{SDC}itemAnswerMedia", "valueAttachment": picture}]}],
    }  # fmt: skip
    root = {"extension": [{"url": f"{SDC}performerType", "valueCode": "Patient"}, {"url": f"{SDC}entryMode", "valueCode": "sequential"}]}  # fmt: skip
    form = compile_form(questionnaire(item, **root))
    found = form.by_link_id["a"]
    assert (found.rich.xhtml("en"), found.rich.style, found.rich.markdown("en")) == (
        "<b>A</b>",
        "color: green",
        "**A**",
    )
    assert (found.media, found.options[0].media) == (picture, picture)
    assert (found.keyboard, found.collapsible, found.column_count) == ("phone", "default-open", 2)
    assert (found.width, found.lookup, found.optional_display) == ({"value": 50, "code": "%"}, ("urn:other",), True)
    assert (found.display_category, found.disabled_display) == ("instructions", "protected")
    assert (found.signature, found.reference_profiles) == (({"text": "author"},), ("urn:p",))
    assert (form.performers, form.entry_mode) == (("Patient",), "sequential")
    assert form.ignored == ()


def test_an_extension_without_effect_is_named_and_the_form_loads():
    root = {"extension": [{"url": f"{SDC}preferredTerminologyServer", "valueUrl": "https://tx.example"}]}
    item = {**A, "extension": [{"url": "urn:strange", "valueString": "?"}], "modifierExtension": [{"url": "urn:turns", "valueBoolean": True}]}  # fmt: skip
    form = compile_form(questionnaire(item, **root))
    told = {fault.text.partition(" ")[0]: (fault.link_id, fault.text) for fault in form.ignored}
    assert set(told) == {f"{SDC}preferredTerminologyServer", "urn:strange", "urn:turns"}
    assert told["urn:strange"][0] == "a"
    assert "may change what the form means" in told["urn:turns"][1]
    assert FormSession(form, now=NOW).set("a", "x").values == {"a"}


def test_how_an_item_looks_is_read_from_the_form():
    item = {
        **A,
        "type": "open-choice",
        "extension": [
            {"url": f"{SDC}shortText", "valueString": "Short"},
            {"url": f"{SDC}openLabel", "valueString": "Other"},
            {"url": f"{HL7}/entryFormat", "valueString": "12-34"},
            {"url": f"{HL7}/questionnaire-sliderStepValue", "valueInteger": 5},
            {"url": f"{HL7}/questionnaire-choiceOrientation", "valueCode": "horizontal"},
            {"url": f"{HL7}/questionnaire-supportLink", "valueUri": "https://example.org/help"},
            {"url": f"{HL7}/questionnaire-itemControl", "valueCodeableConcept": {"coding": [{"code": "slider"}]}},
            {"url": "http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.item.disabledDisplay", "valueCode": "hidden"},
        ],
        "answerOption": [{"valueString": "x", "extension": [{"url": f"{HL7}/questionnaire-optionPrefix", "valueString": "a)"}]}],
    }  # fmt: skip
    form = compile_form(questionnaire(item))
    found = form.by_link_id["a"]
    assert (found.short("fr"), found.open_label("fr"), found.entry_format("fr")) == ("Short", "Other", "12-34")
    assert (found.step, found.horizontal, found.control) == (5, True, "slider")
    assert (found.support_links, found.disabled_display) == (("https://example.org/help",), "hidden")
    assert (found.options[0].prefix, form.ignored) == ("a)", ())


def test_the_older_form_of_a_constraint_still_checks_and_needs_no_sentence():
    parts = [
        {"url": "key", "valueId": "k"},
        {"url": "severity", "valueCode": "error"},
        {"url": "expression", "valueString": f"{answer_of('a')} != 'x'"},
    ]
    made = session({**A, "extension": [{"url": f"{HL7}/questionnaire-constraint", "extension": parts}]})
    made.set("a", "x")
    assert [problem.message.msgid for problem in made.errors()] == ["These answers do not fit together."]


def test_a_pattern_holds_for_the_whole_text_and_a_length_for_its_signs():
    limits = [{"url": f"{HL7}/regex", "valueString": "[a-zé]+"}, {"url": f"{HL7}/minLength", "valueInteger": 2}]
    made = session({**A, "maxLength": 3, "extension": limits})
    assert refused(made, "a", "ab1") == "This answer is not written as expected."
    assert refused(made, "a", "é") == "Use at least {least} characters."
    assert refused(made, "a", "éééé") == "Use at most {most} characters: there are {count}."
    made.set("a", "ééé")


def test_the_older_name_of_a_weight_counts_the_same():
    options = [{"valueCoding": {"code": c, "extension": [{"url": f"{HL7}/ordinalValue", "valueDecimal": w}]}} for w, c in enumerate("ab")]  # fmt: skip
    total = {"linkId": "t", "type": "decimal", "text": "T", "readOnly": True, "extension": [extension("calculatedExpression", f"{answer_of('c')}.weight()")]}  # fmt: skip
    made = session({"linkId": "c", "type": "choice", "text": "C", "answerOption": options}, total)
    made.set("c", "b")
    assert value(made, "t") == 1
    assert "ordinalValue" in str(made.form.questionnaire)


def test_what_is_hidden_is_still_computed_kept_and_extracted():
    hidden = [{"url": f"{HL7}/questionnaire-hidden", "valueBoolean": True}, extension("calculatedExpression", "1 + 1"), {"url": f"{SDC}observationExtract", "valueBoolean": True}]  # fmt: skip
    made = session({"linkId": "h", "type": "integer", "text": "H", "code": [{"code": "h"}], "extension": hidden}, A)
    (section,) = made.sections()
    assert made.visible(section) == ["a"]
    completed = made.completed(NOW)
    assert completed["item"] == [{"linkId": "h", "answer": [{"valueInteger": 2}]}]
    assert [each["valueInteger"] for each in extract(made.form, {**completed, "id": "r"})] == [2]


def test_a_launch_context_that_the_caller_does_not_give_is_empty():
    launch = {"url": f"{SDC}launchContext", "extension": [{"url": "name", "valueCoding": {"code": "encounter"}}]}
    made = session({**A, "extension": [extension("initialExpression", "%encounter.id")]}, root={"extension": [launch]})
    assert (value(made, "a"), made.faults) == (None, {})


def test_a_named_expression_may_be_used_by_others():
    named = {"url": f"{SDC}initialExpression", "valueExpression": {"name": "half", **fhirpath("21")}}
    inner = {"linkId": "n", "type": "integer", "text": "N", "extension": [extension("calculatedExpression", "%half * 2")], "readOnly": True}  # fmt: skip
    made = session({"linkId": "g", "type": "group", "text": "G", "extension": [named], "item": [inner]})
    assert value(made, "n") == 42


def test_a_value_for_what_is_no_question_is_a_fault_of_the_form_and_stops_nothing():
    group = {"linkId": "g", "type": "group", "text": "G", "extension": [extension("calculatedExpression", "1")], "item": [A]}  # fmt: skip
    form = compile_form(questionnaire(group))
    assert [(fault.link_id, fault.text) for fault in form.faults] == [("g", "Only a question holds a value.")]
    assert FormSession(form, now=NOW).set("a", "x").values == {"a"}
