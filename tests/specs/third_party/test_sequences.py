"""hmmlearn: free counts as it computes them for its information criteria."""

import numpy as np
import pytest

from skparams import plan, summary
from skparams.specs import Unknown

hmm = pytest.importorskip("hmmlearn.hmm")
pytestmark = pytest.mark.filterwarnings("ignore")
COVARIANCES = ["spherical", "diag", "full", "tied"]


def rows_for(name, rng, p):
    if name == "MultinomialHMM":
        return rng.multinomial(7, np.full(p, 1 / p), 200)
    if name == "CategoricalHMM":
        return rng.randint(0, 5, (200, 1))
    if name == "PoissonHMM":
        return rng.poisson(3.0, (200, p))
    return rng.standard_normal((200, p))


@pytest.mark.parametrize("seed", range(24))
def test_free_counts_are_its_own(seed):
    rng = np.random.RandomState(seed)
    names = ["GaussianHMM", "GMMHMM", "MultinomialHMM", "CategoricalHMM", "PoissonHMM"]
    name = names[seed % 5]
    n, p = int(rng.randint(1, 5)), int(rng.randint(2, 5))
    params = {"n_components": n, "random_state": seed, "n_iter": 3}
    letters = {"GaussianHMM": "stmc", "GMMHMM": "stmcw", "PoissonHMM": "stl"}.get(name, "ste")
    given = "".join(letter for letter in letters if letter in "mc" or rng.rand() < 0.7)
    params["params"] = given
    if name in ("GaussianHMM", "GMMHMM"):
        params["covariance_type"] = str(rng.choice(COVARIANCES))
    if name == "GMMHMM":
        params["n_mix"] = int(rng.randint(1, 4))
    if name == "MultinomialHMM":
        params["n_trials"] = 7
    model = getattr(hmm, name)(**params)
    X = rows_for(name, rng, p)
    planned = plan(model, X).totals
    model.fit(X)
    own = model._get_n_fit_scalars_per_param()
    if name == "GMMHMM":  # it counts the weights of one state only
        own["w"] *= n
    # What starts from the rows is estimated even where it stays as it started.
    estimated = set(given) | (set("mcl") & set(letters))
    found = summary(model).totals
    assert found.free == sum(own[letter] for letter in estimated)
    if isinstance(planned.stored, Unknown):
        assert name == "CategoricalHMM"
    else:
        assert (planned.stored, planned.free) == (found.stored, found.free)


@pytest.mark.parametrize("kind", COVARIANCES)
def test_stored_counts_are_those_of_the_arrays(kind):
    X = np.random.RandomState(0).standard_normal((100, 3))
    model = hmm.GaussianHMM(2, covariance_type=kind, random_state=0).fit(X)
    arrays = (model.startprob_, model.transmat_, model.means_, model._covars_)
    assert summary(model).totals.stored == sum(array.size for array in arrays)


def test_an_iteration_limit_is_a_finding():
    X = np.random.RandomState(0).standard_normal((100, 3))
    stopped = hmm.GaussianHMM(3, n_iter=2, tol=0.0, random_state=0).fit(X)
    assert [each.code for each in summary(stopped).findings] == ["SKP004"]
    converged = hmm.GaussianHMM(1, n_iter=50, random_state=0).fit(X)
    assert not summary(converged).findings
