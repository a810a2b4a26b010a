"""Whether an address that the server gave is the server's own: only there does a token go."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from portal import errors

USUAL_PORTS = {"http": 80, "https": 443}
WHOLE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)  # begins with a scheme


@dataclass(frozen=True, slots=True)
class Addresses:
    """`base` is where calls go; `aliases` are further bases that mean the same server, such as its public name."""

    base: str
    aliases: tuple[str, ...] = ()

    def own(self, path: str) -> str:
        """The absolute address of "Patient/p1", "/fhir/Patient?_page=2" or of a whole link. `Forbidden` for one elsewhere."""
        own = urlsplit(self.base)
        if not WHOLE.match(path):
            if path.startswith(f"{own.path}/") and own.path:  # a link relative to the server
                return self._checked(urlsplit(path)._replace(scheme=own.scheme, netloc=own.netloc), own)
            return self._checked(urlsplit(f"{self.base}/{path.lstrip('/')}" if path else self.base), own)
        link = urlsplit(path)
        for known in (self.base, *self.aliases):
            base = urlsplit(known)
            if _origin(link) == _origin(base) and _below(link.path, base.path):
                rest = link.path[len(base.path) :]
                moved = link._replace(scheme=own.scheme, netloc=own.netloc, path=own.path + rest)
                return self._checked(moved, own)
        raise errors.Forbidden(status=0)

    @staticmethod
    def _checked(link: SplitResult, own: SplitResult) -> str:
        steps = unquote(link.path).split("/")
        if ".." in steps or "." in steps or not _below(link.path, own.path):
            raise errors.Forbidden(status=0)
        return urlunsplit(link._replace(fragment=""))


def _origin(link: SplitResult) -> tuple[str, str, int | None, bool]:
    try:
        port = link.port
    except ValueError:
        raise errors.Forbidden(status=0) from None
    strange = link.username is not None or link.password is not None
    return link.scheme, link.hostname or "", port or USUAL_PORTS.get(link.scheme), strange


def _below(path: str, base: str) -> bool:
    return path == base or path.startswith(f"{base.rstrip('/')}/")
