"""Reads a YAML data file into a checked model; every fault names file, line and what is allowed."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from chyrak.errors import AskOperator

Model = TypeVar("Model", bound=BaseModel)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(path: Path, model: type[Model]) -> Model:
    """The file's content as `model`.

    Raises AskOperator naming file, line and the allowed keys when the file cannot be read, is not YAML,
    holds an unknown or repeated key, or a value of the wrong kind.
    """
    text = _read(path)
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            raise AskOperator(f"{path}:1: the file is empty. It needs: {_allowed(model)}.")
        _refuse_repeated_keys(path, root)
        value = loader.construct_document(root)
    except yaml.YAMLError as fault:
        raise AskOperator(f"{path}{_mark(fault)}: not valid YAML: {_problem(fault)}. Mend the line.") from fault
    except ValueError as fault:  # a day that is in no calendar, a number with letters in it
        raise AskOperator(f"{path}: a value cannot be read: {fault}. Mend it, or put it in quotes.") from fault
    try:
        return model.model_validate(value)
    except ValidationError as fault:
        # An unknown key is often the missing one mistyped: it is the better thing to say.
        first = min(fault.errors(), key=lambda error: error["type"] != "extra_forbidden")
        raise AskOperator(_explain(path, root, model, cast(dict[str, Any], first))) from fault


def line_of(root: yaml.Node, location: tuple[int | str, ...]) -> int:
    """The 1-based line of the node that `location` leads to, or of the nearest parent there is."""
    node = root
    line = root.start_mark.line + 1
    for step in location:
        found = _child(node, step)
        if found is None:
            break
        key_line, node = found
        line = key_line
    return line


def _child(node: yaml.Node, step: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if str(key.value) == str(step):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child = node.value[step]
        return child.start_mark.line + 1, child
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise AskOperator(f"{path}: not UTF-8 at byte {fault.start}. Save the file as UTF-8.") from fault
    except OSError as fault:
        raise AskOperator(f"{path}: cannot be read: {fault.strerror}. Check the path and its rights.") from fault


def _refuse_repeated_keys(path: Path, node: yaml.Node) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise AskOperator(f"{path}:{line}: a key must be one word; found a list or a mapping. Mend the line.")
            if key.value in seen:
                raise AskOperator(f"{path}:{line}: {key.value!r} is already set on line {seen[key.value]}. Keep one.")
            seen[key.value] = line
            _refuse_repeated_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_repeated_keys(path, value)


def _explain(path: Path, root: yaml.Node, model: type[BaseModel], fault: dict[str, Any]) -> str:
    location = tuple(fault["loc"])
    line = line_of(root, location)
    name = ".".join(str(step) for step in location) or "the file"
    if fault["type"] == "extra_forbidden":
        allowed = _fields_at(model, location[:-1])
        near = difflib.get_close_matches(str(location[-1]), allowed, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return f"{path}:{line}: unknown key {name!r}.{hint} Allowed here: {', '.join(allowed) or 'nothing'}."
    if fault["type"] == "missing":
        return f"{path}:{line}: {name!r} is missing. Add it."
    return f"{path}:{line}: {name}: {fault['msg']}; found {fault['input']!r}."


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    current: Any = model
    for step in location:
        if isinstance(step, str) and isinstance(current, type) and issubclass(current, BaseModel):
            info = current.model_fields.get(step)
            current = _model_in(info.annotation) if info else None
    if isinstance(current, type) and issubclass(current, BaseModel):
        return sorted(current.model_fields)
    return []


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found is not None:
            return found
    return None


def _allowed(model: type[BaseModel]) -> str:
    return ", ".join(sorted(model.model_fields))


def _mark(fault: yaml.YAMLError) -> str:
    mark = getattr(fault, "problem_mark", None)
    return f":{mark.line + 1}:{mark.column + 1}" if mark else ""


def _problem(fault: yaml.YAMLError) -> str:
    return str(getattr(fault, "problem", None) or fault)
