"""The least that NiceGUI can show: an empty page, and one radio group whose choice changes a label. The yardstick."""

import itertools
import os

import uvicorn
from fastapi import FastAPI
from nicegui import ui

COUNT = itertools.count()  # so that each answer changes the label
OPTIONS = {0: "not at all", 1: "several days", 2: "more than half the days", 3: "nearly every day"}


@ui.page("/")
def empty() -> None:
    ui.label("Bare page")


@ui.page("/radio")
def radio() -> None:
    score = ui.label("no score").props("id=score")
    ui.radio(OPTIONS, on_change=lambda choice: score.set_text(f"score {choice.value}"))


@ui.page("/section")
def section() -> None:
    """As many choice questions as a section of a form holds."""
    score = ui.label("no score").props("id=score")
    for _ in range(20):
        ui.radio(OPTIONS, on_change=lambda choice: score.set_text(f"score {choice.value} {next(COUNT)}"))


def main() -> None:
    app = FastAPI()
    ui.run_with(app, reconnect_timeout=120, show_welcome_message=False)
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")


if __name__ == "__main__":
    main()
