"""Arithmetic: as accurate as it says, without surprises at the edges, and the same bits compiled and interpreted.

Run as a program, this file prints a digest of 10,000 results of each function, to compare both ways of running.
"""

from __future__ import annotations

import hashlib
import math
import random
import struct
from collections.abc import Callable
from decimal import Decimal, localcontext
from statistics import NormalDist

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.arithmetic import (
    below_exp,
    below_logistic,
    clip01,
    exp,
    fixed,
    log,
    logistic,
    normal_quantile,
    power,
    unfixed,
)

FUNCTIONS: list[Callable[[float], float]] = [
    exp,
    logistic,
    clip01,
    lambda x: log(abs(x)),
    lambda x: power(abs(x) + 0.5, 1.5),
    lambda x: normal_quantile(logistic(x) * 0.999 + 1e-9),
    lambda x: fixed(x),
    lambda x: unfixed(fixed(x)),
]


def digest() -> str:
    """A hash over the bits of 10,000 results of each function."""
    rng = random.Random(7)
    values = [rng.gauss(0.0, 10.0 ** rng.uniform(-3, 2.5)) for _ in range(10_000)]
    bits = b"".join(struct.pack("<d", function(x)) for function in FUNCTIONS for x in values)
    return hashlib.sha256(bits).hexdigest()


def units(got: float, exact: Decimal) -> float:
    """The error of `got` in units of its last place."""
    return float(abs(Decimal(got) - exact) / Decimal(math.ulp(float(exact))))


def test_compiled_and_interpreted_give_the_same_bits(other_way: Callable[[str], str]) -> None:
    assert other_way(__file__).strip() == digest()


@given(st.floats(-708, 709) | st.floats(-5, 5))
@example(0.0)
@example(-708.0)
@example(709.0)
def test_exp_is_within_its_stated_error(x: float) -> None:
    with localcontext(prec=50):
        assert units(exp(x), Decimal(x).exp()) < 0.9


@given(st.floats(1e-6, 1e6), st.floats(-4, 4))
def test_a_power_is_one_and_the_first_power_is_the_number_itself(x: float, exponent: float) -> None:
    assert power(x, 1.0) == x
    assert power(x, 0.0) == 1.0
    assert power(x, exponent) == pytest.approx(x**exponent, rel=1e-13)


@given(st.floats(2.3e-308, 1.7e308) | st.floats(0.5, 2) | st.floats(1e-10, 1))
@example(5e-324)
def test_log_is_within_its_stated_error(x: float) -> None:
    with localcontext(prec=50):
        assert units(log(x), Decimal(x).ln()) < 0.9


@given(st.floats(-700, 709) | st.floats(-5, 5))
def test_logistic_is_within_its_stated_error(x: float) -> None:
    with localcontext(prec=50):
        assert units(logistic(x), 1 / (1 + (-Decimal(x)).exp())) < 2.0


@given(st.floats(1e-300, 0.5, exclude_max=True) | st.floats(0.5, 1, exclude_min=True, exclude_max=True))
def test_normal_quantile_agrees_with_another_program_of_the_same_algorithm(p: float) -> None:
    assert normal_quantile(p) == pytest.approx(NormalDist().inv_cdf(p), rel=1e-15, abs=0)


@given(st.floats(-8, 8))
def test_normal_quantile_undoes_the_normal_distribution(z: float) -> None:
    p = 0.5 * math.erfc(-z / math.sqrt(2))
    tolerance = 1e-13 + 4e-16 / math.exp(-0.5 * z * z)  # p near 1 has few digits left to say where it is
    assert normal_quantile(min(p, 1 - 2**-53)) == pytest.approx(z, abs=tolerance)


def test_edges() -> None:
    assert exp(0.0) == 1.0
    assert exp(-1e4) == 0.0
    assert exp(-math.inf) == 0.0
    assert exp(1e4) == math.inf
    assert math.isnan(exp(math.nan))
    assert log(1.0) == 0.0
    assert log(0.0) == -math.inf
    assert log(math.inf) == math.inf
    assert math.isnan(log(-1.0))
    assert math.isnan(log(math.nan))
    assert (logistic(-1e4), logistic(0.0), logistic(1e4)) == (0.0, 0.5, 1.0)
    assert normal_quantile(0.5) == 0.0
    assert (clip01(-0.1), clip01(0.3), clip01(1.1)) == (0.0, 0.3, 1.0)
    assert math.isnan(clip01(math.nan))  # a mistake stays visible


@given(st.floats(-40, 40))
def test_exp_and_logistic_never_fall_between_neighbours(x: float) -> None:
    for _ in range(20):
        x, before = math.nextafter(x, math.inf), x
        assert exp(before) <= exp(x)
        assert logistic(before) <= logistic(x)


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_logistic_is_monotone_and_stays_between_0_and_1(x: float, y: float) -> None:
    low, high = logistic(min(x, y)), logistic(max(x, y))
    assert 0.0 <= low <= high <= 1.0


NEAR = st.sampled_from([0.0, 0.5, 1 - 1e-6, 1 - 1e-9, 1.0, 1 + 1e-15, 1 + 1e-9, 1 + 1e-6, 1.5, 1e6])  # of the limit


@given(st.floats(-40, 40) | st.sampled_from([-math.inf, math.inf, math.nan, 0.0, -0.0, -1e-300, -709.0]), NEAR)
def test_a_short_cut_past_the_logistic_decides_alike(x: float, times: float) -> None:
    luck = logistic(x) * times
    assert below_logistic(luck, x) == (luck < logistic(x))


@given(st.floats(0, 2), st.floats(-5, 5) | st.sampled_from([-math.inf, 700.0, math.nan, 1.0, 1e-300, -709.0]), NEAR)
def test_a_short_cut_past_the_exponential_decides_alike(scale: float, x: float, times: float) -> None:
    luck = scale * exp(x) * times
    assert below_exp(luck, scale, x) == (luck < scale * exp(x))
    assert below_exp(times / 2, scale, x) == (times / 2 < scale * exp(x))


@given(st.lists(st.floats(-1000, 1000), max_size=50), st.randoms())
def test_fixed_point_sums_do_not_depend_on_their_order(values: list[float], rng: random.Random) -> None:
    total = sum(fixed(x) for x in values)
    rng.shuffle(values)
    assert sum(fixed(x) for x in values) == total
    assert unfixed(total) == pytest.approx(math.fsum(values), abs=len(values) * 2.0**-32)


def test_fixed_rounds_halves_up() -> None:
    assert [fixed(x * 2.0**-33) for x in (-3, -1, 0, 1, 3)] == [-1, 0, 0, 1, 2]
    assert unfixed(fixed(0.25)) == 0.25
    assert type(fixed(0.25)) is int


def test_no_multiplication_is_fused_with_an_addition() -> None:
    for function in (exp, log, logistic, normal_quantile):
        function(0.3)
        for assembly in getattr(function, "inspect_asm", dict)().values():
            assert "fmadd" not in assembly
            assert "fmla" not in assembly


if __name__ == "__main__":
    print(digest())
