"""/questionnaires/{response}: what I sent, with the results that my centre shows, to read again or to keep as a PDF."""

from components.blocks import block
from components.markup import back_link, h, link_button, note, page_head
from components.rights import rights
from pages.base import Site, Visit
from pages.results import results_list
from pages.summary import sent_answers
from portal.access import Role
from portal.responses import read_response, results


def register(site: Site) -> None:
    @site.page("/questionnaires/{response}", roles={Role.PATIENT})
    async def show(visit: Visit, response: str) -> None:
        t = visit.t
        found = await read_response(visit.me, response)
        told = await results(visit.me, found)
        with visit.frame(current="/questionnaires").page(found.form.title(t.locale), width="reading", css="flow-l"):
            block(back_link(t("Questionnaires"), "/questionnaires"))
            save = link_button(t("Save as PDF"), f"/questionnaires/{response}/pdf", "side")
            block(page_head(found.form.title(t.locale), t("Sent on {moment}", moment=t.moment(found.at)), end=save))
            if told:
                words = t("These results are a help to talk with your team. They are not a diagnosis.")
                block(
                    h("<h2>{}</h2>{}{}", t("Results"), note(words, "info"), results_list(t, told)), "sheet", "section"
                )
            block(h("<h2>{}</h2>{}", t("Your answers"), sent_answers(t, found)), "sheet", "section")
            if source := found.form.copyright(t.locale):
                block(rights(t, source))
            if len(found.versions) > 1:
                changed = t("An answer was corrected on {moment}.", moment=t.moment(found.versions[0].at))
                block(h('<p class="small muted">{}</p>', changed))
