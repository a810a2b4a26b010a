"""What goes wrong with an expression: a sentence for its author, the place, and never a value of the data it read."""

from portal.errors import PortalError
from portal.i18n import N_


class FhirPathError(PortalError):
    """An expression cannot be compiled, or cannot be computed on this data.

    `reason` is a sentence in English for the author of the form; `position` is the offset in the expression where it
    went wrong, or None when it is not known. The message for people who merely answer the form is inherited.
    """

    default = N_("This form has a formula that cannot be computed.")

    def __init__(self, reason: str, position: int | None = None, expression: str = "") -> None:
        super().__init__()
        self.reason = reason
        self.position = position
        self.expression = expression

    def __str__(self) -> str:
        if self.position is None:
            return self.reason
        line = self.expression.count("\n", 0, self.position) + 1
        column = self.position - (self.expression.rfind("\n", 0, self.position) + 1) + 1
        return f"{self.reason} (line {line}, column {column})"

    def caret(self) -> str:
        """The sentence, the faulty line and a caret below the fault, for a terminal."""
        if self.position is None:
            return self.reason
        start = self.expression.rfind("\n", 0, self.position) + 1
        line = self.expression[start:].split("\n", 1)[0]
        return f"{self}\n  {line}\n  {' ' * (self.position - start)}^"


class FhirPathSyntaxError(FhirPathError):
    """The text is not an expression."""


class FhirPathLimitError(FhirPathError):
    """The expression costs more than an expression may: too many steps, too deep, too large, or too slow a pattern."""
