"""/revue/questions: remarks that are not closed, oldest first: what was answered comes first, since it waits for the ARC."""

from markupsafe import Markup

from components.blocks import block
from components.markup import h, join, page_head, tag
from components.review import ThreadLine, thread
from components.states import empty
from pages.base import Site, Visit
from portal.access import Role
from portal.acting import Acting
from portal.i18n import Texts
from portal.review import Remark, label_at, trial_remarks
from portal.wording import Labels


def register(site: Site) -> None:
    @site.page("/revue/questions", roles={Role.ARC})
    async def questions(visit: Visit) -> None:
        t = visit.t
        found = [one for trial in sorted(visit.me.actor.trials) for one in await trial_remarks(visit.me, trial)]
        found.sort(key=lambda one: (one.status != "answered", one.opened))
        with visit.frame(current="/revue/questions", place=t("Read only")).page(t("Open queries"), width="reading"):
            lead = t.plural("{n} query is not closed.", "{n} queries are not closed.", len(found))
            block(page_head(t("Open queries"), lead))
            block(join(_remark(t, visit.me, one) for one in found) or _nothing(t), "flow", "section")


def _nothing(t: Texts) -> Markup:
    return empty(t("No open query"), t("A query appears here when you mark an answer as not valid."))


def _remark(t: Texts, me: Acting, remark: Remark) -> Markup:
    answered = remark.status == "answered"
    state = tag(t("Answered by the centre"), "tint") if answered else tag(t("Waits for the centre"), "warn")
    lines = thread([ThreadLine(who=line.name, when=t.moment(line.at), text=line.text) for line in remark.lines])
    form = me.catalogue.by_canonical(remark.questionnaire)
    return h(
        '<article class="sheet flow"><h2>{}</h2><p>{}</p><p>{} <span class="muted">{}</span></p>{}'
        '<p><a href="/revue/reponse/{}">{}</a></p></article>',
        form.title(t.locale) if form else t("Form"),
        label_at(Labels(t, form), remark.location) if form else "",
        state,
        t("Answer at the time: {answer}", answer=remark.shown_then),
        lines,
        remark.response,
        t("Open the form"),
    )
