# Hearth: `make` alone tells what there is. Every target sets up what it needs first, and says nothing when it is there.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run demo test check bench models eval setup

# Where the server listens, and more of its settings: make run LISTEN=0.0.0.0:8080 ARGS="--api-key secret"
LISTEN ?= 127.0.0.1:8080
ARGS ?=
HEARTH := target/release/hearth
# Transformers, to measure the core beside it, is in the recipe's Python, if you made one (models/recipe/README.md).
RECIPE_PYTHON := $(firstword $(wildcard .venv/bin/python) third_party/venv/bin/python)

help: ## This list
	@scripts/help.sh $(MAKEFILE_LIST)

run: setup ## Start the server with the pocket models, on http://127.0.0.1:8080
	@cargo build --release --locked -p hearth
	@exec $(HEARTH) serve --listen $(LISTEN) --models models/pocket $(ARGS)

demo: setup ## A spoken conversation of three turns, with its time lines
	@cargo build --release --locked -p hearth
	@OUT="$(OUT)" scripts/demo.sh $(HEARTH)

test: ## Everything the continuous integration runs
	@scripts/setup.sh test
	@scripts/test.sh

check: ## Formatting and lints only: the quick look before a commit
	@cargo fmt --all --check
	@cargo clippy --release --locked --workspace --all-targets -- -D warnings

bench: setup ## What a turn and the core cost on this machine
	@cargo build --release --locked -p hearth
	@$(HEARTH) bench turn --models models/pocket
	@$(HEARTH) bench core --models models/pocket --python $(RECIPE_PYTHON)

models: ## Make the pocket models anew: data, training, export (many hours; Python packages of its own)
	@scripts/setup.sh eval
	@scripts/models.sh

eval: ## How well the pocket models hear, think and speak
	@scripts/setup.sh eval
	@cargo build --release --locked -p hearth
	@$(HEARTH) eval --models models/pocket --python third_party/eval/bin/python

setup: ## Only bring what is needed (the other targets do it too)
	@scripts/setup.sh
