"""One file a page, found by walking this folder: `routes` is its blueprint, `MENU` its place in the menu if any."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass

from flask import Flask

from chyrak.errors import AskOperator


@dataclass(frozen=True, slots=True)
class Menu:
    """An entry of the menu: shown in `order` to people who hold `permit`, with the phrase `menu.<name>`."""

    order: int
    name: str
    endpoint: str
    permit: str | None = None


def register_pages(app: Flask) -> None:
    """Register every page of this folder. Raises AskOperator naming a file that does not load."""
    menu: list[Menu] = []
    for entry in pkgutil.iter_modules(__path__):
        name = f"{__name__}.{entry.name}"
        try:
            page = importlib.import_module(name)
            app.register_blueprint(page.routes)
        except (ImportError, AttributeError, ValueError) as fault:
            raise AskOperator(f"{name}: this page does not load: {fault}. Mend the file or remove it.") from fault
        if hasattr(page, "MENU"):
            menu.append(page.MENU)
    app.extensions["chyrak_menu"] = sorted(menu, key=lambda entry: entry.order)
