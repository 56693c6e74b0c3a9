# `make` sets everything up and runs the study; `make test` sets up and tests.

PYTHON ?= python3
CORES ?= all
BIN := .venv/bin
READY := .venv/ready
PEERS := .venv-peers
EXPORTS := .venv-exports
PUBLISHED := results/published/v3
READING := config/config.yaml
TESTED := results/published/claims
HELD := results/published/held
CONFIGURED = $(CONFIGFILE:%=--configfile %)
ON = $(CORE:%=--core %) $(ROUNDS:%=--rounds %) $(FRESH:%=--fresh)

.DEFAULT_GOAL := study
.PHONY: help study env smoke figures report test test-faults test-slurm test-gridengine test-schedulers \
    test-processors test-backends test-exports slurm-recover gridengine-recover lint lint-imports lint-python \
    lint-types lint-format lint-workflow format bench bench-peers bench-growth bench-cores speed bench-architectures \
    sizes readme site schema docs lock clean-env

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-20s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

study: $(READY) ## the environment, then the whole study in results/
	@$(BIN)/snakemake --cores $(CORES)

env: $(READY) ## only the environment, .venv

smoke: $(READY) ## a tiny version of the study, in results/smoke/
	@$(BIN)/snakemake --cores $(CORES) --configfile config/smoke.yaml

figures: $(READY) ## the figures, from stored tables
	@$(BIN)/snakemake --cores $(CORES) figures

report: $(READY) ## Snakemake's report of the results (CONFIGFILE=my-study.yaml for another study)
	@$(BIN)/snakemake --cores $(CORES) $(CONFIGURED) -- reported
	@$(BIN)/snakemake $(CONFIGURED) --report-stylesheet workflow/report/style.css \
	    --report "$$($(BIN)/echoseq results $(CONFIGFILE:%=--config %))/report.zip" -- reported

test: $(READY) ## the checks and the tests
	@$(MAKE) --no-print-directory --jobs=2 lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-faults: $(READY) ## provoke real faults: kills, damage, full disks
	$(BIN)/python -m pytest -n 2 tests/faults

test-slurm: $(READY) ## the study on a real Slurm on this machine (root; slurm-wlm, munge)
	$(BIN)/python -m pytest tests/slurm

test-gridengine: $(READY) ## the same on a real Grid Engine (root; gridengine-master, -exec, -client)
	$(BIN)/python -m pytest tests/gridengine

test-schedulers: $(READY) ## both, with one study of this machine to compare with
	$(BIN)/python -m pytest tests/slurm tests/gridengine

test-processors: $(READY) ## the same bits on emulated processors (qemu-user-static; an hour)
	$(BIN)/python -m pytest -n 2 tests/processors

test-backends: $(READY) $(PEERS)/ready ## load a saved network under JAX, PyTorch and NumPy
	$(BIN)/python -m pytest tests/backends

test-exports: $(READY) $(EXPORTS)/ready ## export to trackers and other formats, and read it back
	$(EXPORTS)/bin/python -m pytest -n 2 tests/exports

slurm-recover: $(READY) ## after Snakemake died: cancel its remaining Slurm jobs, and unlock
	@PATH="$(CURDIR)/$(BIN):$$PATH" profiles/slurm/recover.sh

gridengine-recover: $(READY) ## the same on Grid Engine
	@PATH="$(CURDIR)/$(BIN):$$PATH" profiles/gridengine/recover.sh

lint: lint-python lint-imports lint-types lint-format lint-workflow ## style, types and workflow checks

lint-python: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint-imports: $(READY)
	$(BIN)/lint-imports --no-cache

lint-types: $(READY)
	$(BIN)/mypy

lint-format: $(READY)
	$(BIN)/snakefmt --check Snakefile workflow

lint-workflow: $(READY)
	$(BIN)/snakemake --lint

format: $(READY) ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

bench: $(READY) ## compare training times with one `fit` call per sequence
	$(BIN)/python benchmarks/training.py

bench-peers: $(READY) $(PEERS)/ready ## compare training times with JAX, PyTorch and Keras (CORE=1 ROUNDS=5; CHECK=1: only losses)
	$(BIN)/python benchmarks/compare_peers.py $(PEERS)/bin/python $(ON) $(CHECK:%=--check)

bench-growth: $(READY) $(PEERS)/ready ## how an epoch's time grows with cells, values, batch, alphabet (CORE=1 ROUNDS=5)
	$(BIN)/python benchmarks/growth.py $(PEERS)/bin/python $(ON)

bench-cores: $(READY) ## simulate the extensions on a cluster, from the measured jobs of a published version
	$(BIN)/python benchmarks/cores.py $(PUBLISHED)

speed: $(READY) ## put what these measured into docs/speed.md and docs/speed/
	$(BIN)/python benchmarks/publish.py

$(PEERS)/ready: benchmarks/peers/requirements.txt
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet -r $<
	@touch $@

# On top of .venv, whose packages it sees: pip installs what is missing, or has another version.
$(EXPORTS)/ready: tests/exports/requirements.txt | $(READY)
	$(BIN)/python -m venv --clear $(EXPORTS)
	packages=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') && \
	    echo "import site; site.addsitedir('$$packages')" > \
	    "$$($(EXPORTS)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/venv.pth"
	$(EXPORTS)/bin/python -m pip install --quiet --no-compile -r $<
	@touch $@

bench-architectures: $(READY) ## compare training times of cells and decoders
	$(BIN)/python benchmarks/architectures.py

readme: $(READY) ## put the published headline, answers and claims into README and docs
	$(BIN)/echoseq headline $(PUBLISHED) --into README.md
	$(BIN)/echoseq answers $(PUBLISHED) --reading $(READING) --into README.md
	$(BIN)/echoseq findings $(PUBLISHED) --reading $(READING) --into docs/answers.md
	$(BIN)/echoseq claims $(PUBLISHED) --reading $(READING) --into docs/claims.md
	$(BIN)/echoseq claims $(TESTED) --reading config/claims.yaml --into docs/claims.md --marks tested
	$(BIN)/echoseq ablations $(TESTED) --into docs/claims.md
	$(BIN)/echoseq probes $(HELD) --into docs/claims.md
	! test -f $(PUBLISHED)/tables/published.csv || $(BIN)/echoseq published $(PUBLISHED) --into docs/published.md

site: $(READY) ## the site of the latest published version, in site/
	rm -rf site
	$(BIN)/python -m echoseq.documents.site.building results/published config site

sizes: $(READY) ## measure planning and tables for 20 to 5,000 runs
	$(BIN)/python benchmarks/size.py

schema: $(READY) ## regenerate config/schema.json from the code
	$(BIN)/echoseq schema > config/schema.json

docs: $(READY) ## regenerate the lists of docs/results.md, and the graph of workflow/README.md, from the code
	$(BIN)/python -m echoseq.documents.reference docs/results.md
	$(BIN)/snakemake --configfile config/smoke.yaml --config version=rules \
	    --rulegraph mermaid-js -- study extensions page publish \
	    | $(BIN)/python -m echoseq.documents.rulegraph workflow/README.md

lock: ## update the pinned dependencies (needs uv)
	uv pip compile pyproject.toml --extra cpu --extra workflow --extra dev --universal \
	    --fork-strategy fewest --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --upgrade --output-file requirements.lock

clean-env: ## remove .venv, .venv-peers and .venv-exports
	rm -rf .venv $(PEERS) $(EXPORTS)

# Snakemake starts scripts with the Python in .venv, without quoting its path for the shell.
$(READY): requirements.lock pyproject.toml workflow/envs/echoseq.post-deploy.sh
	@if printf '%s' "$$PWD" | grep -q '[][:space:]"\`$$&;()<>|*?{}!#~['"'"']'; then \
	    echo "expected a folder whose path has no spaces, quotes or the like, got $$PWD; clone echoseq into another" >&2; \
	    exit 1; fi
	@command -v $(PYTHON) >/dev/null || \
	    { echo "echoseq needs Python 3.11, 3.12 or 3.13, and there is no $(PYTHON)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "echoseq needs Python 3.11, 3.12 or 3.13, and %s is %d.%d; name another with make PYTHON=..." % ("$(PYTHON)", v[0], v[1]))'
	@echo "Setting up .venv (one to two minutes)"
	@$(PYTHON) -m venv --clear .venv
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh workflow/envs/echoseq.post-deploy.sh
	@touch $@
