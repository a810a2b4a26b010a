"""Text to tokens. Whitespace and comments fall out here; an unfinished comment or string is an error at its start."""

import re
from typing import NamedTuple

from portal.fhirpath.errors import FhirPathSyntaxError

MAX_LENGTH = 50_000

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_TOKEN = re.compile(
    r"""
    (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<op><=|>=|!=|!~|[-+*&|=~<>().,\[\]{}]|/(?!\*))
  | (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<variable>%(?:[A-Za-z_][A-Za-z0-9_]*|`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'))
  | (?P<special>\$(?:this|index|total)\b)
  | (?P<quoted>`(?:[^`\\]|\\.)*`)
  | (?P<datetime>@\d{4}(?:-\d{2}(?:-\d{2})?)?T(?:\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?)
  | (?P<date>@\d{4}(?:-\d{2}(?:-\d{2})?)?)
  | (?P<time>@T\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


class Token(NamedTuple):
    kind: str
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """All tokens and a last one of kind `end`."""
    if len(text) > MAX_LENGTH:
        raise FhirPathSyntaxError(f"An expression has at most {MAX_LENGTH} characters.", MAX_LENGTH, text)
    found: list[Token] = []
    space, token, end = _SPACE.match, _TOKEN.match, len(text)
    at = 0
    while True:
        if not text[at : at + 1].isalnum():
            gap = space(text, at)
            at = gap.end() if gap else at
        if at >= end:
            break
        match = token(text, at)
        if match is None:
            raise FhirPathSyntaxError(_complaint(text[at:]), at, text)
        found.append(Token(match.lastgroup or "", match.group(), at))
        at = match.end()
    found.append(Token("end", "", end))
    return found


def _complaint(rest: str) -> str:
    if rest.startswith("/*"):
        return "This comment is not closed: */ is missing."
    if rest[0] in "'`":
        return f"This text is not closed: {rest[0]} is missing."
    if rest[0] == '"':
        return "Texts are written between single quotes."
    if rest[0] == "@":
        return "This is not a date, a date with time, or a time."
    return f"The character {rest[0]!r} has no meaning here."


def unescape(quoted: str) -> str:
    """What stands between the quotes, with the escapes of FHIRPath replaced; an unknown escape means its character."""

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if len(code) == 5:
            return chr(int(code[1:], 16))
        return _ESCAPES.get(code, code)

    body = quoted[1:-1]
    if "\\" not in body:
        return body
    return _ESCAPE.sub(one, body).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
