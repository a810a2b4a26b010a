from tests.people.world import settled, world

__all__ = ["settled", "world"]
