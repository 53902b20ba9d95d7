.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types layers bench peers fuzz schema golden clean
PYTHON ?= python3
BIN := .venv/bin

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: .venv/.installed ## make .venv with dltrain and the development tools

.venv/.installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
# Containers often tell Python to keep no bytecode. Without it an editable install is compiled again by every command.
	@$(BIN)/python -m compileall -q dltrain
	@touch $@

demo: .venv/.installed ## fit, evaluate and predict on a shipped table
	@sh docs/demo.sh $(BIN)/dltrain

# Two workers on any machine: each holds TensorFlow, about a gigabyte. A file's tests share what they fit. NumPy's
# products take one thread: those of two workers wait for one another in vain, an eighth of all the time.
test: .venv/.installed ## all tests
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -m 'slow or not slow' --numprocesses 2 --dist loadfile --durations 25

check: .venv/.installed lint types layers test ## lint, types, layers, all tests: what CI runs

lint: .venv/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.installed
	$(BIN)/mypy

layers: .venv/.installed
	$(BIN)/lint-imports --no-logo

fuzz: .venv/.installed ## new examples for every property, ten times as many odd documents, overrides and tables
	DLTRAIN_FUZZ=10 $(BIN)/python -m pytest -m 'slow or not slow' --numprocesses 2 $$(grep -rl '@given' tests --include='*.py')

bench: .venv/.installed ## measure speed against the alternatives
	$(BIN)/python -m benchmarks

peers: .venv-peers/.installed ## make .venv-peers with the libraries that benchmarks compare with

.venv-peers/.installed: benchmarks/peers.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	@touch $@

schema: .venv/.installed ## rewrite config.schema.json
	$(BIN)/dltrain schema > config.schema.json

golden: .venv/.installed ## rewrite the golden texts and numbers of the tests
	DLTRAIN_GOLDEN=write $(BIN)/python -m pytest -m golden

clean: ## remove what the tools made
	rm -rf .venv .venv-peers build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
