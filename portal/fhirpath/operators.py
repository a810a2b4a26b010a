"""What stands between two operands. An operator gets its left collection and the means to compute the right one."""

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal, DecimalException
from typing import Any

from portal.fhirpath import quantity as quantities
from portal.fhirpath import temporal
from portal.fhirpath.equality import (
    coerced,
    compare,
    distinct,
    equal,
    equal_collections,
    equivalent_collections,
    kind_of,
)
from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.numbers import EXACT, LARGEST
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.run import Run
from portal.fhirpath.temporal import Temporal
from portal.fhirpath.values import Collection, number, quantity_of, single, system, truth

Fn = Callable[[Run, Collection], Collection]
Operator = Callable[[Run, Collection, Collection, Fn], Collection]

TRUE: Collection = [True]
FALSE: Collection = [False]
NONE: Collection = []


def answer(value: bool | None) -> Collection:
    return NONE if value is None else TRUE if value else FALSE


def _and(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    a = truth(left, "and")
    if a is False:
        return FALSE
    b = truth(right(c, t), "and")
    return FALSE if b is False else NONE if a is None or b is None else TRUE


def _or(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    a = truth(left, "or")
    if a:
        return TRUE
    b = truth(right(c, t), "or")
    return TRUE if b else NONE if a is None or b is None else FALSE


def _xor(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    a, b = truth(left, "xor"), truth(right(c, t), "xor")
    return NONE if a is None or b is None else answer(a is not b)


def _implies(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    a = truth(left, "implies")
    if a is False:
        return TRUE
    b = truth(right(c, t), "implies")
    return TRUE if b else NONE if a is None or b is None else FALSE


def _equal(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    other = right(c, t)
    if len(left) == 1 == len(other):
        return answer(equal(system(left[0]), system(other[0])))
    return answer(equal_collections(left, other))


def _unequal(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    same = equal_collections(left, right(c, t))
    return NONE if same is None else FALSE if same else TRUE


def _equivalent(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    return answer(equivalent_collections(c, left, right(c, t)))


def _not_equivalent(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    return answer(not equivalent_collections(c, left, right(c, t)))


def _ordered(symbol: str, accepts: tuple[int, ...]) -> Operator:
    def operator(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
        other = right(c, t)
        if not left or not other:
            return NONE
        order = compare(single(left, symbol), single(other, symbol))
        return NONE if order is None else TRUE if order in accepts else FALSE

    return operator


def _in(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    if not left:
        return NONE
    other = right(c, t)
    c.spend(len(other))
    return answer(contains(other, single(left, "in")))


def _contains(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    other = right(c, t)
    if not other:
        return NONE
    c.spend(len(left))
    return answer(contains(left, single(other, "contains")))


def contains(items: Collection, wanted: Any) -> bool:
    return any(equal(system(item), wanted) is True for item in items)


def _union(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    both = left + right(c, t)
    c.spend(len(both))
    return distinct(both)


def _join(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
    a, b = single(left, "&"), single(right(c, t), "&")
    for part in (a, b):
        if part is not None and not isinstance(part, str):
            raise FhirPathError(f"& joins texts, not {kind_of(part)}: use toString().")
    return [c.text((a or "") + (b or ""))]


def _arithmetic(
    symbol: str, compute: Callable[[Any, Any], Any], exact: Callable[[int, int], int] | None = None
) -> Operator:
    def operator(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
        other = right(c, t)
        if not left or not other:
            return NONE
        a, b = single(left, symbol), single(other, symbol)
        if type(a) is int and type(b) is int and exact:
            result = exact(a, b)
            return [result] if -LARGEST <= result <= LARGEST else NONE
        try:
            result = compute(a, b)
        except DecimalException:
            return NONE
        except ValueError as error:
            raise FhirPathError(f"The unit '{error}' cannot be converted.") from None
        if result is None:
            return NONE
        if type(result) is str:
            return [c.text(result)]
        return [result]

    return operator


def _refused(symbol: str, a: Any, b: Any) -> FhirPathError:
    return FhirPathError(f"{symbol} cannot take {kind_of(a)} and {kind_of(b)}.")


def whole(value: int) -> int | None:
    return value if -LARGEST <= value <= LARGEST else None


def plus(a: Any, b: Any) -> Any:
    if number(a) and number(b):
        return whole(a + b) if type(a) is int and type(b) is int else EXACT.add(a, b)
    return _moved("+", a, b, 1)


def minus(a: Any, b: Any) -> Any:
    if number(a) and number(b):
        return whole(a - b) if type(a) is int and type(b) is int else EXACT.subtract(a, b)
    return _moved("-", a, b, -1)


def _moved(symbol: str, a: Any, b: Any, sign: int) -> Any:
    if isinstance(a, str) and isinstance(b, str) and not isinstance(a, Temporal) and not isinstance(b, Temporal):
        if sign > 0:
            return a + b
        raise _refused(symbol, a, b)
    step = Quantity(value=Decimal(b)) if number(b) and quantity_of(a) else quantity_of(b)
    if step:
        if type(a) is str:
            a = coerced(a, temporal.Time.make("", ()) if a[2:3] == ":" else temporal.Date.make("", ()))
        if isinstance(a, Temporal):
            return temporal.add(a, step, sign)
        amount = Quantity(value=Decimal(a)) if number(a) else quantity_of(a)
        if amount:
            return quantities.add(amount, step, sign)
    raise _refused(symbol, a, b)


def _times(a: Any, b: Any) -> Any:
    if number(a) and number(b):
        return whole(a * b) if type(a) is int and type(b) is int else EXACT.multiply(a, b)
    left, right = _quantities("*", a, b)
    return quantities.times(left, right)


def _over(a: Any, b: Any) -> Any:
    if number(a) and number(b):
        return None if b == 0 else tidy(EXACT.divide(Decimal(a), Decimal(b)))
    left, right = _quantities("/", a, b)
    return quantities.over(left, right)


def tidy(value: Decimal) -> Decimal:
    """A quotient without the exponent that an exact one may carry (10/2 is 5, not 5E0)."""
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else value


def _quantities(symbol: str, a: Any, b: Any) -> tuple[Quantity, Quantity]:
    left = Quantity(value=Decimal(a)) if number(a) else quantity_of(a)
    right = Quantity(value=Decimal(b)) if number(b) else quantity_of(b)
    if left is None or right is None:
        raise _refused(symbol, a, b)
    return left, right


def _div(a: Any, b: Any) -> Any:
    _numbers("div", a, b)
    if b == 0:
        return None
    if type(a) is int and type(b) is int:
        return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return whole(int(EXACT.divide(Decimal(a), Decimal(b)).to_integral_value(ROUND_DOWN)))


def _mod(a: Any, b: Any) -> Any:
    _numbers("mod", a, b)
    if b == 0:
        return None
    if type(a) is int and type(b) is int:
        return abs(a) % abs(b) * (-1 if a < 0 else 1)
    return EXACT.remainder(Decimal(a), Decimal(b))


def _numbers(symbol: str, a: Any, b: Any) -> None:
    if not (number(a) and number(b)):
        raise _refused(symbol, a, b)


OPERATORS: dict[str, Operator] = {
    "and": _and, "or": _or, "xor": _xor, "implies": _implies,
    "=": _equal, "!=": _unequal, "~": _equivalent, "!~": _not_equivalent,
    "<": _ordered("<", (-1,)), ">": _ordered(">", (1,)), "<=": _ordered("<=", (-1, 0)), ">=": _ordered(">=", (1, 0)),
    "in": _in, "contains": _contains, "|": _union, "&": _join,
    "+": _arithmetic("+", plus, int.__add__), "-": _arithmetic("-", minus, int.__sub__),
    "*": _arithmetic("*", _times, int.__mul__),
    "/": _arithmetic("/", _over), "div": _arithmetic("div", _div), "mod": _arithmetic("mod", _mod),
}  # fmt: skip
