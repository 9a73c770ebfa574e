"""The figures of an evaluation as one HTML page with plots, readable without a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from nlp.evaluation.report import GROUPS, INVENTED


def as_page(result: Mapping[str, Any], heading: str) -> str:
    """The result of `measure` or `evaluate`; plots are SVG in the page."""
    pages = Environment(
        loader=PackageLoader("nlp.evaluation", ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    shown = {"ordinary": {}, "baselines": {}, "swaps": {}, **result}
    return pages.get_template("page.html").render(result=shown, heading=heading, invented=INVENTED, groups=GROUPS)
