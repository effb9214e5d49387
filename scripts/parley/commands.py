"""The launcher's command line: which words there are, and the one place where a refusal becomes a sentence."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from parley import logs, running, say, settings
from parley.say import Refusal

FAILED = 1


def main(arguments: Sequence[str]) -> int:
    if hasattr(sys.stdout, "reconfigure"):
        # A console that knows no Unicode shows a question mark instead of ending us.
        sys.stdout.reconfigure(errors="replace", line_buffering=True)
    chosen, rest = _parser().parse_known_args(arguments)
    if rest and chosen.command != "test":
        _parser().error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return _run(chosen, rest)
    except Refusal as refusal:
        say.error(str(refusal))
        return FAILED
    except KeyboardInterrupt:
        return 130


def _run(chosen: argparse.Namespace, rest: list[str]) -> int:
    match chosen.command:
        case "start":
            from parley.start import start

            return start(is_detached=chosen.detach)
        case "supervise":
            from parley.start import supervise

            return supervise()
        case "stop":
            return running.stop()
        case "status":
            return running.status()
        case "logs":
            return logs.show(settings.read(), name=chosen.service, is_following=chosen.follow)
        case "secrets":
            from parley.container_secrets import make

            return make(Path(chosen.to), databases=chosen.databases)
        case _:
            from parley.trial import run_tests

            return run_tests(chosen.suite, rest)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="parley", description="Sets up, runs and tests Parley.")
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("start", help="set up what is missing and run everything until Ctrl-C")
    start.add_argument("-d", "--detach", action="store_true", help="run in the background")
    commands.add_parser("supervise")
    commands.add_parser("stop", help="stop what runs")
    commands.add_parser("status", help="say what runs and whether it is ready")
    shown = commands.add_parser("logs", help="show the logs")
    shown.add_argument("-f", "--follow", action="store_true", help="go on showing what is written")
    shown.add_argument("service", nargs="?", help="only this one")
    made = commands.add_parser("secrets", help="write an env file with fresh secrets, for containers")
    made.add_argument("--to", required=True, metavar="FILE", help="where; a file that is there is left alone")
    made.add_argument("--databases", metavar="FOLDER", help="also make database passwords, one file each, in here")
    tests = commands.add_parser("test", help="set up what the tests need and run them")
    tests.add_argument("suite", nargs="*", help="only these, for example: checks unit browser")
    return parser
