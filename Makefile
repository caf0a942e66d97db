PYTHON ?= python3

.PHONY: report test lab check calibration bench clean
report test lab check calibration bench clean:
	@$(PYTHON) run.py $@ $(ARGS)
