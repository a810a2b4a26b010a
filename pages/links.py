"""Turning pages both ways on a server that only gives the link to the next one."""


class Links:
    """Remembers the way to each page of one list; forgets it when what is listed changes."""

    def __init__(self) -> None:
        self._known: dict[int, str | None] = {0: None}
        self._what: object = None

    def of(self, page: int, what: object) -> str | None:
        """The link that leads to this page; None for the first. `what` is the question that the list answers."""
        if what != self._what:
            self._known, self._what = {0: None}, what
        return self._known.get(page)

    def keep(self, page: int, next_link: str | None) -> None:
        """Remember what follows a page."""
        self._known[page + 1] = next_link
