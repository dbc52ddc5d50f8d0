"""Classes that no Spec describes: guessed, said so, and nothing in them is run or asked."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import count_params, fitted_params, plan, summary
from skparams.specs import Unknown


class Anything(BaseEstimator):
    """Holds after fit whatever it is given."""

    def __init__(self, chosen=None):
        self.chosen = chosen

    def fit(self, **attributes):
        vars(self).update(attributes)
        return self


def show(estimator):
    found = summary(estimator)
    str(found), repr(found), found.to_html(), found.to_dict()
    return found


def test_it_guesses_floats_and_says_so():
    model = Anything().fit(
        weights_=np.ones((3, 2)),
        intercept_=1.0,
        mask_=np.ones(3, dtype=bool),
        names_=np.array(["a", "b"]),
        loss_curve_=[3.0, 2.0],
        n_iter_=4,
        random_state_=np.random.RandomState(0),
    )
    found = show(model)
    assert found.guessed == ("Anything",)
    assert list(fitted_params(model)) == ["weights_", "intercept_"]
    totals = found.totals
    assert (totals.stored, totals.guessed, totals.exact) == (7, 7, False)
    assert isinstance(totals.free, Unknown)
    assert "guessed: no Spec describes Anything" in str(found)
    assert "~7" in str(found)
    assert "~7" in found.to_html()


def test_objects_are_looked_into():
    inner = SimpleNamespace(w=np.ones(4), n=3, name="a")
    model = Anything().fit(weights_=np.ones(3), model_=inner, table_={"a": inner, "b": [1, 2.5]})
    found = show(model)
    assert found.totals.stored == 3 + 4 + 2
    assert "structure" in {row.role for row in found.root.attributes if row.path == "model_.n"}


@pytest.mark.parametrize("held", [iter, memoryview, bytes, lambda x: Compiled()])
@pytest.mark.parametrize("name", ["model_", "_model"])
def test_what_it_cannot_read_is_unknown(held, name):
    model = Anything().fit(weights_=np.ones(3), **{name: held(b"abc")})
    found = show(model)
    assert isinstance(found.totals.stored, Unknown)
    assert name in found.totals.stored.reason
    assert count_params(model) is None
    assert isinstance(show(make_pipeline(model)).totals.stored, Unknown)


class Compiled:
    """Python attributes, and state that they do not show."""

    def __init__(self):
        self.name = "compiled"
        self.iterator = iter([1.0])


@pytest.mark.parametrize("held", [np.ones(3), [np.ones(3)], SimpleNamespace(w=np.ones(3))])
def test_private_state_is_counted_as_a_guess(held):
    model = Anything().fit(_weights=held, n_iter_=3)
    assert count_params(model) == 3
    assert not show(model).totals.exact


@pytest.mark.parametrize(
    ("name", "value", "role"),
    [
        ("term_scores_", [np.ones(3)], "parameter"),
        ("calibration_", np.ones(3), "parameter"),
        ("distance_weights_", np.ones(3), "parameter"),
        ("time_coef_", 1.5, "parameter"),
        ("w", np.float32(1.5), "parameter"),
        ("records_", np.ones(3, dtype=[("a", float), ("b", int)]), "parameter"),
        ("n_seen_", 3, "metadata"),
        ("n_seen_", np.int64(3), "metadata"),
        ("ready_", True, "metadata"),
        ("name_", "text", "metadata"),
        ("codes_", np.arange(3), "structure"),
        ("mask_", np.ones(3, dtype=bool), "structure"),
        ("lookup_", {"a": 1, "b": 2}, "structure"),
        ("loss_curve_", [3.0, 2.0], "diagnostic"),
        ("history", {"loss": [3.0, 2.0]}, "diagnostic"),
        ("rows_", np.ones((5, 2)), "data"),
        ("targets_", np.arange(5), "data"),
        ("generator_", np.random.RandomState(0), "random"),
    ],
)
def test_the_value_decides_and_the_reason_is_given(name, value, role):
    found = show(Anything().fit(n_samples_fit_=5, **{name: value}))
    guess = {row.path.partition("[")[0]: row for row in found.root.attributes}.get(name)
    if guess is not None:  # text has no record
        assert guess.role == role
        assert guess.guess
    assert found.totals.stored == (0 if role != "parameter" else found.totals.guessed)
    assert found.kept_places == ()
    assert found.to_dict()["estimator"]["totals"]["guessed"] is not None


def test_estimators_in_containers_are_found_and_templates_are_not():
    def scaler():
        return StandardScaler().fit([[0.0], [1.0]])

    model = Anything(chosen=StandardScaler(with_mean=False)).fit(
        one_=scaler(),
        listed_=[scaler(), scaler()],
        named_=[("first", scaler(), [0])],
        keyed_={"k": scaler()},
        array_=np.array([[scaler()]], dtype=object),
        template_=StandardScaler(),
    )
    found = show(model)
    assert [child.path for child in found.root.children] == [
        "one_",
        "listed_[0]",
        "listed_[1]",
        "first",
        "keyed_['k']",
        "array_[0, 0]",
    ]
    assert found.totals.stored == 12
    assert "chosen__with_mean" in [row.path for row in found.root.hyperparameters]


def test_estimators_among_the_arguments_count_where_nothing_else_is_fitted():
    inner = StandardScaler().fit([[0.0], [1.0]])
    model = Anything(chosen=inner).fit(done_=True)
    assert list(fitted_params(model)) == ["chosen__mean_", "chosen__scale_"]


def test_properties_are_not_run_and_truth_is_not_asked():
    class Touchy(Anything):
        @property
        def coef_(self):
            raise RuntimeError("a property was run")

        def __bool__(self):
            raise RuntimeError("the truth was asked")

        def __len__(self):
            raise RuntimeError("the length was asked")

        def __eq__(self, other):
            raise RuntimeError("was compared")

        __hash__ = None

    model = Touchy(chosen=Touchy()).fit(inner_=Touchy().fit(w_=np.ones(2)), w_=np.ones(3))
    assert show(model).totals.stored == 5


def test_a_repr_that_raises_and_get_params_that_raises():
    class Mute:
        def __repr__(self):
            raise RuntimeError("no repr")

    class Closed(Anything):
        def get_params(self, deep=True):
            raise RuntimeError("no parameters")

    assert "Mute" in show(Anything(chosen=Mute()).fit(w_=np.ones(2))).root.hyperparameters[0].value
    closed = Closed().fit(w_=np.ones(2))
    del closed.chosen
    assert show(closed).totals.stored == 2


def test_cycles_end():
    model = Anything().fit(w_=np.ones(2))
    model.self_ = model
    model.list_ = [model]
    model.list_.append(model.list_)
    model.dict_ = {"again": model}
    model.dict_["me"] = model.dict_
    model.chosen = model
    model.array_ = np.empty(1, dtype=object)
    model.array_[0] = model.array_
    assert show(model).totals.stored == 2


def test_slots_sparse_object_arrays_and_empty_ones():
    class Slotted:
        __slots__ = ("missing_", "weights_")

        def fit(self):
            self.weights_ = np.ones(4)
            return self

        def get_params(self, deep=True):
            return {}

    assert show(Slotted().fit()).totals.stored == 4
    ragged = np.empty(2, dtype=object)
    ragged[:] = [np.ones(2), np.ones(3)]
    model = Anything().fit(
        ragged_=ragged,
        csr_=sparse.csr_array(np.eye(3)),
        coo_=sparse.coo_array(np.eye(3)),
        empty_=np.empty((0, 3)),
        other_empty_=np.empty((0, 3)),
        nan_=np.full(2, np.nan),
        half_=np.ones(2, dtype=np.float16),
    )
    assert show(model).totals.stored == 2 + 3 + 3 + 3 + 2 + 2


def test_memory_maps_and_read_only_arrays(tmp_path):
    np.save(tmp_path / "w.npy", np.ones((5, 2)))
    mapped = np.load(tmp_path / "w.npy", mmap_mode="r")
    model = Anything().fit(w_=mapped)
    assert show(model).totals.stored == 10
    assert np.shares_memory(fitted_params(model)["w_"], mapped)


def test_long_names_and_many_arrays_stay_on_the_page():
    name = "a" * 200 + "_"
    model = Anything(chosen=list(range(10_000))).fit(**{name: np.ones(2)})
    vars(model).update({f"w{i}_": np.ones(2) for i in range(1000)})
    text = show(model).to_text(width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert len(text.splitlines()) < 40
    assert "2,002" in text


def test_changed_means_another_value_or_another_type():
    def changed(default, value):
        class Chosen(Anything):
            def __init__(self, a=default):
                self.a = a

        return summary(Chosen(value)).root.hyperparameters[0].changed

    assert not changed((1, "a", None), (1, "a", None))
    assert not changed(float("nan"), float("nan"))
    assert changed(1, 1.0)
    assert changed(True, 1)
    assert changed([1], (1,))
    assert changed(np.ones(2), np.ones(2))


class Kernels(ClassifierMixin, BaseEstimator):
    """Keeps what it needs, and what it does not, where nobody would guess it."""

    def fit(self, X, y):
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.X_train_ = X.copy()
        self._weights = np.eye(len(self.classes_))[codes]
        self.threshold_ = 0.5
        self.best_score_ = 0.25
        self.cov_ = np.cov(X.T)
        self._seen = np.zeros(5)
        return self

    def predict(self, X):
        """Vote by distance."""
        apart = ((X[:, None] - self.X_train_[None]) ** 2).sum(axis=-1)
        votes = np.exp(-apart) @ self._weights
        return self.classes_[(votes > self.threshold_ * self.best_score_).argmax(axis=1)]


def kernels(seed=0):
    rng = np.random.RandomState(seed)
    y = np.arange(60) % 3
    return rng.standard_normal((60, 4)) + y[:, None], np.array(["a", "b", "c"])[y]


@pytest.mark.parametrize("piped", [False, True])
def test_with_rows_probe_raises_roles_and_lowers_none(piped):
    X, y = kernels()
    model = make_pipeline(StandardScaler(), Kernels()) if piped else Kernels()
    model.fit(X, y)
    before = pickle.dumps((model, X))
    found = summary(model, X)
    assert pickle.dumps((model, X)) == before
    at = "kernels__" if piped else ""
    assert [(each.path, each.role) for each in found.probed.roles] == [
        (f"{at}best_score_", "parameter")
    ]
    assert found.probed.unused == (f"{at}cov_", f"{at}_seen")
    assert found.totals.stored == summary(model).totals.stored + 1
    assert found.probed.methods == ("predict",)
    assert found.probed.n_samples == 60
    text = " ".join(found.to_text(width=120).split())
    assert f"counted too, as predictions use it: {at}best_score_" in text
    assert f"not seen to be used on these 60 rows: {at}cov_, {at}_seen" in text


def test_what_rows_do_not_show_stays_counted():
    class Imputer(Anything):
        def transform(self, X):
            """Fill gaps, of which these rows have none."""
            return np.where(np.isnan(X), self.medians_, X)

    X = np.random.RandomState(0).standard_normal((20, 2))
    model = Imputer().fit(medians_=np.zeros(2))
    assert summary(model).totals.stored == summary(model, X).totals.stored == 2
    assert summary(model, X).probed.unused == ("medians_",)


def test_without_rows_or_guesses_nothing_is_probed():
    X, y = kernels()
    assert summary(Kernels().fit(X, y)).probed is None
    assert summary(Kernels().fit(X, y), n_samples=60).probed is None
    assert summary(Kernels(), X).probed is None
    assert summary(StandardScaler().fit(X), X).probed is None


class Uncopied(Kernels):
    def __reduce_ex__(self, protocol):
        raise RuntimeError("there is one only")


class Failing(Kernels):
    def predict(self, X):
        raise RuntimeError("no <b>power</b>")


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (Anything().fit(w_=np.ones(4)), "Anything has none of the methods predict"),
        (Uncopied().fit(*kernels()), "there is one only"),
        (Failing().fit(*kernels()), "predict: RuntimeError: no <b>power</b>"),
    ],
    ids=["no method", "no copy", "raises"],
)
def test_where_probing_fails_the_guess_stays_and_says_why(model, reason):
    X = kernels()[0]
    found = show(model), summary(model, X)
    assert found[1].totals == found[0].totals
    assert reason in found[1].probed.reason
    assert "not probed: " in str(found[1])
    assert "<b>power" not in found[1].to_html()


class Trials:
    """What a search keeps of what it tried."""

    def __init__(self):
        self.scores = np.ones(7)
        self.callback = lambda: None


class Search(BaseEstimator):
    """A search of nobody's, with other names for its candidates than scikit-learn's."""

    def __init__(self, estimator=None, space=None):
        self.estimator = estimator
        self.space = space

    def fit(self, X, y):
        self.trials_ = Trials()
        self.history_ = {"loss": [0.5, 0.25]}
        self.tries_ = [clone(self.estimator).fit(X, y) for _ in range(2)]
        self.best_estimator_ = clone(self.estimator).fit(X, y)
        return self

    def predict(self, X):
        return self.best_estimator_.predict(X)


class Shifted(Search):
    def fit(self, X, y):
        super().fit(X, y)
        self.shift_ = 0.5
        return self


def test_of_a_search_the_winner_counts():
    X = kernels()[0]
    y = X @ np.ones(4)
    model = Search(LinearRegression(), {"positive": object()})
    unknown = plan(model, X, y).totals.stored
    assert "Search" in unknown.reason
    found = summary(model.fit(X, y))
    assert found.totals.stored == X.shape[1] + 1
    assert list(fitted_params(model)) == ["best_estimator___coef_", "best_estimator___intercept_"]
    moved = summary(Shifted(LinearRegression()).fit(X, y)).totals
    assert moved.stored == X.shape[1] + 2
    assert moved.guessed == 1
