"""The command line: `cadencebot` and `python -m bot`."""

from bot.cli.commands import main

__all__ = ["main"]
