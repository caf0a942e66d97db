PYTHON ?= python3

.PHONY: report test long lab check calibration bench fuzz faults offices districts clean
report test long lab check calibration bench fuzz faults offices districts clean:
	@$(PYTHON) run.py $@ $(ARGS)
