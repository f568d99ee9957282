import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from service.settings import SettingsUnreadable, read_settings

URL = "postgresql://cordon:hunter2@db/cordon"


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which nothing of Cordon's is set."""
    for name in [name for name in os.environ if name.startswith("CORDON_")]:
        monkeypatch.delenv(name)
    return monkeypatch


def faults() -> list[str]:
    with pytest.raises(SettingsUnreadable) as refused:
        read_settings()
    return refused.value.faults


def test_only_the_database_must_be_named(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("CORDON_DATABASE_URL", URL)

    settings = read_settings()

    assert settings.database_url.get_secret_value() == URL
    assert (settings.host, settings.port, settings.kafka_group_id) == ("127.0.0.1", 8000, "cordon")
    assert (settings.kafka_bootstrap_servers, settings.metrics_port) == ("", None)


def test_what_the_caller_gives_comes_before_the_environment(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("CORDON_PORT", "9000")
    assert read_settings(database_url=URL, port=9001).port == 9001


def test_a_value_may_stand_in_a_file_whose_trailing_newline_is_not_part_of_it(
    environ: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "url"
    secret.write_text(f"{URL}\n")
    environ.setenv("CORDON_DATABASE_URL_FILE", str(secret))
    assert read_settings().database_url.get_secret_value() == URL


def test_a_misspelt_variable_is_refused_and_the_closest_one_named(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("CORDON_DATABASE_URL", URL)
    environ.setenv("CORDON_KAFKA_BOOTSTRAP_SERVER", "broker:9092")
    (fault,) = faults()
    assert fault.startswith("CORDON_KAFKA_BOOTSTRAP_SERVER: there is no such setting")
    assert "CORDON_KAFKA_BOOTSTRAP_SERVERS" in fault.removeprefix("CORDON_KAFKA_BOOTSTRAP_SERVER:")


def test_a_variable_that_kubernetes_adds_names_the_remedy_there(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("CORDON_WEB_SERVICE_HOST", "10.0.0.1")
    (fault,) = faults()
    assert "enableServiceLinks: false" in fault


def test_a_setting_told_twice_is_refused(environ: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text(URL)
    environ.setenv("CORDON_DATABASE_URL", URL)
    environ.setenv("CORDON_DATABASE_URL_FILE", str(secret))
    assert faults() == ["CORDON_DATABASE_URL: CORDON_DATABASE_URL_FILE is set too; keep one of them"]


def test_a_file_that_is_not_there_is_named(environ: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environ.setenv("CORDON_DATABASE_URL_FILE", str(tmp_path / "absent"))
    (fault,) = faults()
    assert fault.startswith(f"CORDON_DATABASE_URL_FILE: {tmp_path / 'absent'} can't be read")


def test_every_fault_is_told_at_once_and_none_shows_a_value(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("CORDON_DATABASE_URL", "mysql://cordon:hunter2@db/cordon")
    environ.setenv("CORDON_PORT", "tcp://10.0.0.1:80")

    told = faults()

    assert [fault.partition(":")[0] for fault in told] == ["CORDON_DATABASE_URL", "CORDON_PORT"]
    assert "hunter2" not in "".join(told)
    assert "10.0.0.1" not in "".join(told)


def test_a_missing_database_says_what_to_set(environ: pytest.MonkeyPatch) -> None:
    (fault,) = faults()
    assert fault.startswith("CORDON_DATABASE_URL: is not set; set it to a postgresql:// address")


def test_no_secret_is_printed(environ: pytest.MonkeyPatch) -> None:
    settings = read_settings(database_url=URL)
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_settings_are_frozen(environ: pytest.MonkeyPatch) -> None:
    settings = read_settings(database_url=URL)
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1  # type: ignore[misc]  # mypy knows it too; the test is of the running value
