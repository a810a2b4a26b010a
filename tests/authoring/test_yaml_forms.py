from textwrap import dedent

import pytest

from portal.authoring import AuthoringError, load_form, parse_json, parse_yaml

HEAD = 'code: T\nversion: "1.0.0"\ntitle: T\ncategory: auto\nlicence: own\n'


def wrong(body: str, head: str = HEAD) -> str:
    """The error of a form, as the author reads it."""
    with pytest.raises(AuthoringError) as error:
        parse_yaml(head + dedent(body), "t.yaml")
    return str(error.value)


def item(body: str) -> dict:
    return parse_yaml(HEAD + dedent(body))["item"][0]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("items: [", "t.yaml:7:1: This is not YAML: did not find expected node content."),
        ("items:\n- {id: a, type: string, text: A}\n- {id: a, type: string, text: B}", "t.yaml:8:8: The item “a” exists already."),
        ("items:\n- {id: a, type: strin, text: A}", "t.yaml:7:17: “strin” is not possible here."),
        ("items:\n- {id: a, type: string}", "t.yaml:7:3: “text” is missing: what is asked?"),
        ("items:\n- {id: a, type: string, text: {en: A}}", "t.yaml:7:31: The French text is missing."),
        ("items:\n- {id: a, type: choice, text: A}", "t.yaml:7:3: “options” is missing: which answers are possible?"),
        ("items:\n- {id: a, text: A, options: nothing}", "t.yaml:7:29: No list of answers is called “nothing”."),
        ("items:\n- {id: a, texte: A, type: string}", "t.yaml:7:18: “texte” means nothing here. Is it “text”?"),
        ("items:\n- {id: a, text: A, type: string, when: {item: z, is: 1}}", "t.yaml:7:47: There is no item “z” in this form."),
        ("items:\n- {id: a, text: A, options: yes_no}\n- {id: b, type: string, text: B, when: {item: a, is: maybe}}",
         "t.yaml:8:54: “maybe” is not an answer of that item: yes, no."),
        ("items:\n- {id: a, text: A, type: integer, max: dix}", "t.yaml:7:40: A number is expected here."),
        ("items:\n- {id: a, text: A, text: B}", "t.yaml:7:20: “text” is written twice here."),
        ("items:\n- {id: a, type: string, text: A}\nscores:\n- {id: s, title: S, sum: [q1..q3]}", "t.yaml:9:27: There is no item “q1” in this form."),
        ("items:\n- {id: a, type: integer, text: A}\nscores:\n- {id: s, title: S, sum: [a], mean: [a]}", "t.yaml:9:3: A score has exactly one of:"),
        ("items:\n- {id: a, type: integer, text: A}\nscores:\n- {id: s, title: S, sum: [a], reverse: [a]}", "t.yaml:9:40: To reverse “a”"),
        ("scores: []", "t.yaml:1:1: “items” is missing here."),
    ],
)  # fmt: skip
def test_an_error_says_where_and_what(body, message):
    assert wrong(body).startswith(message)


def test_no_stays_a_word():
    options = item("items:\n- {id: a, text: A, options: [{code: n, fr: Non, en: No}, {code: y, fr: Oui, en: Yes}]}")[
        "answerOption"
    ]
    content = options[0]["valueCoding"]["_display"]["extension"][0]["extension"][1]
    assert content == {"url": "content", "valueString": "No"}


def test_decimals_keep_their_digits():
    bound = item("items:\n- {id: a, type: decimal, max: 7.50, text: A}")["extension"][0]
    assert str(bound["valueDecimal"]) == "7.50"


def test_a_group_gives_its_answers_and_its_duty_to_the_questions_beneath():
    group = item(
        "items:\n- id: g\n  text: G\n  options: yes_no\n  required: true\n  items:\n  - {id: a, text: A}\n  - {id: n, type: display, text: N}"
    )
    assert [option["valueCoding"]["code"] for option in group["item"][0]["answerOption"]] == ["yes", "no"]
    assert (group["required"], group["item"][0]["required"], "required" in group["item"][1]) == (True, True, False)


def test_a_simple_condition_is_plain_enable_when():
    form = parse_yaml(
        HEAD
        + "items:\n- {id: a, text: A, options: yes_no}\n- {id: b, type: string, text: B, when: {item: a, is: [yes, no]}}"
    )
    second = form["item"][1]
    assert [(each["operator"], each["answerCoding"]["code"]) for each in second["enableWhen"]] == [
        ("=", "yes"),
        ("=", "no"),
    ]
    assert second["enableBehavior"] == "any"


def test_what_enable_when_cannot_say_is_an_expression():
    body = "items:\n- {id: a, text: A, options: yes_no}\n- {id: n, type: integer, text: N}\n- {id: b, type: string, text: B, when: [{item: a, is: [yes, no]}, {item: n, above: 3}]}"
    third = parse_yaml(HEAD + body)["item"][2]
    assert "enableWhen" not in third
    assert third["extension"][0]["valueExpression"]["expression"].count(" and ") == 1


def test_a_score_is_a_hidden_computed_item_with_standard_extensions():
    body = "items:\n- {id: a, type: integer, text: A}\nscores:\n- {id: s, title: S, loinc: 44261-6, sum: [a]}"
    group = parse_yaml(HEAD + body)["item"][-1]
    score = group["item"][0]
    urls = {each["url"].rpartition("/")[2] for each in score["extension"]}
    assert {"sdc-questionnaire-calculatedExpression", "sdc-questionnaire-observationExtract", "variable"} <= urls
    assert [coding["code"] for coding in score["code"]] == ["T_S", "44261-6"]
    assert score["readOnly"]


def test_anchors_and_merges_work():
    body = "items:\n- &one {id: a, type: string, text: A, max_length: 9}\n- {<<: *one, id: b}"
    assert parse_yaml(HEAD + body)["item"][1]["maxLength"] == 9


def test_results_only_asks_whether_the_test_was_done():
    head = HEAD.replace("own", "results-only")
    form = parse_yaml(head + "results: {by: professional}\nscores:\n- {id: total, title: Total, range: [0, 60]}")
    assert [each["linkId"] for each in form["item"][0]["item"]] == [
        "done",
        "not_done_reason",
        "date",
        "rater",
        "total_entered",
    ]


def test_plain_fhir_is_taken_as_it_is(tmp_path):
    file = tmp_path / "f.json"
    file.write_text('{"resourceType": "Questionnaire", "url": "urn:x", "status": "draft"}')
    assert load_form(file)["url"] == "urn:x"


def test_json_that_is_not_a_questionnaire_is_refused():
    with pytest.raises(AuthoringError, match="A FHIR Questionnaire is expected"):
        parse_json('{"resourceType": "Patient"}')
    with pytest.raises(AuthoringError, match=r"form.json:1:2: This is not JSON"):
        parse_json("{oops}")


def test_a_unit_is_written_as_each_language_does():
    from portal.sdc import compile_form

    body = "items:\n- {id: a, type: integer, text: A, unit: {code: a, text: {fr: ans, en: years}}}\n- {id: b, type: integer, text: B, unit: kg}"
    first, second = compile_form(parse_yaml(HEAD + body)).items
    assert [first.unit_in("fr"), first.unit_in("en"), second.unit_in("en")] == ["ans", "years", "kg"]
