"""The portal's rooms: what is true and what is allowed. No screen code; see docs/map.md for one line on each room."""

__version__ = "0.1.0"
