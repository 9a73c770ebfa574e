"""The words every part of Chyrak shares: records, errors, settings, data files, text folding.

Imports nothing of ours, so that any other package may import it.
"""

__version__ = "0.1.0"
