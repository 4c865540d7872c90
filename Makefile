# Two commands are enough: `make demo` and `make test`. `make help` lists the rest.
# The first Python that answers and is new enough; a name on the path alone (pyenv's shims) is not one.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?= build/demo
COUNTY ?= build/county-published
PUBLIC ?= build/county-public
SCRATCH ?= build/restores
JOBS ?= 2

.PHONY: help demo test lint format bench fuzz power year clean county county-site restores plans proofs matrix flips canaries audit

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(VENV)/.run: pyproject.toml
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更新版本。Python 3.11 or newer is needed, and none is on the path."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "缺 venv：在 Debian 或 Ubuntu 上先装 python3-venv。The venv module is missing: install python3-venv first."; exit 1; }
	@echo "安装依赖，约一分钟 … installing dependencies, about a minute …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@

demo: $(VENV)/.run  ## a trade-union unit's March, from bank files to a site anyone verifies: build/demo, build/demo-public
	@rm -rf $(DEMO) $(DEMO)-public
	@$(BIN)/mingbai demo $(DEMO)

test: $(VENV)/.test  ## lint, types and the whole test suite
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n $(JOBS)

lint: $(VENV)/.test  ## ruff and mypy --strict over the whole tree
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.test  ## put the code in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.test  ## posting, opening, reporting, importing and assessing, measured
	@$(BIN)/mingbai bench post
	@$(BIN)/mingbai bench open
	@$(BIN)/mingbai bench report
	@$(BIN)/mingbai bench import
	@$(BIN)/mingbai bench dues
	@$(BIN)/mingbai bench members
	@$(BIN)/mingbai bench arrears
	@$(BIN)/mingbai bench consolidate
	@$(BIN)/mingbai bench rebuild

fuzz: $(VENV)/.test  ## two hundred thousand damaged files through all readers; SEED repeats a run
	@$(BIN)/python -m tests.importers.fuzz 200000 $(SEED)

power: $(VENV)/.test  ## five hundred kill -9 while vouchers are posted, on both databases
	@MINGBAI_KILLS=250 $(BIN)/python -m pytest -n 0 tests/ledger/test_power.py

year: $(VENV)/.test  ## a year of 2,600 members in 16 units, every payment proven against the books
	@MINGBAI_WHOLE_YEAR=1 $(BIN)/python -m pytest -n 0 tests/dues/test_year.py

county: $(VENV)/.run  ## a county's whole year, its totals compared, every book checked
	@rm -rf build/county
	@$(BIN)/mingbai demo build/county --size county
	@diff tests/stories/golden/county.txt build/county/totals.txt
	@diff tests/stories/golden/county-gifts.txt build/county/gifts.txt
	@diff tests/stories/golden/county-assets.txt build/county/assets.txt
	@ls build/county/units/*/book.bean | xargs -P $(JOBS) -n 1 $(BIN)/bean-check

county-site: $(VENV)/.test  ## the county's year sealed and published as it goes, in build/county-public, and proven
	@rm -rf build/county-published build/county-public
	@$(BIN)/mingbai demo build/county-published --size county --publish build/county-public
	@diff tests/stories/golden/county.txt build/county-published/totals.txt
	@diff tests/stories/golden/county-roots.txt build/county-published/roots.txt
	@python3 build/county-public/verify.py build/county-public
	@$(BIN)/mingbai validate build/county-public
	@$(BIN)/python -m tests.site.look build/county-public

restores: $(VENV)/.test  ## a published county damaged in every way, and restored: COUNTY, its PUBLIC, in SCRATCH
	@rm -rf $(SCRATCH)
	@$(BIN)/python -m tests.backup.scenarios $(COUNTY) $(PUBLIC) $(SCRATCH)

plans: $(VENV)/.test  ## a million random distribution plans: exact sums, floors, caps; SEED repeats a run
	@$(BIN)/python -m tests.rules.many_plans 1000000 $(SEED)

proofs: $(VENV)/.test  ## a hundred thousand touched proofs, and every pair of tree sizes to 512
	@$(BIN)/python -m tests.sealing.mutations 100000 $(SEED)
	@$(BIN)/python -m tests.verify.proofs 100000 $(SEED)
	@MINGBAI_ALL_PROOFS=1 $(BIN)/python -m pytest -n 0 tests/ledger/test_merkle.py

matrix: $(VENV)/.test  ## everybody asks for everything at the desk, with every method, of every unit
	@MINGBAI_MATRIX=whole $(BIN)/python -m pytest -n 0 tests/web/test_matrix.py

flips: $(VENV)/.test  ## every byte of a sealed book of 200 KB altered three ways; SEED repeats a run
	@$(BIN)/python -m tests.verify.flips 220000 $(SEED)

canaries: $(VENV)/.test  ## ten thousand names and numbers planted in every field, and many random books published
	@MINGBAI_CANARIES=10000 MINGBAI_BOOKS=300 $(BIN)/python -m pytest -n 0 tests/publishing/test_canaries.py tests/publishing/test_differences.py tests/packs/test_canaries.py

audit: $(VENV)/.test  ## every audit procedure over a million vouchers: fails above 30 s or 2 GB
	@mkdir -p build
	@$(BIN)/mingbai bench audit --vouchers 1000000 --runs 1 | tee build/audit.txt
	@grep -q "达到 met" build/audit.txt

clean:  ## remove what was built
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .hypothesis
