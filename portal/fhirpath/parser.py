"""Tokens to tree: precedence climbing over the normative grammar, left spines built in loops so that they may be long."""

import functools
from decimal import Decimal

from portal.fhirpath import syntax
from portal.fhirpath.errors import FhirPathError, FhirPathLimitError, FhirPathSyntaxError
from portal.fhirpath.lexer import Token, tokens, unescape
from portal.fhirpath.quantity import CALENDAR_WORDS, Quantity
from portal.fhirpath.temporal import Date, DateTime, Time

MAX_DEPTH = 100
"""How deep parentheses, arguments and criteria may nest."""

MAX_DIGITS = 100

PRECEDENCE = {
    "implies": 1, "or": 2, "xor": 2, "and": 3, "in": 4, "contains": 4,
    "=": 5, "!=": 5, "~": 5, "!~": 5, "<": 6, ">": 6, "<=": 6, ">=": 6,
    "|": 7, "is": 8, "as": 8, "+": 9, "-": 9, "&": 9, "*": 10, "/": 10, "div": 10, "mod": 10,
}  # fmt: skip
UNARY = 11
RESERVED = frozenset(("and", "or", "xor", "implies", "div", "mod", "true", "false"))


@functools.lru_cache(maxsize=256)
def parse(text: str) -> syntax.Expr:
    """The tree of an expression, or a FhirPathSyntaxError that says where and why it is none."""
    parser = _Parser(text)
    try:
        tree = parser.expression(0)
        parser.finish()
    except FhirPathError as error:
        if not error.expression:
            error.expression = text
        raise
    return tree


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.token: Token = self.tokens[0]
        self.depth = 0

    def step(self) -> None:
        self.at += 1
        self.token = self.tokens[self.at]

    def take(self, text: str) -> Token:
        token = self.token
        if token.kind != "op" or token.text != text:
            raise self.unexpected(f"{text} is missing")
        self.step()
        return token

    def accept(self, text: str) -> bool:
        if self.token.kind == "op" and self.token.text == text:
            self.step()
            return True
        return False

    def unexpected(self, hint: str = "", at: Token | None = None) -> FhirPathSyntaxError:
        token = at or self.token
        seen = "The expression ends too early" if token.kind == "end" else f"{token.text!r} is not expected here"
        return FhirPathSyntaxError(f"{seen}: {hint}." if hint else f"{seen}.", token.position, self.text)

    def finish(self) -> None:
        if self.token.kind != "end":
            raise self.unexpected()

    def expression(self, floor: int) -> syntax.Expr:
        """An expression whose operators all bind tighter than `floor`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            reason = f"The expression nests more than {MAX_DEPTH} levels deep."
            raise FhirPathLimitError(reason, self.token.position, self.text)
        left = self.operand()
        while True:
            token = self.token
            strength = PRECEDENCE.get(token.text, 0) if token.kind in {"op", "name"} else 0
            if strength <= floor:
                break
            self.step()
            if token.text in {"is", "as"}:
                name = self.type_name()
                left = syntax.TypeTest(position=token.position, op=token.text, operand=left, type_name=name)
            else:
                right = self.expression(strength)
                left = syntax.Binary(position=token.position, op=token.text, left=left, right=right)
        self.depth -= 1
        return left

    def type_name(self) -> str:
        parts = [self.identifier()]
        while self.accept("."):
            parts.append(self.identifier())
        return ".".join(parts)

    def identifier(self) -> str:
        token = self.token
        if token.kind == "quoted":
            name = unescape(token.text)
            if not name:
                raise self.unexpected("a name has at least one character")
        elif token.kind == "name" and token.text not in RESERVED:
            name = token.text
        else:
            raise self.unexpected("a name is missing")
        self.step()
        return name

    def operand(self) -> syntax.Expr:
        token = self.token
        if token.kind == "op" and token.text in "+-":
            self.step()
            operand = self.expression(UNARY - 1)
            return syntax.Unary(position=token.position, op=token.text, operand=operand)
        return self.path(self.term())

    def path(self, base: syntax.Expr) -> syntax.Expr:
        """Everything that follows a term: `.name`, `.name(…)`, `[…]`."""
        while True:
            token = self.token
            if self.accept("."):
                if self.token.kind == "special":
                    raise self.unexpected("$this, $index and $total stand at the head of a path")
                base = self.invocation(base)
            elif self.accept("["):
                base = syntax.Index(position=token.position, base=base, index=self.expression(0))
                self.take("]")
            else:
                return base

    def invocation(self, base: syntax.Expr | None) -> syntax.Expr:
        position = self.token.position
        name = self.identifier()
        if not self.accept("("):
            return syntax.Member(position=position, base=base, name=name)
        args: list[syntax.Expr] = []
        if not self.accept(")"):
            args.append(self.expression(0))
            while self.accept(","):
                args.append(self.expression(0))
            self.take(")")
        return syntax.Call(position=position, base=base, name=name, args=tuple(args))

    def term(self) -> syntax.Expr:
        token = self.token
        if token.kind == "name" and token.text in {"true", "false"}:
            self.step()
            return syntax.Literal(position=token.position, value=token.text == "true", text=token.text)
        if token.kind in {"name", "quoted"}:
            return self.invocation(None)
        if token.kind != "end":
            self.step()
        match token.kind:
            case "number":
                return self.number(token)
            case "string":
                return syntax.Literal(position=token.position, value=unescape(token.text), text=token.text)
            case "variable":
                name = token.text[1:] if token.text[1] not in "`'" else unescape(token.text[1:])
                return syntax.Variable(position=token.position, name=name)
            case "special":
                return syntax.Special(position=token.position, name=token.text[1:])
            case "date" | "datetime" | "time":
                return self.temporal(token)
            case "op" if token.text == "(":
                inner = self.expression(0)
                self.take(")")
                return inner
            case "op" if token.text == "{":
                self.take("}")
                return syntax.Empty(position=token.position)
            case _:
                raise self.unexpected(at=token)

    def number(self, token: Token) -> syntax.Literal:
        if len(token.text) > MAX_DIGITS:
            raise FhirPathSyntaxError(f"A number has at most {MAX_DIGITS} digits.", token.position, self.text)
        value: int | Decimal = Decimal(token.text) if "." in token.text else int(token.text)
        unit = self.token
        if unit.kind == "string":
            self.step()
            quantity = Quantity(value=Decimal(value), unit=unescape(unit.text))
            return syntax.Literal(position=token.position, value=quantity, text=f"{token.text} {unit.text}")
        if unit.kind == "name" and unit.text in CALENDAR_WORDS:
            self.step()
            quantity = Quantity(value=Decimal(value), unit=CALENDAR_WORDS[unit.text], calendar=True)
            return syntax.Literal(position=token.position, value=quantity, text=f"{token.text} {unit.text}")
        return syntax.Literal(position=token.position, value=value, text=token.text)

    def temporal(self, token: Token) -> syntax.Literal:
        following = self.token
        if (
            token.kind == "time"
            and following.text in {"+", "-"}
            and following.position == token.position + len(token.text)
        ):
            zone = self.tokens[self.at + 1]
            if zone.kind == "number" and self.tokens[self.at + 2].text == ":":
                raise FhirPathSyntaxError("A time of day has no zone.", following.position, self.text)
        kind = {"date": Date, "datetime": DateTime, "time": Time}[token.kind]
        value = kind.parse(token.text[2 if token.kind == "time" else 1 :])
        if value is None:
            raise FhirPathSyntaxError("This day or time does not exist.", token.position, self.text)
        return syntax.Literal(position=token.position, value=value, text=token.text)
