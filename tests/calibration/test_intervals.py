"""Intervals against printed tables, and against what correlation does to a count."""

import numpy as np
import pytest

from tests.calibration.intervals import clustered_share, rate, share


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 2.996), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)]
)
def test_rates_have_the_exact_poisson_interval(count: int, low: float, high: float) -> None:
    """E. S. Pearson and H. O. Hartley, Biometrika Tables for Statisticians, table 40; of none, one tail."""
    assert rate(count, 1.0) == pytest.approx((count, low, high), abs=0.001)


def test_a_rate_is_for_one_unit_of_exposure() -> None:
    assert rate(10, 4.0) == pytest.approx([side / 4 for side in rate(10, 1.0)])


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0), (3, 20, 0.0321, 0.3789)]
)
def test_shares_have_the_exact_binomial_interval(count: int, of: int, low: float, high: float) -> None:
    assert share(count, of) == pytest.approx((count / of, low, high), abs=0.0001)


def test_of_nothing_nothing_is_known() -> None:
    assert np.isnan(share(0, 0).value)
    assert share(0, 0)[1:] == (0.0, 1.0)


def test_what_hangs_together_wholly_counts_once_a_cluster() -> None:
    hit = np.repeat(np.arange(40) < 20, 60)
    found = clustered_share(hit, np.repeat(np.arange(40), 60))
    assert found == pytest.approx(share(19.5, 39), abs=0.001)


def test_what_does_not_hang_together_counts_each() -> None:
    hit = np.random.default_rng(1).uniform(size=4000) < 0.3
    found, alone = clustered_share(hit, np.arange(4000) // 20), share(int(hit.sum()), 4000)
    assert found.high - found.low == pytest.approx(alone.high - alone.low, rel=0.25)


def test_where_all_hit_a_cluster_is_one_trial() -> None:
    assert clustered_share(np.ones(600, dtype=bool), np.arange(600) // 60)[1:] == share(10, 10)[1:]
