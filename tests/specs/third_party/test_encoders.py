"""category_encoders: a number for each category that a table holds."""

import copy

import numpy as np
import pytest

from skparams import assert_same_model, count_params, summary

ce = pytest.importorskip("category_encoders")
pd = pytest.importorskip("pandas")
pytestmark = pytest.mark.filterwarnings("ignore")
BY_MEAN = ["Target", "JamesStein", "MEstimate", "WOE", "Quantile"]


def data(seed, missing=False):
    rng = np.random.RandomState(seed)
    sizes = rng.randint(2, 7, 2)
    table = pd.DataFrame(
        {
            "a": rng.choice(list("abcdef")[: sizes[0]], 120),
            "b": rng.choice(list("uvwxyz")[: sizes[1]], 120),
            "number": rng.standard_normal(120),
        }
    )
    if missing:
        table.loc[rng.rand(120) < 0.2, "a"] = None
    return table, rng.randint(0, 2, 120)


@pytest.mark.parametrize("name", BY_MEAN)
@pytest.mark.parametrize("unknown", ["value", "return_nan"])
@pytest.mark.parametrize("seed", range(3))
def test_a_number_for_each_category(name, unknown, seed):
    table, y = data(seed)
    model = getattr(ce, f"{name}Encoder")(handle_unknown=unknown, handle_missing="return_nan")
    model.fit(table, y)
    n_categories = table["a"].nunique() + table["b"].nunique()
    # Of unknown categories, one more for each column.
    assert count_params(model) == n_categories + 2 * (unknown == "value")
    assert summary(model).totals.exact


@pytest.mark.parametrize("name", ["LeaveOneOut", "CatBoost"])
@pytest.mark.parametrize("seed", range(3))
def test_a_sum_and_a_count_for_each_category(name, seed):
    table, y = data(seed)
    model = getattr(ce, f"{name}Encoder")().fit(table, y)
    assert count_params(model) == 2 * (table["a"].nunique() + table["b"].nunique()) + 1


def test_counts_and_shares():
    table, y = data(0)
    n = table["a"].nunique() + table["b"].nunique()
    found = summary(ce.CountEncoder().fit(table, y)).totals
    assert (found.stored, found.free) == (n, n)
    shares = ce.CountEncoder(normalize=True).fit(table, y)
    assert count_params(shares) == n
    assert count_params(shares, kind="free") is None


def test_several_quantiles():
    table, y = data(0)
    model = ce.SummaryEncoder(quantiles=(0.25, 0.5, 0.75)).fit(table, y)
    assert count_params(model) == sum(count_params(each) for each in model.encoder_list) > 0


@pytest.mark.parametrize("name", ["Ordinal", "OneHot", "Binary", "Helmert", "RankHot", "Gray"])
def test_codes_are_no_parameters(name):
    table, y = data(0)
    found = summary(getattr(ce, f"{name}Encoder")().fit(table, y)).totals
    assert (found.stored, found.free) == (0, 0)
    assert found.exact


def test_a_changed_number_is_seen():
    table, y = data(0)
    model = ce.TargetEncoder().fit(table, y)
    other = copy.deepcopy(model)
    other.mapping["b"].iloc[0] += 1e-9
    with pytest.raises(AssertionError, match="mapping"):
        assert_same_model(other, model)
