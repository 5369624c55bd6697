# make demo    sets everything up and scores a generated recording in napari (headless where there is no display)
# make test    sets everything up and runs the test suite
# make bench   prints every speed figure as a ratio within one run
.PHONY: setup demo test test-all check bench docs clean

PYTHON_ENV = .venv/bin/python

setup:
	@sh scripts/setup

demo: setup
	$(PYTHON_ENV) -m napari_ethoprofile demo --out demo-output

test: setup
	sh scripts/run-tests -m "not slow"

test-all: setup
	sh scripts/run-tests

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	sh scripts/check-types
	.venv/bin/npe2 validate napari-ethoprofile

bench: setup
	$(PYTHON_ENV) -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]'
	sh scripts/with-display $(PYTHON_ENV) -m benchmarks

docs: setup
	$(PYTHON_ENV) -m napari_ethoprofile.keys > docs/keyboard.md

clean:
	rm -rf .venv .build build dist *.egg-info demo-output
