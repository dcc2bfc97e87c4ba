"""`owscale tf validate`: what Terraform and the AWS provider say of the roots under out/, without AWS."""

import json
import sys
from argparse import Namespace

from generator.errors import OwscaleError, Report
from generator.stages import specs
from generator.terraform import Terraform


def validate(options: Namespace, report: Report) -> int:
    """Asks the real Terraform and the real provider about every root, without AWS and without the state."""
    wrong = 0
    for deployment in specs.read(options, report):
        root = options.out / deployment.folder
        if not root.is_dir():
            raise OwscaleError(f"{root}: not there\n  hint: make generate writes it")
        terraform = Terraform(root)
        prepared = terraform.init("-backend=false", "-lockfile=readonly", "-no-color")
        if prepared.code:
            raise OwscaleError(f"{root}: terraform init failed\n{prepared.stderr.strip()}")
        found = json.loads(terraform.run("validate", "-json").stdout)["diagnostics"]
        for problem in found:
            place = problem.get("range", {"filename": "", "start": {"line": 0}})
            where = f"{root / place['filename']}:{place['start']['line']}"
            print(f"{where}: {problem['severity']}: {problem['summary']}\n  {problem['detail']}", file=sys.stderr)
        valid = not any(problem["severity"] == "error" for problem in found)
        wrong += not valid
        print(f"{root}: {'valid' if valid else 'not valid'}, says Terraform")
    return 1 if wrong else 0
