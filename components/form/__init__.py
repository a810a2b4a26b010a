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
    HelpNumbers,
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
from components.form.saving import SaveLine, Saver
from components.form.section import ComputedValue, build_item
from components.form.view import FormView, Handlers, Saved, Section, Wrong

__all__ = [
    "AnyQuestion",
    "ChoiceItem",
    "ChoiceQuestion",
    "Computed",
    "ComputedValue",
    "DateField",
    "DateQuestion",
    "Display",
    "DropDown",
    "FormView",
    "Handlers",
    "Heading",
    "HelpNumbers",
    "Item",
    "ListQuestion",
    "NumberField",
    "NumberQuestion",
    "OnAnswer",
    "Option",
    "Question",
    "SaveLine",
    "Saved",
    "Saver",
    "ScaleItem",
    "ScaleQuestion",
    "Section",
    "TextArea",
    "TextField",
    "TextQuestion",
    "TimeField",
    "TimeQuestion",
    "Value",
    "Widget",
    "Wrong",
    "build_item",
    "yes_no",
]
