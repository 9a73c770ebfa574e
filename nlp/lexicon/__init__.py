"""What to look for, as data: packs of pattern rows, compiled into one matcher. `load_lexicon` is the door."""

from nlp.lexicon.findings import Evidence, Findings
from nlp.lexicon.load import Lexicon, load_lexicon
from nlp.lexicon.matcher import Hit, Matcher, Row

__all__ = ["Evidence", "Findings", "Hit", "Lexicon", "Matcher", "Row", "load_lexicon"]
