"""Emptying the demonstration."""

import shutil
from pathlib import Path

from portal.errors import NotReady
from portal.i18n import N_

MARK = "demonstration"
"""A file of this name stands in the data folder of a demonstration, from its first moment: nothing else is ever emptied."""


def clean(folder: Path) -> str:
    """Remove a demonstration's data folder. Raises `NotReady` when the folder holds anything else."""
    if not folder.exists():
        return f"{folder}: nothing to empty."
    if not (folder / MARK).exists():
        raise NotReady(N_("{folder} is not a demonstration's folder: nothing was removed."), folder=str(folder))
    shutil.rmtree(folder)
    return f"{folder}: emptied."
