"""Own time beside a peer's, in the same run: ``python -m tests.benchmarks`` from the project's root."""
