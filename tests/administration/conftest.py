from tests.people.world import world

__all__ = ["world"]
