"""Forms on screen: one widget a kind of question, and `FormView`, which arranges a section of them."""

from components.form.base import OnAnswer, Widget
from components.form.choices import ChoiceItem, DropDown, ScaleItem
from components.form.fields import DateField, NumberField, TextArea, TextField, TimeField
from components.form.items import (
    AnyQuestion,
    ChoiceQuestion,
    Computed,
    DateQuestion,
    Display,
    Heading,
    Item,
    ListQuestion,
    NumberQuestion,
    Option,
    Question,
    ScaleQuestion,
    TextQuestion,
    TimeQuestion,
    Value,
    yes_no,
)
from components.form.section import build_item

__all__ = [
    "AnyQuestion",
    "ChoiceItem",
    "ChoiceQuestion",
    "Computed",
    "DateField",
    "DateQuestion",
    "Display",
    "DropDown",
    "Heading",
    "Item",
    "ListQuestion",
    "NumberField",
    "NumberQuestion",
    "OnAnswer",
    "Option",
    "Question",
    "ScaleItem",
    "ScaleQuestion",
    "TextArea",
    "TextField",
    "TextQuestion",
    "TimeField",
    "TimeQuestion",
    "Value",
    "Widget",
    "build_item",
    "yes_no",
]
