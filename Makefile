# One verb per task. CI and people use the same words.
SHELL := /bin/bash
BIN := .venv/bin
WORKERS := --numprocesses auto --dist loadscope --no-loadscope-reorder
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help run test check format bench lock pictures

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/runtime.stamp ## start Loket with a demo organisation; nothing else needed
	@$(BIN)/loket demo

test: check ## check, then run all tests against real servers
	@scripts/prepare_tests
	@scripts/run_tests $(WORKERS)

check: .venv/dev.stamp ## lint, format, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev.stamp ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev.stamp ## measure speed and memory; figures go to docs/benchmarks.md
	@scripts/prepare_tests
	$(BIN)/python -m benchmarks

pictures: .venv/dev.stamp ## make the pictures of README and docs again, from the demo
	$(BIN)/python scripts/pictures.py $(NAMES)

lock: ## pin the newest versions that pyproject.toml allows; needs uv
	$(LOCK) --upgrade --group build --output-file requirements-build.lock
	$(LOCK) --upgrade pyproject.toml --group dev --output-file requirements-dev.lock
	$(LOCK) --constraint requirements-dev.lock pyproject.toml --output-file requirements.lock

.venv/runtime.stamp: requirements.lock requirements-build.lock pyproject.toml scripts/install
	@scripts/install requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock requirements-build.lock pyproject.toml scripts/install
	@scripts/install requirements-dev.lock
	@touch $@
