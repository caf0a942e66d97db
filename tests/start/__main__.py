"""``python -m tests.start``: write the walks anew."""

from __future__ import annotations

import sys

sys.path.insert(0, "tests")

if __name__ == "__main__":
    from tests.start.walk import write

    write()
