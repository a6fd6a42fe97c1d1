"""The networks, each in one screenful, with the shape of every value in the margin.

They take pixels as float (N, 1, 28, 28), 0 for paper to 1 for full ink, and give logits
(N, classes); the last takes strips four times as wide, and gives logits for every other column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from digitnet.classes import CLASSES, TRANSCRIPT_CLASSES
from digitnet.glyph import SIDE
from digitnet.operators import Dropout, GreyConv2d, max_pool_relu
from digitnet.strip import HEIGHT, WIDTH


class TutorialCNN(nn.Module):
    """The tutorial's network: two 5×5 convolutions with pooling, a dense layer of 1,024, dropout.

    3,274,634 parameters, 99% of them in the dense layer. Weights start from Glorot's uniform
    distribution and biases from zero, as `tf.layers` does (Glorot and Bengio, *Understanding the
    difficulty of training deep feedforward neural networks*, AISTATS 2010).

    Args:
        dropout: the share of the dense layer's 1,024 values that are set to zero while training.
    """

    def __init__(self, dropout: float = 0.5) -> None:
        super().__init__()
        self.conv1 = GreyConv2d(1, 32, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=5, padding=2)
        self.dense = nn.Linear(7 * 7 * 64, 1024)
        self.dropout = Dropout(dropout)
        self.logits = nn.Linear(1024, 10)
        for name, parameter in self.named_parameters():
            if name.endswith("weight"):
                nn.init.xavier_uniform_(parameter)
            else:
                nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, 10) for pixels (N, 1, 28, 28) in 0…1."""
        x = max_pool_relu(self.conv1(x))  # (N, 32, 14, 14)
        x = max_pool_relu(self.conv2(x))  # (N, 64, 7, 7)
        x = F.relu(self.dense(x.flatten(1)))  # (N, 1024)
        logits: Tensor = self.logits(self.dropout(x))  # (N, 10)
        return logits


class FastCNN(nn.Module):
    """The network that learns fastest: three small convolutions, the first with stride 3.

    34,298 parameters and 521,216 multiply-adds an image, 27 times fewer than the tutorial's. What
    costs time in a network so small is not arithmetic but the memory that its values pass through,
    so the first filters are large and go three pixels at a time: 8×8 places instead of 28×28. There
    is no pooling and no padding, and the last maps go to the logits as they are (after Jordan,
    *94% on CIFAR-10 in 3.29 seconds on a single GPU*, 2024).

    Args:
        dropout: the share of the last feature map's 1,024 values set to zero while training; a run
            that sees each digit once needs none.
    """

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.conv1 = GreyConv2d(1, 16, kernel_size=7, stride=3, bias=False)
        self.norm1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=3, bias=False)
        self.norm2 = nn.BatchNorm2d(32)
        self.conv3 = nn.Conv2d(32, 64, kernel_size=3, bias=False)
        self.norm3 = nn.BatchNorm2d(64)
        self.dropout = nn.Dropout(dropout)
        self.logits = nn.Linear(4 * 4 * 64, 10)
        # Small logits at first: no answer is taken for sure before anything is learned.
        with torch.no_grad():
            self.logits.weight.mul_(0.3)
            self.logits.bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, 10) for pixels (N, 1, 28, 28) in 0…1."""
        x = F.relu(self.norm1(self.conv1(x)))  # (N, 16, 8, 8)
        x = F.relu(self.norm2(self.conv2(x)))  # (N, 32, 6, 6)
        x = F.relu(self.norm3(self.conv3(x)))  # (N, 64, 4, 4)
        # Flattened in the order in which they lie in memory, which spares a copy there and back.
        x = self.dropout(x.permute(0, 2, 3, 1).flatten(1))  # (N, 1024)
        logits: Tensor = self.logits(x)  # (N, 10)
        return logits


class DeepCNN(nn.Module):
    """The most accurate network for a CPU: six small convolutions with batch norm.

    449,482 parameters and 13.4 million multiply-adds an image, as many as the tutorial's. Five of
    the convolutions are 3×3, the last two without padding: what was found where still counts in the
    dense layer, and there is no pooling that would lose it (after An et al., *An ensemble of simple
    convolutional neural network models for MNIST digit recognition*, 2020). Batch norm (Ioffe and
    Szegedy, ICML 2015) folds into the convolutions on export.

    Args:
        dropout: the share of the last feature map's values set to zero while training.
        widths: the number of filters of each convolution.
    """

    def __init__(
        self,
        dropout: float = 0.3,
        widths: tuple[int, int, int, int, int, int] = (32, 48, 96, 96, 128, 160),
    ) -> None:
        super().__init__()
        a, b, c, d, e, f = widths
        self.conv1 = GreyConv2d(1, a, kernel_size=5, stride=2, padding=2, bias=False)
        self.norm1 = nn.BatchNorm2d(a)
        self.conv2 = nn.Conv2d(a, b, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(b)
        self.conv3 = nn.Conv2d(b, c, kernel_size=3, stride=2, padding=1, bias=False)
        self.norm3 = nn.BatchNorm2d(c)
        self.conv4 = nn.Conv2d(c, d, kernel_size=3, padding=1, bias=False)
        self.norm4 = nn.BatchNorm2d(d)
        self.conv5 = nn.Conv2d(d, e, kernel_size=3, bias=False)
        self.norm5 = nn.BatchNorm2d(e)
        self.conv6 = nn.Conv2d(e, f, kernel_size=3, bias=False)
        self.norm6 = nn.BatchNorm2d(f)
        self.dropout = Dropout(dropout)
        self.logits = nn.Linear(3 * 3 * f, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, 10) for pixels (N, 1, 28, 28) in 0…1."""
        x = F.relu(self.norm1(self.conv1(x)))  # (N, 32, 14, 14)
        x = F.relu(self.norm2(self.conv2(x)))  # (N, 48, 14, 14)
        x = F.relu(self.norm3(self.conv3(x)))  # (N, 96, 7, 7)
        x = F.relu(self.norm4(self.conv4(x)))  # (N, 96, 7, 7)
        x = F.relu(self.norm5(self.conv5(x)))  # (N, 128, 5, 5)
        x = F.relu(self.norm6(self.conv6(x)))  # (N, 160, 3, 3)
        x = self.dropout(x.flatten(1))  # (N, 1440)
        logits: Tensor = self.logits(x)  # (N, 10)
        return logits


class LargeCNN(nn.Module):
    """A network for a GPU: seven 3×3 convolutions with batch norm, on three sizes of image.

    1,758,000 parameters and 107 million multiply-adds an image, eight times those of `DeepCNN`:
    the first two convolutions see the image as it is, where half of the work is done (after
    Simonyan and Zisserman, *Very deep convolutional networks*, ICLR 2015; strides for pooling).

    Args:
        dropout: the share of the last feature map's 2,304 values set to zero while training.
        classes: the number of logits.
    """

    def __init__(self, dropout: float = 0.3, classes: int = 10) -> None:
        super().__init__()
        self.conv1 = GreyConv2d(1, 64, kernel_size=3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(64)
        self.conv2 = nn.Conv2d(64, 64, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(64)
        self.conv3 = nn.Conv2d(64, 128, kernel_size=3, stride=2, padding=1, bias=False)
        self.norm3 = nn.BatchNorm2d(128)
        self.conv4 = nn.Conv2d(128, 128, kernel_size=3, padding=1, bias=False)
        self.norm4 = nn.BatchNorm2d(128)
        self.conv5 = nn.Conv2d(128, 256, kernel_size=3, stride=2, padding=1, bias=False)
        self.norm5 = nn.BatchNorm2d(256)
        self.conv6 = nn.Conv2d(256, 256, kernel_size=3, bias=False)
        self.norm6 = nn.BatchNorm2d(256)
        self.conv7 = nn.Conv2d(256, 256, kernel_size=3, bias=False)
        self.norm7 = nn.BatchNorm2d(256)
        self.dropout = Dropout(dropout)
        self.logits = nn.Linear(3 * 3 * 256, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, classes) for pixels (N, 1, 28, 28) in 0…1."""
        x = F.relu(self.norm1(self.conv1(x)))  # (N, 64, 28, 28)
        x = F.relu(self.norm2(self.conv2(x)))  # (N, 64, 28, 28)
        x = F.relu(self.norm3(self.conv3(x)))  # (N, 128, 14, 14)
        x = F.relu(self.norm4(self.conv4(x)))  # (N, 128, 14, 14)
        x = F.relu(self.norm5(self.conv5(x)))  # (N, 256, 7, 7)
        x = F.relu(self.norm6(self.conv6(x)))  # (N, 256, 5, 5)
        x = F.relu(self.norm7(self.conv7(x)))  # (N, 256, 3, 3)
        x = self.dropout(x.flatten(1))  # (N, 2304)
        logits: Tensor = self.logits(x)  # (N, classes)
        return logits


class ReaderCNN(nn.Module):
    """The reader's network: five small convolutions with batch norm, three of them with stride 2.

    507,000 parameters and 8.1 million multiply-adds an image. Striding instead of pooling halves
    the image early, and batch norm folds into the convolutions on export (Ioffe and Szegedy,
    *Batch normalization*, ICML 2015), so that reading costs five convolutions and one dense layer.

    Args:
        dropout: the share of the last feature map's 2,560 values set to zero while training.
    """

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.conv1 = GreyConv2d(1, 32, kernel_size=5, stride=2, padding=2, bias=False)
        self.norm1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 32, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(32)
        self.conv3 = nn.Conv2d(32, 64, kernel_size=3, stride=2, padding=1, bias=False)
        self.norm3 = nn.BatchNorm2d(64)
        self.conv4 = nn.Conv2d(64, 96, kernel_size=3, padding=1, bias=False)
        self.norm4 = nn.BatchNorm2d(96)
        self.conv5 = nn.Conv2d(96, 160, kernel_size=3, stride=2, padding=1, bias=False)
        self.norm5 = nn.BatchNorm2d(160)
        self.dropout = Dropout(dropout)
        self.logits = nn.Linear(4 * 4 * 160, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, 111), see `digitnet.classes`, for pixels (N, 1, 28, 28) in 0…1."""
        x = F.relu(self.norm1(self.conv1(x)))  # (N, 32, 14, 14)
        x = F.relu(self.norm2(self.conv2(x)))  # (N, 32, 14, 14)
        x = F.relu(self.norm3(self.conv3(x)))  # (N, 64, 7, 7)
        x = F.relu(self.norm4(self.conv4(x)))  # (N, 96, 7, 7)
        x = F.relu(self.norm5(self.conv5(x)))  # (N, 160, 4, 4)
        x = self.dropout(x.flatten(1))  # (N, 2560)
        logits: Tensor = self.logits(x)  # (N, 111)
        return logits


class DoubtCNN(LargeCNN):
    """The network that is asked where the reader's is in doubt, and that teaches it: the large one.

    1,991,000 parameters and 107 million multiply-adds an image, 13 times the reader's.

    Args:
        dropout: the share of the last feature map's values set to zero while training.
    """

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__(dropout, classes=CLASSES)


class StripCNN(nn.Module):
    """The network that reads several digits at once: a strip goes in, a row of answers comes out.

    661,227 parameters and 87.1 million multiply-adds a strip. Convolutions halve the width once and
    the height until a single row is left, so that each of the 56 columns answers for two columns of
    pixels and has seen 45: a digit and its neighbours. No cut is made anywhere, which is what
    touching digits need (Graves et al., *Connectionist temporal classification*, ICML 2006).

    Args:
        dropout: the share of the last feature map's values set to zero while training.
    """

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.conv1 = GreyConv2d(1, 32, kernel_size=5, stride=2, padding=2, bias=False)
        self.norm1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 48, kernel_size=3, stride=(2, 1), padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(48)
        self.conv3 = nn.Conv2d(48, 64, kernel_size=3, padding=1, bias=False)
        self.norm3 = nn.BatchNorm2d(64)
        self.conv4 = nn.Conv2d(64, 64, kernel_size=3, padding=1, bias=False)
        self.norm4 = nn.BatchNorm2d(64)
        self.conv5 = nn.Conv2d(64, 96, kernel_size=3, stride=(2, 1), padding=1, bias=False)
        self.norm5 = nn.BatchNorm2d(96)
        self.conv6 = nn.Conv2d(96, 96, kernel_size=3, padding=1, bias=False)
        self.norm6 = nn.BatchNorm2d(96)
        self.conv7 = nn.Conv2d(96, 160, kernel_size=(4, 3), padding=(0, 1), bias=False)
        self.norm7 = nn.BatchNorm2d(160)
        self.conv8 = nn.Conv2d(160, 160, kernel_size=(1, 5), padding=(0, 2), bias=False)
        self.norm8 = nn.BatchNorm2d(160)
        self.conv9 = nn.Conv2d(160, 160, kernel_size=(1, 5), padding=(0, 2), bias=False)
        self.norm9 = nn.BatchNorm2d(160)
        self.dropout = Dropout(dropout)
        self.logits = nn.Linear(160, TRANSCRIPT_CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (N, 56, 11), digits and blank, for pixels (N, 1, 28, 112) in 0…1."""
        x = F.relu(self.norm1(self.conv1(x)))  # (N, 32, 14, 56)
        x = F.relu(self.norm2(self.conv2(x)))  # (N, 48, 7, 56)
        x = F.relu(self.norm3(self.conv3(x)))  # (N, 64, 7, 56)
        x = F.relu(self.norm4(self.conv4(x)))  # (N, 64, 7, 56)
        x = F.relu(self.norm5(self.conv5(x)))  # (N, 96, 4, 56)
        x = F.relu(self.norm6(self.conv6(x)))  # (N, 96, 4, 56)
        x = F.relu(self.norm7(self.conv7(x)))  # (N, 160, 1, 56)
        x = F.relu(self.norm8(self.conv8(x)))  # (N, 160, 1, 56)
        x = F.relu(self.norm9(self.conv9(x)))  # (N, 160, 1, 56)
        x = self.dropout(x.squeeze(2).transpose(1, 2))  # (N, 56, 160)
        logits: Tensor = self.logits(x)  # (N, 56, 11)
        return logits


NETWORKS: dict[str, Callable[..., nn.Module]] = {
    "TutorialCNN": TutorialCNN,
    "FastCNN": FastCNN,
    "DeepCNN": DeepCNN,
    "LargeCNN": LargeCNN,
    "ReaderCNN": ReaderCNN,
    "DoubtCNN": DoubtCNN,
    "StripCNN": StripCNN,
}


@dataclass(frozen=True)
class Layer:
    """One row of a network's table."""

    name: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int


def layers(network: nn.Module) -> list[Layer]:
    """Return a network's layers in the order in which one image passes through them.

    Shapes and multiply-adds are those of a single image. Pooling and ReLU have no parameters of
    their own and do not appear.
    """
    rows: list[Layer] = []

    def record(name: str, module: nn.Module, output: Tensor) -> None:
        parameters = sum(p.numel() for p in module.parameters())
        # Each output value takes one multiply-add per weight of its filter.
        weight = module.weight if isinstance(module, nn.Conv2d | nn.Linear) else None
        per_value = 0 if weight is None else weight[0].numel()
        rows.append(
            Layer(
                name=name,
                kind=_kind(module),
                output_shape=tuple(output.shape[1:]),
                parameters=parameters,
                multiply_adds=per_value * output[0].numel(),
            )
        )

    hooks = [
        module.register_forward_hook(
            lambda module, _, output, name=name: record(name, module, output)
        )
        for name, module in network.named_modules()
        if not list(module.children())
    ]
    with torch.inference_mode():
        network(torch.zeros(1, 1, *image_shape(network)))
    for hook in hooks:
        hook.remove()
    return rows


def image_shape(network: nn.Module) -> tuple[int, int]:
    """Return height and width, in pixels, of what a network takes."""
    return (HEIGHT, WIDTH) if isinstance(network, StripCNN) else (SIDE, SIDE)


def _kind(module: nn.Module) -> str:
    if isinstance(module, nn.Conv2d):
        height, width = module.kernel_size
        return f"convolution {height}×{width}"
    if isinstance(module, nn.Linear):
        return "dense"
    if isinstance(module, nn.Dropout):
        return f"dropout {module.p:g}"
    return type(module).__name__
