"""What was really asked in a response that somebody sends: extraction sees nothing else."""

from datetime import datetime

from portal.sdc.engine import Engine, Expand
from portal.sdc.model import Form, FormItem
from portal.sdc.program import Program
from portal.sdc.queries import Query
from portal.sdc.tree import Tree
from portal.types import Json


def as_asked(form: Form, response: Json, *, now: datetime, expand: Expand | None = None) -> Json:
    """The response without answers that its own conditions leave out; nothing in it is computed again. Where a condition
    looks at what only the sender knew, what was answered was asked.
    """
    tree = Tree(form, response)
    head = {key: value for key, value in response.items() if key != "item"}
    engine = Engine(form, tree, head, {}, now, expand=expand)
    engine.start(fresh=False, as_sent=True, trusted=lambda item: _looks_outside(form, item))
    items = [each for node in tree.top if (each := node.stored(asked_only=True))]
    return {**head, "item": items} if items else head


def _looks_outside(form: Form, item: FormItem) -> bool:
    waiting: list[Program] = [item.enabled_by] if item.enabled_by else []
    outside = form.launch_names | form.batches.keys()
    while waiting:
        program = waiting.pop()
        if isinstance(program.run, Query) or program.run.depends_on.variables & outside or "memberOf" in program.text:
            return True
        waiting += [variable.program for variable in program.variables]
    return False
