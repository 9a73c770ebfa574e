"""Ways a mail can leave, one file each: a file in this folder with `SCHEMES` and `connect(settings)` is a channel.

The schemes of `mail.relay` say which one is meant. The allow list is kept here, in front of every channel, so that
no channel can forget it (ETH-05).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from chyrak.errors import AskOperator, RetryLater, SkipItem
from chyrak.records import Mail, Receipt
from chyrak.settings import MailSettings


class Channel(Protocol):
    """Takes a mail away and says so."""

    def send(self, mail: Mail) -> Receipt:
        """Return only when the other side has taken responsibility for the mail.

        Raises RetryLater when the same mail may go later, SkipItem when this mail never can, AskOperator when no mail
        can go until a person mends a setting.
        """


class AnswerLost(RetryLater):
    """The mail was handed over whole, and the answer never came: it may have been taken.

    Send the identical mail again: its Message-ID shows the reader, and their mail program, that it is the same one.
    """


Connect = Callable[[MailSettings], Channel]


def open_channel(settings: MailSettings, people: Collection[str] = ()) -> Channel:
    """The channel that `settings.relay` names, behind the allow list.

    `people` are the addresses of the active people in the store: they alone may be written to while
    `settings.allowed_recipients` is empty. An entry of the list is an address, or `@ngo.example` for a whole domain.
    Raises AskOperator for a scheme no channel has, or a relay that is not fit to be used.
    """
    scheme = urlsplit(settings.relay).scheme
    known = channels()
    if scheme not in known:
        raise AskOperator(
            f"mail.relay: no channel speaks {scheme or settings.relay!r}. Use one of: "
            f"{', '.join(f'{name}://' for name in sorted(known))}."
        )
    return _Guarded(known[scheme](settings), _Allowed(settings.allowed_recipients, people))


@lru_cache(maxsize=1)
def channels() -> Mapping[str, Connect]:
    """Every channel in the folder by url scheme. Raises AskOperator naming the file that is at fault."""
    found: dict[str, Connect] = {}
    owner: dict[str, Path] = {}
    for folder in map(Path, __path__):
        for file in sorted(folder.glob("[!_]*.py")):
            try:
                module = import_module(f"{__name__}.{file.stem}")
                schemes, connect = module.SCHEMES, module.connect
            except (ImportError, SyntaxError, AttributeError) as fault:
                raise AskOperator(
                    f"{file}: is no channel: {fault}. Give it SCHEMES and connect(settings), or move it out."
                ) from fault
            for scheme in schemes:
                if scheme in owner:
                    raise AskOperator(
                        f"{file}: {scheme}:// is already spoken by {owner[scheme]}. Rename or remove one."
                    )
                found[scheme], owner[scheme] = connect, file
    return found


@dataclass(frozen=True, slots=True)
class _Allowed:
    listed: Collection[str]
    people: Collection[str]

    def __contains__(self, address: str) -> bool:
        entries = {entry.casefold() for entry in (self.listed or self.people)}
        whole = address.casefold()
        return "@" in whole and (whole in entries or (bool(self.listed) and whole[whole.rindex("@") :] in entries))


@dataclass(frozen=True, slots=True)
class _Guarded:
    channel: Channel
    allowed: _Allowed

    def send(self, mail: Mail) -> Receipt:
        if mail.recipient not in self.allowed:
            remedy = (
                "mail.allowed_recipients" if self.allowed.listed else "the people of this deployment (chyrak user add)"
            )
            raise SkipItem(
                f"{mail.recipient} is not allowed to get alerts, nothing was sent (ETH-05). "
                f"Add the address to {remedy}, or take it off the watch."
            )
        return self.channel.send(mail)
