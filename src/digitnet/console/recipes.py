"""The recipes, and the layers of their networks, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from digitnet.console.folded import Folded
from digitnet.console.output import out, wrapped
from digitnet.messages import say

if TYPE_CHECKING:
    from digitnet.networks import Layer
    from digitnet.training.recipe import Recipe


def show_recipes(recipes: Sequence[Recipe]) -> None:
    """Print each recipe: what it is for and what it reaches."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(say("recipe"), style="bold", no_wrap=True)
    table.add_column(say("steps"), justify="right")
    table.add_column(say("test accuracy"), justify="right", no_wrap=True)
    table.add_column(say("what it is for"))
    for recipe in recipes:
        purpose = Folded(say(recipe.purpose))
        table.add_row(recipe.name, f"{recipe.steps:,}", recipe.reaches, purpose)
    wrapped.print(table)


def show_layers(layers: Sequence[Layer]) -> None:
    """Print a network as a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_footer=True)
    table.add_column(say("layer"), footer=say("all"))
    table.add_column(say("kind"))
    table.add_column(say("output shape"))
    parameters = sum(layer.parameters for layer in layers)
    multiply_adds = sum(layer.multiply_adds for layer in layers)
    table.add_column(say("parameters"), justify="right", footer=f"{parameters:,}")
    table.add_column(say("multiply-adds"), justify="right", footer=f"{multiply_adds:,}")
    for layer in layers:
        shape = " × ".join(str(size) for size in layer.output_shape)
        table.add_row(
            layer.name, layer.kind, shape, f"{layer.parameters:,}", f"{layer.multiply_adds:,}"
        )
    out.print(table)
