"""Findings: raised where they are true, and not where nothing is known."""

import re

import numpy as np
import pytest
from scipy import sparse
from sklearn.ensemble import BaggingRegressor, HistGradientBoostingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.neighbors import KernelDensity, KNeighborsRegressor, NearestNeighbors
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeRegressor

from skparams import fitted_params, summary
from skparams._summary.finding_texts import TEXTS
from skparams.specs import Spec, parameter
from tests.all_estimators import each_estimator, fit, instances
from tests.summary.found import found

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def X(rng):
    return rng.standard_normal((40, 4))


@pytest.fixture
def y(X):
    return X @ np.arange(1.0, 5.0)


# SKP001: as many parameters as rows


def test_more_free_parameters_than_rows(X, y):
    model = MLPRegressor(hidden_layer_sizes=(10,), max_iter=2).fit(X, y)  # 61 parameters
    assert found(model, code="SKP001") == []  # the rows are not known
    message = "61 free parameters for 40 rows (1.5 a row): may memorize"
    assert found(model, X, "SKP001") == [("", message)]
    assert found(model, code="SKP001", n_samples=60)
    assert found(model, code="SKP001", n_samples=61) == []
    assert "61 free parameters for 1 row (61.0 a row)" in str(summary(model, n_samples=1))
    assert found(MLPRegressor(), X) == []


def test_effective_parameters_come_before_free_ones(rng):
    X = rng.standard_normal((20, 30))
    y = X[:, 0]
    assert found(Ridge(100.0).fit(X, y), code="SKP001", n_samples=20) == [
        ("", "31 free parameters for 20 rows (1.6 a row): may memorize")
    ]
    assert found(Ridge(100.0).fit(X, y), X, "SKP001") == []
    # Effective degrees of freedom are at most as many as rows, and then give back any y.
    given_back = [("", "20.0 effective degrees of freedom for 20 rows (1.0 a row): may memorize")]
    assert found(LinearRegression().fit(X, y), X, "SKP001") == given_back
    assert found(KNeighborsRegressor(1).fit(X, y), X, "SKP001") == given_back
    assert found(KNeighborsRegressor(2).fit(X, y), X, "SKP001") == []


# SKP002: not finite


def test_parameters_that_are_not_finite(X, y):
    model = LinearRegression().fit(X, y)
    assert found(model, code="SKP002") == []
    model.coef_[:2] = np.nan, -np.inf
    assert found(model, code="SKP002") == [("coef_", "1 NaN and 1 infinite of 4 numbers")]
    model.intercept_ = np.nan
    assert ("intercept_", "1 NaN of 1 number") in found(model, code="SKP002")
    bag = BaggingRegressor(LinearRegression(), 2).fit(X, y)
    bag.estimators_[1].coef_[:] = np.inf
    assert found(bag, code="SKP002") == [("estimators_[1]__coef_", "4 infinite of 4 numbers")]
    imputer = SimpleImputer(keep_empty_features=False)
    X[:, 0] = np.nan
    assert found(imputer.fit(X), code="SKP002") == [("statistics_", "1 NaN of 4 numbers")]


def test_numbers_that_are_not_used_may_be_anything(X, y):
    X[:10, 0] = np.nan  # a split sends missing values one way by an infinite threshold
    X = np.tile(X, (4, 1))
    for tree in (
        DecisionTreeRegressor().fit(X[:, :1], np.isnan(X[:, 0])),
        HistGradientBoostingRegressor(max_iter=1).fit(X[:, :1], np.isnan(X[:, 0])),
    ):
        numbers = [leaf.ravel() for leaf in fitted_params(tree).values()]
        assert np.isinf(np.concatenate(numbers)).any()
        assert found(tree, code="SKP002") == []
    scaler = StandardScaler(with_mean=False).fit(X)
    scaler.mean_[0] = np.nan
    assert found(scaler, code="SKP002") == []


def test_sparse_coefficients_are_looked_at(X, y):
    model = LogisticRegression().fit(X, y > 0).sparsify()
    assert sparse.issparse(model.coef_)
    model.coef_.data[0] = np.nan
    assert found(model, code="SKP002") == [("coef_", "1 NaN of 4 numbers")]


# SKP005 and SKP006: rows and memory that stay


def test_training_rows_that_are_kept(X, y):
    for model, n in [
        (KNeighborsRegressor().fit(X, y), 40),
        (KNeighborsRegressor(algorithm="brute").fit(X, y), 40),
        (NearestNeighbors().fit(sparse.csr_matrix(X)), 40),
        (KernelDensity().fit(X), 40),
        (GaussianProcessRegressor(optimizer=None).fit(X, y), 40),
    ]:
        ((path, message),) = found(model, code="SKP005")
        assert path == ""
        assert message.startswith(f"keeps {n} training rows ("), message
        at_least = X.nbytes / 1000
        assert float(re.search(r"\(([\d.]+) kB\)", message)[1]) >= at_least - 0.05
    assert found(KNeighborsRegressor().fit(X, y), code="SKP005") == [
        (
            "",
            "keeps 40 training rows (1.6 kB) in _fit_X, _y",
        )  # the tree's are the same, and y is 320 B
    ]
    one = KNeighborsRegressor(1).fit(X[:1], y[:1])
    assert found(one, code="SKP005") == [("", "keeps 1 training row (40 B) in _fit_X, _y")]
    assert found(LinearRegression().fit(X, y), code="SKP005") == []
    inner = make_pipeline(StandardScaler(), KNeighborsRegressor()).fit(X, y)
    assert found(inner, code="SKP005") == [
        ("kneighborsregressor", "keeps 40 training rows (1.6 kB) in _fit_X, _y")
    ]


def test_support_vectors_are_training_rows(X, y):
    model = SVC(C=0.1).fit(X, y > 0)
    if summary(model).guessed:
        pytest.skip("no Spec for SVC")
    ((_, message),) = found(model, code="SKP005")
    assert message.startswith(f"keeps {len(model.support_)} training rows")


def test_memory_that_is_retained(rng):
    X, y = rng.standard_normal((20_000, 5)), rng.standard_normal(20_000)
    message = "holds 40 B and keeps 160.0 kB more alive"
    model = LinearRegression().fit(X, y)
    is_view = model.coef_.base is not None  # of what SciPy returns, in newer versions
    assert found(model, code="SKP006") == [("coef_", message)] * is_view
    model.coef_ = model.coef_.copy()
    assert found(model, X) == []
    model.coef_ = y[:5]
    assert found(model, code="SKP006") == [("coef_", message)]


def test_x_itself_is_not_a_copy(X, y):
    model = KNeighborsRegressor().fit(X, y)
    itself = "is X itself, not a copy: 1.3 kB stay with the model"
    assert ("_fit_X", itself) in found(model, X, "SKP006")
    assert found(model, code="SKP006") == []
    assert found(model, X.copy(), "SKP006") == []
    assert found(KNeighborsRegressor().fit(X.copy(), y), X, "SKP006") == []
    thin = sparse.csr_matrix(X)
    kept = KNeighborsRegressor(algorithm="brute").fit(thin, y)
    assert any(path == "_fit_X" for path, _ in found(kept, thin, "SKP006")) == np.shares_memory(
        kept._fit_X.data, thin.data
    )


def test_another_column_of_the_same_table_is_not_x(rng):
    class Keeps(LinearRegression):
        def fit(self, X, y):
            self.other_ = y
            return super().fit(X, y)

    table = rng.standard_normal((200, 5))
    X, y = table[:, :4], table[:, 4]
    model = Keeps().fit(X, y)
    assert np.may_share_memory(model.other_, X)
    assert "is X itself" not in str(found(model, X, "SKP006"))


# All of them


def test_findings_are_by_code_and_can_be_ignored(X, y):
    model = MLPRegressor(hidden_layer_sizes=(10,), max_iter=1).fit(X, y)
    model.coefs_[0][0, 0] = np.nan
    model.coefs_[0][:, 1] = 0
    codes = [code for code, *_ in found(model, X)]
    assert codes == sorted(codes)
    assert set(codes) >= {"SKP001", "SKP002", "SKP003", "SKP004"}
    for ignore in (("SKP001",), ["SKP002", "SKP004"], {"SKP003"}, set(TEXTS)):
        left = [code for code, *_ in found(model, X, ignore=ignore)]
        assert left == [code for code in codes if code not in ignore]
        assert not set(ignore) & set(re.findall(r"SKP\d+", str(summary(model, X, ignore=ignore))))


@pytest.mark.parametrize("ignore", [("SKP999",), ["skp001"], ("coef",), [""]])
def test_ignore_must_match_something(ignore):
    with pytest.raises(ValueError, match=f"ignore has '{ignore[0]}', .* codes SKP001, "):
        summary(LinearRegression(), ignore=ignore)
    with pytest.raises(TypeError, match="ignore must be a collection of names"):
        summary(LinearRegression(), ignore=ignore[0])


def test_what_is_ignored_is_left_out_and_changes_no_total(X, y):
    model = make_pipeline(StandardScaler(), LogisticRegression(C=5.0)).fit(X, y > 0)
    model[1].coef_[0, 0] = np.nan
    model[0].mean_[0] = np.inf
    whole = summary(model)
    assert {each.path for each in whole.findings} == {
        "standardscaler__mean_",
        "logisticregression__coef_",
    }
    left = summary(model, ignore=("coef_", "logisticregression__C"))
    assert {each.path for each in left.findings} == {"standardscaler__mean_"}
    assert left.totals == whole.totals
    assert not re.search(r"coef_|\bC\b", str(left))
    assert "intercept_" in str(left)
    step = summary(model, ignore=("standardscaler",))
    assert [node.path for node in step.root.children] == ["logisticregression"]
    assert step.totals == whole.totals


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of classes that are deprecated
@each_estimator
def test_small_clean_fits_have_finite_parameters_and_known_findings(name):
    for estimator in instances(name):
        model, X, _ = fit(estimator)
        codes = {each.code for each in summary(model).findings}
        assert not codes & {"SKP001", "SKP002", "SKP003"}, (model, summary(model).findings)
        assert not {each.code for each in summary(model, X).findings} & {"SKP002"}


class Counter:
    """A third party's estimator, whose Spec has findings."""

    code = "SKP003"

    def fit(self, X, y=None):
        self.counts_ = np.array([0.0, 1.0])
        return self

    def get_params(self, deep=True):
        return {}

    def __skparams__(self):
        return Spec(
            {"counts_": parameter("bins")},
            extras={"findings": self._findings},
        )

    def _findings(self, ctx):
        yield self.code, f"{(ctx.values['counts_'] == 0).sum()} empty"
        if ctx.X is not None:
            yield "SKP003", f"{len(ctx.X)} rows seen"


def test_third_parties_specs_have_findings(X):
    model = Counter().fit(X)
    assert found(model) == [("SKP003", "", "1 empty")]
    assert found(model, X) == [("SKP003", "", "1 empty"), ("SKP003", "", "40 rows seen")]
    assert found(model, X, ignore=("SKP003",)) == []
    model.code = "MINE1"
    with pytest.raises(ValueError, match="Spec of Counter has a finding with the code 'MINE1'"):
        summary(model)


def test_a_classifier_with_several_outputs_is_looked_at_too(X, y):
    labels = np.column_stack([y > 0, y > 1]).astype(int)
    model = MLPClassifier((2,), max_iter=1).fit(X, labels)
    assert found(model, code="SKP001", n_samples=10)
