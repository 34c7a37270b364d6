# make demo: label the sample articles.  make test: everything that CI checks.  make train: a new model.
PYTHON ?= python3
VENV := .venv
GOLD := ../shared/real_news/dev.jsonl
BIN := $(VENV)/bin

.PHONY: demo test lint train report benchmark loop screenshots fuzz kill lock clean

demo: $(VENV)/.demo
	$(BIN)/classify-news predict tests/articles
	@mkdir -p build
	$(BIN)/classify-news predict tests/articles --output build/demo.csv
	@echo "The full result, one row a sentence, is in build/demo.csv"

test: lint
	$(BIN)/python -m pytest

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

train: $(VENV)/.test
	$(BIN)/python -m training.train

# The shipped model with its full report; needs the real articles and the rivals' packages.
report: $(VENV)/.test
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[compare]'
	@mkdir -p build
	HF_HUB_OFFLINE=1 $(BIN)/python -m training.compare --gold $(GOLD) --json build/rivals.json
	$(BIN)/python -m training.train --gold $(GOLD) --rivals build/rivals.json

# Needs an idle machine, and wrk (apt-get install wrk).
benchmark: $(VENV)/.test
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[benchmark]'
	$(BIN)/python -m training.benchmark
	$(BIN)/python -m training.scaling
	$(BIN)/python -m training.load

# What the labelling loop is worth, simulated on the seeds.
loop: $(VENV)/.test
	$(BIN)/python -m training.loop --output artifacts/loop

# The pictures of the documents; needs Debian's chromium.
screenshots: $(VENV)/.test
	$(BIN)/python tests/screenshots.py docs/images

SECONDS ?= 60
fuzz: $(VENV)/.test
	$(BIN)/python tests/fuzz_kernel.py build/fuzz --seconds $(SECONDS)

# Thirty kills for each format, where make test does with three.
kill: $(VENV)/.test
	KILLS=30 $(BIN)/python -m pytest tests/test_job.py -k killed

lock: $(VENV)/.test
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --no-emit-index-url --extra train --extra test --output-file constraints.txt pyproject.toml

clean:
	rm -rf $(VENV) build dist *.egg-info

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Installed where it stands, so that a change of the source needs no new installation.
# The build warns of packages outside the source folder, which are meant: the model lies in artifacts/.
export PYTHONWARNINGS := ignore::Warning:setuptools.command.editable_wheel

$(VENV)/.demo: pyproject.toml constraints.txt | $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@ $(VENV)/.demo
