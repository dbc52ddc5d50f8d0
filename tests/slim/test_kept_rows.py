"""Where training rows are kept, compared with the rows themselves."""

import functools
import json

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity, KNeighborsRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

from skparams import kept_rows, summary
from tests import stand_ins
from tests.all_estimators import each_estimator, fitted

STAND_INS = [
    name
    for name, cls in vars(stand_ins).items()
    if isinstance(cls, type) and cls.__module__ == stand_ins.__name__ and hasattr(cls, "fit")
]


@pytest.fixture
def X(rng):
    return rng.standard_normal((40, 5))


def places(found):
    return [(each.path, each.rows, each.bytes) for each in found.places]


def test_where_how_many_and_how_large(X):
    y = X[:, 0]
    assert places(kept_rows(KernelDensity().fit(X))) == [("tree_.data", 40, 1600)]
    none = kept_rows(LinearRegression().fit(X, y))
    assert (none.places, none.unknown) == ((), ())
    model = make_pipeline(StandardScaler(), KNeighborsRegressor()).fit(X, y)
    found = kept_rows(model)
    assert [(each.path, each.rows) for each in found.places] == [
        ("kneighborsregressor___fit_X", 40),
        ("kneighborsregressor___y", 40),
    ]
    (vectors,) = kept_rows(SVC(C=0.1).fit(X, y > 0)).places
    assert vectors.path == "support_vectors_"
    assert vectors.rows < 40
    assert kept_rows(KernelRidge().fit(sparse.csr_matrix(X), y)).places[0].rows == 40
    assert summary(model).kept_places == found.places


class Unknown(BaseEstimator):
    """No Spec describes it; what it keeps is set by hand."""

    def fit(self, X, y=None, **kept):
        self.n_features_in_ = X.shape[1]
        vars(self).update(kept)
        return self

    def transform(self, X):
        return X


NOT_ROWS = {"number_": 2.0, "flag_": True, "text_": "a", "function_": np.sum, "empty_": np.ones(0)}


def test_what_no_spec_describes_never_reads_as_clean(X):
    kept = {
        "X_": X,
        "_y": X[:, 0].copy(),
        "texts_": ["one", "two"],
        "set_": {"one", "two"},
        "nested_": {"a": [X[:2], (X[2].copy(),)]},
        "sparse_": sparse.csr_array(X),
        "object_": object(),
    }
    found = kept_rows(Unknown().fit(X, **kept, **NOT_ROWS))
    assert found.places == ()
    assert found.unknown == (
        *(
            "X_",
            "_y",
            "texts_",
            "set_",
            "nested_['a'][0]",
            "nested_['a'][1]",
            "sparse_",
            "object_",
        ),
    )
    assert "training rows kept: not known" in str(found)
    assert "no Spec describes these" in str(found)


def test_an_attribute_that_a_spec_does_not_name_is_unknown_too(X):
    model = LinearRegression().fit(X, X[:, 0])
    model.extra_ = X.copy()
    assert kept_rows(model).unknown == ("extra_",)
    assert places(kept_rows(model, X)) == [("extra_", 40, 1600)]


def test_rows_are_compared_with_x(X, rng):
    kept = {
        "same_": X,
        "view_": X[5:10],
        "column_": X[:, 0],
        "copied_": X[[3, 1]].copy(),
        "mixed_": np.vstack([X[:3], rng.standard_normal((4, 5))]),
        "narrow_": X.astype(np.float32),
        "row_": X[7].copy(),
        "others_": rng.standard_normal((40, 5)),
        "coef_": rng.standard_normal(5),
        "targets_": rng.standard_normal(40),
        "wide_": rng.standard_normal((40, 9)),
    }
    found = kept_rows(Unknown().fit(X, **kept, **NOT_ROWS), X)
    assert [(each.path, each.rows) for each in found.places] == [
        *(("same_", 40), ("view_", 5), ("column_", 40), ("copied_", 2), ("mixed_", 3)),
        *(("narrow_", 40), ("row_", 1)),
    ]
    # Targets and transformed rows are not in X.
    assert found.unknown == ("targets_", "wide_")
    assert found.n_samples == 40


def test_x_is_compared_as_it_gets_behind_other_steps(X, rng):
    inner = Unknown()
    model = make_pipeline(StandardScaler(), MinMaxScaler(), inner).fit(X)
    kept = model[:-1].transform(X)
    inner.rows_, inner.raw_, inner.others_ = kept[::2], X, rng.standard_normal((9, 5))
    for each in (model, searched(model, X), make_pipeline(model)):
        found = kept_rows(each, X)
        assert [(p.path.rpartition("__")[2], p.rows) for p in found.places] == [
            ("rows_", 20),
            ("raw_", 40),
        ]
        assert found.unknown == ()


def searched(model, X):
    search = GridSearchCV(model, {}, cv=2, scoring=lambda *_: 1.0).fit(X)
    search.best_estimator_ = model
    return search


def test_what_fit_got_may_differ_in_bits_from_what_transform_gives(X):
    inner = Unknown()
    model = make_pipeline(PCA(), inner).fit(X)
    inner.rows_ = PCA().fit_transform(X)
    assert kept_rows(model, X).places[0].rows == 40
    inner.rows_ = model[0].transform(X) + 1e-3  # as other solvers may give in fit
    assert kept_rows(model, X).unknown == ("unknown__rows_",)
    inner.rows_ = model[0].transform(X)
    assert kept_rows(model, X).places[0].rows == 40


def test_steps_that_raise_or_cannot_be_copied(X):
    for Step in (Raising, Uncopied):
        inner = Unknown()
        model = Pipeline([("step", Step()), ("inner", inner)]).fit(X)
        inner.rows_ = X + 1
        assert kept_rows(model, X).unknown == ("inner__rows_",)


class Raising(Unknown):
    def fit_transform(self, X, y=None):
        return X

    def transform(self, X):
        raise RuntimeError


class Uncopied(Raising):
    def transform(self, X):
        return X + 1

    def __reduce_ex__(self, protocol):
        raise RuntimeError


def test_sparse_x_is_compared_by_identity_and_by_rows(X):
    rows = sparse.csr_array(X)
    found = kept_rows(Unknown().fit(rows, a_=rows, b_=rows.copy(), c_=X[:3], d_=X + 1), rows)
    assert places(found) == [("a_", 40, 1600), ("b_", 40, 1600), ("c_", 3, 120)]
    assert found.unknown == ()


class Holder:
    def __init__(self, **kept):
        vars(self).update(kept)


def test_rows_in_tables_objects_functions_and_names_of_other_meaning(X):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    loop = [X[5].copy()]
    loop.append(loop)

    def closure():
        return X[:4]

    kept = {
        "frame_": pd.DataFrame(X[:7]),
        "polars_": pl.DataFrame(X),
        "column_": pd.Series(X[:, 0]),
        "list_": X[:3].tolist(),
        "objects_": X[:2].astype(object),
        "object_": Holder(rows=X[:6].copy(), text="a"),
        "opaque_": object(),
        "stored_": b"bytes",
        "function_": closure,
        "plain_function_": searched,
        "partial_": functools.partial(searched, X[:8]),
        "loop_": loop,
        "embedding_": X.copy(),
        "labels_": np.ones(40),
        "model_": Holder(inner=KNeighborsRegressor().fit(X[:9].copy(), X[:9, 0])),
    }
    model = Unknown().fit(X, **kept)
    found = kept_rows(model, X)
    assert {each.path: each.rows for each in found.places} == {
        "frame_": 7,
        "polars_": 40,
        "list_": 3,
        "objects_": 2,
        "object_.rows": 6,
        "function_.X": 40,
        "partial_.args[0]": 8,
        "loop_[0]": 1,
        "embedding_": 40,
        "model_.inner___fit_X": 9,
        "model_.inner___y": 9,
    }
    assert {"column_", "opaque_", "stored_"} <= set(found.unknown)
    assert not {"plain_function_", "labels_", "function_", "object_"} & set(found.unknown)
    blind = kept_rows(model)
    assert {p for p in kept if p not in ("labels_", "embedding_", "plain_function_")} <= {
        path.partition(".")[0].partition("[")[0] for path in blind.unknown
    }


@pytest.mark.parametrize("form", ["pandas", "polars", "list", "csr", "fortran", "float32"])
def test_x_in_any_form(X, form):
    model = make_pipeline(StandardScaler(), stand_ins.Neighbor()).fit(X, X[:, 0])
    search = GridSearchCV(model, {}, cv=2).fit(X, X[:, 0])
    given = {
        "pandas": lambda: pytest.importorskip("pandas").DataFrame(X),
        "polars": lambda: pytest.importorskip("polars").DataFrame(X),
        "list": X.tolist,
        "csr": lambda: sparse.csr_array(X),
        "fortran": lambda: np.asfortranarray(X),
        "float32": lambda: X.astype(np.float32),
    }[form]()
    alone = kept_rows(stand_ins.Neighbor().fit(X, X[:, 0]), given)
    assert places(alone) == [("rows_", 40, 1600)]
    assert alone.unknown == ("targets_",)
    for each in (model, search):
        found = kept_rows(each, given)
        rows = [p for p in found.places if p.path.endswith("rows_")]
        # A scaler cannot center sparse rows, and float32 rows are scaled with other rounding.
        if form in ("csr", "float32"):
            assert rows or any(path.endswith("rows_") for path in found.unknown)
        else:
            assert [place.rows for place in rows] == [40]


def test_rows_in_hyperparameters_are_found_too(X, rng):
    model = KMeans(3, init=X[:3].copy(), n_init=1).fit(X)
    assert kept_rows(model).places == ()
    assert places(kept_rows(model, X)) == [("init", 3, 120)]
    assert kept_rows(KMeans(3, init=rng.standard_normal((3, 5)), n_init=1).fit(X), X).unknown == ()


@pytest.mark.parametrize("name", STAND_INS)
def test_stand_ins_are_never_clean_by_mistake(name):
    X, y = stand_ins.data()
    model = getattr(stand_ins, name)()
    model.fit(X, y)
    before = {key: id(value) for key, value in vars_of(model).items()}
    keeping = {"Neighbor": "rows_", "ChangesItself": "X_train"}
    for given in (None, X):
        try:
            found = kept_rows(model, given)
        except NotFittedError:  # an error does not read as clean
            continue
        assert found.to_text()
        if name in keeping:
            known = [each.path for each in found.places] if given is not None else found.unknown
            assert keeping[name] in known
        if name in ("Opaque",):
            assert found.unknown
    assert {key: id(value) for key, value in vars_of(model).items()} == before


def vars_of(model):
    return getattr(model, "__dict__", {})


class SearchThatKeepsX(GridSearchCV):
    def fit(self, X, y=None, **params):
        super().fit(X, y, **params)
        self.X_, self.half_ = X, X[::2].astype(np.float32)
        return self


def test_a_search_that_keeps_x(X):
    search = SearchThatKeepsX(Ridge(), {"alpha": [1.0, 2.0]}, cv=2).fit(X, X[:, 0])
    assert kept_rows(search).unknown == ("X_", "half_")
    found = kept_rows(search, X)
    assert {each.path: each.rows for each in found.places} == {"X_": 40, "half_": 20}


def test_it_has_no_truth_value(X):
    with pytest.raises(TypeError, match=r"use \.places, .* \.unknown"):
        bool(kept_rows(LinearRegression().fit(X, X[:, 0])))


def test_it_is_shown_as_data(X):
    found = kept_rows(Unknown().fit(X, a_=X, b_=np.ones(40)), X)
    assert found.to_dict()["kind"] == "keptrows"
    assert json.loads(found.to_json()) == found.to_dict()
    assert found.to_dict()["places"] == [{"path": "a_", "rows": 40, "bytes": 1600}]
    assert found.to_dict()["unknown"] == ["b_"]
    frame = pytest.importorskip("pandas") and found.to_frame()
    assert list(frame["path"]) == ["a_", "b_"]
    assert "a_" in found._repr_html_()
    assert repr(found).startswith("Unknown · training rows kept: 40")


def test_bad_input(X):
    with pytest.raises(NotFittedError, match="kept_rows: this SVC is not fitted"):
        kept_rows(SVC())
    with pytest.raises(TypeError, match="kept_rows: estimator must be an instance"):
        kept_rows(SVC)
    model = LinearRegression().fit(X, X[:, 0])
    with pytest.raises(ValueError, match="kept_rows: X must have the 5 columns"):
        kept_rows(model, X[:, :2])
    with pytest.raises(TypeError, match="kept_rows: X must be rows"):
        kept_rows(model, 3)


def _rows(X):
    dense = X.toarray() if sparse.issparse(X) else np.asarray(X, float)
    return {row.tobytes() for row in dense.reshape(len(dense), -1)}


@pytest.mark.filterwarnings("ignore::FutureWarning")
@each_estimator
def test_they_are_training_rows(name):
    for estimator, X, _ in fitted(name):
        found = kept_rows(estimator)
        assert found.unknown == ()
        for each in found.places:
            attribute, _, inner = each.path.partition(".")
            if attribute in vars(estimator):  # what gets to estimators in it is not X
                rows = vars(estimator)[attribute]
                rows = getattr(rows, inner) if inner else rows
                assert each.rows == rows.shape[0]
                assert rows.ndim == 1 or _rows(rows) <= _rows(X), each.path
