# make run    set up and run the main job: a verdict on a machine like Google's of 2024
# make test   set up and run the tests
# make check  tests, style, types, house rules, documentation (what CI runs)
# make docs   build the documentation into docs/_build/html
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run test check lint docs lock clean

run: $(VENV)/.installed
	$(BIN)/qubudget run willow-like -o qubudget-report

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: test lint docs

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "qubudget needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml requirements.lock
	@echo 'Installing qubudget into $(VENV): some minutes and 1.1 GB the first time.'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e .
	touch $@

$(VENV)/.installed-test: $(VENV)/bin/python pyproject.toml requirements.lock
	@echo 'Installing qubudget and its tests into $(VENV): some minutes the first time.'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[test]'
	touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: $(VENV)/bin/python pyproject.toml requirements.lock
	@echo 'Installing qubudget and what its documentation needs into $(VENV): some minutes the first time.'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[docs]'
	touch $@ $(VENV)/.installed

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml requirements.lock
	@echo 'Installing qubudget and its tools into $(VENV): some minutes the first time.'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[test,dev]'
	touch $@ $(VENV)/.installed $(VENV)/.installed-test

docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

lock:                            # newest versions that pyproject.toml allows
	rm -rf .lock-venv
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python -m pip install --quiet --disable-pip-version-check '.[test,dev,docs]'
	( echo '# Versions that CI tests; "make lock" renews them.' ; \
	  .lock-venv/bin/python -m pip freeze --exclude qubudget ) > requirements.lock
	rm -rf .lock-venv

clean:
	rm -rf $(VENV) qubudget-report docs/_build docs/generated build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
