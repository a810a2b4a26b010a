"""HTML that cannot be broken by what it shows."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from components.charts.twins import score_twin
from components.markup import (
    Fault,
    attributes,
    band,
    dom_id,
    error_summary,
    facts,
    french_spaces,
    h,
    help_numbers,
    join,
    link_button,
    meter,
    note,
    page_head,
    progress,
    saved,
    spark,
    tag,
    trend,
    weave,
)
from components.review import ThreadLine, thread
from components.states import empty, refused, trouble
from components.tables import plain_table
from portal.i18n import NBSP, Texts, texts
from tests.components.specimens import MADRS

hostile = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "</fieldset>",
            "' onclick='x",
            "{0}",
            "{x}",
            "&lt;",
        ]
    ),
)
T = texts("fr")
MAKERS = {
    "h": lambda text: h('<p title="{}">{}</p>', text, text),
    "tag": tag,
    "note": lambda text: note(text, title=text),
    "link_button": lambda text: link_button(text, text),
    "page_head": lambda text: page_head(text, text, eyebrow=text),
    "facts": lambda text: facts({text: text}),
    "band": lambda text: band(2, text),
    "progress": lambda text: progress(text, 1, 3, 40),
    "saved": saved,
    "error_summary": lambda text: error_summary(T, [Fault(target=dom_id(text), text=text)]),
    "help_numbers": lambda text: help_numbers(T, text),
    "empty": lambda text: empty(text, text),
    "refused": lambda text: refused(T, text, [text]),
    "trouble": lambda text: trouble(text, text),
    "plain_table": lambda text: plain_table(text, [text, text], [[text, text]]),
    "thread": lambda text: thread([ThreadLine(who=text, when=text, text=text)]),
    "attributes": lambda text: h("<i{}></i>", attributes({"title": text, "data-x": text})),
    "weave": lambda text: h("<p>{}</p>", weave("Avant {call} après", call=h("<b>{}</b>", text))),
}


class Skeleton(HTMLParser):
    """The tags of a document and the names of their attributes, without any text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bones: list[tuple[str, ...]] = []

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.bones.append((name, *(key for key, _ in attrs)))


def skeleton(html: str) -> list[tuple[str, ...]]:
    parser = Skeleton()
    parser.feed(html)
    return parser.bones


@pytest.mark.parametrize("name", MAKERS)
@given(text=hostile.filter(bool))
@settings(deadline=None)
def test_no_text_adds_a_tag_or_an_attribute(name: str, text: str) -> None:
    assert skeleton(str(MAKERS[name](text))) == skeleton(str(MAKERS[name]("plain")))


@given(st.text(), st.text())
@settings(deadline=None)
def test_two_names_never_share_an_id(one: str, other: str) -> None:
    assert (dom_id(one) == dom_id(other)) == (one == other)


def test_an_attribute_without_a_value_is_left_out() -> None:
    assert attributes({"id": "x", "checked": True, "disabled": False, "title": ""}) == ' id="x" checked'


def test_a_plain_string_joined_is_escaped() -> None:
    assert join(["<b>", Markup("<i>")]) == "&lt;b&gt;<i>"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Vraiment ?", f"Vraiment{NBSP}?"),
        ("« oui »", f"«{NBSP}oui{NBSP}»"),
        ("100 mg", f"100{NBSP}mg"),
        ("à 50 %", f"à 50{NBSP}%"),
        ("déjà\u202f!", f"déjà{NBSP}!"),
    ],
)
def test_french_signs_keep_to_their_word(typed: str, printed: str) -> None:
    assert french_spaces(typed) == printed


def test_typesetting_twice_changes_nothing() -> None:
    once = french_spaces("Que prenez-vous ? « 100 mg » ; rien !")
    assert french_spaces(once) == once


def test_the_summary_counts_in_words(french: Texts, english: Texts) -> None:
    one = [Fault(target="a", text="…")]
    assert "1 réponse à revoir" in error_summary(french, one)
    assert "2 answers to check" in error_summary(english, one * 2)


def test_help_numbers_can_be_called_at_a_touch(french: Texts) -> None:
    html = help_numbers(french)
    assert all(link in html for link in ('href="tel:3114"', 'href="tel:15"', 'href="sms:114"'))


def test_a_score_that_did_not_move_shows_no_arrow(french: Texts) -> None:
    assert trend(french, 0) == ""


def test_a_trend_is_said_in_words_too(french: Texts, english: Texts) -> None:
    assert "en hausse de" in trend(french, 3)
    assert "down by" in trend(english, -3)


def test_a_meter_of_nothing_is_empty() -> None:
    assert "--part:0%" in meter(0, 0)


def test_a_sparkline_outside_its_range_ends_in_red() -> None:
    assert "--danger" in spark([1.0, 2.0], 0, 1.5)
    assert "--danger" not in spark([1.0, 1.2], 0, 1.5)


def test_a_sparkline_of_nothing_is_nothing() -> None:
    assert spark([]) == ""


def test_the_table_twin_of_a_score_has_every_value_with_its_band(french: Texts) -> None:
    html = score_twin(french, [MADRS], "Humeur")
    assert html.count("<tr>") == len(MADRS.points) + 1
    assert "23, modérée" in html
