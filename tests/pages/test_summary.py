"""All answers before they are sent: each with the line it belongs to, what was computed, and texts as they were."""

import html
import re
from types import SimpleNamespace
from typing import Any

import pytest

from pages.summary import summary
from portal.i18n import texts
from portal.sdc import FormSession
from tests.answered import NOW, answered, ask, follows, form_of, group, hard_form, usage


def recap(session: FormSession, locale: str = "fr") -> str:
    draft: Any = SimpleNamespace(session=session, form=session.form)
    words = html.unescape(re.sub(r"<[^>]+>", "|", str(summary(texts(locale), draft, {}))))
    return re.sub(r"\|+", "|", words.replace("\u00a0", " "))


@pytest.mark.parametrize(
    "line",
    [
        "|Père : Trouble|Oui|",
        "|Mère : Trouble|Non|",
        "|Ligne 1 : Nom|Aspirine|",
        "|Ligne 2 : Nom|Codéine|",
        "|Lithium : Dose|2|",
        "|Valproate : Dose|3|",
        "|Quand ?|02/03/2026 à 0 h 30|",
        "|Double|120 |calculé par le formulaire|",
    ],
)
def test_an_answer_is_looked_at_with_what_tells_it_from_the_others(line: str) -> None:
    assert line in recap(answered(hard_form()))


def test_the_recap_speaks_the_language_of_the_person() -> None:
    told = recap(answered(hard_form()), "en")
    assert "|Line 2: Nom|" in told
    assert "|02/03/2026 at 00:30|" in told
    assert "computed by the form" in told


def test_a_text_that_follows_the_answers_stands_as_it_was_asked() -> None:
    title = "'Votre séjour à ' + %resource.descendants().where(linkId='town').answer.value"
    form = form_of(
        group("one", "Lieu", ask("town", "string", "Ville")),
        group("two", "Séjour", ask("q", "string", "Où ?", _text=follows("'Où à Paris ?'")), _text=follows(title)),
    )
    session = FormSession(form, now=NOW)
    session.set("town", "Paris")
    told = recap(session)
    assert "|Où à Paris ?|" in told
    assert "|Votre séjour à Paris|" in told
    assert "|Séjour|" not in told


def test_what_is_only_for_reading_is_not_looked_at_before_sending() -> None:
    form = form_of(ask("a", "string", "Question"), ask("d", "display", "Pour qui lit", extension=usage("display")))
    assert "Pour qui lit" not in recap(FormSession(form, now=NOW))
