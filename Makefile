# make train: set up and train the tutorial's network.   make test: set up and run every check.
# Both make a virtual environment in .venv the first time and go on from there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: train test format clean

train: $(VENV)/.train
	$(BIN)/digitnet train

# Two at a time, each with one thread: much of the suite waits for processes that it started.
# In the order of tests/conftest.py: the files that take longest come first.
test: $(VENV)/.dev node_modules/axe-core
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# A checker of web pages for the tests; without npm they leave it out.
node_modules/axe-core:
	-npm install --silent --no-save --no-package-lock axe-core@4.14.1

# The stamps: what is installed stays installed until pyproject.toml changes.
$(VENV)/.train $(VENV)/.dev: $(VENV)/.%: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	touch $@
