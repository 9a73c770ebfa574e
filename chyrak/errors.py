"""One error class per thing the caller can do: ask a person, retry, skip, or correct the call.

Every message says what happened, where, and what to do next.
"""

from __future__ import annotations


class ChyrakError(Exception):
    """Any failure that Chyrak foresaw; its text is fit to be shown to the person at the keyboard."""


class AskOperator(ChyrakError):
    """Nothing can go on until a person mends something: a data file, a setting, a folder's rights."""


class WrongUsage(ChyrakError):
    """The call itself cannot be right: an unknown name, a malformed query. Exit code 2."""


class RetryLater(ChyrakError):
    """The same work may succeed later: the other side is down, busy or locked."""


class SkipItem(ChyrakError):
    """This one item can never succeed as it is: set it aside with this reason and go on."""
