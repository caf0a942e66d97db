"""Office files, databases and Parquet as grids of typed cells."""
