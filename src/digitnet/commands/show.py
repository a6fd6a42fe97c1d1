"""`digitnet recipes` and `digitnet show`."""

from __future__ import annotations

from typing import Annotated

import typer

from digitnet.commands.shared import training
from digitnet.messages import say


def show(
    recipe: Annotated[str, typer.Argument(help="Which recipe; see `digitnet recipes`.")],
    mermaid: Annotated[
        bool, typer.Option("--mermaid", help="Print only the flow chart, in Mermaid's language.")
    ] = False,
) -> None:
    """Show a recipe: its network as a table, its training as a flow chart."""
    from digitnet.flowchart import flow_chart
    from digitnet.training.recipe import find_recipe

    found = find_recipe(recipe)
    chart = flow_chart(found)
    if mermaid:
        typer.echo(chart.to_mermaid())
        return
    training()
    from digitnet import console
    from digitnet.networks import NETWORKS, layers

    console.line(say(found.purpose), style="bold")
    console.line()
    console.show_layers(layers(NETWORKS[found.network](dropout=found.dropout)))
    console.line()
    console.line(chart.to_text())


def recipes() -> None:
    """List the recipes: what each is for, and what it reaches."""
    from digitnet import console
    from digitnet.training.recipe import RECIPES

    console.show_recipes(list(RECIPES.values()))
