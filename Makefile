# The commands of this repository. Each makes its own environment; only Python 3.11 is needed.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/ready

.PHONY: help demo serve check examples chaos hostile bench bench-nation clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    carry the demo school through a whole week; results in build/demo"
	@echo "make serve   open the console on the school of the last demo"
	@echo "make check   every gate, as the merge demands it"
	@echo "make examples  try ten times as many drawn schools against the planner: minutes"
	@echo "make chaos   kill, cut and starve the bot, 20 seeds: 45 minutes; build/chaos.json"
	@echo "make hostile break 10,000 scans at random and read them: up to an hour"
	@echo "make bench   measure; one JSON object a line in build/bench.jsonl"
	@echo "make bench-nation   the same for a nation of 3.4 million students: minutes, 2 GB"
	@echo "make clean   remove build/ and the caches"

$(READY): pyproject.toml constraints.txt
	@echo "Setting up .venv (once; a minute or two) ..."
	@$(PYTHON) -m venv .venv
	@# What is imported is compiled then; compiling all of it here takes a third of the time.
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e '.[dev]'
	@touch $(READY)

demo: $(READY)
	@$(BIN)/jetkiz demo --out build/demo

serve: $(READY)
	@$(BIN)/jetkiz serve --data build/demo

check: $(READY)
	@$(BIN)/python tools/check.py

examples: $(READY)
	@JETKIZ_EXAMPLES=10 $(BIN)/python -m pytest -n 2 $$(grep -l 'tests.examples\|hypothesis import' tests/unit/*.py)

chaos: $(READY)
	@$(BIN)/python -m tests.chaos --postgres --at-once 2

hostile: $(READY)
	@$(BIN)/python -m tests.hostile_scans 10000

bench: $(READY)
	@$(BIN)/python -m benchmarks

bench-nation: $(READY)
	@$(BIN)/python -m benchmarks nation

clean:
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
