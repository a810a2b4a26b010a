"""/questionnaires/{response}: what I sent, with the results that my centre shows, to read again or to keep as a PDF."""

from components.blocks import block
from components.markup import back_link, h, join, link_button, note, page_head, typo
from pages.base import Site, Visit
from pages.results import results_list
from pages.summary import answer_rows, answers_list
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
            parts = []
            for section in found.form.sections:
                rows = [each for each in found.answers if each.section == section.index]
                if rows:
                    heading = h("<h3>{}</h3>", typo(t, section.title(t.locale))) if len(found.form.sections) > 1 else ""
                    parts.append(h("{}{}", heading, answers_list(t, answer_rows(t, rows))))
            block(h("<h2>{}</h2>{}", t("Your answers"), join(parts)), "sheet", "section")
            if len(found.versions) > 1:
                changed = t("An answer was corrected on {moment}.", moment=t.moment(found.versions[0].at))
                block(h('<p class="small muted">{}</p>', changed))
