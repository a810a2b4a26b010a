"""Laws that hold for all values: printing, sets, three-valued logic, dates, decimals, and plain JSON beside types."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.fhirpath import Date, FhirPathError, evaluate
from portal.fhirpath.expression import Expression
from portal.fhirpath.model import r4
from portal.fhirpath.parser import parse
from portal.fhirpath.quantity import Quantity
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
)
from portal.fhirpath.temporal import DateTime, Time, compare, from_date
from tests.fhirpath.printer import printed

quick = settings(max_examples=60, deadline=None)

names = st.sampled_from(["item", "linkId", "answer", "value", "where", "is", "contains", "odd name", "tick`", "div"])
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
decimals = st.decimals(0, 10**6, allow_nan=False, places=3).filter(lambda d: not d.is_signed())
dates = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def _literal(value: Any) -> Literal:
    return Literal(value=value)


literals = st.one_of(
    st.booleans().map(_literal),
    st.integers(0, 10**9).map(_literal),
    decimals.map(_literal),
    texts.map(_literal),
    dates.map(lambda d: _literal(Date.parse(d.isoformat()))),
    dates.map(lambda d: _literal(DateTime.parse(f"{d.isoformat()}T10:30:00+02:00"))),
    st.times().map(lambda t: _literal(Time.parse(t.strftime("%H:%M:%S")))),
    st.builds(lambda v, u: _literal(Quantity(value=v, unit=u)), decimals, st.sampled_from(["kg", "mmol/L", "{score}"])),
    st.builds(
        lambda v, u: _literal(Quantity(value=v, unit=u, calendar=True)), decimals, st.sampled_from(["year", "week"])
    ),
)


def _grown(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    operators = st.sampled_from(["and", "or", "implies", "=", "!~", "<", "|", "+", "-", "&", "*", "div", "in"])
    return st.one_of(
        st.builds(lambda b, n: Member(base=b, name=n), inner, names),
        st.builds(lambda b, n, a: Call(base=b, name=n, args=tuple(a)), inner, names, st.lists(inner, max_size=2)),
        st.builds(lambda b, i: Index(base=b, index=i), inner, inner),
        st.builds(lambda o, x: Unary(op=o, operand=x), st.sampled_from("+-"), inner),
        st.builds(lambda o, a, b: Binary(op=o, left=a, right=b), operators, inner, inner),
        st.builds(
            lambda o, x: TypeTest(op=o, operand=x, type_name="FHIR.Coding"), st.sampled_from(["is", "as"]), inner
        ),
    )


trees = st.recursive(
    st.one_of(
        literals,
        st.just(Empty()),
        names.map(lambda n: Member(base=None, name=n)),
        names.map(lambda n: Variable(name=n)),
        st.sampled_from([Special(name="this"), Special(name="index"), Special(name="total")]),
    ),
    _grown,
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(trees)
def test_what_is_printed_is_parsed_to_the_same_tree(tree: Expr) -> None:
    assert parse(printed(tree)) == tree


values = st.lists(st.one_of(st.integers(0, 5), st.sampled_from(["a", "b", "2020-01-01"]), st.booleans()), max_size=6)


def run(expression: str, **variables: Any) -> list[Any]:
    return evaluate(None, expression, variables, now=datetime(2026, 11, 23, tzinfo=UTC))


@quick
@given(values, values)
def test_collections_obey_the_laws_of_sets(a: list[Any], b: list[Any]) -> None:
    def law(expression: str) -> bool:
        return run(expression, a=a, b=b) == [True]

    assert law("(%a | %b).count() = (%b | %a).count()")
    assert law("(%a | %b).isDistinct()")
    assert law("%a.intersect(%b).subsetOf(%a) and %a.intersect(%b).subsetOf(%b)")
    assert law("%a.exclude(%b).intersect(%b).empty()")
    assert law("%a.distinct().count() = %a.exclude(%b).distinct().count() + %a.intersect(%b).count()")
    assert law("%a.subsetOf(%a | %b) and (%a | %b).supersetOf(%b)")
    assert law("%a.combine(%b).count() = %a.count() + %b.count()")
    assert law("%a.distinct() ~ (%a | %a)")
    assert law("%a ~ %a")


three = st.sampled_from([None, True, False])


@quick
@given(three, three, three)
def test_logic_has_three_values(a: bool | None, b: bool | None, c: bool | None) -> None:
    def alike(left: str, right: str) -> bool:
        return run(left, a=a, b=b, c=c) == run(right, a=a, b=b, c=c)

    assert alike("%a and %b", "%b and %a")
    assert alike("%a or %b", "%b or %a")
    assert alike("%a xor %b", "%b xor %a")
    assert alike("(%a and %b).not()", "%a.not() or %b.not()")
    assert alike("%a implies %b", "%a.not() or %b")
    assert alike("%a and (%b or %c)", "(%a and %b) or (%a and %c)")
    assert alike("%a.not().not()", "%a")


@quick
@given(dates, st.integers(-2000, 2000))
def test_days_added_are_days_between(day: date, days: int) -> None:
    literal = f"@{day.isoformat()}"
    moved = day + timedelta(days=days)
    assert run(f"{literal} + {days} days" if days >= 0 else f"{literal} - {-days} days") == [moved.isoformat()]
    assert run(f"({literal} + {abs(days)} days) - {abs(days)} days = {literal}") == [True]
    assert run(f"({literal} + {abs(days)} days) >= {literal}") == [True]


@quick
@given(dates, st.integers(0, 480))
def test_months_added_keep_the_day_or_the_last_of_the_month(day: date, months: int) -> None:
    (found,) = run(f"@{day.isoformat()} + {months} months")
    moved = date.fromisoformat(found)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


@quick
@given(dates, dates)
def test_the_order_of_days_is_that_of_the_calendar(a: date, b: date) -> None:
    order = compare(from_date(a), from_date(b))
    assert order == (a > b) - (a < b)
    assert run(f"@{a.isoformat()[:7]} < @{b.isoformat()}") in ([a.isoformat()[:7] < b.isoformat()[:7]], [])


@quick
@given(decimals, decimals)
def test_decimal_arithmetic_is_exact(a: Decimal, b: Decimal) -> None:
    assert run("%a + %b - %b = %a", a=a, b=b) == [True]
    assert run("%a * %b = %b * %a", a=a, b=b) == [True]
    assert run("%a.round(1)", a=a) == [(a * 10 + Decimal("0.5")).to_integral_value("ROUND_FLOOR") / 10]


answers = st.one_of(
    st.integers(-9, 9).map(lambda n: {"valueInteger": n}),
    st.sampled_from([0.5, 1.0, 2.25]).map(lambda n: {"valueDecimal": n}),
    st.sampled_from(["yes", "no", ""]).map(lambda s: {"valueString": s}),
    st.booleans().map(lambda b: {"valueBoolean": b}),
    st.sampled_from(["2026", "2026-11", "2026-11-23"]).map(lambda d: {"valueDate": d}),
    st.sampled_from("abc").map(lambda c: {"valueCoding": {"system": "urn:x", "code": c}}),
    st.integers(1, 5).map(lambda n: {"valueQuantity": {"value": n, "unit": "kg", "code": "kg"}}),
)
items = st.recursive(
    st.builds(
        lambda i, a: {"linkId": i, "answer": a}, st.sampled_from("abcd"), st.lists(answers, min_size=1, max_size=2)
    ),
    lambda inner: st.builds(
        lambda i, below: {"linkId": i, "item": below}, st.sampled_from("gh"), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)
QUESTIONS = [
    "%resource.item.where(linkId='a').answer.value",
    "%resource.repeat(item).linkId",
    "%resource.descendants().where(linkId='b' or linkId='c').answer.value.count()",
    "%resource.item.answer.value.ofType(Coding).code",
    "%resource.item.answer.value.ofType(integer).sum()",
    "%resource.item.where(answer.value = 'yes').linkId",
    "%resource.repeat(item).where(linkId in ('a' | 'b')).answer.count()",
    "%resource.item.where(answer.exists()).select(linkId & ':' & answer.count().toString())",
    "(%resource.item.linkId | %resource.item.item.linkId)",
    "%resource.repeat(item).answer.value.distinct().count()",
    "%resource.children().count() + %resource.item.children().count()",
    "%resource.item.where(linkId='a').answer.value < today()",
    "%resource.item.where(linkId.startsWith('a') and answer.value.exists()).answer.value.first()",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(items, max_size=4))
def test_plain_json_and_typed_nodes_give_the_same(below: list[Any]) -> None:
    resource = {"resourceType": "QuestionnaireResponse", "item": below}

    def outcome(text: str, typed: bool) -> Any:
        try:
            return Expression(text, r4(), typed=typed)(resource, now=datetime(2026, 11, 23, tzinfo=UTC))
        except FhirPathError as error:
            return error.reason

    for text in QUESTIONS:
        assert outcome(text, typed=False) == outcome(text, typed=True), text
