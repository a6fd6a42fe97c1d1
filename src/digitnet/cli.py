"""The command line: each command parses, calls one function, and prints."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitnet.errors import DigitnetError, UsageError
from digitnet.messages import choose_language, say, say_error

if TYPE_CHECKING:
    from digitnet.reading.files import FileReading

app = typer.Typer(
    help="Handwritten digits: train on them, read them, look inside.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data_app = typer.Typer(help="The data sets: what is here, is it whole, get more.")
app.add_typer(data_app, name="data", no_args_is_help=True)


class Device(StrEnum):
    """Where to compute."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


class Precision(StrEnum):
    """How to compute."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BF16 = "bf16"


class Engine(StrEnum):
    """What reads many pictures."""

    LOCAL = "local"
    RAY = "ray"


DRAWN_MISTAKES = 50

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
DataPath = Annotated[
    str | None,
    typer.Option(
        "--data",
        help="Your own digits instead of MNIST: class folders, IDX, CSV, npz, Parquet or Arrow.",
    ),
]


@app.command()
def train(
    recipe: Annotated[
        str | None, typer.Argument(help="What to train; see `digitnet recipes`. Default: tutorial.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the run. Default: the next free runs/RECIPE-N.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same weights. Default: 0.")
    ] = (None),
    steps: Annotated[int | None, typer.Option(help="Instead of the recipe's number.")] = None,
    data: DataPath = None,
    device: Annotated[Device, typer.Option(help="auto takes CUDA where there is some.")] = (
        Device.AUTO
    ),
    precision: Annotated[
        Precision, typer.Option(help="auto takes bf16 where the processor has it.")
    ] = Precision.AUTO,
    checkpoint_every: Annotated[
        int | None,
        typer.Option(help="Steps between checkpoints; there is one every 20 s too. Default: 500."),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Go on with a run that was stopped or killed."),
    ] = None,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Also write event files for TensorBoard.")
    ] = False,
    ensemble: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Train so many networks, one after the other, and average them."
        ),
    ] = None,
) -> None:
    """Train a network, with live progress, into a run folder."""
    from digitnet import console
    from digitnet.training.recipe import DEFAULT_RECIPE

    session_module = _training()
    if os.environ.get("RANK", "0") != "0":
        console.be_quiet()  # Under torchrun the first process speaks for all.
    settings = {
        "out": out,
        "seed": seed,
        "steps": steps,
        "data": data,
        "checkpoint_steps": checkpoint_every,
        "device": None if device is Device.AUTO else device.value,
        "precision": None if precision is Precision.AUTO else precision.value,
    }
    given = {name: value for name, value in settings.items() if value is not None}
    several = ensemble is not None
    if resume is not None:
        run = session_module.Run(resume)
        several = several or run.settings.members > 1
    if several and tensorboard:
        raise UsageError("--tensorboard and ensembles do not go together.")
    if resume is not None:
        _check_resume(
            run.settings.recipe.name, recipe, given | ({"ensemble": 1} if ensemble else {})
        )
        if run.finished:
            console.line(say("{folder} is finished already.", folder=resume))
            console.show_result(run.summary)
            return
        if run.settings.members > 1:
            _train_ensemble(_ensemble().resume(resume))
            return
        console.show_patience(run.settings.recipe)
        session = session_module.Session.resume(resume)
    else:
        chosen = session_module.find_recipe(recipe or DEFAULT_RECIPE)
        if ensemble is not None:
            _train_ensemble(_ensemble().start(chosen, ensemble, **given))
            return
        console.show_patience(chosen)
        session = session_module.Session.start(chosen, **given)
    console.show_start(session)
    events = _event_writer(session) if tensorboard and session.trainer.world.leads else None
    try:
        with ExitStack() as stack:
            views: list[Any] = [
                stack.enter_context(console.TrainingView(session.trainer.recipe.steps))
            ]
            if events is not None:
                views.append(stack.enter_context(events))
            run = session.train(
                on_step=_each([view.on_step for view in views]),
                on_evaluation=_each([view.on_evaluation for view in views]),
            )
    except session_module.Interrupted as stop:
        raise _stopped(stop) from stop
    if session.trainer.world.leads:
        console.show_result(run.summary)
        console.show_run(run.folder, may_evaluate=not run.settings.recipe.strips)


def _ensemble() -> Any:
    from digitnet.training.ensemble import Ensemble

    return Ensemble


def _train_ensemble(ensemble: Any) -> None:
    from digitnet import console
    from digitnet.training.interrupt import Interrupted

    console.show_ensemble(ensemble)
    steps = ensemble.settings.members * ensemble.settings.recipe.steps
    try:
        with console.TrainingView(steps) as view:
            run = ensemble.train(
                on_step=view.on_step, on_evaluation=view.on_evaluation, on_member=view.on_member
            )
    except Interrupted as stop:
        raise _stopped(stop) from stop
    console.show_result(run.summary)
    console.show_run(run.folder)


def _stopped(stop: Any) -> typer.Exit:
    from digitnet import console

    console.line(
        say(
            "Stopped after {step} steps. To go on: digitnet train --resume {folder}",
            step=stop.step,
            folder=stop.folder,
        )
    )
    return typer.Exit(128 + stop.signal_number)


def _each(watchers: list[Callable[[Any], None]]) -> Callable[[Any], None]:
    def watch(progress: Any) -> None:
        for watcher in watchers:
            watcher(progress)

    return watch


def _event_writer(session: Any) -> Any:
    from digitnet.training.tensorboard import EventWriter

    return EventWriter(session.run.folder, session.trainer.step)


def _check_resume(recorded: str, recipe: str | None, given: dict[str, Any]) -> None:
    if recipe not in (None, recorded):
        raise UsageError(
            "That run is of recipe {recorded}, not {recipe}; "
            "to go on with it, leave the recipe out.",
            recorded=recorded,
            recipe=recipe,
        )
    if given:
        raise UsageError(
            "--resume goes on with everything as it was; leave out {options}.",
            options=", ".join(
                "--" + name.replace("checkpoint_steps", "checkpoint-every") for name in given
            ),
        )


def _training() -> Any:
    try:
        from digitnet.training import train
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "Training needs {package}, which is not installed: pip install 'digitnet[train]'",
            package=error.name,
        ) from error
    return train


@app.command()
def evaluate(
    models: Annotated[
        list[Path],
        typer.Argument(
            help="A run folder or a model.onnx, or several to compare.", metavar="RUN|MODEL…"
        ),
    ],
    data: DataPath = None,
    mistakes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also draw the worst mistakes here (PNG, SVG or PDF)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say how good a trained network is: accuracy, confusion, confidence, the worst mistakes."""
    from digitnet.assessment import assess, wrong_in_all

    if mistakes is not None and mistakes.suffix not in (".png", ".svg", ".pdf"):
        raise UsageError("{path} should end in .png, .svg or .pdf.", path=mistakes)
    found = [assess(model, data) for model in models]
    shared = wrong_in_all(found)
    if as_json:
        if len(found) == 1:
            typer.echo(json.dumps(found[0].to_dict()))
        else:
            values = {"models": [each.to_dict() for each in found]}
            typer.echo(json.dumps(values | {"wrong_in_all": shared.tolist()}))
    else:
        from digitnet.console_evaluation import show_assessment, show_several

        if len(found) == 1:
            show_assessment(found[0], own_data=data is not None)
        else:
            show_several(found, shared)
    if mistakes is not None:
        _draw_mistakes(found, shared, mistakes, quiet=as_json)


def _draw_mistakes(found: list[Any], shared: Any, path: Path, *, quiet: bool) -> None:
    try:
        from digitnet import figures
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "Drawing needs {package}, which is not installed: pip install 'digitnet[report]'",
            package=error.name,
        ) from error
    from digitnet import console
    from digitnet.assessment import mean_probabilities

    if not len(shared):
        message = say("There is no mistake to draw.")
    else:
        chosen = shared[:DRAWN_MISTAKES]
        with figures.drawable_language():
            drawn = figures.mistakes(found[0].digits, mean_probabilities(found), chosen)
            figures.save(drawn, path)
        message = say(
            "{count} of them are drawn in {path}: label → answer, and how sure.",
            count=len(chosen),
            path=path,
        )
    if not quiet:
        console.line(message)


@app.command()
def report(
    runs: Annotated[
        list[Path], typer.Argument(help="One run folder, or several to compare.", metavar="RUN…")
    ],
    figures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also write the figures here, as SVG and PNG."),
    ] = None,
) -> None:
    """Write what a run did and what its network sees as one HTML file, or compare runs."""
    from digitnet import console

    try:
        from digitnet import report as reports
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "Reports need {package}, which is not installed: pip install 'digitnet[report]'",
            package=error.name,
        ) from error
    path = reports.report(runs[0], figures) if len(runs) == 1 else reports.compare(runs, figures)
    console.line(say("The report is {path}; open it in a browser.", path=path))
    if figures is not None:
        console.line(say("Its figures are in {folder}, as SVG and PNG.", folder=figures))


@app.command()
def read(
    images: Annotated[
        list[str], typer.Argument(help="Pictures of any common format; - is standard input.")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per picture.")
    ] = False,
    annotate: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also draw what was read onto copies of the pictures."),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="An ONNX file or a run folder, instead of our own model.")
    ] = None,
    min_confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Put ? in place of a digit less sure than this.")
    ] = 0.0,
    engine: Annotated[
        Engine,
        typer.Option(help="ray reads an archive (folder, pattern, list or Parquet) into --out."),
    ] = Engine.LOCAL,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="With ray: folder for the Parquet shards.")
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="With ray: the cluster's address. Default: this machine.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="With ray: go on with the job in --out.")
    ] = False,
) -> None:
    """Read the handwritten digits on pictures."""
    if engine is Engine.RAY:
        if len(images) != 1 or out is None or as_json or annotate:
            raise UsageError(
                "--engine ray takes one archive and --out, and neither --json nor --annotate."
            )
        _read_archive(images[0], out, model, min_confidence, address, resume=resume)
        return
    if out is not None or address is not None or resume:
        raise UsageError("--out, --address and --resume go with --engine ray.")
    # Without the console module: a tenth of a second counts where the whole takes half a one.
    from digitnet.reading.files import read_files

    failed = False
    for result in read_files(
        images, model=model, min_confidence=min_confidence, annotate_into=annotate
    ):
        failed |= result.error is not None
        if as_json:
            typer.echo(json.dumps(result.to_dict(say_error), ensure_ascii=False))
        else:
            _print_reading(result, name_it=len(images) > 1)
    if failed:
        raise typer.Exit(1)


def _read_archive(
    source: str,
    out: str,
    model: Path | None,
    min_confidence: float,
    address: str | None,
    *,
    resume: bool,
) -> None:
    try:
        from digitnet.cluster.read import read_archive
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "--engine ray needs {package}, which is not installed: pip install 'digitnet[cluster]'",
            package=error.name,
        ) from error
    from digitnet import console

    try:
        with console.JobView() as view:
            for progress in read_archive(
                source,
                out,
                model=model,
                min_confidence=min_confidence,
                address=address,
                resume=resume,
            ):
                view.on_progress(progress)
    except KeyboardInterrupt:
        console.line(
            say("Stopped. What is finished is in {folder}; go on by --resume.", folder=out)
        )
        raise
    console.show_job(progress, out)


def _print_reading(result: FileReading, *, name_it: bool) -> None:
    from digitnet.reading.decode import STANDARD_ERROR

    if result.reading is None:
        with STANDARD_ERROR:
            _complain(say_error(result.error) if result.error else "")
        return
    if not result.reading.lines:
        with STANDARD_ERROR:
            typer.echo(say("{image}: there is no digit on it.", image=result.image), err=True)
    for line in result.reading.lines:
        typer.echo(f"{result.image}: {line.text}" if name_it else line.text)


@app.command()
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
    _training()
    from digitnet import console
    from digitnet.networks import NETWORKS, layers

    console.line(say(found.purpose), style="bold")
    console.line()
    console.show_layers(layers(NETWORKS[found.network](dropout=found.dropout)))
    console.line()
    console.line(chart.to_text())


@app.command()
def recipes() -> None:
    """List the recipes: what each is for, and what it reaches."""
    from digitnet import console
    from digitnet.training.recipe import RECIPES

    console.show_recipes(list(RECIPES.values()))


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 for all of this machine's.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes; as many as pictures are read at once.")
    ] = 1,
    model: Annotated[
        Path | None, typer.Option(help="An ONNX file or a run folder, instead of our own model.")
    ] = None,
    runs: Annotated[Path, typer.Option(help="The folder whose runs the page shows.")] = Path(
        "runs"
    ),
    token: Annotated[
        str,
        typer.Option(envvar="DIGITNET_TOKEN", help="What clients of the API must send as Bearer."),
    ] = "",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name by which the service is called; repeatable."),
    ] = None,
    allow_origin: Annotated[
        str, typer.Option(metavar="URL", help="A web origin whose pages may call the API.")
    ] = "",
) -> None:
    """Open a page to draw on, and a service to build on."""
    try:
        from digitnet.serving.server import address, serve_until_stopped
        from digitnet.serving.settings import Settings
    except ModuleNotFoundError as error:
        raise DigitnetError(
            "The service needs {package}, which is not installed: pip install 'digitnet[serve]'",
            package=error.name,
        ) from error
    settings = Settings(
        model=str(model or ""),
        runs=str(runs),
        token=token,
        hosts=("localhost", host, *(allow_host or ())),
        origin=allow_origin,
    )

    def announce(port: int) -> None:
        typer.echo(
            say("The page is at {address} (Ctrl-C stops it)", address=address(host, port)), err=True
        )

    serve_until_stopped(settings, host, port, workers, announce)


CacheFolder = Annotated[
    Path | None,
    typer.Option("--folder", help="Where fetched sets lie. Default: the user's cache folder."),
]


@data_app.command("list")
def data_list(folder: CacheFolder = None) -> None:
    """List the data sets: what ships, what was fetched, what can be."""
    from digitnet import console
    from digitnet.datasets.fetch import available

    console.show_available(available(folder))


@data_app.command("verify")
def data_verify(folder: CacheFolder = None) -> None:
    """Check every data set that is here against its checksums."""
    from digitnet import console
    from digitnet.datasets.fetch import verify

    checks = verify(folder)
    console.show_checks(checks)
    if any(check.error for check in checks):
        raise typer.Exit(1)


@data_app.command("fetch")
def data_fetch(
    name: Annotated[str, typer.Argument(help="Which one; see `digitnet data list`.")],
    folder: CacheFolder = None,
) -> None:
    """Download a data set; what was begun goes on where it stopped."""
    from digitnet import console
    from digitnet.datasets.fetch import fetch

    with console.DownloadView() as view:
        place = fetch(name, folder, view.on_progress)
    console.line(say("{name} is in {folder}.", name=name, folder=place))
    console.line(say("Next: digitnet train --data {data}", data=name if folder is None else place))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and exit.

    Exit codes: 0 done, 1 the job failed, 2 the call was wrong, 130 stopped by Ctrl-C.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        choose_language(_take_language(words))
        command = typer.main.get_command(app)
        _translate_help(command)
        code = command.main(words, prog_name="digitnet", standalone_mode=False)
    except DigitnetError as error:
        _complain(say_error(error))
        code = error.exit_code
    except typer.TyperException as error:
        # Without a message it has shown the help instead.
        if message := error.format_message():
            _complain(message)
        code = error.exit_code
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        # Whoever read our output has seen enough, as `head` does.
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


def _take_language(words: list[str]) -> str | None:
    """Take ``--lang X`` out of the words, wherever it stands: it holds for help and errors too."""
    for index, word in enumerate(words):
        if word == "--":
            break
        if word == "--lang":
            wanted = words[index + 1 : index + 2]
            del words[index : index + 2]
            return wanted[0] if wanted else ""
        if word.startswith("--lang="):
            del words[index]
            return word.removeprefix("--lang=")
    return None


def _translate_help(command: Any) -> None:
    command.help = say(command.help or "")
    command.epilog = say("--lang en or --lang zh chooses the language, anywhere on the line.")
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = say(parameter.help)
    for child in getattr(command, "commands", {}).values():
        _translate_help(child)


def _complain(sentence: str) -> None:
    typer.echo(say("Error: {sentence}", sentence=sentence), err=True)
