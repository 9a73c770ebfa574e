"""Names of indicators and protective cues in the reader's language, from the definitions the reading part ships."""

from __future__ import annotations

from dataclasses import dataclass

from review.speech import words

try:
    from nlp import definitions
except ImportError:
    definitions = None


@dataclass(frozen=True, slots=True)
class Sign:
    """What a page says of an indicator or cue: `dimension` is lower case (pay, control ...) and colours its marks."""

    id: str
    name: str
    dimension: str


def sign(sign_id: str) -> Sign:
    """The sign of that id; one the definitions do not know keeps its id as its name."""
    language = words().language
    if definitions is None:
        return Sign(sign_id, sign_id, "control")
    known = definitions.indicators().get(sign_id)
    if known is not None:
        return Sign(sign_id, known.names.get(language) or known.names.get("en") or known.name, known.dimension.lower())
    cue = definitions.protective().get(sign_id)
    if cue is not None:
        return Sign(sign_id, cue.names.get(language) or cue.names.get("en") or sign_id, "protective")
    return Sign(sign_id, sign_id, "other")
