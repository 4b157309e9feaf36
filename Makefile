# Two commands: `make demo` and `make test`. Everything they need, they install into .venv.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
DEMO := data/local/demo
export PYTHONDONTWRITEBYTECODE=
export DAGSTER_DISABLE_TELEMETRY=1

SEEDS ?= 10000

.PHONY: help demo test test-all laws check format ui bench driftbench mutation clean docs

help: ## Say what there is
	@sed -n 's/^\([.a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

.venv: pyproject.toml uv.lock ## Set up: every dependency at the locked version
	@sh .ci/setup
	@touch .venv

demo: .venv ## A small shop with known faults, reconciled hour by hour
	@.venv/bin/inventory-pipeline demo --out $(DEMO)

test: .venv ## The quick tests, on a bare machine
	@$(PY) -m pytest -n 2 --dist loadfile -m "not peer and not slow" inventory_pipeline_tests
	@echo "Not run here: tests marked 'peer' (they install Tryton, Vendure, PostgreSQL, npm schemas) and 'slow'"
	@echo "(longer than two seconds each). 'make test-all' runs them; so does .ci/run."

test-all: .venv ## Every test, the slow ones and those on systems others wrote too
	@$(PY) -m pytest inventory_pipeline_tests

laws: .venv ## Simulated days of deliveries by seed, on every core (SEEDS=10000)
	@$(PY) -m inventory_pipeline_tests.support.seeds --seeds $(SEEDS)

check: .venv ## Format, lint, types, import rules, SQL lint, quick tests, definitions load
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/sqlfluff lint --disable-progress-bar inventory_pipeline
	$(PY) -m pytest -q -n 2 --dist loadfile inventory_pipeline_tests/unit inventory_pipeline_tests/architecture
	.venv/bin/dagster definitions validate -w workspace.yaml

format: .venv ## Put the code in the house's format
	.venv/bin/ruff check --fix --quiet . || true
	.venv/bin/ruff format .
	.venv/bin/sqlfluff fix --disable-progress-bar inventory_pipeline

ui: .venv ## Dagster's web UI and daemon on the demo's data, on 127.0.0.1:3000
	@test -f $(DEMO)/inventory.yaml || $(MAKE) demo
	@mkdir -p $(DEMO)/dagster_home && cp dagster.yaml $(DEMO)/dagster_home/dagster.yaml
	@DAGSTER_HOME=$(CURDIR)/$(DEMO)/dagster_home INVENTORY_CONFIG=$(CURDIR)/$(DEMO)/inventory.yaml \
		.venv/bin/dagster dev -w workspace.yaml -h 127.0.0.1 -p $${PORT:-3000}

bench: .venv ## Measure beside the alternatives; writes docs/benchmarks.md
	@$(PY) -m benchmarks

driftbench: .venv ## Labelled faults through the pipeline; writes docs/driftbench.md
	@$(PY) -m benchmarks.driftbench $(ARGS)

mutation: .venv ## Small faults put into diagnose and reconcile, then into outbox and assistant
	@$(PY) -m benchmarks.mutation
	@MUTATION_SCOPE=writing $(PY) -m benchmarks.mutation --number 1

docs: .venv ## Generate the reference pages from the code
	@.venv/bin/inventory-pipeline schema --format markdown > docs/configuration.md
	@$(PY) -m inventory_pipeline_tests.support.vendors.table

clean: ## Remove what was built; exports and landed data of your own stay
	rm -rf .venv .uv $(DEMO) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
