"""What a process is told by its environment: `CORDON_…` variables, or files that they name.

`CORDON_DATABASE_URL_FILE=/run/secrets/url` reads the value from that file, so that a secret need not stand in the
environment. A variable that nobody reads is refused: a misspelt setting would otherwise be silently its default. An
empty variable is like none.
"""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from service.refusal import Refused

PREFIX = "CORDON_"
FILE_SUFFIX = "_FILE"
_KUBERNETES_SERVICE = re.compile(r"_SERVICE_(HOST|PORT\w*)$|_PORT_\d+_(TCP|UDP)\w*$")


class SettingsUnreadable(Refused):
    """The environment can't be read as settings. `faults`: one line each, with its remedy and never with a value."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class _FromFiles(PydanticBaseSettingsSource):
    """Values whose variable ends in `_FILE`: the content of that file, without the white space around it."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(variable(field_name) + FILE_SUFFIX)
        return (None if path is None else Path(path).read_text(encoding="utf-8").strip()), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """The settings that every deployment needs. Frozen; printing it shows no secret."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True, hide_input_in_errors=True
    )

    database_url: Annotated[
        SecretStr, Field(description="a postgresql:// address, such as postgresql://cordon@db/cordon")
    ]
    kafka_bootstrap_servers: Annotated[
        str, Field(description="host:port, several parted by commas; empty for no Kafka")
    ] = ""
    kafka_group_id: Annotated[str, Field(min_length=1, description="the name that all consumers share")] = "cordon"
    host: Annotated[str, Field(min_length=1, description="the address to listen on, such as 127.0.0.1 or 0.0.0.0")] = (
        "127.0.0.1"
    )
    port: Annotated[int, Field(ge=0, le=65535, description="a whole number from 0 to 65535 (0: any free port)")] = 8000
    metrics_port: Annotated[
        int | None, Field(ge=1, le=65535, description="a whole number from 1 to 65535; empty for none")
    ] = None
    archive_dir: Annotated[Path, Field(description="the folder that keeps issued reports")] = Path("archive")

    @field_validator("database_url")
    @classmethod
    def _names_a_postgresql_database(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("not a postgresql:// address")
        return url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller gives comes first, then the variables, then the files that variables name."""
        return init_settings, env_settings, _FromFiles(settings_cls)


def read_settings(**given: Any) -> Settings:
    """Return the settings of this process. `given` takes the place of the environment, as `serve --port` does.

    Raises SettingsUnreadable with every fault at once.
    """
    faults = _unknown(os.environ) + _told_twice(os.environ) + _unreadable_files(os.environ)
    if faults:
        raise SettingsUnreadable(faults)
    try:
        return Settings(**given)
    except ValidationError as refused:
        raise SettingsUnreadable([_fault(str(error["loc"][0]), error["type"]) for error in refused.errors()]) from None


def variable(field_name: str) -> str:
    """Return the variable that holds a setting: `database_url` is CORDON_DATABASE_URL."""
    return PREFIX + field_name.upper()


def _known() -> dict[str, FieldInfo]:
    return {variable(name): field for name, field in Settings.model_fields.items()}


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = [name + suffix for name in _known() for suffix in ("", FILE_SUFFIX)]
    unknown = sorted(name for name in environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    return [f"{name}: there is no such setting; {_remedy(name, known)}" for name in unknown]


def _remedy(name: str, known: list[str]) -> str:
    if _KUBERNETES_SERVICE.search(name):
        return "Kubernetes sets it for a Service of that name: set enableServiceLinks: false on the pod"
    closest = get_close_matches(name.upper(), known, n=1, cutoff=0.0)[0]
    return f"the closest is {closest}; correct it or take it away"


def _told_twice(environ: Mapping[str, str]) -> list[str]:
    both = [name for name in _known() if name in environ and name + FILE_SUFFIX in environ]
    return [f"{name}: {name}{FILE_SUFFIX} is set too; keep one of them" for name in both]


def _unreadable_files(environ: Mapping[str, str]) -> list[str]:
    faults = []
    for name in _known():
        path = environ.get(name + FILE_SUFFIX)
        if path is None:
            continue
        try:
            Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            faults.append(f"{name}{FILE_SUFFIX}: {path} can't be read ({why}); name a readable file")
    return faults


def _fault(field_name: str, kind: str) -> str:
    expected = Settings.model_fields[field_name].description
    what = "is not set; set it to" if kind == "missing" else "can't be read; it must be"
    return f"{variable(field_name)}: {what} {expected}"
