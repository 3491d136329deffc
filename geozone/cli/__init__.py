"""Floor 6, doors: the command line; each command asks the Python door one thing and prints it."""

from geozone.cli.commands import exit_code, main

__all__ = ["exit_code", "main"]
