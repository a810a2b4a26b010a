"""The full name of a question: as much of what is around it as it takes, and no more."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from portal.authoring import load_form
from portal.i18n import texts
from portal.sdc import Form, compile_form
from portal.wording import Holder, Labels
from tests.answered import ask, form_of, group

CATALOGUE = Path(__file__).parents[2] / "content" / "questionnaires"
FR = texts("fr")


def names(form: Form, locale: str = "fr") -> dict[str, str]:
    labels = Labels(texts(locale), form)
    return {
        name: labels.of(item, [Holder(item=form.by_link_id[each]) for each in item.ancestors]).replace("\u00a0", " ")
        for name, item in form.by_link_id.items()
        if item.question
    }


def test_a_question_of_its_own_words_is_named_by_them_alone() -> None:
    assert names(form_of(group("g", "Groupe", ask("a", "string", "Nom")))) == {"a": "Nom"}


def test_the_nearest_group_that_differs_tells_two_questions_apart() -> None:
    inner = [group(f"g{n}", "Détail", ask(f"a{n}", "string", "Nom")) for n in (1, 2)]
    form = form_of(group("x", "Père", inner[0]), group("y", "Mère", inner[1]))
    assert names(form) == {"a1": "Père : Nom", "a2": "Mère : Nom"}


def test_a_question_is_named_after_the_one_it_depends_on() -> None:
    asked = [
        each
        for name in ("Psychiatre", "Infirmier")
        for each in (
            ask(name, "boolean", f"{name} ?"),
            ask(f"{name}-n", "integer", "Combien ?", enableWhen=[{"question": name, "operator": "=", "answerBoolean": True}]),
        )
    ]  # fmt: skip
    assert names(form_of(*asked))["Infirmier-n"] == "Infirmier : Combien ?"


def test_without_group_or_condition_a_question_is_named_after_the_one_before_it() -> None:
    asked = [ask("a", "string", "Thé"), ask("b", "integer", "Tasses"), ask("c", "string", "Café"), ask("d", "integer", "Tasses")]  # fmt: skip
    assert [names(form_of(*asked))[name] for name in ("b", "d")] == ["Thé : Tasses", "Café : Tasses"]


def test_what_the_heading_says_is_not_said_again() -> None:
    form = form_of(*(group(name, name, ask(f"{name}-a", "string", "Nom")) for name in ("Père", "Mère")))
    around, item = form.by_link_id["Père"], form.by_link_id["Père-a"]
    assert Labels(FR, form).of(item, [Holder(item=around)], under=around) == "Nom"


def test_a_line_has_its_number_and_the_name_of_its_group() -> None:
    form = form_of(group("o", "Traitements", group("m", "Médicament", ask("n", "string", "Nom"), repeats=True)))
    holders = [Holder(item=form.by_link_id["o"]), Holder(item=form.by_link_id["m"], copy=2)]
    assert Labels(FR, form).of(form.by_link_id["n"], holders).replace("\u00a0", " ") == "Médicament, ligne 2 : Nom"


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("code", sorted(path.stem for path in CATALOGUE.glob("*.yaml")))
def test_no_two_questions_of_the_catalogue_have_one_name(code: str, locale: str) -> None:
    form = compile_form(load_form(CATALOGUE / f"{code}.yaml"))
    shown = {name: words for name, words in names(form, locale).items() if not form.by_link_id[name].hidden}
    assert len(set(shown.values())) == len(shown)


def test_naming_takes_work_in_proportion_to_the_questions() -> None:
    """A form of eight hundred questions is named while people wait: no question is compared with each other one."""

    def work(questions: int) -> int:
        asked = [group(f"g{n}", f"Mois {n}", ask(f"a{n}", "string", "Nom")) for n in range(questions)]
        form, calls = form_of(*asked), Counter[str]()
        sys.setprofile(lambda _frame, event, _argument: calls.update([event]))
        try:
            Labels(FR, form)
        finally:
            sys.setprofile(None)
        return calls.total()

    assert work(200) < 3 * work(100)
