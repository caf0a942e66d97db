"""Six further made-up offices for ``karier start``, and walks through three of them: ``python -m tests.start`` writes these."""
