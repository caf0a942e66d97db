"""Pictures from their data: one set of kinds for a report and for JupyterLab, each also told in words."""
