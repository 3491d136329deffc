# Two commands on a fresh machine with Python 3.11 and make: `make demo`, `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo test test-long samples clean

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(VENV)/.installed      ## run the main job on the sample projects
	$(BIN)/python scripts/demo.py --out out/demo

test: $(VENV)/.installed      ## run every test that this machine can run
	$(BIN)/python -m pytest -q -rs -n auto --dist loadfile

test-long: $(VENV)/.mutants   ## many more examples of every law, killed runs, damaged files, every small change of the law's code
	$(BIN)/python -m pytest -q --hypothesis-profile=long tests/rules tests/engine tests/answers tests/pages/test_cog.py tests/pages/test_kepttiles.py tests/pages/test_tablepages.py tests/pages/test_zonefiles_swap.py
	$(BIN)/python tests/kills/killing.py --kills 200
	$(BIN)/python tests/faults/sweep.py --flips 2000
	$(BIN)/python scripts/mutants.py --least 90

$(VENV)/.mutants: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[mutants]'
	touch $@

clean:
	rm -rf out build dist
