# Needs Python 3.11 and make; everything else is set up in .venv from the locked, hashed requirements.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
OUT    ?= out
export DO_NOT_TRACK = 1
export PREFECT_SERVER_ANALYTICS_ENABLED = false

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types sample answers bench soak clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tsugite needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/tsugite warm-up
	@touch $@

setup: $(STAMP) ## the environment in .venv, kernels compiled

demo: $(STAMP) ## migrates the committed sample and prints where delivery and report are
	$(BIN)/tsugite migrate sample_data/yamaguchi/project.yaml --out $(OUT)/demo --rehearsal demo || test $$? -eq 1

test: lint types ## all tests, lint and types
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(STAMP) ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## mypy
	$(BIN)/mypy

sample: $(STAMP) ## makes sample_data/yamaguchi anew
	$(BIN)/python -m sample_data.make_sample

answers: $(STAMP) ## plants defects in a small municipality, migrates it, and prints what was found (recall, precision)
	$(BIN)/python benchmarks/answers.py

bench: $(STAMP) ## full-size measurements (about 15 minutes, 30 GB of disk)
	$(BIN)/python benchmarks/pipeline.py
	$(BIN)/python benchmarks/answers.py --scale 1

soak: $(STAMP) ## long checks: larger samples, all municipalities
	$(BIN)/python benchmarks/soak.py
	$(BIN)/python benchmarks/answers.py --scale 0.05

clean: ## removes what runs and builds left
	rm -rf $(OUT) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
