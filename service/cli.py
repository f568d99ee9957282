"""The command `cordon`: which commands there are, and how each ends."""

import logging
import signal
import sys
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from geofence.rules import RulesUnreadable
from ingest.lines import FileUnreadable
from service.commands import demonstration, judging, later, ledger, processes, registers, reports, setting_up
from service.commands.refusal import Refused
from service.database import DatabaseUnavailable
from service.embedded import PostgresUnavailable
from service.http.pages.assets import AssetsMissing
from service.http.server import AddressUnavailable
from service.logs import configure
from service.migrate import MigrationRefused
from service.settings import SettingsUnreadable
from service.version import VERSION

WRONG_USE = 2
INTERRUPTED = 130
ANY_USE = {"allow_extra_args": True, "ignore_unknown_options": True}

# What a command can't do its work for; each says in one line why, and what to do.
REFUSALS = (
    Refused,
    FileUnreadable,
    RulesUnreadable,
    DatabaseUnavailable,
    PostgresUnavailable,
    MigrationRefused,
    AssetsMissing,
    AddressUnavailable,
)

app = typer.Typer(name="cordon", add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"cordon {VERSION}")
        raise typer.Exit


@app.callback()
def cordon(
    version: Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Judge the fixes of electronic tags against the exclusion zones of court orders; report to the police by 10:00."""


for name, command in (
    ("demo", demonstration.demo),
    ("serve", demonstration.serve),
    ("judge", judging.judge_files),
    ("replay", ledger.replay),
    ("report", reports.report),
    ("web", processes.web),
    ("consume", processes.consume),
    ("desk", processes.desk),
    ("deadline", processes.deadline),
    ("migrate", setting_up.migrate),
    ("simulate", setting_up.simulate),
):
    app.command(name)(command)

for name, command in (
    ("whatif", later.whatif),
    ("export", later.export),
    ("verify", later.verify),
    ("extract", later.extract),
):
    app.command(name, context_settings=ANY_USE)(command)

register = typer.Typer(help="Check or load a register file.", no_args_is_help=True)
register.command("check")(registers.check)
register.command("load")(registers.load_file)
app.add_typer(register, name="register")

quarantine = typer.Typer(help="What could not be read.", no_args_is_help=True)
quarantine.command("list")(ledger.quarantine_list)
quarantine.command("release", context_settings=ANY_USE)(later.quarantine_release)
app.add_typer(quarantine, name="quarantine")

token = typer.Typer(help="Tokens for the HTTP interface.", no_args_is_help=True)
token.command("create")(setting_up.token_create)
app.add_typer(token, name="token")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 done; 1 a finding that it exists to make; 2 wrong use or unreadable input."""
    configure(level=logging.WARNING)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended by either, a command clears up behind itself
    try:
        code = app(arguments, prog_name="cordon", standalone_mode=False)
    except TyperException as wrong:
        where = getattr(getattr(wrong, "ctx", None), "command_path", "cordon")
        end(f"{wrong.format_message()} See {where} --help.")
    except SettingsUnreadable as wrong:
        end("; ".join(wrong.faults))
    except REFUSALS as wrong:
        end(str(wrong))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def end(message: str) -> NoReturn:
    """Say why in one line on standard error and exit 2."""
    print("cordon:", " ".join(message.split()), file=sys.stderr)  # noqa: T201 - this is the command's voice
    sys.exit(WRONG_USE)
