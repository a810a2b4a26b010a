"""What stands beside a question or a text: pictures, sounds, films, links, attributions. Pure HTML."""

from collections.abc import Iterable

from markupsafe import Markup

from components.form.items import Media, Question
from components.icons import icon
from components.markup import h, join, typo
from portal.i18n import Texts


def beside(t: Texts, item: Question) -> Markup:
    return h("{}{}{}", pictures(t, item.media), links(t, item.links), legal(t, item.legal))


def pictures(t: Texts, media: Iterable[Media]) -> Markup:
    """Each with its title: as the text for who does not see it, and under what can be played."""
    return join(_shown(t, each) for each in media)


def links(t: Texts, links: Iterable[tuple[str, str]]) -> Markup:
    """Support links open beside the form, so that nothing typed is left."""
    made = join(
        h(
            '<a class="support" href="{}" target="_blank" rel="noopener noreferrer">{}{}<span class="sr"> {}</span></a> ',
            address,
            icon("info"),
            words or t("More about this question"),
            t("(opens in a new tab)"),
        )
        for address, words in links
        if address.startswith(("https://", "http://", "/"))
    )
    return h('<p class="supports small">{}</p>', made) if made else Markup()


def legal(t: Texts, text: str) -> Markup:
    if not text:
        return Markup()
    return h(
        '<details class="legal-note small muted"><summary>{}</summary><p>{}</p></details>', t("Source"), typo(t, text)
    )


def _shown(t: Texts, media: Media) -> Markup:
    title = typo(t, media.title)
    match media.kind:
        case "image":
            return h('<img class="question-media" src="{}" alt="{}" loading="lazy">', media.address, title)
        case "audio":
            return h(
                '<figure class="question-media"><audio controls preload="none" src="{}"></audio><figcaption>{}</figcaption></figure>',
                media.address,
                title,
            )
        case "video":
            return h(
                '<figure class="question-media"><video controls preload="none" src="{}"></video><figcaption>{}</figcaption></figure>',
                media.address,
                title,
            )
        case "link":
            return links(t, [(media.address, title or t("Open the document"))])
