"""`digitnet recipes` and `digitnet show`."""

from __future__ import annotations

import click

from digitnet.commands.shared import check_networks
from digitnet.messages import say


@click.command()
@click.argument("recipe", help="Which recipe; see `digitnet recipes`.")
@click.option("--mermaid", is_flag=True, help="Print only the flow chart, in Mermaid's language.")
def show(recipe: str, *, mermaid: bool) -> None:
    """Show a recipe: its network as a table, its training as a chart."""
    from digitnet.flowchart import flow_chart
    from digitnet.training.recipe import find_recipe

    found = find_recipe(recipe)
    chart = flow_chart(found)
    if mermaid:
        click.echo(chart.to_mermaid())
        return
    check_networks()
    from digitnet.console.output import line
    from digitnet.console.recipes import show_layers
    from digitnet.networks import NETWORKS, layers

    line(say(found.purpose), style="bold")
    line()
    show_layers(layers(NETWORKS[found.network](dropout=found.dropout)))
    line()
    line(chart.to_text())


@click.command()
def recipes() -> None:
    """List the recipes: what each is for, and what it reaches."""
    from digitnet.console.recipes import show_recipes
    from digitnet.training.recipe import RECIPES

    show_recipes(list(RECIPES.values()))
