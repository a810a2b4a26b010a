"""The figures that the README states. `make bench` measures them all on this machine and prints one JSON.

Absolute times depend on the machine, so each is given with its ratio to a bare NiceGUI page measured in the same run.
"""
