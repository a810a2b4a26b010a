"""Which language a visitor reads: what they chose, else what their account says, else what the browser asks, else the setting."""

from fastapi import Request

from portal.i18n import LOCALES, Texts, texts

COOKIE = "langue"


def texts_for(request: Request, *, account: str = "", fallback: str = "fr") -> Texts:
    chosen = request.cookies.get(COOKIE, "")
    for locale in (chosen, account):
        if locale in LOCALES:
            return texts(locale)
    return texts(asked(request.headers.get("accept-language", "")) or fallback)


def asked(header: str) -> str:
    """The first of our languages in an Accept-Language header, by its weights; empty when none is named."""
    wishes: list[tuple[float, str]] = []
    for part in header.split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((float(weight) if weight else 1.0, name[:2].lower()))
        except ValueError:
            continue
    ours = [wish for wish in wishes if wish[1] in LOCALES and wish[0] > 0]
    return max(ours, key=lambda wish: wish[0])[1] if ours else ""


def local_path(path: str, fallback: str = "/") -> str:
    """A way back that stays here: an absolute path of this site, or the fallback. Never another host, never a scheme."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path and path.isprintable()
    return path if safe and len(path) < 500 else fallback
