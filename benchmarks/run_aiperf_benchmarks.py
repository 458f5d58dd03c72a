"""`run_aiperf.py` by its longer name."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.pop(0)  # this folder, whose http.py would hide Python's own
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.run_aiperf import main

if __name__ == "__main__":
    sys.exit(main())
