# Docent's commands; `make` alone lists them. All of them work on a fresh machine.

.DEFAULT_GOAL := help
.PHONY: help setup run test slow check train fmt bench load soak chaos fuzz audit nlu-report encoder lock model clean
# An environment that is active in your shell is not Docent's.
unexport PYTHONHOME PYTHONPATH VIRTUAL_ENV
# Rasa and TensorFlow: no word home, no lines about processors.
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3

bin := .venv/bin
step = @printf '\n== %s\n'

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

setup: ## make .venv with everything Docent needs, or do nothing where it is there
	@scripts/setup

run: setup ## set up, train if need be, and start Docent; PORT=5010 for another port
	@$(bin)/docent up

test: model ## set up and run all tests, three at a time; ARGS="-k slack" for some
	@$(bin)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

slow: model ## the scenarios that take too long for `make test`: renewal, a refused model, Redis away
	@$(bin)/python -m pytest -m slow $(ARGS)

check: setup ## everything that must hold before a commit; stops at the first that does not
	$(step) "format (mend with: make fmt)"
	@$(bin)/ruff format --check .
	$(step) "lint (mend some with: make fmt)"
	@$(bin)/ruff check .
	$(step) "types"
	@$(bin)/mypy
	$(step) "imports"
	@$(bin)/lint-imports
	$(step) "content"
	@$(bin)/docent lint
	$(step) "rasa data validate"
	@$(bin)/rasa data validate --fail-on-warnings
	$(step) "tests"
	@$(MAKE) --no-print-directory test

train: setup ## build a model from the content and publish it
	@$(bin)/docent train

fmt: setup ## format the code, mend what ruff can mend, count the examples anew in docs/corpus.md
	@$(bin)/ruff check --fix-only --quiet .
	@$(bin)/ruff format .
	@$(bin)/python -m report.counts

bench: model ## measure one message beside Rasa's default bot; two minutes, and ten once
	@$(bin)/python -m bench $(ARGS)

load: model ## measure many visitors, beside Rasa's default bot; ARGS="--only ack,burst --quick" for a part
	@$(bin)/python -m bench.load $(ARGS)

soak: model ## 40,000 messages through all channels; ARGS="--messages 500" for fewer
	@$(bin)/python -m bench.soak $(ARGS)

chaos: model ## kill processes and take things away under traffic; ARGS="--only sqlite --kills 4" for a part
	@$(bin)/python -m chaos $(ARGS)

fuzz: model ## throw broken requests at every parser; ARGS="--seconds 60 --seed 7 --channel wechat"
	@$(bin)/python -m fuzz $(ARGS)

audit: setup ## ask the advisory service about every package of the lock; needs the network
	@$(bin)/python -m audit $(ARGS)

nlu-report: model ## measure the understanding, write var/nlu-report; ARGS=--without-rasa for Docent alone
	@$(bin)/python -m report $(ARGS)

encoder: setup ## tune the sentence encoder on the corpus anew; half an hour, seldom needed
	@$(bin)/python -m encoder

lock: ## choose the packages anew after a change in requirements*.in; ARGS=--upgrade for the newest
	@scripts/setup --lock $(ARGS)

clean: ## remove what is made again by itself; keeps var/, models/ and .env
	@rm -rf .venv .docent .rasa .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The model that the content asks for; trains only where there is none.
model: setup
	@$(bin)/python -c 'from bot.content import publish; publish.current_model() or publish.train()'
