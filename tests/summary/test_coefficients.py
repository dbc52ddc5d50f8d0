"""Coefficients: against the frame that one would make by hand, for every estimator that has any."""

import json
import pickle
import re
import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin, clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.feature_selection import RFE, SelectKBest
from sklearn.linear_model import (
    Lasso,
    LinearRegression,
    LogisticRegression,
    RANSACRegressor,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor, RegressorChain
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC, SVR

from skparams import summary
from skparams.specs import CoefficientTable, Spec, register
from tests.all_estimators import data_for, instances, names
from tests.sweep import sweep

pd = pytest.importorskip("pandas")

ODD = ["größe", "<script>alert(1)</script>", "a\x1b[31mb", "表" * 60, "[red]x"]
COUNTING = ("MultinomialNB", "ComplementNB", "BernoulliNB")
FEW = ("LogisticRegression", "Ridge", "GaussianNB", "SVC", "PLSRegression", "SGDOneClassSVM", "PCA")


def _stored(model):
    """The coefficients, a row a class or target, None if there are none."""
    name = type(model).__name__
    if name == "GaussianNB":
        return model.theta_
    if name in COUNTING:
        return model.feature_log_prob_
    found = getattr(model, "coef_", None)
    return None if found is None else np.atleast_2d(found)


def _by_hand(model, features):
    coef = _stored(model)
    classes = getattr(model, "classes_", ())
    if len(classes) == 2 and len(coef) == 1:
        columns = [classes[1]]
    elif len(classes) == len(coef) and not ("SV" in type(model).__name__ and len(classes) == 3):
        columns = list(classes)
    else:
        columns = None
    return pd.DataFrame(coef.T, index=features, columns=columns)


@pytest.mark.parametrize(
    "name", sweep([name for name in names() if name != "FrozenEstimator"], FEW)
)
def test_every_estimator(name):
    with warnings.catch_warnings(action="ignore"):  # deprecated classes
        made = instances(name)
    for model in made:
        X, y = data_for(model)
        if not isinstance(X, np.ndarray) or X.ndim != 2:
            continue
        features = ODD[: X.shape[1]] if X.shape[1] == len(ODD) else None
        frame = pd.DataFrame(X, columns=features or [f"f{i}" for i in range(X.shape[1])])
        with warnings.catch_warnings(action="ignore"):
            if is_classifier(model) and y.ndim == 1:
                y = np.array(["no", "<i>", "yes"])[y]
            try:
                model.fit(frame) if y is None else model.fit(frame, y)
            except (ValueError, TypeError):  # wants an array
                continue
        _check(model, list(frame.columns))


def _check(model, features):
    found, own = summary(model, coefficients=True), _stored(model)
    if own is None or not hasattr(model, "predict"):
        if not found.coefficient_tables:
            with pytest.raises(ValueError, match="has none"):
                found.coefficients()
        return
    expected, shown = _by_hand(model, features), found.coefficients().to_frame()
    table = found.coefficients().tables[0]
    if table.intercepts is not None:
        assert shown.index[0] == table.intercept_attribute
        added = getattr(model, table.intercept_attribute)
        assert np.array_equal(shown.iloc[0], np.broadcast_to(added, shown.shape[1]))
        shown = shown.iloc[1:]
    assert np.array_equal(shown.loc[features], expected)
    if isinstance(expected.columns, pd.RangeIndex):
        assert all(isinstance(each, str) for each in shown.columns)
    else:
        assert list(shown.columns) == list(expected.columns)
    largest = shown.abs().max(axis=1) if table.by == "size" else np.ptp(shown, axis=1)
    assert np.all(np.diff(largest) <= 0)
    assert not any(np.shares_memory(table.values, each) for each in _arrays(model))
    for form in (str(found), found.to_html(), found.coefficients().to_html()):
        assert "\x1b" not in form
        assert "<script>alert" not in form.replace(str(found), "")
    assert json.loads(found.coefficients().to_json())["tables"][0]["features"] == [*shown.index]


def _arrays(model):
    return [value for value in vars(model).values() if isinstance(value, np.ndarray)]


def _table(n=90):
    rng = np.random.RandomState(0)
    frame = pd.DataFrame(rng.standard_normal((n, 3)), columns=["a", "b", "c"])
    frame["town"] = np.array(["Bern", "Chur", "<b>Genf</b>"])[np.arange(n) % 3]
    y = np.array(["lo", "mid", "hi"])[np.digitize(frame["a"] + frame["b"] / 2, [-0.5, 0.5])]
    return frame, y


def _columns():
    return ColumnTransformer(
        [("num", StandardScaler(), ["a", "b", "c"]), ("cat", OneHotEncoder(), ["town"])]
    )


def test_names_come_through_the_steps_before():
    X, y = _table()
    model = make_pipeline(_columns(), SelectKBest(k=4), LogisticRegression()).fit(X, y)
    expected = pd.DataFrame(
        model[-1].coef_.T, index=model[:-1].get_feature_names_out(), columns=model.classes_
    )
    for outer in (model, GridSearchCV(model, {"selectkbest__k": [4]}).fit(X, y)):
        shown = summary(outer).coefficients().to_frame().iloc[1:]
        assert np.array_equal(shown.loc[expected.index, expected.columns], expected)
    (table,) = summary(model).coefficients().tables
    assert table.path == "logisticregression"
    assert "the columns behind ColumnTransformer, SelectKBest, not" in " ".join(table.notes)


def test_the_target_may_be_another_one():
    X = _table()[0]
    inner = make_pipeline(_columns(), Lasso(0.1))
    model = TransformedTargetRegressor(inner, func=np.log, inverse_func=np.exp)
    text = str(summary(model.fit(X, np.exp(X["a"]))).coefficients())
    assert "for the target as log returns it" in text
    assert "for the columns behind ColumnTransformer" in text
    assert re.search(r"\d of 6 features at zero", text)
    model = TransformedTargetRegressor(inner).fit(X, X["a"])
    assert "target" not in str(summary(model).coefficients())


@pytest.mark.parametrize("Outer", [OneVsRestClassifier, OneVsOneClassifier])
def test_one_table_for_all_classes(Outer):
    X, y = _table()
    X = X[["a", "b", "c"]]
    model = Outer(LogisticRegression()).fit(X, y)
    shown = summary(model).coefficients().to_frame()
    scores = X @ shown.loc[["a", "b", "c"]] + shown.loc["intercept_"]
    for i, inner in enumerate(model.estimators_):
        rows = X if hasattr(inner, "feature_names_in_") else X.to_numpy()
        assert np.allclose(scores.iloc[:, i], inner.decision_function(rows))
    if Outer is OneVsRestClassifier:
        assert list(shown.columns) == ["hi", "lo", "mid"]
    else:
        assert list(shown.columns) == ["lo vs hi", "mid vs hi", "mid vs lo"]
        for column, score in scores.items():
            first, second = column.split(" vs ")
            assert score[y == first].mean() > score[y == second].mean()
    two = Outer(LogisticRegression()).fit(X, y == "hi")
    assert summary(two).coefficients().tables[0].columns == (
        (True,) if Outer is OneVsRestClassifier else ("True vs False",)
    )


def test_a_linear_kernel():
    X, y = _table()
    X = X[["a", "b", "c"]]
    model = SVC(kernel="linear", decision_function_shape="ovo").fit(X, y)
    shown = summary(model).coefficients().to_frame()
    scores = X @ shown.loc[["a", "b", "c"]] + shown.loc["intercept_"]
    assert np.allclose(scores, model.decision_function(X))
    assert list(shown.columns) == ["hi vs lo", "hi vs mid", "lo vs mid"]
    for column, score in scores.items():
        first, second = column.split(" vs ")
        assert score[y == first].mean() > score[y == second].mean()
    two = SVC(kernel="linear").fit(X, y == "hi")
    (table,) = summary(two).coefficients().tables
    assert table.columns == (True,)
    for other in (SVC().fit(X, y), SVR(kernel="poly").fit(X, X["a"])):
        with pytest.raises(ValueError, match="has none"):
            summary(other).coefficients()


def test_targets_and_labels():
    X, y = _table()
    X = X[["a", "b", "c"]]
    Y = np.column_stack([X["a"], X["b"]])
    for model in (Ridge(), MultiOutputRegressor(Ridge())):
        shown = summary(model.fit(X, Y)).coefficients().to_frame()
        assert list(shown.columns) == ["y0", "y1"]
        assert shown.loc[["a", "b"]].round(1).to_numpy().diagonal() == pytest.approx([1, 1])
    model = MultiOutputClassifier(LogisticRegression()).fit(X, np.column_stack([y, y == "hi"]))
    columns = summary(model).coefficients().tables[0].columns
    assert columns == ("y0: hi", "y0: lo", "y0: mid", "y1: True")
    chain = RegressorChain(Ridge(), order=[1, 0]).fit(X, Y)
    first, second = summary(chain).coefficients().tables
    assert {*first.features} == {"a", "b", "c"}
    assert {*second.features} == {"a", "b", "c", "y1"}
    labels = RidgeClassifier().fit(X, Y > 0)
    assert summary(labels).coefficients().tables[0].values.shape == (3, 2)


def test_classes_that_members_see_as_numbers():
    X, y = _table()
    X = X[["a", "b", "c"]]
    vote = [("lr", LogisticRegression()), ("nb", make_pipeline(StandardScaler(), GaussianNB()))]
    inner = VotingClassifier(vote)
    bag = BaggingClassifier(LogisticRegression(), n_estimators=2, random_state=0)
    for model in (
        inner,
        bag,
        StackingClassifier([("vote", inner)]),
        AdaBoostClassifier(vote[0][1]),
    ):
        for table in summary(model.fit(X, y)).coefficients().tables:
            assert table.columns == ("hi", "lo", "mid")
    numbers = np.unique(y, return_inverse=True)[1] + 1
    for model in (inner, bag, AdaBoostClassifier(vote[0][1])):
        for table in summary(clone(model).fit(X, numbers)).coefficients().tables:
            assert table.columns == (1, 2, 3)
    before = [(name, clone(each).fit(X, numbers)) for name, each in vote]
    stack = StackingClassifier(before, cv="prefit").fit(X, numbers)
    final = summary(stack).coefficients().tables[-1]
    assert {table.columns for table in summary(stack).coefficients().tables} == {(1, 2, 3)}
    assert sorted(final.features) == sorted(stack.get_feature_names_out())
    assert "for the predictions of the members, not for those of X" in final.notes


def test_drawn_and_selected_features():
    X, y = _table()
    X = X[["a", "b", "c"]]
    bag = BaggingRegressor(Ridge(), 5, max_features=3, bootstrap_features=True, random_state=0)
    bag.fit(X, X["a"])
    tables = summary(bag).coefficients().tables
    for table, inner, places in zip(tables, bag.estimators_, bag.estimators_features_, strict=True):
        assert sorted(zip(table.features, table.values[:, 0], strict=True)) == sorted(
            zip(X.columns[places], inner.coef_, strict=True)
        )
    kept = RFE(LogisticRegression(), n_features_to_select=2).fit(X, y)
    assert {*summary(kept).coefficients().tables[0].features} == {*kept.get_feature_names_out()}
    inliers = RANSACRegressor(random_state=0).fit(X, X["a"])  # which sees an array
    assert summary(inliers).coefficients().tables[0].features[0] == "a"
    folds = CalibratedClassifierCV(LogisticRegression(), cv=2).fit(X, y)
    assert len(summary(folds).coefficients().tables) == 2


def test_without_names_and_with_and_without_x():
    X, y = _table()
    X = X[["a", "b", "c"]].to_numpy()
    model = LogisticRegression().fit(X, y)
    plain = summary(model).coefficients().to_frame()
    assert sorted(plain.index[1:]) == ["x0", "x1", "x2"]
    assert plain.equals(summary(model, X).coefficients().to_frame())
    no_intercept = LogisticRegression(fit_intercept=False).fit(X, y)
    assert summary(no_intercept).coefficients().tables[0].intercepts is None


class Plain(RegressorMixin, BaseEstimator):
    """A class that nobody has described, with the attributes of a linear model."""

    def fit(self, X, y):
        """Keep least squares."""
        self.coef_, self.n_features_in_ = np.linalg.lstsq(X, y)[0], np.shape(X)[1]
        return self

    def predict(self, X):
        """A sum."""
        return X @ self.coef_


class Weighted(Plain):
    """One with a Spec, whose coefficients have another name."""

    def fit(self, X, y):
        """Keep least squares."""
        self.weights_ = np.linalg.lstsq(X, y)[0]
        return self


NAME = f"{Weighted.__module__}.Weighted"


def test_classes_of_others():
    X, _ = _table()
    X = X[["a", "b", "c"]].to_numpy()
    (table,) = summary(Plain().fit(X, X[:, 0])).coefficients().tables
    assert (table.features[0], table.columns, table.intercepts) == ("x0", ("coef_",), None)
    turned = Plain().fit(X, X[:, :2])  # (n_features, n_targets) is no coef_
    assert isinstance(summary(turned)._coefficients.reason, str)
    spec = Spec(
        {"weights_": "parameter"},
        extras={"coefficients": lambda ctx: CoefficientTable("weights_", ctx.values["weights_"])},
    )
    register(NAME, spec)
    (table,) = summary(Weighted().fit(X, X[:, :2])).coefficients().tables
    assert (table.attribute, table.columns) == ("weights_", ("y0", "y1"))
    register(
        NAME,
        Spec(
            {"weights_": "parameter"},
            extras={"coefficients": lambda ctx: CoefficientTable("w", np.eye(3), columns=("a",))},
        ),
    )
    with pytest.raises(ValueError, match="coefficients in 3 columns and names 1"):
        summary(Weighted().fit(X, X[:, :2]))


def test_what_has_none():
    X, y = _table()
    X = X[["a", "b", "c"]]
    for model in (
        RandomForestClassifier(2),
        QuadraticDiscriminantAnalysis(),
        make_pipeline(LinearRegression(), RandomForestClassifier(2))[1:],
    ):
        found = summary(model.fit(X, y), coefficients=True)
        with pytest.raises(ValueError, match=f"coefficients: {type(model).__name__} has none"):
            found.coefficients()
        assert found.coefficient_tables == ()
        assert f"coefficients: {type(model).__name__} has none" in str(found)
    with pytest.raises(NotFittedError, match="coefficients: this LogisticRegression is not fitted"):
        summary(LogisticRegression(), coefficients=True).coefficients()
    model = LogisticRegression().fit(X, y)
    with pytest.raises(ValueError, match="has none"):
        summary(model, ignore=["coef_"]).coefficients()


def test_a_text_of_many_words_only_if_asked_for():
    texts = [" ".join(f"w{i}x{j}" for j in range(30)) for i in range(600)]
    y = np.arange(600) % 3
    model = make_pipeline(TfidfVectorizer(), MultinomialNB()).fit(texts, y)
    with pytest.raises(ValueError, match="coefficients=True"):
        summary(model).coefficients()
    found = summary(model, coefficients=True)
    frame = found.coefficients().to_frame()
    order = np.argsort(-np.ptp(model[1].feature_log_prob_, axis=0), kind="stable")
    assert list(frame.index) == list(model[0].get_feature_names_out()[order])
    assert "… 17,988 more" in str(found)
    assert len(str(found)) < 5_000
    hashed = make_pipeline(HashingVectorizer(n_features=2**15), SGDClassifier(penalty="l1"))
    hashed.fit(texts, y)
    dense = summary(hashed, coefficients=True).coefficients().to_frame()
    hashed[1].sparsify()
    assert dense.equals(summary(hashed, coefficients=True).coefficients().to_frame())
    assert dense.index[1].startswith("x")


def test_many_columns_and_numbers_that_are_not_finite():
    X = np.random.RandomState(0).standard_normal((200, 3))
    model = LogisticRegression().fit(X, np.arange(200) % 10)
    model.coef_[3, 2], model.coef_[4, 1] = np.nan, np.inf
    found = summary(model, coefficients=True)
    assert {*found.coefficients().tables[0].features[:2]} == {"x1", "x2"}
    assert "4 more columns: to_frame() has all" in str(found)
    assert max(map(len, found.to_text(60).splitlines())) <= 60
    assert json.loads(found.to_json())["coefficient_tables"][0]["values"][0].count(None) == 1
    assert list(found.coefficients().to_frame().columns) == list(range(10))
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    assert str(again.coefficients()) == str(found.coefficients())


def test_numbers_are_those_of_the_time_of_the_summary():
    X, y = _table()
    model = LogisticRegression().fit(X[["a", "b", "c"]], y)
    found, before = summary(model), model.coef_.copy()
    model.coef_ += 1
    assert np.array_equal(found.coefficients().to_frame().iloc[1:].loc[["a", "b", "c"]].T, before)
    assert "coef_ " not in str(found).partition("total")[2]
    assert found.to_dict()["coefficient_tables"] is None
