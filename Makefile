# Two commands need nothing but Python 3.11 or later and a C compiler: make demo, make test.
# Another interpreter: make test PYTHON=python3.13 VENV=.venv-3.13

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ON     := --on 2024-10-01
SOURCE := pyproject.toml README.md $(shell find flk_rules rulesets -type f -not -path '*/__pycache__/*')

# durable-rules comes as source and names a C function that Python 3.13 no longer has; -O2 because
# its own build sets no optimisation.
export CPPFLAGS := -O2 -DPyEval_CallObject=PyObject_CallObject $(CPPFLAGS)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Debian's packages, where one is missing and root can install it.
install = { test "$$(id -u)" = 0 || { echo "$(1): not here, and only root can install it" >&2; exit 1; }; \
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(1); }

.PHONY: demo test lint pytest engines services soak bench bench-country docs dev clean

demo: $(VENV)/.demo
	@$(BIN)/python examples/demo.py

test: lint pytest

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The tests run against the built wheel and from another folder, so that a data file that the
# wheel lacks shows.
pytest: $(VENV)/.test
	@mkdir -p build/elsewhere
	cd build/elsewhere && $(abspath $(BIN))/pytest -c $(CURDIR)/pyproject.toml --rootdir $(CURDIR) \
	  -n 2 --dist loadfile --cov --cov-config $(CURDIR)/pyproject.toml $(CURDIR)/tests $(ARGS)

# Engines, rules and their explanations alone: what another interpreter could change.
engines: $(VENV)/.test
	@mkdir -p build/elsewhere
	cd build/elsewhere && $(abspath $(BIN))/pytest -c $(CURDIR)/pyproject.toml --rootdir $(CURDIR) \
	  -n 2 --dist loadfile $(CURDIR)/tests -k "rete or parity or eligibility or reference"

# What tests need besides Python: a browser for those of a page and a server for those of a shared
# log, from Debian's packages, for those of Spark Java 17 and pyspark, and OpenFisca-Core, a
# benchmark's. Without them these tests are skipped and say so, or fail where CI=true. The packages'
# own server is not started.
services: $(VENV)/.test
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || \
	  $(call install,chromium chromium-driver)
	@command -v java >/dev/null || $(call install,openjdk-17-jre-headless)
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  $(call install,-o Dpkg::Options::=--force-confold postgresql-common) && \
	  sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' \
	    /etc/postgresql-common/createcluster.conf && $(call install,postgresql); }
	$(BIN)/pip install -q "$$(ls build/wheel/*.whl)[spark,bench-openfisca]"

soak: $(VENV)/.test
	cd build && PYTHONPATH=$(CURDIR)/tests $(abspath $(BIN))/python -m soak $(ARGS)

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks $(ARGS)

# A whole country, some minutes; OpenFisca-Core is AGPL and installed for this alone.
bench-country: $(VENV)/.test
	$(BIN)/pip install -q "$$(ls build/wheel/*.whl)[bench-openfisca]"
	$(BIN)/python -m benchmarks.country $(ARGS)

# The page that is generated; a test holds it to the rulesets and the tests.
docs: $(VENV)/.test
	$(BIN)/flk ledger --format markdown --lang en --tests tests > build/ledger.md
	mv build/ledger.md docs/ledger.md

dev: $(VENV)/.venv
	$(BIN)/pip install -q -e '.[lint]'
	$(BIN)/pre-commit install

$(VENV)/.venv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "flk_rules needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.demo: $(VENV)/.venv $(SOURCE)
	$(BIN)/pip install -q --force-reinstall --no-deps .
	$(BIN)/pip install -q '.[cli]'
	@touch $@

$(VENV)/.test: $(VENV)/.venv $(SOURCE)
	@rm -rf build/wheel
	$(BIN)/pip wheel -q --no-deps --wheel-dir build/wheel .
	$(BIN)/pip install -q --force-reinstall --no-deps build/wheel/*.whl
	$(BIN)/pip install -q "$$(ls build/wheel/*.whl)[lint]"
	@touch $@

$(VENV)/.bench: $(VENV)/.test
	$(BIN)/pip install -q "$$(ls build/wheel/*.whl)[bench]"
	@touch $@

clean:
	rm -rf build dist .venv* .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
