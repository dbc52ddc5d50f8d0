"""Names with control characters: never printed as they are, always the keys that they were."""

import pickle
import re
import traceback

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

import skparams
from skparams import PCA, MLPClassifier, MLPRegressor, explain
from skparams._escape import clean, clean_distinct, escape_frame, escaped_errors

pandas = pytest.importorskip("pandas")

# Each kind that a terminal acts on, two that print alike, and two that are only rare.
NAMES = [
    *("\x1b[31mred", "bell\x07", "back\b", "del\x7f", "c1\x9b1m", "turn\u202e", "isolate\u2066"),
    *("alike\x01", "alike\\x01", "می\u200cشود", "a\u00a0b", "plain"),
]
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def X():
    """A frame whose columns and rows have such names."""
    rng = np.random.RandomState(0)
    index = pandas.Index([f"{NAMES[i % 12]} {i}" for i in range(40)], name="row\x1b")
    return pandas.DataFrame(rng.normal(size=(40, 12)), index, NAMES)


@pytest.fixture(scope="module")
def y(X):
    return np.resize(np.array(["yes\x1b[31m", "no\x07"], dtype=object), len(X))


def test_clean_leaves_nothing_that_moves_hides_or_turns():
    dirty = "".join(map(chr, [*range(32), 127, *range(128, 160), 0x200B, 0x202E, 0x2066, 0xD800]))
    assert clean(dirty).isprintable()
    assert clean("tab\there") == r"tab\there"
    assert clean("שלום 表 é") == "שלום 表 é"


def test_different_names_stay_different():
    names = ["a\x01", "a\\x01", "a\\\\x01", "a\x01b", "b"]
    assert len(set(clean_distinct(names))) == 5
    assert clean_distinct(["a\\b", "c\x01"]) == ["a\\b", "c\\x01"]


def frames_of_features(X, y):
    """Frames with a row for each feature."""
    explanation = explain(PCA(3, scale=True).fit(X), X)
    yield from (explanation.loadings, explanation.correlations, explanation.contributions)
    yield from (explanation.communalities, explain(explanation.rotate()).loadings)
    for model in (LogisticRegression(), Ridge()):
        target = y if isinstance(model, LogisticRegression) else X.iloc[:, 0]
        yield skparams.summary(model.fit(X, target), coefficients=True).coefficients().to_frame()
    yield explanation.bootstrap(5, random_state=0).to_frame("loadings").loc["pca0"]


def frames_of_rows(X):
    """Frames with the index of X."""
    explanation = explain(PCA(3, scale=True).fit(X), X)
    yield from (explanation.coordinates(), explanation.cos2(), explanation.row_contributions())
    yield from (explanation.hotelling_t2(), explanation.spe(), *explanation.row_tables())
    yield from (explanation.hotelling_t2_contributions(), explanation.spe_contributions())


def other_frames(X, y):
    pipeline = Pipeline([("scale\x1b", StandardScaler()), ("fit\x07", Ridge())]).fit(X, X)
    for verb in (skparams.summary, skparams.plan, skparams.kept_rows):
        yield verb(pipeline).to_frame()
    yield skparams.probe(pipeline, X).to_frame()
    yield skparams.slim(pipeline, X, return_report=True)[1].to_frame()
    yield skparams.diff(pipeline, Ridge().fit(X, X)).to_frame()
    yield skparams.spread([pipeline, pipeline]).to_frame()
    yield skparams.summary(pipeline, coefficients=True).coefficients().to_frame()
    pca = PCA(3).fit(X)
    explanation = explain(pca, X)
    yield explanation.outliers(alpha=0.5).to_frame()
    yield explanation.explained_by(NAMES[0])
    yield from explanation.supplementary_features(X)
    yield from explanation.supplementary_categories(pandas.Series(y, X.index, name="k\x1b"))[:5]


def test_no_frame_prints_control_characters(X, y):
    n_frames = 0
    frames = [*frames_of_features(X, y), *frames_of_rows(X), *other_frames(X, y)]
    for frame in frames:
        if not hasattr(frame, "to_string"):
            continue
        n_frames += 1
        frame = pickle.loads(pickle.dumps(frame))
        shown = [frame.to_string(), repr(frame), repr(frame.index)]
        if frame.ndim == 2:
            shown += [frame.to_html(), repr(frame.columns)]
        for text in shown:
            assert not CONTROLS.search(text), text
    assert n_frames > 25


def test_names_in_frames_still_select_and_align(X, y):
    for frame in frames_of_features(X, y):
        for name in NAMES:
            assert frame.loc[name].size
    for frame in frames_of_rows(X):
        assert list(frame.index) == list(X.index)
        assert frame.loc[X.index[0]].size
        assert pandas.concat([X, frame], axis=1).notna().all(axis=None)
    for frame in (explain(PCA(3).fit(X), X).spe_contributions(),):
        assert (frame[NAMES] * X).notna().all(axis=None)


def test_labels_that_are_harmless_stay_as_pandas_makes_them():
    frame = pandas.DataFrame({"a": [1, 2], "می\u200c": ["x", None]}, index=["end\nof", "tab\t"])
    expected = frame.copy()
    pandas.testing.assert_frame_equal(escape_frame(frame), expected)


def calls(X, y):
    """Calls that end in an error of scikit-learn's about names."""
    good = X.rename(columns={name: f"x{j}" for j, name in enumerate(NAMES)})
    classifier = MLPClassifier((2,), max_iter=300, tol=1.0).fit(good, y)
    regressor = MLPRegressor(hidden_layer_sizes=(2,), max_iter=300, tol=1.0).fit(good, X.iloc[:, 0])
    pca = PCA(2).partial_fit(good)
    pipeline = make_pipeline(StandardScaler(), PCA(2)).fit(good)
    yield from (classifier.predict, classifier.predict_proba, regressor.predict, pca.transform)
    yield from (pca.score_samples, pca.partial_fit)
    yield lambda X: classifier.partial_fit(X, y)
    yield lambda X: explain(pca, X)
    yield lambda X: explain(pipeline, X)
    yield lambda X: explain(pipeline, good).coordinates(X)
    yield explain(pca).rotate().transform


def verbs(X, y):
    """Calls in which a model of scikit-learn's finds other names."""
    model = LogisticRegression().fit(X.set_axis([f"x{j}" for j in range(12)], axis=1), y)
    yield lambda X: skparams.slim(model, X)
    yield lambda X: skparams.probe(model, X)


def test_errors_about_names_have_no_control_characters(X, y):
    for call in [*calls(X, y), *verbs(X, y)]:
        with pytest.raises(ValueError, match=r"unseen at fit time") as error:
            call(X)
        printed = "".join(traceback.format_exception(error.value))
        assert not CONTROLS.search(str(error.value) + printed)
        assert r"\x1b[31mred" in str(error.value)


def test_other_errors_stay_as_they_are():
    with pytest.raises(KeyError) as found, escaped_errors():
        raise KeyError("a", 1)
    assert found.value.args == ("a", 1)


def test_what_an_explanation_prints(X):
    explanation = explain(Pipeline([("pca\x1b", PCA(3))]).fit(X), X)
    outliers = explanation.outliers(alpha=0.5)
    for text in (repr(explanation), repr(outliers), *outliers.reasons()):
        assert not CONTROLS.search(text)
