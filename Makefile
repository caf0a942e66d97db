PYTHON ?= python3

.PHONY: report test lab check calibration bench fuzz faults clean
report test lab check calibration bench fuzz faults clean:
	@$(PYTHON) run.py $@ $(ARGS)
