"""What must hold of any form and any answers, tried on many made by chance."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.authoring import parse_yaml
from portal.errors import Invalid
from portal.sdc import Form, FormSession, compile_form, is_valid, validate
from tests.sdc.small import HEAD, NOW

KINDS = ("choice", "integer", "boolean", "string", "many")


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Groups of questions; conditions may look at any question, so that they may chain and even go round."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=8))
    names = [f"q{index}" for index in range(len(kinds))]
    split = draw(st.integers(1, len(kinds)))
    lines: list[str] = []
    for group, members in (("g1", range(split)), ("g2", range(split, len(kinds)))):
        if not members:
            continue
        lines += [f"- id: {group}", f"  text: {group}", *_when(draw, names, kinds, "  ", 0.3), "  items:"]
        for index in members:
            lines += [f"  - id: {names[index]}", f"    text: {names[index]}", *_kind(kinds[index])]
            lines += _when(draw, [name for name in names if name != names[index]], kinds, "    ", 0.5)
            if draw(st.booleans()):
                lines.append("    required: true")
    scored = [name for name, kind in zip(names, kinds, strict=True) if kind in {"choice", "integer"}]
    if scored:
        rule = draw(st.sampled_from(["refuse", "ignore", "{at_least: 1}", "{prorate: 1}"]))
        lines += ["scores:", f"- {{id: s, title: S, sum: [{', '.join(scored)}], missing: {rule}}}"]
    return compile_form(parse_yaml(HEAD + "items:\n" + "\n".join(lines)))


def _kind(kind: str) -> list[str]:
    options = "    options: [{code: a, score: 0, fr: A}, {code: b, score: 1, fr: B}, {code: c, score: 2, fr: C}]"
    match kind:
        case "choice":
            return [options]
        case "many":
            return [options, "    multiple: true"]
        case _:
            return [f"    type: {kind}"]


def _when(draw: st.DrawFn, names: list[str], kinds: list[str], indent: str, share: float) -> list[str]:
    if not names or draw(st.floats(0, 1)) > share:
        return []
    name = draw(st.sampled_from(names))
    kind = kinds[int(name[1:])]
    tests = {
        "choice": ["is: a", "not: b", "answered: false"],
        "many": ["is: [a, c]", "not: b", "answered: true"],
        "integer": ["above: 2", "is: 3", "not: 3"],
        "boolean": ["is: true", "answered: true"],
        "string": ["answered: true", "is: x"],
    }[kind]
    return [f"{indent}when: {{item: {name}, {draw(st.sampled_from(tests))}}}"]


def answers(form: Form) -> st.SearchStrategy[list[tuple[str, Any]]]:
    values = {
        "integer": st.integers(0, 5),
        "boolean": st.booleans(),
        "string": st.sampled_from(["x", "y"]),
        "choice": st.sampled_from(["a", "b", "c"]),
    }
    questions = [item for item in form.by_link_id.values() if item.question and not item.read_only]
    each = st.sampled_from(questions).flatmap(
        lambda item: st.tuples(
            st.just(item.link_id),
            st.lists(values[item.type], max_size=3, unique=True) if item.repeats else st.none() | values[item.type],
        )
    )
    return st.lists(each, max_size=12)


@st.composite
def filled(draw: st.DrawFn) -> tuple[FormSession, list[tuple[str, Any]]]:
    session = FormSession(draw(forms()), now=NOW)
    given_answers = draw(answers(session.form))
    for path, value in given_answers:
        session.set(path, value)
    return session, given_answers


def picture(session: FormSession) -> dict[str, tuple[bool, Any]]:
    return {path: (session.state(path).enabled, session.state(path).value) for path in sorted(session.paths)}


def settled(session: FormSession) -> bool:
    """Conditions that go round for ever are frozen and reported; nothing is promised of them."""
    return not session.faults


@settings(max_examples=50, deadline=None)
@given(filled())
def test_the_order_of_answers_does_not_change_what_is_asked(case):
    session, given_answers = case
    again = FormSession(session.form, now=NOW)
    last = dict(given_answers)
    for path in reversed(list(last)):
        again.set(path, last[path])
    if settled(session) and settled(again) and not session.form.plan.circle:
        assert picture(again) == picture(session)


@settings(max_examples=50, deadline=None)
@given(filled())
def test_loading_what_was_kept_gives_the_same(case):
    session, _ = case
    if not session.form.plan.circle:
        assert picture(FormSession(session.form, session.response(), now=NOW)) == picture(session)


@settings(max_examples=40, deadline=None)
@given(filled())
def test_what_is_complete_is_valid_and_comes_back_the_same(case):
    session, _ = case
    if session.errors() or session.form.plan.circle:
        return
    completed = session.completed(NOW)
    outcome = validate(session.form, completed, now=NOW)
    assert is_valid(outcome), outcome
    again = FormSession(session.form, completed, now=NOW).completed(NOW)
    assert json.dumps(again.get("item"), default=str) == json.dumps(completed.get("item"), default=str)


@settings(max_examples=40, deadline=None)
@given(filled())
def test_computing_again_changes_nothing(case):
    session, given_answers = case
    before = picture(session)
    for path, value in dict(given_answers).items():
        try:
            change = session.set(path, value)
        except Invalid:
            continue
        if session.form.plan.circle:
            return
        assert not change.values
    assert picture(session) == before
