# One word per chore; `make help` lists them. CI runs the same words.

VENV ?= .venv
BIN := $(VENV)/bin
DATA ?= data
PORT ?= 8765
PYTHON ?= $(shell command -v python3.11 || command -v python3)
export KEFU_DATA := $(DATA)
# Empty is unset: told to keep no bytecode, Python would compile Kefu anew at every start.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run demo test test-slow test-browser check format bench clean

help:  ## List the chores
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(DATA)/.ready demo  ## Install, prepare and serve the demo shop
	@$(BIN)/kefu serve --demo --port $(PORT)

# The demo's orders are dated from today: one of yesterday looks stale. Its index is the encoder's that made it.
demo: $(DATA)/.ready
	@test "$$(cat $(DATA)/demo/.built 2>/dev/null)" = "$$(date -u +%F)" -a $(DATA)/demo/.built -nt $(DATA)/.ready || $(BIN)/kefu demo

# Three processes for two cores: a fifth of the time is waiting, for the browser and the disk.
test: $(VENV)/.dev  ## Test, in some ten minutes on two cores
	@$(BIN)/kefu models prepare
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow"

test-slow: $(VENV)/.dev  ## The longer tiers: 200 kills, 100,000 passages, fine-tuning
	@$(BIN)/kefu models prepare
	@$(BIN)/python -m pytest -m slow

check: $(VENV)/.dev  ## Lint and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(VENV)/.dev  ## Format and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev $(DATA)/.ready  ## Measure speed, memory and quality on this machine
	@$(BIN)/python -m tests.benchmarks.bench

clean:  ## Remove the virtual environment and the demo's data
	rm -rf $(VENV) $(DATA)

# PyTorch first and alone: asked for by another package it may come in a build of several gigabytes.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --upgrade pip
	$(BIN)/pip install -q -c constraints.txt torch==2.13.0
	$(BIN)/pip install -q -c constraints.txt -e '.[models]'
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/pip install -q -c constraints.txt -e '.[models,postgres,dev]'
	@touch $@

$(DATA)/.ready: $(VENV)/.installed $(wildcard knowledge/*.safetensors) intents/classifier.npz $(wildcard intents/data/*.yaml)
	$(BIN)/kefu models prepare
	$(BIN)/kefu train --no-report
	@touch $@
