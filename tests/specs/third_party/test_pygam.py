"""pyGAM: coefficients as its terms count them, and its own effective degrees of freedom."""

import numpy as np
import pytest

from skparams import count_params, summary
from skparams.specs import Unknown

pygam = pytest.importorskip("pygam")
pytestmark = pytest.mark.filterwarnings("ignore")


def data(seed):
    rng = np.random.RandomState(seed)
    X = np.column_stack([rng.standard_normal((150, 4)), rng.randint(0, 3, 150)])
    return X, np.sin(X[:, 0]) + X[:, 1] + 0.2 * rng.standard_normal(150)


@pytest.mark.parametrize("seed", range(8))
def test_counts(seed):
    rng = np.random.RandomState(seed)
    X, target = data(seed)
    n = [int(k) for k in rng.randint(5, 12, 3)]
    terms = pygam.s(0, n_splines=n[0]) + pygam.l(1) + pygam.f(4)
    n_ranges = 1
    if seed % 2:
        terms += pygam.te(2, 3, n_splines=[n[1], n[2]])
        n_ranges = 3
    name = ["LinearGAM", "LogisticGAM", "GammaGAM", "ExpectileGAM"][seed % 4]
    y = {"LogisticGAM": target > 0, "GammaGAM": np.exp(target)}.get(name, target)
    model = getattr(pygam, name)(terms)
    assert summary(model).root.status == "not fitted"
    model.fit(X, y)
    found = summary(model).totals
    by_hand = n[0] + 1 + 3 + 1 + (n[1] * n[2] if seed % 2 else 0)
    assert model.terms.n_coefs == by_hand
    assert found.stored == by_hand + 2 * n_ranges
    assert isinstance(found.free, Unknown)
    assert count_params(model, kind="effective", X=X) == pytest.approx(model.statistics_["edof"])
    assert count_params(model, kind="effective", X=X[:-1]) is None
    with pytest.raises(ValueError, match="has none"):  # those of splines are of no feature
        summary(model).coefficients()
