"""Who made an instrument, and on which terms it is used: a quiet line to open, where its questions or answers end."""

from markupsafe import Markup

from components.markup import h, typo
from portal.i18n import Texts


def rights(t: Texts, copyright_: str) -> Markup:
    """Nothing for a form that names no source."""
    if not copyright_:
        return Markup()
    shape = '<details class="rights"><summary>{}</summary><p>{}</p></details>'
    return h(shape, t("Source and rights"), typo(t, copyright_))
