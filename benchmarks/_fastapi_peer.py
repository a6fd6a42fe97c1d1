"""The service that one writes first: FastAPI, Pillow and PyTorch, one digit a picture.

It resizes the picture and asks the same network as ours, with random weights, for they cost the
same. It looks for no ink, reads no second digit, and has no limits: that is the work ours has more.
"""

from __future__ import annotations

import io

import numpy as np
import torch
from fastapi import FastAPI, UploadFile
from PIL import Image

from digitnet.networks import ReaderCNN

app = FastAPI()
model = ReaderCNN().eval()


@app.get("/healthz")
def health() -> dict[str, str]:
    """Say that it answers."""
    return {"status": "ok"}


@app.post("/v1/read")
async def read(file: UploadFile) -> dict[str, float]:
    """Return the digit and its probability."""
    image = Image.open(io.BytesIO(await file.read())).convert("L").resize((28, 28))
    pixels = torch.from_numpy(1 - np.asarray(image, np.float32) / 255)
    with torch.inference_mode():
        probabilities = model(pixels[None, None]).softmax(1)[0, :10]
    digit = int(probabilities.argmax())
    return {"digit": digit, "confidence": float(probabilities[digit])}
