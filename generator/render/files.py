"""Render the files of a deployment."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from owscale.fs.hashing import content_digest
from owscale.output.expected import ExpectedFile
from owscale.render.file_list import CopiedFile, RenderedFile
from owscale.render.renderer import Renderer
from owscale.render.template_files import TEMPLATES, read_templates

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from owscale.render.overrides import Overrides
    from owscale.render.sandbox.renderer import SandboxedRenderer

    TemplateRenderer = Renderer | SandboxedRenderer


@functools.cache
def renderer_of(templates: Path) -> TemplateRenderer:
    """Return one renderer for all deployments: reading the templates takes longer than rendering a deployment.

    Templates of a git revision are not part of this owscale, so they are rendered in the sandbox.
    """
    if templates == TEMPLATES:
        return Renderer(templates)
    from owscale.render.sandbox.renderer import SandboxedRenderer  # noqa: PLC0415 -- few runs need it

    return SandboxedRenderer(read_templates(templates))


def render_files(
    planned: Iterable[RenderedFile | CopiedFile], overrides: Overrides, spec_path: str, renderer: TemplateRenderer
) -> dict[str, ExpectedFile]:
    """Return each planned file by its path; custom templates are rendered in the sandbox."""
    custom = _custom_renderer(renderer, overrides)
    return {file.path: _expected_file(file, spec_path, renderer, custom) for file in planned}


def _custom_renderer(shipped: TemplateRenderer, overrides: Overrides) -> TemplateRenderer:
    if not overrides.templates:
        return shipped
    from owscale.render.sandbox.renderer import SandboxedRenderer  # noqa: PLC0415 -- few runs need it

    return SandboxedRenderer(shipped.texts, overrides.templates, overrides.templates_shown)


def _expected_file(
    file: RenderedFile | CopiedFile, spec_path: str, shipped: TemplateRenderer, custom: TemplateRenderer
) -> ExpectedFile:
    match file:
        case RenderedFile(_, template, source, context, is_own):
            renderer = custom if is_own else shipped
            header = f"Generated from {spec_path} by {source}. Do not edit."
            text = renderer.render(template, header, context)
            digest = renderer.source_digest(template)
            if not is_own:
                return ExpectedFile(text.encode(), source, digest)
            render_shipped = functools.partial(_render_shipped, shipped, template, header, context)
            return ExpectedFile(text.encode(), source, digest, is_own=True, render_shipped=render_shipped)
        case CopiedFile(path, source, content):
            header = f"# Copied from {source}. Do not edit.\n\n" if path.endswith((".tf", ".tfvars")) else ""
            return ExpectedFile(header.encode() + content, source, content_digest(content), is_own=True)


def _render_shipped(renderer: TemplateRenderer, template: str, header: str, context: dict[str, Any]) -> bytes:
    return renderer.render(template, header, context).encode()
