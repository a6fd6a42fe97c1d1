"""Bring what digitnet says in English into the Chinese catalogue, and compile all catalogues.

    python tools/build_catalogue.py

Then write what is wanted into `src/digitnet/locale/zh/LC_MESSAGES/digitnet.po`, and run it again.
Sentences are what `say` and the errors are given, helps and purposes, and the docstrings of
commands. Tests hold the catalogue against the source, and what is compiled against the catalogue.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from digitnet import errors
from digitnet.files import write_atomically

PACKAGE = Path(errors.__file__).parent
CATALOGUES = PACKAGE / "locale/zh/LC_MESSAGES"
OURS = CATALOGUES / "digitnet.po"
WIDTH = 100

ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type)}
SPOKEN = ERRORS | {"say"}
SAID_SECOND = {"ServiceError"}  # behind the status
SAID_BY_NAME = ("help", "purpose")
COMMANDS = "commands"  # the folder whose functions are commands
NO_COMMANDS = "shared.py"


def sources() -> list[Path]:
    """Return the files in which there are sentences."""
    return sorted(PACKAGE.rglob("*.py"))


def sentences(source: Path) -> Iterator[str]:
    """Yield what a file says."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for said in _said(node):
                yield from _literals(said)
    if source.parent.name == COMMANDS and source.name != NO_COMMANDS:
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef) and not statement.name.startswith("_"):
                yield str(ast.get_docstring(statement))


def _said(call: ast.Call) -> Iterable[ast.expr]:
    """What of a call is a sentence, or a choice between two."""
    name = str(getattr(call.func, "id", None) or getattr(call.func, "attr", ""))
    if name in SPOKEN and call.args:
        yield call.args[1 if name in SAID_SECOND else 0]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in SAID_BY_NAME)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def _catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh")


def translated(path: Path) -> dict[str | tuple[str, ...], str]:
    """Return the sentences of a .po file by the English ones: by two where one has a plural."""
    return {
        # Chinese has one form, in a tuple where English has two.
        message.id if isinstance(message.id, str) else tuple(message.id): "".join(
            message.string or ""
        )
        for message in _catalogue(path)
        if message.id
    }


def update() -> None:
    """Let the catalogue hold what the source says, no more and no less."""
    template = Catalog()
    for source in sources():
        for sentence in sentences(source):
            template.add(sentence, locations=[(source.relative_to(PACKAGE).as_posix(), 0)])
    catalogue = _catalogue(OURS)
    created = catalogue.creation_date
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.creation_date = created  # not that of today's template
    for message in catalogue:
        # “95% interval” is no format: ours have braces.
        message.flags.discard("python-format")
    content = BytesIO()
    write_po(
        content, catalogue, WIDTH, ignore_obsolete=True, include_lineno=False, sort_by_file=True
    )
    write_atomically(OURS, lambda new: new.write_bytes(content.getvalue()))


def compile_all() -> None:
    """Write the .mo file beside every .po file: that is what gettext reads."""
    for path in CATALOGUES.glob("*.po"):
        catalogue = _catalogue(path)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)


if __name__ == "__main__":
    update()
    compile_all()
    for english, chinese in translated(OURS).items():
        if not chinese:
            print(f"Wanted: {english}")
