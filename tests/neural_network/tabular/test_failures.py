"""What fit refuses, that it changes nothing then, Ctrl-C, and what the best epoch is chosen by."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, check_scoring, make_scorer, r2_score

from skparams.neural_network._tabular.training import MemberTraining
from tests.neural_network.tabular.small import ESTIMATORS, data, fitted, make, same

each_kind = pytest.mark.parametrize("kind", ESTIMATORS)


def with_(array, value, place=3):
    array = array.astype(object if isinstance(value, str) else float)
    array[place] = value
    return array


BAD_DATA = {
    "a gap in y": (lambda X, y: (X, with_(y, np.nan)), "Input y contains NaN"),
    "a gap in objects": (lambda X, y: (X, with_(y, np.nan).astype(object)), "Input y contains NaN"),
    "infinite y": (lambda X, y: (X, with_(y, np.inf)), "Input y contains infinity"),
    "infinite X": (lambda X, y: (with_(X, np.inf, (3, 1)), y), "infinity .* in column 1"),
    "X of other length": (lambda X, y: (X[1:], y), "inconsistent numbers of samples"),
    "constant": (lambda X, y: (np.ones_like(X), y), "all columns of X are constant.*Pass X"),
    "no column": (lambda X, y: (X[:, :0], y), r"0 feature\(s\)"),
    "no row": (lambda X, y: (X[:0], y[:0]), "sample"),
    "1-dimensional": (lambda X, y: (X[:, 0], y), "Reshape your data"),
    "complex": (lambda X, y: (X + 1j, y), "omplex"),
    "text as a number": (lambda X, y: (with_(X, "red", (3, 1)), y), "red.*in column 1"),
}
BAD_SETTINGS = {
    "n_members": [0, 1.5, "five"],
    "hidden_layer_sizes": [0, "large", (), (4, 0), (4, 2.5), [[4]]],
    "max_iter": [0, "long"],
    "learning_rate_init": [0, -1, "fast"],
    "scoring": ["best", 3],
    "dropout": [1.0, -0.1],
    "weight_decay": [-1],
    "categorical_features": ["all", 3],
    "max_categories": [1],
    "oof": ["yes"],
    "random_state": ["seed", -1],
    "n_jobs": ["all", 1.5],
}
OF_KIND = {
    "classifier": {"label_smoothing": [1.0, -0.1, None], "class_weight": ["unequal", 2]},
    "regressor": {
        "loss": ["poisson"], "quantile": [0, 1, [], [0.2, 1.0], "low"], "huber_delta": [0],
    },
}  # fmt: skip


@each_kind
@pytest.mark.parametrize("what", BAD_DATA)
def test_bad_data(kind, what, snapshot):
    change, message = BAD_DATA[what]
    model, other = fitted(kind), np.random.RandomState(1)
    model.set_params(random_state=other)
    changed, state = snapshot(model), other.get_state()[1].copy()
    for each in (model, make(kind)):
        with pytest.raises((ValueError, TypeError), match=message):
            each.fit(*change(*data(kind)))
    assert changed() is None
    np.testing.assert_array_equal(other.get_state()[1], state)
    assert vars(each) == vars(make(kind))


@each_kind
def test_bad_settings(kind, snapshot):
    model = fitted(kind)
    for name, values in (BAD_SETTINGS | OF_KIND[kind]).items():
        for value in values:
            needs = {"loss": "quantile"} if name == "quantile" else {}
            model.set_params(**{**make(kind).get_params(), **needs, name: value})
            changed = snapshot(model)
            with pytest.raises(ValueError, match=f"{name}.* must be|{name}="):
                model.fit(*data(kind))
            assert changed() is None


@each_kind
def test_dates(kind, snapshot):
    pd = pytest.importorskip("pandas")
    (X, y), model = data(kind), fitted(kind)
    frame = pd.DataFrame(X, columns=["length", "width", "height"])
    frame["when"] = pd.Timestamp("2020-01-01")
    changed = snapshot(model)
    with pytest.raises(TypeError, match=r"'when'.*Convert it to numbers"):
        model.fit(frame, y)
    assert changed() is None


def test_one_class():
    X, y = data("classifier")
    message = "needs samples of at least 2 classes in the data, but .* only one class: \\[7\\]"
    with pytest.raises(ValueError, match=message):
        make("classifier").fit(X, np.full(60, 7))
    with pytest.raises(ValueError, match=r"only one class: \[1\]"):
        make("classifier").fit(X, y, (y == 1).astype(float))


def test_no_class_twice():
    with pytest.raises(ValueError, match="no class has two samples, so that none can be held out"):
        make("classifier").fit(data("classifier")[0][:3], [0, 1, 2])


@each_kind
def test_fewer_rows_than_members(kind):
    X, y = data(kind)
    message = "n_members=5 needs at least 5 samples of a positive weight.*got n_samples=4"
    with pytest.raises(ValueError, match=message):
        make(kind, n_members=5).fit(X[:4], y[:4])
    with pytest.raises(ValueError, match=message):
        make(kind, n_members=5).fit(X, y, np.arange(60) < 4)


def test_strings_in_the_target_of_a_regressor():
    X, y = data("regressor")
    with pytest.raises(ValueError, match=r"could not convert string to float|must be real numbers"):
        make("regressor").fit(X, with_(y, "red"))


@pytest.mark.parametrize("factor", [1e-200, 1e200, 1e307])
def test_targets_that_cannot_be_standardized(factor):
    X, y = data("regressor")
    with pytest.raises(ValueError, match=r"the variance of y is too (.*) value is .*Multiply y"):
        make("regressor").fit(X, y * factor)


def test_a_constant_target_has_the_scale_1():
    X, _ = data("regressor")
    model = make("regressor").fit(X, np.full((60, 2), [0.1, 5.0]))
    assert model.target_scale_.tolist() == [1.0, 1.0]
    np.testing.assert_array_equal(model.predict(X[:2]), [[0.1, 5.0]] * 2)


def test_continuous_target_of_a_classifier():
    with pytest.raises(ValueError, match="Unknown label type"):
        make("classifier").fit(*data("regressor"))


@each_kind
def test_diverged(kind, snapshot):
    model = fitted(kind).set_params(learning_rate_init=1e30, max_iter=1)
    changed = snapshot(model)
    with pytest.raises(ValueError, match=f"{type(model).__name__}: .*learning_rate_init"):
        model.fit(*data(kind, 1000))  # three batches, of which the first has a rate of 0
    assert changed() is None


@each_kind
def test_diverged_after_a_finite_epoch(kind):
    message = f"^{type(make(kind)).__name__}: the training of 2 of 2 members diverged.* smaller"
    with pytest.warns(ConvergenceWarning, match=f"{message} learning_rate_init than 1e") as caught:
        model = make(kind, learning_rate_init=1e20, max_iter=20).fit(*data(kind))
    assert [caught[0].filename, len(caught)] == [__file__, 1]
    assert not np.isfinite(model.history_["loss"][-1])
    assert np.isfinite(model.predict(data(kind)[0])).all()


def interrupt_at(monkeypatch, epoch):
    """Let Ctrl-C come with an epoch of some member; return how many were begun."""
    train, begun = MemberTraining.train_epoch, []

    def interrupted(self):
        begun.append(self)
        if len(begun) == epoch:
            raise KeyboardInterrupt
        train(self)

    monkeypatch.setattr(MemberTraining, "train_epoch", interrupted)
    return begun


@each_kind
@pytest.mark.parametrize("settings", [{}, {"n_jobs": 2}, {"verbose": True}], ids=str)
def test_ctrl_c_keeps_the_best_so_far(kind, settings, monkeypatch):
    begun = interrupt_at(monkeypatch, 8)
    with pytest.warns(UserWarning, match=r"^Training interrupted by user\.$") as caught:
        model = make(kind, max_iter=100, **settings).fit(*data(kind))
    assert caught[0].filename == __file__
    assert 8 <= len(begun) <= 9  # two threads may be at one each
    assert 3 <= model.n_iter_ <= 5
    assert np.isfinite(model.predict(data(kind)[0])).all()
    assert np.isfinite(model.oof_score_)
    monkeypatch.undo()
    assert same(model.set_params(max_iter=3).fit(*data(kind)), fitted(kind, **settings))


@each_kind
def test_ctrl_c_before_each_member_has_an_epoch(kind, monkeypatch, snapshot):
    model = fitted(kind)
    changed = snapshot(model)
    interrupt_at(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        model.fit(*data(kind))
    assert changed() is None


SCORINGS = {
    "classifier": ["accuracy", "neg_log_loss", "roc_auc_ovr", make_scorer(accuracy_score)],
    "regressor": ["r2", "neg_mean_absolute_error", make_scorer(r2_score)],
}


@pytest.mark.parametrize(("kind", "i"), [(k, i) for k in SCORINGS for i in range(len(SCORINGS[k]))])
def test_scoring(kind, i):
    """The best epoch has the best score of the rows that the member held out, the last such."""
    scoring, (X, y) = SCORINGS[kind][i], data(kind)
    model = make(kind, scoring=scoring, max_iter=8).fit(X, y)
    for member in model.members_:
        scores = member.history_["validation_score"]
        assert member.best_iter_ == 8 - np.argmax(scores[::-1])
    default = make(kind, max_iter=8).fit(X, y)
    losses = [member.history_["validation_loss"] for member in default.members_]
    scored = [member.history_["validation_loss"] for member in model.members_]
    np.testing.assert_array_equal(losses, scored)  # of the same training
    name = "oof_prediction_" if kind == "regressor" else "oof_decision_function_"
    Z = getattr(model, name)
    rows = np.isfinite(Z).reshape(60, -1).all(axis=1)

    class HeldOut(type(model)):
        """Predicts what members did of the rows that they held out."""

        def predict(self, X):
            return Z[rows] if kind == "regressor" else super().predict(X)

        def decision_function(self, X):
            return Z[rows]

    held_out = HeldOut()
    vars(held_out).update(vars(model))
    score = check_scoring(model, scoring=scoring)(held_out, X[rows], y[rows])
    assert model.oof_score_ == pytest.approx(score)


@each_kind
def test_a_callable_scores_the_rows_that_a_member_held_out(kind):
    X, y = data(kind)
    seen = []

    def score(estimator, X_held, y_held, sample_weight):
        seen.append(len(y_held))
        assert len(X_held) == len(y_held) == len(sample_weight) == len(estimator.predict(X_held))
        return float(len(seen))

    model = make(kind, scoring=score).fit(X, y, np.arange(1.0, 61))
    assert seen == [12] * 6 + [24]
    assert [member.best_iter_ for member in model.members_] == [3, 3]


@each_kind
@pytest.mark.parametrize(
    ("score", "error", "message"),
    [
        (lambda *_: np.nan, ValueError, "gave no finite number in any of 3 epochs"),
        (lambda *_: -np.inf, ValueError, "gave no finite number in any of 3 epochs"),
        (lambda *_: "high", (ValueError, TypeError), "high"),
        (lambda *_: 1 / 0, ZeroDivisionError, "division"),
    ],
    ids=["nan", "infinity", "text", "error"],
)
def test_scores_that_are_none(kind, score, error, message, snapshot):
    model = fitted(kind).set_params(scoring=score)
    changed = snapshot(model)
    with pytest.raises(error, match=message):
        model.fit(*data(kind))
    assert changed() is None


def test_a_scorer_that_needs_each_class():
    X, y = data("classifier")
    y = np.where(np.arange(60) < 2, 3, y)  # of which three folds have no sample
    model = make("classifier", n_members=5, scoring="neg_log_loss")
    with pytest.raises(ValueError, match="different number of classes") as caught:
        model.fit(X, y)
    (note,) = caught.value.__notes__
    assert note.startswith("TabularMLPClassifier: scoring='neg_log_loss' was for 12 held-out")
    assert note.endswith("scoring='loss' takes any.")


def test_a_scorer_of_the_other_kind():
    with pytest.raises((ValueError, AttributeError), match="predict_proba"):
        make("regressor", scoring="neg_log_loss").fit(*data("regressor"))
