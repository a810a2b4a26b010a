"""Rarer widgets: what is typed, chosen, added or sent becomes an answer, and nothing else does."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from nicegui import Client, ui

from components.form import (
    Amount,
    ChoiceItem,
    ChoiceQuestion,
    Copies,
    CopiesBox,
    Doing,
    DropDown,
    FileField,
    FileQuestion,
    GivenFile,
    Group,
    GroupBox,
    ListQuestion,
    ManyField,
    ManyQuestion,
    Media,
    MomentField,
    MomentQuestion,
    NumberField,
    NumberQuestion,
    Option,
    SearchField,
    SearchQuestion,
    Several,
    TabsBox,
    TextQuestion,
    Value,
    build_item,
)
from components.form.containers import ItemList
from portal.i18n import Texts

FEW = (Option(code="a", text="A"), Option(code="b", text="B"))
OPEN = ChoiceQuestion(link_id="q", text="Q", options=FEW, open="Autre")
SIZE = NumberQuestion(
    link_id="q", text="Taille", units=(Option(code="cm", text="cm"), Option(code="m", text="m")), low=Decimal(1)
)
NAMES = ManyQuestion(link_id="q", text="Noms", one=TextQuestion(link_id="", text=""), most=3)
FILE = FileQuestion(link_id="q", text="Pièce", to="/to", kinds=("application/pdf",), limit=1_000_000)


class Told(list[Value]):
    def __call__(self, _link_id: str, value: Value) -> None:
        self.append(value)


@pytest.fixture
def told() -> Told:
    return Told()


def today() -> date:
    return date(2026, 11, 23)


async def find(_link_id: str, text: str) -> list[Option]:
    return [option for option in FEW if text.lower() in option.text.lower()]


async def test_an_answer_of_one_s_own_is_told_as_it_is(screen: Client, french: Texts, told: Told) -> None:
    widget = ChoiceItem(french, OPEN, told)
    await widget.receive({"chosen": [], "words": " la musique "})
    assert told == [("la musique",)]
    assert "la musique" in str(widget.inside())


async def test_one_s_own_answer_takes_the_place_of_the_chosen_one(screen: Client, french: Texts, told: Told) -> None:
    await ChoiceItem(french, OPEN, told).receive({"chosen": ["0"], "words": "autre"})
    assert told == [("autre",)]


async def test_one_s_own_answer_joins_several(screen: Client, french: Texts, told: Told) -> None:
    many = ChoiceQuestion(link_id="q", text="Q", options=FEW, open="Autre", many=True)
    await ChoiceItem(french, many, told).receive({"chosen": ["1"], "words": "autre"})
    assert told == [("b", "autre")]


@pytest.mark.parametrize(
    "sent", [{"chosen": ["0"], "words": "x" * 256}, {"chosen": ["9"], "words": ""}, {"words": 3}, {}]
)
async def test_a_broken_open_answer_is_ignored(screen: Client, french: Texts, told: Told, sent: Any) -> None:
    await ChoiceItem(french, OPEN, told).receive(sent)
    assert told == []


async def test_a_list_takes_words_of_one_s_own(screen: Client, french: Texts, told: Told) -> None:
    widget = DropDown(french, ListQuestion(link_id="q", text="Q", options=FEW, open="Autre"), told)
    await widget.receive(["1", ""])
    await widget.receive(["1", "ailleurs"])
    await widget.receive(["0", "ailleurs"])
    assert told == [("b",), ("ailleurs",), ("a",)]


async def test_an_amount_is_told_with_its_unit(screen: Client, french: Texts, told: Told) -> None:
    await NumberField(french, SIZE, told).receive(["1,72", "m"])
    assert told == [Amount(value=Decimal("1.72"), unit="m")]


async def test_an_amount_without_a_unit_is_not_an_answer_yet(screen: Client, french: Texts, told: Told) -> None:
    widget = NumberField(french, SIZE, told)
    await widget.receive(["172", ""])
    assert (told, widget.unread, widget.error) == ([], True, "Choisissez l’unité.")


@pytest.mark.parametrize(
    ("day", "hour", "value"),
    [("27/3/26", "9h15", "2026-03-27T09:15"), ("27/03/2026", "", "2026-03-27"), ("03/2026", "", "2026-03")],
)
async def test_a_moment_is_a_day_and_perhaps_an_hour(
    screen: Client, french: Texts, told: Told, day: str, hour: str, value: str
) -> None:
    asked = MomentQuestion(link_id="q", text="Q", partial=True)
    await MomentField(french, asked, told, today=today).receive([day, hour])
    assert told == [value]


@pytest.mark.parametrize(("day", "hour"), [("03/2026", "9h"), ("", "9h"), ("27/03/2026", "25h")])
async def test_an_hour_wants_its_whole_day(screen: Client, french: Texts, told: Told, day: str, hour: str) -> None:
    widget = MomentField(french, MomentQuestion(link_id="q", text="Q", partial=True), told, today=today)
    await widget.receive([day, hour])
    assert told == []
    assert widget.error


async def test_each_field_that_is_filled_is_an_answer(screen: Client, french: Texts, told: Told) -> None:
    await ManyField(french, NAMES, told, today=today).receive({"do": "", "rows": ["Roux", " ", "Petit"]})
    assert told == [Several(values=("Roux", "Petit"))]


async def test_a_field_can_be_added_up_to_the_most(screen: Client, french: Texts, told: Told) -> None:
    widget = ManyField(french, NAMES, told, today=today)
    await widget.receive({"do": "add", "rows": ["a"]})
    assert widget.rows == ["a", ""]
    await widget.receive({"do": "add", "rows": ["a", "b"]})
    assert 'data-do="add"' not in str(widget.inside())
    assert told == []


async def test_taking_a_field_away_tells_what_is_left(screen: Client, french: Texts, told: Told) -> None:
    widget = ManyField(french, NAMES, told, today=today)
    await widget.receive({"do": "remove", "at": "0", "rows": ["a", "b"]})
    await widget.receive({"do": "remove", "at": "0", "rows": ["b"]})
    assert told == [Several(values=("b",)), None]


async def test_one_wrong_field_of_many_tells_nothing(screen: Client, french: Texts, told: Told) -> None:
    asked = ManyQuestion(link_id="q", text="Q", one=NumberQuestion(link_id="", text="", whole=True))
    widget = ManyField(french, asked, told, today=today)
    await widget.receive({"do": "", "rows": ["3", "trois"]})
    assert (told, widget.unread) == ([], True)


async def test_a_search_offers_and_takes_only_what_it_offered(screen: Client, french: Texts, told: Told) -> None:
    widget = SearchField(french, SearchQuestion(link_id="q", text="Q"), told, search=find)
    await widget.receive({"choose": "a"})
    assert told == []
    await widget.receive({"search": "a"})
    await widget.receive({"choose": "a"})
    await widget.receive({"remove": "a"})
    assert told == [("a",), ()]


async def test_words_of_one_s_own_need_an_open_search(screen: Client, french: Texts, told: Told) -> None:
    await SearchField(french, SearchQuestion(link_id="q", text="Q"), told, search=find).receive({"words": "x"})
    await SearchField(french, SearchQuestion(link_id="q", text="Q", open=True), told, search=find).receive(
        {"words": "x"}
    )
    assert told == [("x",)]


async def test_a_file_is_an_answer_by_its_key(screen: Client, french: Texts, told: Told) -> None:
    given = GivenFile(key="f1", name="a.pdf", address="/fichiers/f1")
    many = FileQuestion(link_id="q", text="Q", to="/to", kinds=("application/pdf",), limit=9, files=(given,), many=True)
    widget = FileField(french, many, told)
    await widget.receive({"file": "f2"})
    await widget.receive({"remove": "f1"})
    assert told == [("f1", "f2"), ()]
    assert 'href="/fichiers/f1"' in str(widget.inside())


async def test_a_second_file_is_not_asked_where_one_is_enough(screen: Client, french: Texts, told: Told) -> None:
    widget = FileField(french, FILE, told)
    assert 'type="file"' in str(widget.inside())
    widget.set_value((GivenFile(key="f1", name="a.pdf"),))
    assert 'type="file"' not in str(widget.inside())


async def test_why_a_file_was_refused_is_said_as_text(screen: Client, french: Texts, told: Told) -> None:
    widget = FileField(french, FILE, told)
    await widget.receive({"refused": "<b>non</b>"})
    assert "&lt;b&gt;non" in str(widget.inside())


@pytest.mark.parametrize("sent", [None, 3, "x", [], {"file": 3}, {"remove": None}, {"choose": []}, {"rows": "x"}])
def test_nothing_else_that_a_browser_sends_is_taken(screen: Client, french: Texts, told: Told, sent: Any) -> None:
    async def all_of_them() -> None:
        await FileField(french, FILE, told).receive(sent)
        await ManyField(french, NAMES, told, today=today).receive(sent)
        await SearchField(french, SearchQuestion(link_id="q", text="Q"), told, search=find).receive(sent)
        await NumberField(french, SIZE, told).receive(sent)

    import asyncio

    asyncio.run(all_of_them())
    assert told == []


def test_a_picture_has_words_and_a_link_stays_on_the_web(screen: Client, french: Texts, told: Told) -> None:
    asked = TextQuestion(
        link_id="q",
        text="Q",
        media=(Media(kind="image", address="data:image/png;base64,AA", title="Une <main>"),),
        links=(("javascript:alert(1)", "x"), ("https://example.org", "")),
        legal="Source",
    )
    inside = str(build_item(french, asked, told, today=today).inside())
    assert 'alt="Une &lt;main&gt;"' in inside
    assert "javascript:" not in inside
    assert 'rel="noopener noreferrer"' in inside


def questions(*names: str) -> tuple[TextQuestion, ...]:
    return tuple(TextQuestion(link_id=name, text=name) for name in names)


def test_a_list_of_items_keeps_what_stays_and_puts_what_comes_at_its_place(
    screen: Client, french: Texts, told: Told
) -> None:
    place = ui.element("div")

    def make(item: Any) -> ui.element:
        return build_item(french, item, told, today=today)

    listed = ItemList(place, questions("a", "c"), make, lambda _link_id: False)
    stays = listed.shown["c"]
    listed.show(questions("a", "b", "c"))
    assert [each.link_id for each in place.default_slot.children] == ["a", "b", "c"]
    assert listed.shown["c"] is stays
    listed.show(questions("c"))
    assert [each.link_id for each in place.default_slot.children] == ["c"]


def copies(number: int) -> Copies:
    made = tuple(Group(link_id=f"g[{n}]", text="", items=questions(f"g[{n}]/x")) for n in range(number))
    return Copies(link_id="g*", text="Ligne", copies=made, can_remove=number > 1)


async def test_copies_ask_for_one_more_and_for_one_less(screen: Client, french: Texts, told: Told) -> None:
    asked: list[str] = []

    async def add(path: str) -> None:
        asked.append(f"+{path}")

    async def remove(path: str) -> None:
        asked.append(f"-{path}")

    box = build_item(french, copies(2), told, today=today, doing=Doing(add=add, remove=remove))
    assert isinstance(box, CopiesBox)
    await box.more.press()
    buttons = [each for each in box.descendants() if "copy-remove" in each.classes]
    await buttons[0].press()
    assert asked == ["+g[1]", "-g[0]"]
    box.adopt(copies(3))
    assert [link_id for inner in box.lists for link_id, _ in inner.elements()] == ["g[0]/x", "g[1]/x", "g[2]/x"]


def test_a_matrix_says_its_heads_once_and_each_line_says_its_own(screen: Client, french: Texts, told: Told) -> None:
    lines = tuple(ChoiceQuestion(link_id=f"r{n}", text=f"R{n}", options=FEW) for n in range(2))
    group = Group(link_id="m", text="M", layout="matrix", columns=("A", "B"), items=lines)
    box = build_item(french, group, told, today=today)
    assert isinstance(box, GroupBox)
    assert box.props["role"] == "group"
    assert len(list(box.lists[0].elements())) == 2


def test_tabs_tie_each_panel_to_its_tab(screen: Client, french: Texts, told: Told) -> None:
    parts = tuple(Group(link_id=f"t{n}", text=f"T{n}", items=questions(f"q{n}")) for n in range(2))
    box = build_item(french, Group(link_id="t", text="T", layout="tabs", items=parts), told, today=today)
    assert isinstance(box, TabsBox)
    panels = [each for each in box.descendants() if each.props.get("role") == "tabpanel"]
    for panel in panels:
        assert f'id="{panel.props["aria-labelledby"]}" aria-controls="{panel.props["id"]}"' in box.strip.content
    assert [bool(each.props.get("hidden")) for each in panels] == [False, True]


async def test_answers_stand_in_the_columns_of_their_question(screen: Client, french: Texts, told: Told) -> None:
    options = (
        Option(code="a", text="A", cells=("Dr Roy", "Lille")),
        Option(code="b", text="B", cells=("Dr Petit", "")),
    )
    item = ChoiceQuestion(
        link_id="q", text="Q", options=options, columns=("Nom", "Ville"), widths=("minmax(0, 2fr)", "")
    )
    made = str(ChoiceItem(french, item, told).inside())
    assert "--cols:2;--tracks:minmax(0, 2fr) minmax(0, 1fr)" in made
    assert made.count('class="cell"') == 4


async def test_answers_stand_side_by_side_where_the_form_says_how_many(
    screen: Client, french: Texts, told: Told
) -> None:
    item = ChoiceQuestion(link_id="q", text="Q", options=FEW, across=3)
    assert 'class="answers across" style="--across:3"' in str(ChoiceItem(french, item, told).inside())


async def test_a_group_behind_its_title_is_open_or_closed_at_first(screen: Client, french: Texts, told: Told) -> None:
    inside = (TextQuestion(link_id="a", text="A"),)
    for opened in (True, False):
        group = Group(link_id=f"g{opened}", text="Plus", items=inside, layout="folding", open=opened)
        box = build_item(french, group, told, today=today)
        assert ("open" in box.props) is opened


async def test_a_unit_beside_the_listed_ones_is_taken_where_the_form_is_open(
    screen: Client, french: Texts, told: Told
) -> None:
    size = NumberQuestion(link_id="q", text="Taille", units=SIZE.units, own_unit=True)
    await NumberField(french, size, told).receive(["6", "pieds"])
    await NumberField(french, size, told).receive(["172", "cm"])
    assert told == [Amount(value=Decimal(6), unit="pieds"), Amount(value=Decimal(172), unit="cm")]


async def test_an_amount_with_one_unit_carries_it(screen: Client, french: Texts, told: Told) -> None:
    size = NumberQuestion(link_id="q", text="Poids", unit="kg", unit_code="kg", amount=True)
    await NumberField(french, size, told).receive("72")
    assert told == [Amount(value=Decimal(72), unit="kg")]


async def test_each_of_several_amounts_has_its_unit(screen: Client, french: Texts, told: Told) -> None:
    item = ManyQuestion(link_id="q", text="Doses", one=SIZE)
    await ManyField(french, item, told, today=today).receive({"rows": ["172", "1,8"], "units": ["cm", "m"], "do": ""})
    assert told == [Several(values=(Amount(value=Decimal(172), unit="cm"), Amount(value=Decimal("1.8"), unit="m")))]


async def test_an_amount_among_several_without_a_unit_is_not_an_answer_yet(
    screen: Client, french: Texts, told: Told
) -> None:
    widget = ManyField(french, ManyQuestion(link_id="q", text="Doses", one=SIZE), told, today=today)
    await widget.receive({"rows": ["172"], "units": [""], "do": ""})
    assert (told, widget.unread) == ([], True)


async def test_a_closed_copy_says_what_it_holds_and_opens(screen: Client, french: Texts, told: Told) -> None:
    opened: list[str] = []

    async def unfold(path: str) -> None:
        opened.append(path)

    copies = (
        Group(link_id="med[0]", text="", items=(), closed="Lithium · 400 mg"),
        Group(link_id="med[1]", text="", items=(TextQuestion(link_id="med[1]/n", text="Nom"),)),
    )
    box = build_item(
        french, Copies(link_id="med*", text="Médicament", copies=copies), told, today=today, doing=Doing(unfold=unfold)
    )
    assert isinstance(box, CopiesBox)
    assert [len(each.items) for each in box.lists] == [0, 1]
    button = next(each for each in box.descendants() if getattr(each, "text", "") == "Ouvrir : Médicament 1")
    await button.press()
    assert opened == ["med[0]"]
