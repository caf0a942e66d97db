"""One module per chapter of the report: processed tables in, findings out."""
