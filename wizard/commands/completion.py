"""`partner-wizard completion`: a script that lets a shell complete commands, options, scenes and files."""

from __future__ import annotations

import argparse
from importlib import resources
from typing import Final

from wizard.commands.options import build_parser

FILES: Final = frozenset({"answers", "cloud_file", "journey", "metrics", "results", "text", "file", "wanted"})
"""What is the path of a file, by the name that its value has among the options."""


def main(options: argparse.Namespace) -> int:
    """Print the script of a shell; return the exit code."""
    print(script_for(options.shell))
    return 0


def script_for(shell: str) -> str:
    """Return the script of "bash", "zsh" or "fish"."""
    import shtab

    parser = build_parser()
    for action in _actions_of(parser):
        if action.dest in FILES:
            setattr(action, "complete", shtab.FILE)  # noqa: B010  # where shtab looks
        elif action.dest == "scene":
            action.choices = scenes()
    return str(shtab.complete(parser, shell))


def scenes() -> list[str]:
    """Return the names of the scenes, without loading the rehearsal cloud; `world` is what all of them stand on."""
    files = (each.name for each in resources.files("assets").joinpath("scenes").iterdir())
    return sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml") and name != "world.toml")


def _actions_of(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return what every command takes."""
    actions = list(parser._actions)
    for each in parser._actions:
        if isinstance(each, argparse._SubParsersAction):
            actions += [action for command in each.choices.values() for action in _actions_of(command)]
    return actions
