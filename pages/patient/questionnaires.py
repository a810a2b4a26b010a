"""/questionnaires: everything that is asked of me, and everything I sent."""

from nicegui import ui

from components.blocks import block
from components.markup import page_head
from pages.base import Site, Visit
from pages.patient import tasks
from pages.patient.home import nothing_to_do
from portal.access import Role
from portal.responses import State, todo


def register(site: Site) -> None:
    @site.page("/questionnaires", roles={Role.PATIENT})
    async def questionnaires(visit: Visit) -> None:
        t, acting = visit.t, visit.me
        asked = await todo(acting)
        waiting = [item for item in asked if item.state in {State.NEW, State.STARTED}]
        sent = [item for item in asked if item.state is State.SENT]
        with visit.frame(current="/questionnaires").page(t("Questionnaires"), width="reading"):
            block(page_head(t("Questionnaires"), t("Your answers are saved as you give them. Stop when you like.")))
            with ui.element("div").classes("flow-l"):
                if waiting:
                    with ui.element("section"):
                        block(t("To do"), "between", "h2")
                        block(tasks.rows(t, waiting, acting.clock.today()), "sheet sheet-flush rows")
                else:
                    block(nothing_to_do(t, first=not sent), "sheet")
                if sent:
                    with ui.element("section"):
                        block(t("Already sent"), "between", "h2")
                        block(tasks.sent_rows(t, sent), "plain donelist", "ul")
