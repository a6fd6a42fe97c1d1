"""What the service bears: load, memory, overload, hostile clients.

    python -m benchmarks serving load       # requests a second, beside FastAPI + PyTorch
    python -m benchmarks serving memory     # 100,000 requests: does the memory stay?
    python -m benchmarks serving overload   # four times the load it bears, and after it
    python -m benchmarks serving hostile    # 5,000 broken, lying and made-up requests

The client is a process of its own on the same machine: it and the service share its processors.
Pictures are MNIST's validation digits as PNG.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Sequence

from benchmarks._load import Figures, Job, ask
from benchmarks._machine import machine, versions
from benchmarks._service import Service, floor, ours, peer, running

WARM_UP = 2.0  # seconds
TIMES_TOO_MUCH = 4
PARTS = 10  # of a long series of requests, between which memory is looked at
OPEN_AT_MOST = 400  # connections, under too much load


def main(arguments: Sequence[str]) -> int:
    """Measure one thing and print it; 1 where the service has failed."""
    options = _options(arguments)
    print(f"{machine()}, which client and service share")
    print(", ".join(f"{name} {version}" for name, version in _versions().items()))
    good: bool = options.measure(options)
    return 0 if good else 1


def load(options: argparse.Namespace) -> bool:
    """Every connection asks again as soon as it is answered: ours, peers, and a floor."""
    print(f"{options.connections} connections, {_pictures(options)}\n")
    print(_HEAD)
    kinds = [(ours(options.workers), options.seconds)]
    if not options.ours_only:
        # The same requests for all: the peer takes its pictures as forms.
        kinds = [(ours(options.workers), options.seconds)] + [
            (kind, options.peer_seconds)
            for kind in (
                ours(options.workers),
                *(peer(n) for n in {1, options.workers}),
                floor(options.workers),
            )
        ]
    rates: dict[str, float] = {}
    good = True
    for number, (kind, seconds) in enumerate(kinds):
        with running(kind) as service:
            job = Job(
                service.port, options.connections, seconds, form=number > 0, side=options.side
            )
            figures = _warm(job)
            name = f"{service.name}{', forms' if job.form else ''}"
            rates[name] = figures.rate
            print(_row(name, figures), flush=True)
            good &= number > 1 or not _failed(figures)
    if not options.ours_only:
        names = list(rates)
        mine, *peers, nothing = names[1:]
        best = max(peers, key=lambda name: rates[name])
        times, most = rates[mine] / rates[best], rates[nothing] / rates[best]
        print(f"\nWith forms: {times:.1f} times the faster of the peers ({best});")
        print(f"FastAPI alone, which reads nothing: {most:.1f} times.")
    return good


def memory(options: argparse.Namespace) -> bool:
    """Print the memory of all processes of the service every 10,000 requests."""
    with running(ours(options.workers)) as service:
        print(f"{service.name}, {options.connections} connections, {_pictures(options)}\n")
        print("  requests        MB   req/s   errors")
        good, asked = True, 0
        step = max(1, options.requests // PARTS)
        print(f"{0:>10,} {service.megabytes():>9.1f}", flush=True)
        while asked < options.requests:
            job = Job(service.port, options.connections, 600, step, side=options.side)
            figures = ask(job)
            asked += figures.answered
            good &= not _failed(figures)
            row = f"{asked:>10,} {service.megabytes():>9.1f} {figures.rate:>7,.0f}"
            print(f"{row} {figures.errors:>8}", flush=True)
    return good


def overload(options: argparse.Namespace) -> bool:
    """Find the rate that is borne, ask four times as often, and then at half of it again."""
    with running(ours(options.workers)) as service:
        borne = _warm(Job(service.port, options.connections, options.seconds / 3))
        print(f"{service.name}, {_pictures(options)}: {borne.rate:,.0f} requests/s are borne\n")
        print(_HEAD + "   refused  refused p99")
        good = not _failed(borne)
        for name, times in (("four times as many", TIMES_TOO_MUCH), ("half as many, after", 0.5)):
            job = Job(service.port, OPEN_AT_MOST, options.seconds, rate=times * borne.rate)
            figures = ask(job)
            refused = figures.statuses.get("503", 0)
            row = f"{_row(name, figures)} {refused:>9,}  {figures.refusal_p99:>8.1f} ms"
            print(row, flush=True)
            good &= not _failed(figures, allow_503=times > 1)
    return good


def hostile(options: argparse.Namespace) -> bool:
    """Send requests of many kinds that nobody should send, and look at the memory meanwhile."""
    from benchmarks._hostile import attack

    with running(ours(options.workers)) as service:
        print(f"{service.name}, {options.requests:,} hostile requests\n\n  requests        MB")
        print(f"{0:>10,} {service.megabytes():>9.1f}", flush=True)
        answers: Counter[str] = Counter()
        for part in range(PARTS):
            answers += attack(service.port, options.requests // PARTS, options.seed + part)
            print(f"{sum(answers.values()):>10,} {service.megabytes():>9.1f}", flush=True)
        print()
        for answer, count in sorted(answers.items()):
            print(f"{answer:<12} {count:>7,}")
        alive = _answers(service)
        print("The service answers as before." if alive else "The service answers no more.")
        server_errors = [a for a in answers if a.startswith("5") and a != "503"]
    return alive and not server_errors and "hung" not in answers


_HEAD = f"{'':<36} req/s  median     p99 longest  errors  hung"


def _row(name: str, figures: Figures) -> str:
    times = f"{figures.median:>6.1f} {figures.p99:>7.1f} {figures.longest:>6.1f}"
    return f"{name:<36}{figures.rate:>6,.0f} {times} ms {figures.errors:>6} {figures.hung:>5}"


def _warm(job: Job) -> Figures:
    ask(Job(job.port, job.connections, WARM_UP, form=job.form, side=job.side))
    return ask(job)


def _failed(figures: Figures, *, allow_503: bool = False) -> bool:
    others = set(figures.statuses) - ({"200", "503"} if allow_503 else {"200"})
    return bool(others or figures.errors or figures.hung or figures.without_retry_after)


def _answers(service: Service) -> bool:
    return not _failed(ask(Job(service.port, 4, 2.0)))


def _pictures(options: argparse.Namespace) -> str:
    return f"single digits of {options.side}×{options.side} pixels"


def _versions() -> dict[str, str]:
    return versions("fastapi", "uvicorn", "onnxruntime", "torch")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks serving",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = parser.add_subparsers(required=True, metavar="load|memory|overload|hostile")
    for measure in (load, memory, overload, hostile):
        part = parts.add_parser(measure.__name__, help=(measure.__doc__ or "").splitlines()[0])
        part.set_defaults(measure=measure)
        part.add_argument("--workers", type=int, default=os.cpu_count() or 1)
        part.add_argument("--side", type=int, default=28, help="pixels of a picture's side")
        part.add_argument("--connections", type=int, default=16)
        if measure in (load, overload):
            seconds = 60 if measure is load else 20
            part.add_argument("--seconds", type=float, default=seconds)
        if measure is load:
            part.add_argument("--ours-only", action="store_true")
            part.add_argument("--peer-seconds", type=float, default=20)
        if measure in (memory, hostile):
            requests = 100_000 if measure is memory else 5_000
            part.add_argument("--requests", type=int, default=requests)
        if measure is hostile:
            part.add_argument("--seed", type=int, default=0)
    return parser.parse_args(arguments)
