# Every target does all of its own set-up. `make demo` and `make test` are the two to know.
PYTHON ?= $(shell for v in python3.11 python3.12 python3.13 python3; do \
	$$v -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { echo $$v; break; }; done)
BIN := .venv/bin
WEB := service/web

.PHONY: setup setup-dev assets system demo serve test check bench openapi lock clean

setup: .venv/.runtime
setup-dev: .venv/.dev

.venv/.python: pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo 'Cordon needs Python 3.11, 3.12 or 3.13: install one, or name it: make PYTHON=/path/to/python3.11' >&2; exit 2; }
	@echo 'Setting up .venv ($(PYTHON)) ...'
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/.runtime: .venv/.python requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
