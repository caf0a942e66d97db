PYTHON ?= python3

.PHONY: report test lab check clean
report test lab check clean:
	@$(PYTHON) run.py $@
