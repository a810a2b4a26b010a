"""/revue/reponse/{response}: one form, answer by answer: Valid, Not valid and why."""

from nicegui import ui

from components.blocks import block, set_block
from components.markup import back_link, page_head
from components.review import ReviewItem as Row
from components.review import ReviewRow, Standing, ThreadLine, computed_row, keys_hint
from components.rights import rights
from components.states import empty
from pages.base import Site, Visit
from portal.access import Role
from portal.errors import Refused
from portal.i18n import Texts
from portal.people import spaced
from portal.responses import COMPUTED, FILLED_IN, signatures_in
from portal.review import (
    ItemState,
    Place,
    Review,
    ReviewItem,
    Verdict,
    decide_item,
    review_of,
    shown,
    withdraw_decision,
)
from portal.trials import subject_of
from portal.wording import Labels


def register(site: Site) -> None:
    @site.page("/revue/reponse/{response}", roles={Role.ARC})
    async def review_page(visit: Visit, response: str) -> None:
        t, me = visit.t, visit.me
        review = await review_of(me, response)
        row = await subject_of(me, review.response)
        form = review.form.title(t.locale)
        trial = t.choose(site.portal.trials[row.trial].title)
        with visit.frame(current="/revue", place=t("{trial}, read only", trial=trial)).page(form):
            block(back_link(t("Subject {fondacode}", fondacode=spaced(row.fondacode)), f"/revue/{row.subject}"))
            head = block(_head(t, review, form))
            block(keys_hint(t))
            labels = Labels(t, review.form)
            with ui.element("div").classes("sheet sheet-flush rows") as rows:
                rows.props["data-keys"] = ""
                for item in review.rows:
                    if isinstance(item, ReviewItem):
                        Row(t, _row(t, labels, item), _Desk(visit, response, head, labels))
                    else:
                        aside = t(COMPUTED if item.item.calculated else FILLED_IN)
                        block(computed_row(t, _question(labels, item), shown(item, t), aside), "review-computed")
            if not review.items:
                block(empty(t("Nothing to review"), t("This form was sent without any answer.")))
            if source := review.form.copyright(t.locale):
                block(rights(t, source))


def _head(t: Texts, review: Review, form: str) -> str:
    counts = [
        t.plural("{n} valid", "{n} valid", review.count(ItemState.VALID)),
        t.plural("{n} not valid", "{n} not valid", review.count(ItemState.NOT_VALID)),
        t.plural("{n} to review", "{n} to review", review.count(ItemState.TO_REVIEW) + review.count(ItemState.CHANGED)),
    ]
    lead = ", ".join(counts)
    return page_head(form, lead, eyebrow=_sent(t, review))


def _sent(t: Texts, review: Review) -> str:
    when = t.moment(review.at)
    by_patient = review.response.get("source", {}).get("reference", "").startswith("Patient/")
    who = t("Sent by the patient") if by_patient else t("Sent by the centre")
    corrected = review.response["status"] == "amended"
    since = t("corrected since") if corrected else ""
    signed = t("signed") if signatures_in(review.response) else ""
    return ", ".join(part for part in (who, when, signed, since) if part)


class _Desk:
    """What the buttons of a row do: one verb, then the row and the counts as they are now."""

    def __init__(self, visit: Visit, response: str, head: ui.html, labels: Labels) -> None:
        self.visit, self.response, self.head, self.labels = visit, response, head, labels

    async def decide(self, key: str, standing: Standing, comment: str) -> ReviewRow:
        verdict = Verdict.VALID if standing is Standing.VALID else Verdict.NOT_VALID
        await self._check()
        await decide_item(self.visit.me, self.response, key, verdict, comment)
        return await self._now(key)

    async def withdraw(self, key: str) -> ReviewRow:
        await self._check()
        await withdraw_decision(self.visit.me, self.response, key)
        return await self._now(key)

    async def reply(self, key: str, text: str) -> ReviewRow:
        """An ARC adds to the thread by asking again."""
        return await self.decide(key, Standing.NOT_VALID, text)

    async def _check(self) -> None:
        """A row catches errors itself, so the page's guard is asked here."""
        if not await self.visit.still_allowed(while_away=False):
            raise Refused("rights-changed")

    async def _now(self, key: str) -> ReviewRow:
        t = self.visit.t
        review = await review_of(self.visit.me, self.response)
        set_block(self.head, _head(t, review, review.form.title(t.locale)))
        return _row(t, self.labels, next(item for item in review.items if item.place.location == key))


def _question(labels: Labels, place: Place) -> str:
    prefix = f"{place.item.prefix.rstrip('.')}. " if place.item.prefix else ""
    return prefix + labels.of(place.item, place.holders)


def _row(t: Texts, labels: Labels, item: ReviewItem) -> ReviewRow:
    earlier = shown(item.earlier, t) if item.earlier else ""
    remark = item.remark
    lines = (
        [ThreadLine(who=line.name, when=t.moment(line.at), text=line.text) for line in remark.lines] if remark else []
    )
    return ReviewRow(
        key=item.place.location,
        question=_question(labels, item.place),
        answer=shown(item.place, t) or t("No answer"),
        standing=Standing(item.state),
        stamp=_stamp(t, item),
        before=t("Visit before: {answer}", answer=earlier) if earlier else "",
        former=shown(item.former, t) if item.former else "",
        thread=tuple(lines),
        can_reply=remark is not None and remark.status == "answered",
        can_withdraw=item.mine and item.state in {ItemState.VALID, ItemState.NOT_VALID},
    )


def _stamp(t: Texts, item: ReviewItem) -> str:
    if item.decided_at is None or item.state is ItemState.TO_REVIEW:
        return ""
    return f"{item.decided_by or ''}, {t.moment(item.decided_at)}"
