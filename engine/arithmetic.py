"""Arithmetic that gives the same bits on every machine, compiled or not.

A draw is compared with a chance.  If exp came from the machine's own library, its last bit - and once in a while
somebody's life - would depend on the computer.  Here everything is made from + - * / and square root, which IEEE 754
fixes to the last bit, and from exact steps (floor, frexp, powers of two from a table).  Rules use nothing else.

Measured against 50-digit arithmetic (tests/engine/test_arithmetic.py holds them to it):
exp and log are within 0.9 units in the last place, logistic within 2, normal_quantile within 1e-15 relative.
"""

from __future__ import annotations

import math

import numpy as np

from engine.rule import primitive

INFINITY = math.inf
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # ln 2 in two parts; k * LN2_HIGH is exact
LN_2 = 0.6931471805599453  # ln 2
PER_LN2 = 1.44269504088896338700
SQRT_HALF = 0.70710678118654752440
LOWEST = -1022
POWERS = np.array([2.0**k for k in range(LOWEST, 1024)])  # exact
POWERS.setflags(write=False)
SMALLEST_NORMAL = 2.0**-1022
FRACTION, HALF = 2**52 - 1, 1022 << 52  # the bits of a fraction; those of the number 1/2
ONE = 2.0**32  # one, in fixed point


@primitive
def exp(x: float) -> float:
    """e to the power of x; 0 below -708, infinite above 709 (no subnormal numbers).

    x = k ln 2 + r with |r| <= ln 2 / 2, and a rational approximation on r.  Source: Sun's fdlibm, e_exp.c.
    """
    if x < -708.0:
        return 0.0
    if x > 709.0:
        return INFINITY
    if x != x:
        return x
    k = math.floor(x * PER_LN2 + 0.5)
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        )
    )
    return (1.0 - ((low - (r * c) / (2.0 - c)) - high)) * float(POWERS[k - LOWEST])


@primitive
def log(x: float) -> float:
    """The natural logarithm; -infinity at 0, not a number below.

    x = 2**k m with sqrt(1/2) <= m < sqrt(2), and an odd polynomial in (m - 1) / (m + 1).
    Source: Sun's fdlibm, e_log.c.
    """
    if x == 0.0:
        return -INFINITY
    if not 0.0 < x < INFINITY:
        return x if x > 0.0 else math.nan
    raised = 0
    if x < SMALLEST_NORMAL:
        x, raised = x * 2.0**54, 54
    pattern = int(np.float64(x).view(np.int64))  # IEEE 754: the exponent, then 52 bits of the fraction
    k = (pattern >> 52) - 1022 - raised
    m = float(np.int64(pattern & FRACTION | HALF).view(np.float64))  # from 1/2 to 1
    if m < SQRT_HALF:
        m, k = m * 2.0, k - 1
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half = 0.5 * f * f
    return k * LN2_HIGH - ((half - (s * (half + (even + odd)) + k * LN2_LOW)) - f)


@primitive
def power(x: float, exponent: float) -> float:
    """x to a power, x > 0; to the power of 1 it is x itself."""
    return x if exponent == 1.0 else exp(exponent * log(x))


@primitive
def logistic(x: float) -> float:
    """1 / (1 + exp(-x)): from 0 to 1, and 1/2 at 0."""
    return 1.0 / (1.0 + exp(-x))


@primitive
def below_exp(luck: float, scale: float, x: float) -> bool:
    """Whether luck < scale * exp(x), to the last bit, but without the exponential where luck is far above it.

    exp(x) <= 1 / (1 - x) for every x < 1; a millionth more covers every rounding.  Made for rare events.
    """
    return luck * (1.0 - x) <= scale * 1.000001 and luck < scale * exp(x)


@primitive
def below_logistic(luck: float, x: float) -> bool:
    """Whether luck < logistic(x), to the last bit, but without the exponential where luck is far above it.

    For a = -x >= 0, exp(a) >= 1 + a + a^2 / 2 + a^3 / 6, and so logistic(x) <= 1 / (2 + a + a^2 / 2 + a^3 / 6); a
    millionth more covers every rounding.  Made for decisions that most people are spared.
    """
    a = -x
    if a > 0.0 and luck * (2.0 + a * (1.0 + a * (0.5 + a * 0.1666666))) > 1.000001:
        return False
    return luck < logistic(x)


@primitive
def log_odds(p: float) -> float:
    """log(p / (1 - p)), the other way round: from -infinity at 0 to infinity at 1."""
    return log(p / (1.0 - p))


@primitive
def normal_quantile(p: float) -> float:
    """The standard normal value below which a share p lies, 0 < p < 1.

    Source: Wichura (1988), Algorithm AS 241, routine PPND16, Applied Statistics 37(3), 477-484.
    """
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        above = (
            ((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r
            + 4.5921953931549871457e4) * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r
            + 1.3314166789178437745e2) * r + 3.3871328727963666080e0
        )  # fmt: skip
        below = (
            ((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r
            + 2.1213794301586595867e4) * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r
            + 4.2313330701600911252e1) * r + 1.0
        )  # fmt: skip
        return q * above / below
    r = math.sqrt(-log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        r = r - 1.6
        above = (
            ((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r
            + 1.27045825245236838258e0) * r + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r
            + 4.63033784615654529590e0) * r + 1.42343711074968357734e0
        )  # fmt: skip
        below = (
            ((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r
            + 1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r
            + 2.05319162663775882187e0) * r + 1.0
        )  # fmt: skip
    else:
        r = r - 5.0
        above = (
            ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r
            + 2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r
            + 5.46378491116411436990e0) * r + 6.65790464350110377720e0
        )  # fmt: skip
        below = (
            ((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r
            + 7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
            + 5.99832206555887937690e-1) * r + 1.0
        )  # fmt: skip
    return above / below if q > 0.0 else -above / below


@primitive
def clip01(x: float) -> float:
    """x, but not below 0 nor above 1."""
    if x < 0.0:
        return 0.0
    if x > 1.0:
        return 1.0
    return x


@primitive
def fixed(x: float) -> int:
    """x in fixed point: a whole number of 2**-32ths, halves rounded up.  Sums of these do not depend on their order.

    Holds |x| < 2**31, and so a sum over 2**31 shares.
    """
    return math.floor(x * ONE + 0.5)


@primitive
def unfixed(n: int) -> float:
    """The number that a fixed-point value or sum stands for."""
    return n / ONE
