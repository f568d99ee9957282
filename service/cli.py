"""The command `cordon`: which commands there are, and how each ends."""

import logging
import signal
import sys
from contextlib import suppress
from importlib import import_module
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from service import output
from service.logs import configure
from service.refusal import Refused
from service.version import VERSION

WRONG_USE = 2
INTERRUPTED = 130
NOBODY_READS = 128 + signal.SIGPIPE

# Each command's module under service.commands, and its function there. Only what is asked for is imported.
COMMANDS = {
    "demo": ("demonstration", "demo"),
    "serve": ("demonstration", "serve"),
    "judge": ("judging", "judge"),
    "whatif": ("judging", "whatif"),
    "replay": ("ledger", "replay"),
    "export": ("exporting", "export"),
    "report": ("reports", "report"),
    "verify": ("later", "verify"),
    "extract": ("later", "extract"),
    "register check": ("registers", "check"),
    "register load": ("registers", "load_file"),
    "register export": ("registers", "export"),
    "quarantine list": ("quarantine", "list_rejections"),
    "quarantine show": ("quarantine", "show"),
    "quarantine release": ("releasing", "release"),
    "places load": ("places", "load"),
    "retention list": ("retention", "list_periods"),
    "retention set": ("retention", "set_class"),
    "retention run": ("retention", "run"),
    "retention erased": ("retention", "erased"),
    "hold place": ("holds", "place"),
    "hold list": ("holds", "list_all"),
    "hold lift": ("holds", "lift"),
    "token create": ("setting_up", "token_create"),
    "token list": ("setting_up", "token_list"),
    "token revoke": ("setting_up", "token_revoke"),
    "migrate": ("setting_up", "migrate"),
    "simulate": ("simulating", "simulate"),
    "web": ("processes", "web"),
    "consume": ("processes", "consume"),
    "desk": ("processes", "desk"),
    "deadline": ("processes", "deadline"),
}
GROUPS = {
    "register": "Check or load a register file; write the register out.",
    "quarantine": "What could not be read: list it, show it with its bytes, have it read again.",
    "places": "Named roads and places, against which zones are checked.",
    "retention": "How long data are kept, and erasing what is due.",
    "hold": "Legal holds: what must not be erased.",
    "token": "Tokens for the HTTP interface.",
}


def application(arguments: list[str]) -> typer.Typer:
    """Return the commands that these arguments can mean: one if they name it, else all, for help or a better word."""
    app = typer.Typer(name="cordon", add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback()(cordon)
    groups = {name: typer.Typer(help=help_text, no_args_is_help=True) for name, help_text in GROUPS.items()}
    for name, group in groups.items():
        app.add_typer(group, name=name)
    named = [name for name in (" ".join(arguments[:2]), " ".join(arguments[:1])) if name in COMMANDS]
    for name in named or COMMANDS:
        module, function = COMMANDS[name]
        group_name, _, rest = name.rpartition(" ")
        command = getattr(import_module(f"service.commands.{module}"), function)
        # A command of a later version takes whatever it will take: it refuses by itself.
        use = {"allow_extra_args": True, "ignore_unknown_options": True} if module == "later" else {}
        groups.get(group_name, app).command(rest, context_settings=use)(command)
    return app


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"cordon {VERSION}")
        raise typer.Exit


def cordon(
    version: Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Judge the fixes of electronic tags against the exclusion zones of court orders; report to the police by 10:00."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 done; 1 a finding that it exists to make; 2 wrong use or unreadable input."""
    given = sys.argv[1:] if arguments is None else arguments
    output.watch()
    configure(level=logging.WARNING)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended by either, a command clears up behind itself
    try:
        code = run(given)
        output.flush()
    except output.OutputClosed:
        code = NOBODY_READS
    except output.OutputFailed as failed:
        code = complain(f"standard output: {failed}; send it to where it can be written")
    sys.exit(code)


def run(given: list[str]) -> int:
    """Run one command and return how it ended. Raises OutputFailed."""
    try:
        code = application(given)(given, prog_name="cordon", standalone_mode=False)
    except TyperException as wrong:
        where = getattr(getattr(wrong, "ctx", None), "command_path", "cordon")
        return complain(f"{wrong.format_message() or 'Which command?'} See {where} --help.")
    except Refused as refused:
        return complain(str(refused))
    except KeyboardInterrupt:
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def complain(message: str) -> int:
    """Say why in one line on standard error; return the exit code that goes with it."""
    with suppress(OSError):  # where nobody can be told why, the code says so still
        print("cordon:", "; ".join(message.splitlines()), file=sys.stderr)  # noqa: T201 - this is the command's voice
    return WRONG_USE
