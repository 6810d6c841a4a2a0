# What the project's people run. `make test` does all of its own set-up from the package registries.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export CARGO_TERM_COLOR ?= never

.PHONY: test test-full bench lint rust python fmt clean

test:
	@bash tests/run.sh

# Everything of `test`, with the properties tried on many more cases and flaws planted everywhere.
test-full:
	@FISC_FULL=1 PROPTEST_CASES=2000 bash tests/run.sh

bench:
	cargo bench --bench assess --bench matching --bench report

fmt: $(VENV)/ready
	cargo fmt
	$(BIN)/ruff format python tests/python
	$(BIN)/ruff check --fix python tests/python

$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check 'maturin>=1.9,<2' 'pytest>=8' 'ruff>=0.12' 'mypy>=1.15' 'altair>=5'
	# The classes of a schema, for a test that is passed over without them.
	-$(BIN)/pip install --quiet --disable-pip-version-check 'aeoi==0.0.1'
	touch $@

clean:
	cargo clean
	rm -rf $(VENV)
