"""Write the files of `_generated/`; the command is `python -m owscale.workflow.precompute`."""

import json
import os

from owscale import _generated
from owscale.fs.files import atomic_write
from owscale.render.renderer import Renderer
from owscale.rules import stored_catalogue
from owscale.spec import schema_export, validation


def main() -> None:
    """Write the validation schema, the rule catalogue and the compiled templates."""
    os.makedirs(_generated.DIRECTORY, exist_ok=True)
    models = schema_export.export_models() | {"digest": validation.models_digest()}
    entries = {"digest": stored_catalogue.sources_digest(), **stored_catalogue.build()}
    for path, content in ((validation.FILE, models), (stored_catalogue.FILE, entries)):
        atomic_write(path, f"{json.dumps(content, ensure_ascii=False)}\n".encode())
    Renderer().precompile()


if __name__ == "__main__":
    main()
