"""What a user expects of the multi-layer perceptrons besides parity with scikit-learn."""

import builtins
import copy
import os
import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.special import expit, logsumexp, xlogy
from sklearn import neural_network as theirs
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import MLPClassifier, MLPRegressor
from tests.processes import assert_runs
from tests.sweep import sweep

joblib = pytest.importorskip("joblib")
numba = pytest.importorskip("numba")

compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="about the compiled kernels")
quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
each_class = pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
each_solver = pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])

KINDS = ("binary", "multiclass", "multilabel", "one", "many", "poisson")
each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def X(rng):
    return rng.standard_normal((24, 3))


@pytest.fixture
def target(X):
    """A target of a kind, the same at every call."""

    def make(kind):
        rng = np.random.RandomState(1)
        scores = X @ rng.standard_normal((3, 3)) + 0.2 * rng.standard_normal((len(X), 3))
        return {
            "binary": scores[:, 0] > 0,
            "multiclass": scores.argmax(axis=1),
            "multilabel": (scores > 0).astype(int),
            "one": scores[:, 0],
            "many": scores,
            "poisson": rng.poisson(np.exp(np.clip(scores[:, 0], -2, 2))),
        }[kind]

    return make


@pytest.fixture
def model():
    """A small network for a kind of target."""

    def make(kind, **arguments):
        small = {"hidden_layer_sizes": (4,), "max_iter": 3, "random_state": 0} | arguments
        if kind in ("one", "many", "poisson"):
            loss = "poisson" if kind == "poisson" else "squared_error"
            return MLPRegressor(loss, **small)
        return MLPClassifier(**small)

    return make


class TestFloat32:
    @quiet
    @each_kind
    @each_solver
    @pytest.mark.parametrize("form", [np.asarray, sp.csr_matrix])
    def test_it_stays_from_data_to_prediction(self, kind, solver, form, X, target, model):
        X, y = form(X.astype(np.float32)), target(kind)
        estimator = model(kind, solver=solver, warm_start=True)
        for _ in range(2):
            estimator.fit(X, y)
        if solver != "lbfgs":
            estimator.partial_fit(X, y)
        assert {array.dtype for array in estimator.coefs_} == {np.dtype(np.float32)}
        assert {array.dtype for array in estimator.intercepts_} == {np.dtype(np.float32)}
        if kind in ("one", "many", "poisson"):
            assert estimator.predict(X).dtype == np.float32
        else:
            assert estimator.predict_proba(X).dtype == np.float32
            assert estimator.predict_log_proba(X).dtype == np.float32

    @quiet
    @pytest.mark.parametrize("kind", ["multiclass", "one"])
    def test_early_stopping_keeps_it(self, kind, X, target, model):
        estimator = model(kind, early_stopping=True).fit(X.astype(np.float32), target(kind))
        assert {array.dtype for array in estimator.coefs_} == {np.dtype(np.float32)}

    @quiet
    @each_kind
    def test_it_is_near_float64(self, kind, X, target, model):
        y = target(kind)
        double, single = (
            model(kind, max_iter=5, learning_rate_init=0.01).fit(X.astype(dtype), y)
            for dtype in (np.float64, np.float32)
        )
        for a, b in zip(double.coefs_, single.coefs_, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(double.loss_curve_, single.loss_curve_, rtol=1e-5)

    @quiet
    @pytest.mark.parametrize("dtype", [np.int64, np.int8, np.float16, bool])
    def test_other_numbers_become_float64(self, dtype, X, target, model):
        estimator = model("one").fit((2 * X).astype(dtype), target("one"))
        assert {array.dtype for array in estimator.coefs_} == {np.dtype(np.float64)}

    @quiet
    @each_solver
    @pytest.mark.parametrize("first", [np.float32, np.float64])
    def test_further_training_keeps_the_precision_of_the_model(self, first, solver, X, target):
        y = target("one")
        other = np.float64 if first is np.float32 else np.float32
        estimator = MLPRegressor(
            hidden_layer_sizes=4, max_iter=2, solver=solver, warm_start=True, random_state=0
        )
        estimator.fit(X.astype(first), y).fit(X.astype(other), y)
        if solver != "lbfgs":
            estimator.partial_fit(X.astype(other), y)
        assert {array.dtype for array in estimator.coefs_} == {np.dtype(first)}


class TestRandomState:
    @pytest.fixture
    def global_state(self):
        before = np.random.get_state()
        yield np.random.mtrand._rand
        np.random.set_state(before)

    @quiet
    @each_class
    @pytest.mark.parametrize("early_stopping", [False, True])
    def test_none_is_the_global_one_as_in_scikit_learn(
        self, Estimator, early_stopping, X, target, global_state
    ):
        models, next_numbers = [], []
        for Class in (Estimator, getattr(theirs, Estimator.__name__)):
            global_state.seed(7)
            settings = {"hidden_layer_sizes": 4, "max_iter": 3, "early_stopping": early_stopping}
            models.append(Class(**settings).fit(X, target("binary")))
            next_numbers.append(global_state.randint(1 << 30))
        assert next_numbers[0] == next_numbers[1]
        for ours, reference in zip(models[0].coefs_, models[1].coefs_, strict=True):
            np.testing.assert_allclose(ours, reference, rtol=1e-8)

    @quiet
    @each_class
    @each_solver
    def test_an_integer_leaves_the_global_one_alone(
        self, Estimator, solver, X, target, global_state
    ):
        before = global_state.get_state()[1:3]
        Estimator(hidden_layer_sizes=4, max_iter=2, solver=solver, random_state=0).fit(
            X, target("binary")
        )
        after = global_state.get_state()[1:3]
        assert before[1] == after[1]
        np.testing.assert_array_equal(before[0], after[0])

    @quiet
    def test_a_shared_object_is_advanced_as_scikit_learn_advances_it(self, X, target):
        states = [np.random.RandomState(3) for _ in range(2)]
        for Class, state in zip((MLPRegressor, theirs.MLPRegressor), states, strict=True):
            for _ in range(2):
                Class(hidden_layer_sizes=4, max_iter=2, random_state=state).fit(X, target("one"))
        assert states[0].randint(1 << 30) == states[1].randint(1 << 30)


def objective(coefs, intercepts, X, Y, kind, activation, alpha, weights):
    """The loss that is minimized, as it stands in a textbook; summed over the outputs."""
    act = {
        "identity": lambda z: z,
        "logistic": expit,
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
    }[activation]
    z = X
    for layer, (W, b) in enumerate(zip(coefs, intercepts, strict=True)):
        z = (z if layer == 0 else act(z)) @ W + b
    if kind == "multiclass":
        rows = logsumexp(z, axis=1) - (Y * z).sum(axis=1)
    elif kind in ("binary", "multilabel"):
        rows = (np.logaddexp(0, z) - Y * z).sum(axis=1)
    elif kind == "poisson":
        rows = (xlogy(Y, Y) - Y * z - Y + np.exp(z)).sum(axis=1)
    else:
        rows = 0.5 * ((z - Y) ** 2).sum(axis=1)
    penalty = 0.5 * alpha * sum((W**2).sum() for W in coefs)
    return (weights @ rows + penalty) / weights.sum()


class TestGradient:
    """A step of plain gradient descent shows the gradient: what it took off, by the rate."""

    rate = 1e-3

    @quiet
    @each_kind
    @pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
    @pytest.mark.parametrize("weighted", [False, True])
    @pytest.mark.parametrize("hidden", [(), (4,), (3, 5)], ids=str)
    def test_it_is_that_of_central_differences(
        self, kind, activation, weighted, hidden, X, target, model, rng
    ):
        y = target(kind)
        weights = rng.uniform(0.5, 2, len(X)) if weighted else None
        arguments = {"activation": activation, "alpha": 0.7, "hidden_layer_sizes": hidden}
        estimator = model(
            kind,
            solver="sgd",
            momentum=0.0,
            learning_rate_init=self.rate,
            batch_size=len(X),
            shuffle=False,
            max_iter=1,
            warm_start=True,
            **arguments,
        )
        estimator.fit(X, y, weights)
        arrays = [a.copy() for a in estimator.coefs_ + estimator.intercepts_]
        estimator.fit(X, y, weights)
        after = estimator.coefs_ + estimator.intercepts_
        gradient = [(a - b) / self.rate for a, b in zip(arrays, after, strict=True)]

        Y = np.asarray(y, dtype=float).reshape(len(X), -1)
        if kind == "multiclass":
            Y = np.equal(Y, np.unique(y)).astype(float)
        w = np.ones(len(X)) if weights is None else weights
        half = len(arrays) // 2

        def loss():
            return objective(arrays[:half], arrays[half:], X, Y, kind, activation, 0.7, w)

        # scikit-learn reports the mean over the outputs of a regression, and descends on the sum
        if kind != "many":
            assert estimator.loss_ == pytest.approx(loss(), rel=1e-10)
        h = 1e-6
        for array, found in zip(arrays, gradient, strict=True):
            for at in np.ndindex(array.shape):
                here = array[at]
                array[at] = here + h
                up = loss()
                array[at] = here - h
                down = loss()
                array[at] = here
                assert found[at] == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-7)

    @quiet
    @each_kind
    @pytest.mark.parametrize("weighted", [False, True])
    def test_lbfgs_ends_where_it_vanishes(self, kind, weighted, X, target, model, rng):
        y = target(kind)
        weights = rng.uniform(0.5, 2, len(X)) if weighted else np.ones(len(X))
        estimator = model(
            kind, solver="lbfgs", activation="tanh", alpha=0.7, max_iter=2000, tol=1e-6
        ).fit(X, y, weights)
        Y = np.asarray(y, dtype=float).reshape(len(X), -1)
        if kind == "multiclass":
            Y = np.equal(Y, np.unique(y)).astype(float)
        arrays = [a.copy() for a in estimator.coefs_ + estimator.intercepts_]

        def loss():
            return objective(arrays[:2], arrays[2:], X, Y, kind, "tanh", 0.7, weights)

        assert estimator.loss_ == pytest.approx(loss(), rel=1e-10)
        h = 1e-6
        for array in arrays:
            for at in np.ndindex(array.shape):
                here = array[at]
                array[at] = here + h
                up = loss()
                array[at] = here - h
                down = loss()
                array[at] = here
                assert abs(up - down) / (2 * h) < 1e-3


class TestWhatIsKept:
    @quiet
    @each_solver
    @each_kind
    @pytest.mark.parametrize("early_stopping", [False, True])
    def test_arrays_own_their_data(self, solver, kind, early_stopping, X, target, model):
        estimator = model(
            kind, solver=solver, hidden_layer_sizes=(4, 3), early_stopping=early_stopping
        )
        y = target(kind)
        estimator.fit(X, y)
        if solver != "lbfgs" and not early_stopping:
            estimator.partial_fit(X, y)
        arrays = [*estimator.coefs_, *estimator.intercepts_]
        assert isinstance(estimator.coefs_, list)
        assert isinstance(estimator.intercepts_, list)
        for i, array in enumerate(arrays):
            assert array.flags.owndata
            assert array.flags.c_contiguous
            assert array.flags.writeable
            assert not np.shares_memory(array, X)
            assert not any(np.shares_memory(array, other) for other in arrays[:i])

    @quiet
    @each_solver
    @pytest.mark.parametrize("early_stopping", [False, True])
    def test_a_pickle_holds_the_weights_and_the_optimizer_once(
        self, solver, early_stopping, X, target, model
    ):
        estimator = model(
            "one",
            solver=solver,
            hidden_layer_sizes=(60, 60),
            early_stopping=early_stopping,
            max_iter=1,
        ).fit(X, target("one"))
        weights = sum(array.nbytes for array in estimator.coefs_ + estimator.intercepts_)
        copies = {"lbfgs": 1, "sgd": 2, "adam": 3}[solver]
        assert len(pickle.dumps(estimator)) < copies * weights + 10_000

    @quiet
    @each_class
    def test_earlier_weights_are_not_changed_by_further_training(self, Estimator, X, target):
        y = target("binary")
        estimator = Estimator(hidden_layer_sizes=4, max_iter=2, warm_start=True, random_state=0)
        estimator.fit(X, y)
        kept, copies = estimator.coefs_, copy.deepcopy(estimator.coefs_)
        estimator.fit(X, y)
        estimator.partial_fit(X, y)
        assert not np.array_equal(estimator.coefs_[0], copies[0])
        for array, before in zip(kept, copies, strict=True):
            np.testing.assert_array_equal(array, before)

    @quiet
    @each_class
    @pytest.mark.parametrize("method", ["fit", "partial_fit"])
    @pytest.mark.parametrize("how", ["read_only", "fortran", "views"])
    def test_weights_that_a_user_assigned_are_trained_on(
        self, Estimator, method, how, X, target, same_weights
    ):
        y = target("binary")
        arguments = {
            "hidden_layer_sizes": (4, 3),
            "max_iter": 1,
            "warm_start": True,
            "solver": "sgd",
            "momentum": 0.0,
            "random_state": 0,
            "shuffle": False,
        }
        plain, assigned = (Estimator(**arguments).fit(X, y) for _ in range(2))
        for estimator in (plain, assigned):
            estimator.coefs_ = [0.5 * array for array in estimator.coefs_]
            estimator.intercepts_ = [array + 0.25 for array in estimator.intercepts_]
        before = [array.copy() for array in plain.coefs_]
        if how == "read_only":
            for array in assigned.coefs_ + assigned.intercepts_:
                array.setflags(write=False)
        elif how == "fortran":
            assigned.coefs_ = [np.asfortranarray(array) for array in assigned.coefs_]
        else:
            assigned.coefs_ = [np.repeat(array, 2, axis=0)[::2] for array in assigned.coefs_]
        np.testing.assert_array_equal(plain.predict(X), assigned.predict(X))
        given = list(assigned.coefs_)
        for estimator in (plain, assigned):
            getattr(estimator, method)(X, y)
        assert not np.array_equal(plain.coefs_[0], before[0])
        assert same_weights(plain, assigned)
        for array, untouched in zip(given, before, strict=True):
            np.testing.assert_array_equal(array, untouched)

    @quiet
    def test_predictions_come_from_coefs_alone(self, X, target, model):
        estimator = model("one").fit(X, target("one"))
        estimator.coefs_[-1][:] = 0.0
        estimator.intercepts_[-1][:] = 7.0
        np.testing.assert_array_equal(estimator.predict(X), np.full(len(X), 7.0))

    @quiet
    @each_class
    def test_inputs_are_not_changed(self, Estimator, X, target, rng):
        y, weights = target("binary").astype(float), rng.uniform(1, 2, len(X))
        given = [a.copy() for a in (X, y, weights)]
        Estimator(hidden_layer_sizes=4, max_iter=2, random_state=0).fit(X, y, weights)
        for array, before in zip((X, y, weights), given, strict=True):
            np.testing.assert_array_equal(array, before)


class TestSparse:
    @quiet
    @each_solver
    @each_kind
    def test_forms_agree(self, solver, kind, X, target, model):
        X = np.where(np.abs(X) < 0.5, 0.0, X)
        y = target(kind)
        dense = model(kind, solver=solver, batch_size=7).fit(X, y)
        for form in (sp.csr_matrix, sp.csc_matrix, sp.csr_array, sp.csc_array, sp.coo_matrix):
            sparse = model(kind, solver=solver, batch_size=7).fit(form(X), y)
            for a, b in zip(dense.coefs_, sparse.coefs_, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-9)
            np.testing.assert_allclose(
                dense.predict(X).astype(float), sparse.predict(form(X)).astype(float), rtol=1e-5
            )

    @quiet
    @pytest.mark.parametrize("index", [np.int32, np.int64])
    @pytest.mark.parametrize("form", ["unsorted", "duplicates", "explicit_zeros", "empty_rows"])
    def test_odd_but_valid_matrices(self, form, index, X, target, model, same_weights):
        X = np.where(np.abs(X) < 0.5, 0.0, X)
        if form == "empty_rows":
            X[3:9] = 0.0
        y = target("one")
        odd = sp.csr_matrix(X)
        if form == "unsorted":
            for row in range(odd.shape[0]):
                part = slice(odd.indptr[row], odd.indptr[row + 1])
                odd.indices[part] = odd.indices[part][::-1].copy()
                odd.data[part] = odd.data[part][::-1].copy()
            odd.has_sorted_indices = False
        elif form == "duplicates":
            odd = sp.csr_matrix(
                (np.repeat(odd.data / 2, 2), np.repeat(odd.indices, 2), 2 * odd.indptr), X.shape
            )
            odd.has_canonical_format = False
        elif form == "explicit_zeros":
            odd = sp.csr_matrix(np.where(X == 0, 1.0, X))
            odd.data[:] = X.ravel()
        odd.indices, odd.indptr = odd.indices.astype(index), odd.indptr.astype(index)
        np.testing.assert_array_equal(odd.toarray(), X)
        dense, sparse = (model("one", batch_size=7).fit(form_, y) for form_ in (X, odd))
        for a, b in zip(dense.coefs_, sparse.coefs_, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-12)


class TestInterrupt:
    @quiet
    @each_class
    @pytest.mark.parametrize("solver", ["adam", "sgd"])
    @pytest.mark.parametrize("early_stopping", [False, True])
    def test_within_the_training_loop(
        self, Estimator, solver, early_stopping, X, target, monkeypatch
    ):
        lines = []

        def interrupted(*args, **kwargs):
            lines.append(args[0] if args else "")
            if sum(line.startswith("Iteration") for line in lines) == 3:
                raise KeyboardInterrupt

        monkeypatch.setattr(builtins, "print", interrupted)
        estimator = Estimator(
            hidden_layer_sizes=4,
            solver=solver,
            early_stopping=early_stopping,
            max_iter=50,
            verbose=True,
            random_state=0,
        )
        with pytest.warns(UserWarning, match="Training interrupted by user"):
            estimator.fit(X, target("binary"))
        monkeypatch.undo()
        assert 2 <= estimator.n_iter_ <= 3
        assert estimator.predict(X).shape == (len(X),)
        assert all(np.isfinite(array).all() for array in estimator.coefs_)
        assert all(array.flags.owndata for array in estimator.coefs_ + estimator.intercepts_)
        if not early_stopping:
            estimator.partial_fit(X, target("binary"))

    @compiled
    @each_solver
    @pytest.mark.exhaustive  # seconds in a process of its own
    def test_control_c(self, solver):
        """A SIGINT to a process of its own that would train for hours."""
        code = f"""
            import signal, warnings
            import numpy as np
            from skparams import MLPRegressor
            from skparams.neural_network.batches import Batches

            train, calls = Batches._train, []

            def interrupted(*args):
                calls.append(args)
                if len(calls) == 20:
                    signal.raise_signal(signal.SIGINT)
                train(*args)

            rng = np.random.RandomState(0)
            X = rng.standard_normal((2000, 20))
            y = np.sin(X).sum(axis=1)
            arguments = dict(
                hidden_layer_sizes=(64, 64), solver={solver!r}, tol=0, n_iter_no_change=np.inf,
                max_fun=10**9, random_state=0, learning_rate_init=1e-6, alpha=0,
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                MLPRegressor(max_iter=2, **arguments).fit(X, y)  # compiled from here on
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job ignores it
            Batches._train = interrupted
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                model = MLPRegressor(max_iter=10**8, **arguments).fit(X, y)
            assert len(calls) == 20
            assert any("interrupted" in str(w.message) for w in caught), caught
            assert np.isfinite(model.predict(X)).all()
            assert model.n_iter_ >= 1
            assert len(model.loss_curve_) == model.n_iter_
        """
        assert_runs(code)


class TestVerbose:
    @quiet
    @each_class
    @pytest.mark.parametrize(
        "arguments",
        [
            {},
            {"early_stopping": True},
            {"early_stopping": True, "tol": 1e9, "n_iter_no_change": 2},
            {"tol": 1e9, "n_iter_no_change": 2},
            {
                "solver": "sgd",
                "learning_rate": "adaptive",
                "tol": 1e9,
                "n_iter_no_change": 1,
                "max_iter": 40,
            },
        ],
        ids=str,
    )
    def test_the_lines_are_scikit_learns(self, Estimator, arguments, X, target, capsys):
        printed = []
        for Class in (getattr(theirs, Estimator.__name__), Estimator):
            settings = {"hidden_layer_sizes": 4, "max_iter": 6, "random_state": 0} | arguments
            Class(verbose=True, **settings).fit(X, target("binary").astype(float))
            printed.append(capsys.readouterr().out)
        assert printed[0] == printed[1]
        assert printed[1].startswith("Iteration 1, loss = ")

    @quiet
    @each_class
    def test_nothing_is_printed_otherwise(self, Estimator, X, target, capfd):
        for solver in ("adam", "lbfgs"):
            Estimator(hidden_layer_sizes=4, max_iter=2, solver=solver).fit(X, target("binary"))
        assert capfd.readouterr() == ("", "")


class TestInParallel:
    @quiet
    @each_class
    @pytest.mark.parametrize("backend", sweep(["loky", "threading"], 1))
    def test_a_search_on_two_workers_finds_the_same_models(
        self, Estimator, backend, X, target, same_weights
    ):
        grid = {
            "mlp__alpha": [1e-4, 1.0],
            "mlp__solver": ["adam", "sgd", "lbfgs"],
        }
        network = Estimator(hidden_layer_sizes=(8, 4), max_iter=20, random_state=0)
        pipeline = make_pipeline(StandardScaler(), network)
        pipeline.steps[1] = ("mlp", network)
        y = target("binary").astype(int)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            alone = GridSearchCV(pipeline, grid, cv=3, n_jobs=1).fit(X, y)
            os.environ["PYTHONWARNINGS"] = "ignore::UserWarning"
            try:
                with joblib.parallel_config(backend=backend):
                    two = GridSearchCV(pipeline, grid, cv=3, n_jobs=2).fit(X, y)
            finally:
                del os.environ["PYTHONWARNINGS"]
        for split in range(3):
            np.testing.assert_array_equal(
                alone.cv_results_[f"split{split}_test_score"],
                two.cv_results_[f"split{split}_test_score"],
            )
        assert alone.best_params_ == two.best_params_
        assert same_weights(alone.best_estimator_["mlp"], two.best_estimator_["mlp"])

    @quiet
    def test_two_threads_may_fit_at_once(self, X, target, model, same_weights):
        y = target("multiclass")

        def train(seed):
            return model("multiclass", random_state=seed, batch_size=5, max_iter=30).fit(X, y)

        alone = [train(seed) for seed in range(8)]
        with ThreadPoolExecutor(2) as pool:
            together = list(pool.map(train, range(8)))
        assert all(map(same_weights, alone, together))

    @compiled
    def test_two_threads_may_make_the_first_fit_of_a_process(self):
        code = """
            import threading, warnings
            import numpy as np
            from skparams import MLPRegressor

            warnings.simplefilter("ignore")
            X = np.random.RandomState(0).standard_normal((20, 3))
            models = [MLPRegressor(hidden_layer_sizes=4, max_iter=2, random_state=0)
                      for _ in range(2)]
            threads = [threading.Thread(target=m.fit, args=(X, X[:, 0])) for m in models]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            assert np.array_equal(models[0].coefs_[0], models[1].coefs_[0])
        """
        assert_runs(code)


@pytest.mark.exhaustive  # compiles anew
@compiled
def test_compilation_is_announced_in_one_line_where_it_happens(tmp_path):
    code = """
        import warnings
        from concurrent.futures import ThreadPoolExecutor
        from skparams import MLPRegressor

        def train(seed):
            model = MLPRegressor(hidden_layer_sizes=2, max_iter=2, random_state=seed)
            model.fit([[1.0], [2.0]], [1.0, 2.0])

        warnings.simplefilter("ignore")
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(train, range(3)))
        train(0)
    """
    said = [
        assert_runs(code, SKPARAMS_CACHE_DIR=str(tmp_path)).stderr.splitlines() for _ in range(2)
    ]
    assert len(said[0]) == 1
    assert said[0][0].startswith("compiling the MLP's kernels, once for each dtype")
    assert said[1] == []


class TestErrors:
    @each_class
    def test_not_fitted(self, Estimator, X):
        with pytest.raises(NotFittedError):
            Estimator().predict(X)

    @each_class
    def test_not_a_number(self, Estimator, X, target):
        y = target("binary")
        bad = X.copy()
        bad[2, 1] = np.nan
        with pytest.raises(ValueError, match="Input X contains NaN"):
            Estimator().fit(bad, y)
        bad[2, 1] = np.inf
        with pytest.raises(ValueError, match="Input X contains infinity"):
            Estimator().fit(bad, y)

    @quiet
    @each_class
    def test_another_number_of_features(self, Estimator, X, target):
        estimator = Estimator(hidden_layer_sizes=2, max_iter=1).fit(X, target("binary"))
        message = f"X has 2 features, but {Estimator.__name__} is expecting 3 features"
        with pytest.raises(ValueError, match=message):
            estimator.predict(X[:, :2])
        with pytest.raises(ValueError, match=message):
            estimator.partial_fit(X[:, :2], target("binary"))
        with pytest.raises(ValueError, match=message):
            estimator.set_params(warm_start=True).fit(X[:, :2], target("binary"))

    @each_class
    def test_rows_that_do_not_match(self, Estimator, X, target):
        y = target("binary")
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            Estimator().fit(X[:-1], y)
        with pytest.raises(ValueError, match=r"sample_weight.shape == \(23,\)"):
            Estimator().fit(X, y, np.ones(23))
        with pytest.raises(ValueError, match="NaN"):
            Estimator().fit(X, y, np.full(len(X), np.nan))

    @quiet
    @pytest.mark.parametrize("form", [None, "float", "integer"])
    @each_class
    def test_weights_as_they_come(self, Estimator, form, X, target, same_weights):
        y = target("binary")
        weights = {None: 2.0, "float": [2.0] * 24, "integer": np.full(24, 2)}[form]
        settings = {"hidden_layer_sizes": 3, "max_iter": 2, "random_state": 0}
        reference = Estimator(**settings).fit(X, y, np.full(24, 2.0))
        assert same_weights(Estimator(**settings).fit(X, y, weights), reference)

    @quiet
    @each_class
    def test_negative_weights_are_taken_as_scikit_learn_takes_them(self, Estimator, X, target):
        y = target("binary")
        weights = np.ones(len(X))
        weights[3] = -0.5
        settings = {"hidden_layer_sizes": 3, "max_iter": 3, "random_state": 0, "solver": "sgd"}
        ours = Estimator(**settings).fit(X, y, weights)
        reference = getattr(theirs, Estimator.__name__)(**settings).fit(X, y, weights)
        for a, b in zip(ours.coefs_, reference.coefs_, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-12)

    @quiet
    def test_classes_that_were_not_announced(self, X, target):
        estimator = MLPClassifier(hidden_layer_sizes=2)
        with pytest.raises(ValueError, match="classes must be passed on the first call"):
            estimator.partial_fit(X, target("multiclass"))
        estimator.partial_fit(X, target("binary"), classes=[0, 1])
        with pytest.raises(ValueError, match=r"has classes not in `self\.classes_`"):
            estimator.partial_fit(X, target("multiclass"))
        with pytest.raises(ValueError, match="is not the same as on last call"):
            estimator.partial_fit(X, target("binary"), classes=[0, 1, 2])

    @quiet
    def test_warm_start_on_other_classes(self, X, target):
        estimator = MLPClassifier(hidden_layer_sizes=2, max_iter=1, warm_start=True)
        estimator.fit(X, target("binary"))
        with pytest.raises(ValueError, match="warm_start can only be used where `y` has the same"):
            estimator.fit(X, target("multiclass"))

    @quiet
    @each_class
    def test_a_batch_larger_than_the_data(self, Estimator, X, target, same_weights):
        y = target("binary")
        settings = {"hidden_layer_sizes": 3, "max_iter": 2, "random_state": 0}
        with pytest.warns(UserWarning, match="Got `batch_size` less than 1 or larger than sample"):
            clipped = Estimator(batch_size=1000, **settings).fit(X, y)
        assert same_weights(clipped, Estimator(batch_size=len(X), **settings).fit(X, y))

    @each_class
    def test_partial_fit_and_early_stopping(self, Estimator, X, target):
        classes = {"classes": [0, 1]} if Estimator is MLPClassifier else {}
        with pytest.raises(ValueError, match="partial_fit does not support early_stopping=True"):
            Estimator(early_stopping=True).partial_fit(X, target("binary"), **classes)

    @each_class
    def test_a_validation_part_of_one_row(self, Estimator, X, target):
        with pytest.raises(ValueError, match=r"validation set is too small|test_size"):
            Estimator(early_stopping=True, validation_fraction=0.01).fit(X, target("binary"))

    @each_class
    def test_one_row_is_enough_to_fit(self, Estimator):
        with pytest.warns(ConvergenceWarning):
            estimator = Estimator(hidden_layer_sizes=2, max_iter=2).fit([[1.0, 2.0]], [0])
        assert estimator.t_ == 2

    def test_a_column_of_targets_is_flattened_with_a_warning(self, X, target):
        estimator = MLPRegressor(hidden_layer_sizes=2, max_iter=500, tol=1.0, n_iter_no_change=1)
        with pytest.warns(UserWarning, match="A column-vector y was passed"):
            estimator.fit(X, target("one").reshape(-1, 1))
        assert estimator.predict(X).shape == (len(X),)


class TestLabels:
    @quiet
    @pytest.mark.parametrize(
        "classes",
        [["no", "yes"], [-1, 1], [False, True], [3, 5, 9], ["ash", "birch", "cedar"]],
        ids=str,
    )
    def test_predictions_are_labels(self, classes, X, target, model):
        y = np.array(classes)[target("multiclass") % len(classes)]
        estimator = model("multiclass", max_iter=5).fit(X, y)
        np.testing.assert_array_equal(estimator.classes_, np.array(classes))
        predicted = estimator.predict(X)
        assert predicted.dtype == y.dtype
        assert set(predicted) <= set(classes)
        proba = estimator.predict_proba(X)
        assert proba.shape == (len(X), len(classes))
        np.testing.assert_allclose(proba.sum(axis=1), 1)
        np.testing.assert_array_equal(estimator.classes_[proba.argmax(axis=1)], predicted)

    @quiet
    def test_one_class_is_always_right(self, X):
        """As in scikit-learn, early stopping then ends with its patience."""
        arguments = {"hidden_layer_sizes": 4, "early_stopping": True, "random_state": 0}
        ours, reference = (
            Class(max_iter=40, validation_fraction=0.5, **arguments).fit(X, np.full(len(X), 3))
            for Class in (MLPClassifier, theirs.MLPClassifier)
        )
        assert set(ours.validation_scores_) == {1.0}
        assert ours.validation_scores_ == reference.validation_scores_
        assert ours.n_iter_ == reference.n_iter_ < 40
        np.testing.assert_allclose(ours.coefs_[0], reference.coefs_[0], rtol=1e-8)

    @quiet
    @pytest.mark.parametrize("kind", KINDS)
    def test_predictions_are_scikit_learns_for_the_same_weights(self, kind, X, target, model):
        y = target(kind)
        ours = model(kind).fit(X, y)
        reference = getattr(theirs, type(ours).__name__)()
        given = {name: getattr(ours, name) for name in reference.get_params()}
        reference.set_params(**given).fit(X, y)
        ours.coefs_, ours.intercepts_ = reference.coefs_, reference.intercepts_
        for name in ("predict", "predict_proba"):
            if hasattr(ours, name):
                found, expected = getattr(ours, name)(X), getattr(reference, name)(X)
                assert found.dtype == expected.dtype
                np.testing.assert_allclose(found, expected, rtol=1e-12)
