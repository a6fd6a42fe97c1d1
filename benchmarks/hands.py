"""Digits read wrong of other hands: those of handwriting fonts.

MNIST was written in the United States. Pages and single digits are composed as for the benchmark
``reading``, but of the digits of fonts that look like handwriting: French, Japanese and Polish ones
among them, with the 1 that has an upstroke and the crossed 7. Nothing that ships has learnt from
them. In one font a digit looks always the same; pens, slants and bends are the composer's, so this
is a spot check and not a measure of people.

The fonts are found by name, in the folders given. Debian has them: fonts-aoyagi-soseki fonts-breip
fonts-bwht fonts-comic-neue fonts-dancingscript fonts-dkg-handwriting fonts-ecolier-court
fonts-havana fonts-humor-sans fonts-kaushanscript fonts-kiloji fonts-klee fonts-kouzan-mouhitsu
fonts-kristi fonts-leckerli-one fonts-rufscript fonts-seto fonts-sjfonts fonts-tomsontalks
fonts-yozvox-yozfont-antique fonts-yusei-magic
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks._readers import assemble
from benchmarks.reading import OURS_ONLY, PAGES, SINGLES, Measurement, header, table
from digitnet.datasets import Digits
from digitnet.glyph import place
from digitnet.pages import CONDITIONS, SINGLE_KINDS, compose, compose_single

HANDS = (
    "aoyagi-soseki", "BecauseWeBuild-Regular", "BecauseWeConnect-Regular",
    "BecauseWeCreate-Regular", "BecauseWeLearn-Regular", "BecauseWeMentor-Regular",
    "BecauseWeOrganize-Regular", "Breip", "ComicNeue-Regular", "DancingScript-Regular", "Delphine",
    "dkg", "Ecolier-court", "Havana-Regular", "Humor-Sans", "KaushanScript-Regular", "kiloji",
    "KleeOne-Regular", "kouzan-mouhitsu", "kouzan-mouhitsu-gyosho", "Kristi", "LeckerliOne-Regular",
    "Rufscript010", "setofont", "SteveHand", "TomsonTalks", "YOzBAF", "YuseiMagic-Regular",
)  # fmt: skip
"""The files of the fonts, without their endings."""
FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
SIZE = 96  # pixels of a font's height
CANVAS = 3 * SIZE  # pixels a side: a digit may reach beyond its line


def main(arguments: Sequence[str]) -> int:
    """Measure, and print the tables."""
    options = _options(arguments)
    fonts = find_fonts(options.fonts)
    missing = [name for name in HANDS if name not in fonts]
    if not fonts:
        print("None of the fonts is there; --help says where they come from.", file=sys.stderr)
        return 2
    digits = digits_of(fonts.values())
    readers = assemble(ours_only=options.ours_only, peers_only=False)
    names = [reader.name for reader in readers]
    many = OURS_ONLY if options.ours_only else 1
    pages = PAGES * many if options.pages is None else options.pages
    singles = SINGLES * many if options.singles is None else options.singles
    measure = Measurement(digits, readers, options.seed, options.failures)
    on_pages = measure.run(CONDITIONS if pages else (), pages, compose, single=False)
    on_singles = measure.run(SINGLE_KINDS if singles else (), singles, compose_single, single=True)
    print(header(readers, f"digits of fonts: {len(fonts)}"))
    if missing:
        print(f"not there: {', '.join(missing)}")
    for title, tallies in (("pages", on_pages), ("single digits", on_singles)):
        if tallies:
            print(f"\n{table(title, tallies, names)}")
    return 0


def find_fonts(folders: Iterable[Path]) -> dict[str, Path]:
    """The fonts in some folders, and in those within, that `HANDS` names."""
    files = sorted(file for folder in folders for file in folder.rglob("*.[ot]tf"))
    found = {file.stem: file for file in files}
    return {name: found[name] for name in HANDS if name in found}


def digits_of(fonts: Iterable[Path]) -> Digits:
    """The ten digits of every font, placed as MNIST's are."""
    images = [_digit(font, digit) for font in fonts for digit in range(10)]
    labels = np.arange(len(images)) % 10
    return Digits(np.stack(images), labels.astype(np.uint8))


def _digit(font: Path, digit: int) -> NDArray[np.uint8]:
    canvas = Image.new("L", (CANVAS, CANVAS))
    middle = (CANVAS // 2, CANVAS // 2)
    face = ImageFont.truetype(font, SIZE)
    ImageDraw.Draw(canvas).text(middle, str(digit), fill=255, font=face, anchor="mm")
    return place(np.asarray(canvas))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks hands",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--fonts", type=Path, nargs="+", default=FOLDERS, metavar="FOLDER")
    parser.add_argument("--pages", type=int, help=f"pages a condition (default {PAGES})")
    parser.add_argument("--singles", type=int, help=f"digits a kind (default {SINGLES})")
    parser.add_argument("--seed", type=int, default=0, help="of the first picture")
    parser.add_argument("--ours-only", action="store_true", help="more pictures, no peers")
    parser.add_argument(
        "--failures", type=Path, metavar="FOLDER", help="save the pictures the first reader misread"
    )
    return parser.parse_args(arguments)
