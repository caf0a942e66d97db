"""Write the executed copies anew."""

import tempfile
from pathlib import Path

from tests.notebooks import write_copies

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        write_copies(Path(folder))
