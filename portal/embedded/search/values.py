"""What text, dates and numbers become in an index, and in a question put to it: both sides must agree."""

import math
import re
import unicodedata
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

LOWEST, HIGHEST = -(2**62), 2**62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?")
_FOLD = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "’": "'", "\u00a0": " "}
)
_PLAIN = re.compile(r"[ -~]*")
_ESCAPED = re.compile(r"\\([,|$\\])")
_PIECE = re.compile(r"\\.|.", re.DOTALL)


def fold(text: str) -> str:
    """Without accents, case or doubled spaces: `Hélène  LE GOFF` and `helene le goff` are one."""
    if not _PLAIN.fullmatch(text):
        text = unicodedata.normalize("NFKD", text.translate(_FOLD))
        text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(text.casefold().split())


def split_at(separator: str, written: str, most: int = -1) -> list[str]:
    r"""The parts between separators that no backslash takes for themselves; the parts stay escaped."""
    if "\\" not in written:
        return written.split(separator, most)
    parts = [""]
    for piece in _PIECE.findall(written):
        if piece == separator and len(parts) != most + 1:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def unescape(part: str) -> str:
    r"""`\,`, `\|`, `\$` and `\\` mean the sign itself."""
    return _ESCAPED.sub(r"\1", part) if "\\" in part else part


def escape(value: str) -> str:
    """A value as it is put into a search, so that it means nothing but itself."""
    return re.sub(r"([,|$\\])", r"\\\1", value)


def after_prefix(prefix: str) -> str:
    """The smallest text greater than every text that begins with `prefix`."""
    return prefix + "\U0010ffff"


def instant(at: datetime) -> int:
    """Microseconds since 1970, UTC."""
    since = at - _EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds


@lru_cache(maxsize=4096)  # the same text is asked about when it is checked and when it is indexed
def date_range(written: str) -> tuple[int, int] | None:
    """First and last microsecond that a FHIR date, dateTime or instant may mean; None when it is none of them.

    A time without zone, and a whole day, are read in UTC.
    """
    found = _DATE.fullmatch(written.strip().replace(" ", "+"))
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        at = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), min(int(second or 0), 59),
            int((fraction or "0")[:6].ljust(6, "0")), tzinfo=_zone(zone),
        )  # fmt: skip
        low = instant(at)
    except (ValueError, OverflowError):
        return None
    if fraction:
        return low, low + 10 ** max(0, 6 - len(fraction)) - 1
    if second:
        width = timedelta(seconds=1)
    elif hour:
        width = timedelta(minutes=1)
    elif day:
        width = timedelta(days=1)
    elif month:
        width = timedelta(days=monthrange(int(year), int(month))[1])
    else:
        width = timedelta(days=366 if monthrange(int(year), 2)[1] == 29 else 365)
    return low, low + width // timedelta(microseconds=1) - 1


@lru_cache(maxsize=64)  # all of a transaction has one time
def written_instant(microseconds: int) -> str:
    at = _EPOCH + timedelta(microseconds=microseconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Between two places on the earth, as a sphere: half a percent wrong at most."""
    if not all(map(math.isfinite, (latitude, longitude, other_latitude, other_longitude))):
        return math.inf
    first, second = math.radians(latitude), math.radians(other_latitude)
    across = math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    half = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * across
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(half)))


def _zone(written: str | None) -> timezone:
    if not written or written == "Z":
        return UTC
    hours, minutes = int(written[1:3]), int(written[4:6])
    delta = timedelta(hours=hours, minutes=minutes)
    return timezone(-delta if written[0] == "-" else delta)
