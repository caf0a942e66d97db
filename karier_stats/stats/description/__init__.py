"""Shares, means, medians and totals of a table, and differences between them."""
