"""The ARC's row: deciding, saying why, taking back; what the row shows of each state."""

from dataclasses import replace
from typing import Any

import pytest
from nicegui import Client

from components.review import ReviewItem, ReviewRow, Standing, ThreadLine
from portal.errors import Invalid, VersionConflict, problem
from portal.i18n import Texts

WEIGHT = ReviewRow(key="poids", question="Poids", answer="86,4 kg", before="M24 : 64,2 kg")


class Desk:
    """Keeps what was asked, and gives the row as it is then."""

    def __init__(self) -> None:
        self.done: list[tuple[str, ...]] = []
        self.raises: Exception | None = None

    async def decide(self, key: str, standing: Standing, comment: str) -> ReviewRow:
        return self._after(("decide", key, standing, comment), replace(WEIGHT, standing=standing, can_withdraw=True))

    async def withdraw(self, key: str) -> ReviewRow:
        return self._after(("withdraw", key), WEIGHT)

    async def reply(self, key: str, text: str) -> ReviewRow:
        line = ThreadLine(who="Inès Kaci", when="hier", text=text)
        return self._after(("reply", key, text), replace(WEIGHT, can_decide=False, can_reply=True, thread=(line,)))

    def _after(self, done: tuple[str, ...], row: ReviewRow) -> ReviewRow:
        if self.raises:
            raise self.raises
        self.done.append(done)
        return row


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def item(screen: Client, french: Texts, desk: Desk) -> ReviewItem:
    return ReviewItem(french, WEIGHT, desk)


async def test_valid_is_kept_at_once(item: ReviewItem, desk: Desk) -> None:
    await item.receive({"do": "valid"})
    assert desk.done == [("decide", "poids", Standing.VALID, "")]
    assert 'value="valid" checked' in item.content


async def test_not_valid_first_asks_why(item: ReviewItem, desk: Desk) -> None:
    await item.receive({"do": "invalid"})
    assert desk.done == []
    assert "<textarea" in item.content


async def test_not_valid_without_a_reason_is_refused_by_the_text(item: ReviewItem, desk: Desk) -> None:
    await item.receive({"do": "invalid"})
    await item.receive({"do": "send", "text": "  "})
    assert desk.done == []
    assert "Dites-nous pourquoi la réponse n’est pas valide." in item.content


async def test_not_valid_is_kept_with_its_reason(item: ReviewItem, desk: Desk) -> None:
    await item.receive({"do": "invalid"})
    await item.receive({"do": "send", "text": " Vérifier la balance. "})
    assert desk.done == [("decide", "poids", Standing.NOT_VALID, "Vérifier la balance.")]
    assert "<textarea" not in item.content


async def test_one_may_change_ones_mind_before_saying_why(item: ReviewItem, desk: Desk) -> None:
    await item.receive({"do": "invalid"})
    await item.receive({"do": "cancel"})
    assert "checked" not in item.content
    assert desk.done == []


async def test_a_comment_of_a_megabyte_is_refused(item: ReviewItem, desk: Desk) -> None:
    await item.receive({"do": "invalid"})
    await item.receive({"do": "send", "text": "x" * 1_000_000})
    assert desk.done == []
    assert "trop long" in item.content


async def test_a_decision_can_be_taken_back(item: ReviewItem, desk: Desk) -> None:
    await item.receive({"do": "valid"})
    await item.receive({"do": "withdraw"})
    assert desk.done[-1] == ("withdraw", "poids")


@pytest.mark.parametrize(
    "sent",
    [{"do": "withdraw"}, {"do": "reply", "text": "x"}, {"do": "send", "text": "x"}, {"do": "x"}, {}, None, "valid", []],
)
async def test_what_the_row_does_not_offer_is_ignored(item: ReviewItem, desk: Desk, sent: Any) -> None:
    await item.receive(sent)
    assert desk.done == []


async def test_the_centre_cannot_decide(screen: Client, french: Texts, desk: Desk) -> None:
    item = ReviewItem(french, replace(WEIGHT, can_decide=False, can_reply=True), desk)
    await item.receive({"do": "valid"})
    assert desk.done == []
    assert 'type="radio"' not in item.content


async def test_the_centre_can_reply(screen: Client, french: Texts, desk: Desk) -> None:
    item = ReviewItem(french, replace(WEIGHT, can_decide=False, can_reply=True), desk)
    await item.receive({"do": "reply", "text": "Erreur de frappe."})
    assert desk.done == [("reply", "poids", "Erreur de frappe.")]
    assert "Erreur de frappe." in item.content


async def test_what_went_wrong_is_said_in_the_row(item: ReviewItem, desk: Desk) -> None:
    desk.raises = VersionConflict()
    await item.receive({"do": "valid"})
    assert 'class="error"' in item.content


async def test_a_refused_comment_is_said_with_its_own_sentence(item: ReviewItem, desk: Desk) -> None:
    await item.receive({"do": "invalid"})
    desk.raises = Invalid([problem("comment", "Write a few words.")])
    await item.receive({"do": "send", "text": "??"})
    assert "Écrivez quelques mots." in item.content


def test_a_changed_answer_shows_both_values_and_no_verdict(screen: Client, french: Texts, desk: Desk) -> None:
    item = ReviewItem(french, replace(WEIGHT, standing=Standing.CHANGED, former="17 kg"), desk)
    assert "À revoir\u00a0: la réponse a changé" in item.content
    assert "17 kg" in item.content
    assert "checked" not in item.content


def test_an_answer_is_text_and_nothing_else(screen: Client, french: Texts, desk: Desk) -> None:
    item = ReviewItem(french, replace(WEIGHT, answer="<b>x</b>", remark="</section>"), desk)
    assert "<b>" not in item.content
    assert "</section>" not in item.content
