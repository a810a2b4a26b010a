"""Tree to closures. A closure takes the run and `$this`; a path is a head and steps, run in a loop.

The whole of an expression runs either on plain JSON or on typed nodes (see `modes`), decided before compiling. When
an evaluation fails it is compiled once more, `placed`, to learn where: the usual case does not pay for it.
"""

from collections.abc import Callable
from typing import Any

from portal.fhirpath import navigation
from portal.fhirpath.errors import FhirPathError, FhirPathSyntaxError
from portal.fhirpath.functions import FUNCTIONS
from portal.fhirpath.functions.sdc import WEIGHING, weight_of_items
from portal.fhirpath.model import Model
from portal.fhirpath.navigation import Step
from portal.fhirpath.numbers import LARGEST
from portal.fhirpath.operators import FALSE, OPERATORS, TRUE, Fn, Operator
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.run import Run
from portal.fhirpath.shortcuts import by_keys, choice_of_type, member_extension
from portal.fhirpath.syntax import (
    Binary,
    Call,
    Empty,
    Expr,
    Index,
    Literal,
    Member,
    Special,
    TypeTest,
    Unary,
    Variable,
    type_name,
)
from portal.fhirpath.types import as_type, is_type, of_own_type
from portal.fhirpath.values import Collection, number, quantity_of, single

VALUE_SET = "http://hl7.org/fhir/ValueSet/"
EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
CONSTANTS = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}


class Compiler:
    """Compiles the parts of one expression; functions ask it for their arguments."""

    def __init__(self, model: Model, *, typed: bool, placed: bool = False) -> None:
        self.model = model
        self.typed = typed
        self.placed = placed
        kind = navigation.typed_children if typed else navigation.raw_children
        self.children = kind(model)

    def compile(self, node: Expr) -> Fn:
        match node:
            case Member() | Call() | Index():
                return self._path(node)
            case Literal(value=value):
                constant: Collection = [value]
                return lambda c, t: constant  # noqa: ARG005
            case Empty():
                return lambda c, t: []  # noqa: ARG005
            case Variable(name=name):
                return self._variable(name)
            case Special(name=name):
                return _SPECIALS[name]
            case Binary():
                return self._binary(node)
            case Unary():
                return self._unary(node)
            case TypeTest():
                return self._type_test(node)
            case _:
                raise FhirPathSyntaxError("This cannot be evaluated.", node.position)

    def member(self, name: str, before: Expr | None, position: int | None = None) -> Step:
        meant = self.model.misspelt.get(name)
        owner = before.name if isinstance(before, Member) else ""
        if meant and owner not in self.model.owners.get(name, ()):
            type_name = self.model.choice_keys[meant][name]
            raise FhirPathError(f"{name} is not an element: write {meant}, or {meant}.ofType({type_name}).", position)
        make = navigation.typed_member if self.typed else navigation.raw_member
        return make(self.model, name)

    def _path(self, node: Expr) -> Fn:
        spine: list[Member | Call | Index] = []
        head: Expr | None = node
        while isinstance(head, (Member, Call, Index)):
            spine.append(head)
            head = head.base
        spine.reverse()
        steps: list[Step] = []
        at = 0
        if head is not None:
            start = self.compile(head)
        elif self._fused(spine, 0):
            start = _SPECIALS["this"]
        else:
            start = self._head(spine[0])
            at = 1
        while at < len(spine):
            fused = self._fused(spine, at)
            step, length = fused or (self.step(spine[at]), 1)
            steps.append(step)
            at += length
        run = _chain(start, steps)
        return _scoped(run) if any(isinstance(s, Call) and s.name == "defineVariable" for s in spine) else run

    def _fused(self, spine: list[Member | Call | Index], at: int) -> tuple[Step, int] | None:
        """Two or three steps that plain JSON can only, or better, take together, and how many they are."""
        if self.typed or at + 1 >= len(spine):
            return None
        first, second = spine[at], spine[at + 1]
        if not isinstance(first, Member):
            return None
        if first.name == "answer":
            length = 3 if isinstance(second, Member) and second.name == "value" else 2
            last = spine[at + length - 1] if at + length <= len(spine) else None
            return (
                (weight_of_items, length)
                if isinstance(last, Call) and last.name in WEIGHING and not last.args
                else None
            )
        if not isinstance(second, Call) or len(second.args) != 1:
            return None
        step = self._fused_call(first, second, second.args[0])
        return (step, 2) if step else None

    def _fused_call(self, first: Member, second: Call, argument: Expr) -> Step | None:
        if second.name == "extension":
            url = self._constant(argument)
            return member_extension(self.model, first.name, url) if url is not None else None
        if second.name == "ofType":
            wanted = self.model.resolve(type_name(argument), argument.position)
            keys = choice_of_type(self.model, first.base, first.name, wanted)
            return None if keys is None else by_keys(keys)
        return None

    def _constant(self, node: Expr) -> str | None:
        if isinstance(node, Literal) and isinstance(node.value, str):
            return str(node.value)
        return EXTENSION + node.name[4:] if isinstance(node, Variable) and node.name.startswith("ext-") else None

    def step(self, node: Member | Call | Index) -> Step:
        match node:
            case Member(name=name, base=base, position=position):
                return self.member(name, base, position)
            case Call():
                return self.call(node)
            case Index(index=index):
                return _index(self.compile(index))

    def call(self, node: Call) -> Step:
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise FhirPathError(f"There is no function {node.name}().", node.position)
        if not function.least <= len(node.args) <= function.most:
            raise FhirPathError(f"{node.name}() is written {function.signature}.", node.position)
        step = function.build(self, node)
        return _placed(step, node.position) if self.placed else step

    def _head(self, node: Member | Call | Index) -> Fn:
        if isinstance(node, Member) and node.name[0].isupper() and node.name in self.model.parents:
            return of_own_type(self.model, node.name, typed=self.typed)
        step = self.step(node)
        return lambda c, t: step(c, t, t)

    def _variable(self, name: str) -> Fn:
        constant = CONSTANTS.get(name)
        if constant is None and name.startswith("vs-"):
            constant = VALUE_SET + name[3:]
        elif constant is None and name.startswith("ext-"):
            constant = EXTENSION + name[4:]
        if constant is not None:
            fixed: Collection = [constant]
            return lambda c, t: fixed  # noqa: ARG005
        return lambda c, t: c.variable(name)  # noqa: ARG005

    def _binary(self, node: Binary) -> Fn:
        rest: list[Binary] = []
        head: Expr = node
        while isinstance(head, Binary):
            rest.append(head)
            head = head.left
        rest.reverse()
        first = self.compile(head)
        operations = [(self._operator(b), self.compile(b.right)) for b in rest]
        if len(operations) == 1:
            operator, right = operations[0]
            return lambda c, t: operator(c, t, first(c, t), right)

        def run(c: Run, t: Collection) -> Collection:
            left = first(c, t)
            for operator, right in operations:
                left = operator(c, t, left, right)
            return left

        return run

    def _operator(self, node: Binary) -> Operator:
        return _placed_operator(node) if self.placed else OPERATORS[node.op]

    def _unary(self, node: Unary) -> Fn:
        operand = self.compile(node.operand)
        if isinstance(node.operand, Literal) and number(node.operand.value):
            value: Any = node.operand.value
            constant: Collection = [-value if node.op == "-" else value]
            return lambda c, t: constant  # noqa: ARG005
        op, position = node.op, node.position

        def run(c: Run, t: Collection) -> Collection:
            value = single(operand(c, t), op)
            if value is None:
                return []
            if not number(value):
                quantity = quantity_of(value)
                if quantity is None:
                    raise FhirPathError(f"{op} stands before a number only.", position)
                return [Quantity(value=-quantity.value if op == "-" else quantity.value, unit=quantity.unit,
                                 calendar=quantity.calendar)]  # fmt: skip
            return [-value if op == "-" else value]

        return run

    def _type_test(self, node: TypeTest) -> Fn:
        operand = self.compile(node.operand)
        type_name = self.model.resolve(node.type_name, node.position)
        test = is_type if node.op == "is" else as_type
        step = test(self.model, type_name, node.op)
        return lambda c, t: step(c, t, operand(c, t))

    def criterion(self, node: Expr) -> Callable[[Run, Collection], bool | None]:
        """An argument that must be true, false or empty."""
        compiled = self.compile(node)

        def judge(c: Run, t: Collection) -> bool | None:
            found = compiled(c, t)
            if found is TRUE or found is FALSE or not found:
                return found is TRUE if found else None
            value = single(found, "The condition")
            if not isinstance(value, bool):
                raise FhirPathError("The condition must be true or false.", node.position)
            return value

        return judge


_SPECIALS: dict[str, Fn] = {
    "this": lambda c, t: t,  # noqa: ARG005
    "index": lambda c, t: [c.index],  # noqa: ARG005
    "total": lambda c, t: c.total,  # noqa: ARG005
}


def _chain(start: Fn, steps: list[Step]) -> Fn:
    match steps:
        case []:
            return start
        case [a]:
            return lambda c, t: a(c, t, start(c, t))
        case [a, b]:
            return lambda c, t: b(c, t, a(c, t, start(c, t)))
        case [a, b, d]:
            return lambda c, t: d(c, t, b(c, t, a(c, t, start(c, t))))
        case _:

            def run(c: Run, t: Collection) -> Collection:
                value = start(c, t)
                for step in steps:
                    value = step(c, t, value)
                return value

            return run


def _scoped(run: Fn) -> Fn:
    """What defineVariable defines lives to the end of its path."""

    def scoped(c: Run, t: Collection) -> Collection:
        before = c.local
        c.local = dict(before)
        try:
            return run(c, t)
        finally:
            c.local = before

    return scoped


def _index(index: Fn) -> Step:
    def step(c: Run, t: Collection, v: Collection) -> Collection:
        at = single(index(c, t), "[ ]")
        if at is None:
            return []
        if type(at) is not int or abs(at) > LARGEST:
            raise FhirPathError("The place in [ ] must be a whole number.")
        return v[at : at + 1] if at >= 0 else []

    return step


def _placed(step: Step, position: int) -> Step:
    def placed(c: Run, t: Collection, v: Collection) -> Collection:
        try:
            return step(c, t, v)
        except FhirPathError as error:
            if error.position is None:
                error.position = position
            raise

    return placed


def _placed_operator(node: Binary) -> Operator:
    operator, position = OPERATORS[node.op], node.position

    def placed(c: Run, t: Collection, left: Collection, right: Fn) -> Collection:
        try:
            return operator(c, t, left, right)
        except FhirPathError as error:
            if error.position is None:
                error.position = position
            raise

    return placed
