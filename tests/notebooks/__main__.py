"""Write the executed copies anew."""

import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))  # where pytest looks for the tests' own modules
    from tests.notebooks import CHAPTERS, write_copies

    with tempfile.TemporaryDirectory() as folder:
        write_copies(Path(folder), sys.argv[1:] or CHAPTERS)
