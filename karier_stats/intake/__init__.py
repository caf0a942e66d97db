"""From the office's files to clean tables without personal data."""
