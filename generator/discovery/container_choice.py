"""Choose the container of Open WebUI among several."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from owscale.console.text import and_more
from owscale.domain.openwebui.environment import DATA_FOLDER
from owscale.errors import OwscaleError

_IMAGE = re.compile(r"open[-_]?webui", re.IGNORECASE)
_VARIABLE = re.compile(r"WEBUI_|OPENWEBUI|OLLAMA_BASE_URL|RAG_|ENABLE_SIGNUP|DEFAULT_MODELS")
_MAX_NAMES = 10


class Candidate(NamedTuple):
    """A container: its name, its image, the names of its variables, and the paths of its volumes."""

    name: str
    image: str
    variables: Collection[str]
    mounts: Collection[str]

    @property
    def evidence(self) -> int:
        """Score of the evidence that the container is Open WebUI, the image most of all; 0 for no evidence."""
        is_data = any(path.rstrip("/") == DATA_FOLDER for path in self.mounts)
        return 4 * bool(_IMAGE.search(self.image)) + 2 * is_data + any(map(_VARIABLE.match, self.variables))


def choose(candidates: Iterable[Candidate], given: str | None, where: str) -> str:
    """Return the name of the container of Open WebUI. Raises OwscaleError if none looks like it."""
    candidates = list(candidates)
    names = [candidate.name for candidate in candidates]
    listed = and_more(names, _MAX_NAMES) or "none"
    if given is not None:
        if given not in names:
            raise OwscaleError(f"{where}: no container {given}; there are: {listed}", hint="correct `--container`")
        return given
    best = max(candidates, key=lambda candidate: candidate.evidence, default=None)
    if best is None or not best.evidence:
        hint = "if one of them is Open WebUI, name it with `--container NAME`; otherwise name another service or file"
        raise OwscaleError(f"{where}: no container looks like Open WebUI; there are: {listed}", hint=hint)
    return best.name
