from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from digitnet.operators import Dropout, GreyConv2d, dropout, max_pool_relu

# Few different values, so that windows have ties, and all kinds of them: zeros, infinities, and
# the smallest numbers of the type.
VALUES = torch.tensor([0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 1e-39, -1e-39, torch.inf, -torch.inf])


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """The threads that a trainer in other tests started take subnormal numbers for zero."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def pooled_and_gradient(pool: object, x: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
    x = x.clone(memory_format=torch.preserve_format).requires_grad_()
    pooled = pool(x)  # type: ignore[operator]
    return pooled.detach(), torch.autograd.grad(pooled, x, gradient)[0]


@settings(max_examples=60)
@given(
    st.integers(0, 3),
    st.integers(1, 5),
    st.integers(1, 4),
    st.integers(1, 4),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**31),
)
def test_pooling_is_pytorchs_bit_by_bit(
    n: int, channels: int, height: int, width: int, last: bool, few: bool, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    shape = (n, channels, 2 * height, 2 * width)
    x = torch.randn(shape, generator=generator)
    if few:
        x = VALUES[torch.randint(len(VALUES), shape, generator=generator)]
    x = x.bfloat16()
    if last:
        x = x.contiguous(memory_format=torch.channels_last)
    gradient = torch.randn((n, channels, height, width), generator=generator).bfloat16()
    ours = pooled_and_gradient(max_pool_relu, x, gradient)
    theirs = pooled_and_gradient(lambda v: F.relu(F.max_pool2d(v, 2)), x, gradient)
    assert torch.equal(ours[0], theirs[0])
    assert torch.equal(ours[1], theirs[1])


def test_pooling_keeps_the_layout_and_other_types() -> None:
    x = torch.randn(2, 3, 4, 4).contiguous(memory_format=torch.channels_last)
    for dtype in (torch.bfloat16, torch.float32, torch.float64):
        pooled = max_pool_relu(x.to(dtype))
        assert pooled.dtype == dtype
        assert pooled.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9])
def test_dropout_drops_its_share_and_keeps_the_mean(dtype: torch.dtype, p: float) -> None:
    torch.manual_seed(1)
    x = torch.ones(401, 499, dtype=dtype, requires_grad=True)
    dropped = dropout(x, p)
    assert set(torch.unique(dropped).tolist()) <= {0.0, torch.tensor(1 / (1 - p)).to(dtype).item()}
    assert (dropped == 0).float().mean().item() == pytest.approx(p, abs=0.005)
    assert dropped.float().mean().item() == pytest.approx(1, abs=0.02)
    (gradient,) = torch.autograd.grad(dropped.sum(), x)
    assert torch.equal(gradient, dropped)


def test_dropout_of_neighbours_is_independent() -> None:
    torch.manual_seed(1)
    kept = (dropout(torch.ones(2**18, dtype=torch.bfloat16), 0.5) > 0).float() - 0.5
    for distance in (1, 2, 3, 4, 8):
        correlation = 4 * (kept[:-distance] * kept[distance:]).mean().item()
        assert abs(correlation) < 0.01  # Five standard deviations.


def test_dropout_follows_from_the_seed_and_ends_with_training() -> None:
    x = torch.ones(50, 64, dtype=torch.bfloat16)
    torch.manual_seed(3)
    first = dropout(x, 0.5)
    torch.manual_seed(3)
    assert torch.equal(dropout(x, 0.5), first)
    assert not torch.equal(dropout(x, 0.5), first)
    assert torch.equal(dropout(x, 1.0), torch.zeros_like(x))
    assert torch.equal(Dropout(0.5).eval()(x), x)


@settings(max_examples=30)
@given(
    st.integers(1, 3),
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.booleans(),
)
def test_grey_convolution_is_pytorchs(
    n: int,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
    bias: bool,
) -> None:
    torch.manual_seed(0)
    ours = GreyConv2d(1, 4, kernel, stride, padding, bias=bias).bfloat16()
    theirs = torch.nn.Conv2d(1, 4, kernel, stride, padding, bias=bias).bfloat16()
    theirs.load_state_dict(ours.state_dict())
    x = torch.rand(n, 1, 11, 12).bfloat16()
    maps = ours(x)
    # The same products; sums of different order differ by the last of bfloat16's eight bits.
    torch.testing.assert_close(maps, theirs(x), atol=0.01, rtol=0.01)
    sent_back = torch.randn(maps.shape).bfloat16()
    for mine, its in zip(
        torch.autograd.grad(maps, list(ours.parameters()), sent_back),
        torch.autograd.grad(theirs(x), list(theirs.parameters()), sent_back),
        strict=True,
    ):
        torch.testing.assert_close(mine, its, atol=0.05, rtol=0.02)
    with torch.no_grad():
        assert torch.equal(ours(x), theirs(x))
