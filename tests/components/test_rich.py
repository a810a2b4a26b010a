"""Texts with a look of their own: what they may keep, and what they may never bring."""

import pytest

from components.rich import rich_text


def test_markdown_keeps_its_marks() -> None:
    assert rich_text(markdown="**Souvent** ou *parfois*") == "<strong>Souvent</strong> ou <em>parfois</em>"


def test_html_within_markdown_is_text() -> None:
    assert "<script" not in rich_text(markdown="a <script>alert(1)</script>")


def test_a_label_holds_no_block() -> None:
    made = rich_text(xhtml="<div><h2>Titre</h2><p>Un</p><ul><li>deux</li><li>trois</li></ul></div>")
    assert made == "<strong>Titre</strong><br>Un<br>• deux<br>• trois"


def test_a_text_of_its_own_may_hold_a_list_and_a_table() -> None:
    made = rich_text(markdown="- un\n- deux\n\n| a | b |\n|---|---|\n| 1 | 2 |", block=True)
    assert "<li>un</li>" in made
    assert "<td>1</td>" in made


@pytest.mark.parametrize(
    "xhtml",
    [
        "<p onclick='x()'>a</p>",
        "<img src='x' onerror='x()'/>",
        "<a href='javascript:x()'>a</a>",
        "<p style='position:fixed'>a</p>",
        "<iframe src='https://elsewhere.example'></iframe>",
        "<svg><script>x()</script></svg>",
        "<style>*{display:none}</style>",
        "<form action='/x'><input name='a'/></form>",
    ],
)
def test_nothing_that_runs_loads_or_moves_the_page_is_left(xhtml: str) -> None:
    made = rich_text(xhtml=f"<div>{xhtml}</div>", block=True)
    assert not any(
        each in made for each in ("onclick", "onerror", "javascript", "style", "iframe", "script", "<form", "<img")
    )


def test_a_link_opens_beside_the_form() -> None:
    made = rich_text(markdown="[le site](https://www.example.org)")
    assert 'target="_blank"' in made
    assert 'rel="noopener noreferrer"' in made


def test_of_a_style_the_weight_stays_and_the_colour_goes() -> None:
    assert rich_text(style="color: red; font-weight: bold", text="a < b") == "<strong>a &lt; b</strong>"


def test_a_style_without_a_mark_gives_nothing() -> None:
    assert rich_text(style="color: red", text="a") == ""
