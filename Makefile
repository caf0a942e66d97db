PYTHON ?= python3

.PHONY: report test long lab check calibration bench fuzz faults clean
report test long lab check calibration bench fuzz faults clean:
	@$(PYTHON) run.py $@ $(ARGS)
