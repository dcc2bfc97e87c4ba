#!python
"""`owscale` as pip installs it, and `python -m generator`."""

import gc
import sys

from generator.cli import main

if __name__ == "__main__":
    gc.disable()  # until all is imported (dispatch.py): what an import makes stays, and need not be gone through
    sys.exit(main())
