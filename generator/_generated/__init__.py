"""Precomputed data: the validation schema, the rule catalogue and the compiled templates.

`python -m owscale.workflow.precompute` writes the files; `make` and the build of the wheel run it. They are not in git.
Each file has the digest of its sources. A file with an outdated digest is ignored: a changed source takes effect at
once, and runs are slower until the files are written again.
"""

import os

DIRECTORY = os.path.dirname(__file__)
"""Directory of the precomputed files."""
PACKAGE = os.path.dirname(DIRECTORY)
"""Directory of the package `owscale`, which holds the sources."""
