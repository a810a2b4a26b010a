"""The form page, shared by patients, relatives and professionals: a draft on one side, the components' `FormView` on the other."""

from nicegui import ui

from components.blocks import block, set_block
from components.form import FormView, Section
from components.markup import note
from pages.base import Visit
from pages.filling import ASK_AGAIN_SECONDS, Filling, WillBeSent
from pages.summary import summary
from portal.errors import PortalError, SignInNeeded
from portal.responses import Draft


class FormScreen(FormView):
    """The components' view, with the answers to look at before sending, and words for a record that is away."""

    def __init__(self, filling: Filling, *, pause: str, pause_text: str) -> None:
        self.filling = filling
        filling.view = self
        draft, t = filling.draft, filling.t
        super().__init__(
            t,
            filling,
            filling.section(),
            name=draft.form.title(t.locale),
            today=filling.acting.clock.today,
            saved_at=draft.saved_at,
            pause=pause,
            pause_text=pause_text,
            submit_text="" if filling.patient else t("Send the form"),
            for_patient=filling.patient,
            description=draft.form.description(t.locale),
            source=draft.form.copyright(t.locale),
        )

    @property
    def is_gone(self) -> bool:
        return self.line.is_deleted

    def renew(self, section: Section) -> None:
        """The same section with answers from elsewhere; another one when it is not asked any more."""
        if section.title == self.section.title and section.index == self.section.index:
            self._refresh(section.items)
        else:
            self.show(section)

    def _build(self) -> None:
        super()._build()
        if self.filling.reviewing:
            with self.list:
                recap = block(summary(self.t, self.filling.draft, self.filling.numbers))
            recap.move(self.list, target_index=0)

    def _say(self, error: PortalError) -> None:
        if isinstance(error, WillBeSent):
            set_block(self.trouble, note(self.t.say(error.message), "warn", "cloud"))
        elif not isinstance(error, SignInNeeded):
            super()._say(error)


def show_form(
    visit: Visit,
    draft: Draft,
    *,
    done: str,
    pause: str,
    pause_text: str = "",
    patient: bool = True,
    part: int | None = None,
    files_to: str = "",
    opens: bool = True,
) -> FormScreen:
    """The draft as a form in the present frame.

    `done` is the address after sending, `pause` the one to leave to; `part` opens that section (counted from 0) instead
    of the one where the person was. `files_to` takes files; with `opens` they can be opened again.
    """
    to = files_to or f"/fichiers/pour/{draft.asked.id}"
    filling = Filling(visit, draft, done=done, patient=patient, part=part, files_to=to, opens=opens)
    screen = FormScreen(filling, pause=pause, pause_text=pause_text)
    ui.context.client.on_disconnect(filling.folding.now)
    ui.context.client.on_delete(filling.folding.stop)
    ui.on("portal-seen", visit.guard(filling.look_again, while_away=True))
    ui.run_javascript(
        "document.addEventListener('visibilitychange', () => { if (!document.hidden) emitEvent('portal-seen') });"
        "history.replaceState(null, '', location.pathname)"  # reloading stays where one is, not where one came in
    )
    return screen


__all__ = ["ASK_AGAIN_SECONDS", "FormScreen", "show_form"]
