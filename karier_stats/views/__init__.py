"""Processed tables as tidy analysis tables: one documented row unit each."""
