"""Units of UCUM that clinical forms use: parsed by UCUM's grammar from atoms and prefixes, converted exactly.

An atom that is not in the table is an error (ValueError), never a guess. Arbitrary units ([IU]) convert only among their
own multiples. Molar and mass concentrations do not convert: that needs the substance.
"""

import functools
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

UCUM_SYSTEM = "http://unitsofmeasure.org"

Dimension = tuple[tuple[str, int], ...]

_PREFIXES = {
    "da": 1, "d": -1, "c": -2, "h": 2, "k": 3, "m": -3, "M": 6, "u": -6, "G": 9, "n": -9, "T": 12, "p": -12,
    "f": -15, "a": -18, "P": 15, "E": 18,
}  # fmt: skip

# Atoms that take prefixes: factor and base units. The mole is its own dimension here: amount and number are not mixed.
_METRIC: dict[str, tuple[str, dict[str, int]]] = {
    "m": ("1", {"m": 1}), "g": ("1", {"g": 1}), "s": ("1", {"s": 1}), "mol": ("1", {"mol": 1}),
    "K": ("1", {"K": 1}), "cd": ("1", {"cd": 1}), "rad": ("1", {"rad": 1}), "C": ("1", {"C": 1}),
    "L": ("0.001", {"m": 3}), "l": ("0.001", {"m": 3}), "ar": ("100", {"m": 2}), "t": ("1000000", {"g": 1}),
    "Hz": ("1", {"s": -1}), "Bq": ("1", {"s": -1}),
    "N": ("1000", {"g": 1, "m": 1, "s": -2}), "Pa": ("1000", {"g": 1, "m": -1, "s": -2}),
    "bar": ("100000000", {"g": 1, "m": -1, "s": -2}), "J": ("1000", {"g": 1, "m": 2, "s": -2}),
    "W": ("1000", {"g": 1, "m": 2, "s": -3}), "A": ("1", {"C": 1, "s": -1}),
    "V": ("1000", {"g": 1, "m": 2, "s": -2, "C": -1}), "Ohm": ("1000", {"g": 1, "m": 2, "s": -1, "C": -2}),
    "F": ("0.001", {"g": -1, "m": -2, "s": 2, "C": 2}), "cal": ("4184", {"g": 1, "m": 2, "s": -2}),
    "U": ("1/60000000", {"mol": 1, "s": -1}), "kat": ("1", {"mol": 1, "s": -1}), "[iU]": ("1", {"[IU]": 1}), "[IU]": ("1", {"[IU]": 1}),
    "eq": ("1", {"mol": 1}), "osm": ("1", {"[osm]": 1}), "Gy": ("1", {"m": 2, "s": -2}), "Sv": ("1", {"m": 2, "s": -2}),
    "m[H2O]": ("9806650", {"g": 1, "m": -1, "s": -2}), "m[Hg]": ("133322000", {"g": 1, "m": -1, "s": -2}),
    "B": ("1", {"[B]": 1}), "dyn": ("0.01", {"g": 1, "m": 1, "s": -2}),
}  # fmt: skip

_FIXED: dict[str, tuple[str, dict[str, int]]] = {
    "1": ("1", {}), "%": ("0.01", {}), "[ppth]": ("0.001", {}), "[ppm]": ("0.000001", {}), "10*": ("10", {}),
    "10^": ("10", {}),
    "min": ("60", {"s": 1}), "h": ("3600", {"s": 1}), "d": ("86400", {"s": 1}), "wk": ("604800", {"s": 1}),
    "mo": ("2629800", {"s": 1}), "a": ("31557600", {"s": 1}), "deg": ("0.0174532925199432957692369076848861", {"rad": 1}),
    "[in_i]": ("0.0254", {"m": 1}), "[ft_i]": ("0.3048", {"m": 1}), "[yd_i]": ("0.9144", {"m": 1}),
    "[mi_i]": ("1609.344", {"m": 1}), "[in_us]": ("0.02540005080010160020320040640081280", {"m": 1}),
    "[lb_av]": ("453.59237", {"g": 1}), "[oz_av]": ("28.349523125", {"g": 1}), "[stone_av]": ("6350.29318", {"g": 1}),
    "[gal_us]": ("0.003785411784", {"m": 3}), "[foz_us]": ("0.0000295735295625", {"m": 3}),
    "[pt_us]": ("0.000473176473", {"m": 3}), "[cup_us]": ("0.0002365882365", {"m": 3}),
    "[tsp_us]": ("0.00000492892159375", {"m": 3}), "[tbs_us]": ("0.00001478676478125", {"m": 3}),
    "[drp]": ("0.00000005", {"m": 3}), "[psi]": ("6894757.29316836", {"g": 1, "m": -1, "s": -2}),
    "[Cal]": ("4184000", {"g": 1, "m": 2, "s": -2}), "atm": ("101325000", {"g": 1, "m": -1, "s": -2}),
    "[arb'U]": ("1", {"[arb'U]": 1}), "[pH]": ("1", {"[pH]": 1}), "[s]": ("1", {"[s]": 1}),
    "u": ("1.66053906660e-24", {"g": 1}),
}  # fmt: skip

_TOKEN = re.compile(r"\{[^{}]*\}|[/.()]|[^\s/.(){}]+", re.ASCII)
_ATOM = re.compile(r"(.+?)([+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """`factor` to the base units; `offset` is added before it (degrees Celsius and Fahrenheit only)."""

    factor: Fraction
    dimension: Dimension
    offset: Fraction = Fraction(0)

    def to_base(self, value: Decimal) -> Fraction:
        return (Fraction(value) + self.offset) * self.factor

    def from_base(self, value: Fraction) -> Fraction:
        return value / self.factor - self.offset

    def combine(self, other: "Unit", *, divide: bool) -> str:
        """The base unit of the product or the quotient, as UCUM writes it."""
        powers = dict(self.dimension)
        for base, power in other.dimension:
            powers[base] = powers.get(base, 0) + (-power if divide else power)
        kept = sorted((base, power) for base, power in powers.items() if power)
        return ".".join(base if power == 1 else f"{base}{power}" for base, power in kept) or "1"


@functools.lru_cache(maxsize=1024)
def unit_of(code: str) -> Unit:
    """The meaning of a UCUM code; raises ValueError for a code that this table does not know."""
    if code == "Cel":
        return Unit(factor=Fraction(1), offset=Fraction("273.15"), dimension=(("K", 1),))
    if code == "[degF]":
        return Unit(factor=Fraction(5, 9), offset=Fraction("459.67"), dimension=(("K", 1),))
    pieces = _TOKEN.findall(code)
    if not pieces or "".join(pieces) != code or len(pieces) > 40:
        raise ValueError(code)
    reader = _Reader(pieces, code)
    factor, powers = reader.term()
    if reader.at != len(pieces):
        raise ValueError(code)
    return Unit(factor=factor, dimension=tuple(sorted((b, p) for b, p in powers.items() if p)))


class _Reader:
    def __init__(self, pieces: list[str], code: str) -> None:
        self.pieces, self.at, self.code = pieces, 0, code

    def term(self) -> tuple[Fraction, dict[str, int]]:
        factor, powers = Fraction(1), dict[str, int]()
        sign = 1
        if self.peek() == "/":
            sign = -1
            self.at += 1
        while True:
            value, units = self.component()
            factor = factor * value if sign > 0 else factor / value
            for base, power in units.items():
                powers[base] = powers.get(base, 0) + sign * power
            following = self.peek()
            if following not in {".", "/"}:
                return factor, powers
            sign = 1 if following == "." else -1
            self.at += 1

    def peek(self) -> str:
        return self.pieces[self.at] if self.at < len(self.pieces) else ""

    def component(self) -> tuple[Fraction, dict[str, int]]:
        piece = self.peek()
        if piece in {"", ")", ".", "/"}:
            raise ValueError(self.code)
        self.at += 1
        if piece == "(":
            inner = self.term()
            if self.peek() != ")":
                raise ValueError(self.code)
            self.at += 1
            return inner
        if piece.startswith("{"):
            return Fraction(1), {}
        if self.peek().startswith("{"):
            self.at += 1
        return _simple(piece, self.code)


def _simple(piece: str, code: str) -> tuple[Fraction, dict[str, int]]:
    if piece.isdigit() and len(piece) < 10:
        return Fraction(int(piece) or 1), {}
    known = _atom(piece)
    power = 1
    if known is None:
        match = _ATOM.fullmatch(piece)
        if match is None or match.group(2) is None or len(match.group(2)) > 3:
            raise ValueError(code)
        known, power = _atom(match.group(1)), int(match.group(2))
    if known is None:
        raise ValueError(code)
    factor, powers = known
    return factor**power, {base: p * power for base, p in powers.items()}


def _atom(name: str) -> tuple[Fraction, dict[str, int]] | None:
    fixed = _FIXED.get(name) or _METRIC.get(name)
    if fixed:
        return Fraction(fixed[0]), fixed[1]
    for length in (2, 1):
        exponent = _PREFIXES.get(name[:length])
        metric = _METRIC.get(name[length:])
        if exponent is not None and metric:
            return Fraction(metric[0]) * Fraction(10) ** exponent, metric[1]
    return None
