"""The page, the frame and the figure of a memorization."""

import io
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import ShuffleSplit, TimeSeriesSplit
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skparams import memorization

rng = np.random.RandomState(0)
X = rng.standard_normal((40, 3))
Y = np.where(X[:, 0] > 0, "right", "left").astype(object)
Y[[3, 17]] = "odd\x1b[31m <b>$x$"
FEW = ShuffleSplit(8, train_size=0.7, random_state=0)


@pytest.fixture(scope="module")
def found():
    return memorization(KNeighborsClassifier(1), X, Y, cv=FEW, shuffled_labels=True)


def test_page(found):
    lines = found.to_text(width=80).splitlines()
    assert lines[0] == "memorization · KNeighborsClassifier · 40 rows · 8 fits on 28 rows each"
    text = " ".join(" ".join(lines).split())
    n = int((found.values > 0.5).sum())
    known = int(np.isfinite(found.values).sum())
    assert f"{n} rows ({100 * n / known:.1f} %) above 0.5: rows whose label" in text
    assert "labels shuffled" in text
    assert "learned 0 free parameters, 0 for each training row, and keeps training rows" in text
    n_never = int((found.n_out == 0).sum())
    assert n_never > 0
    assert f"{n_never} rows are in the training rows of every fit: no value" in text
    single = int(((found.n_out == 1) | (found.n_in == 1)).sum())
    assert f"{single} rows have a single fit with or without it, so no standard error" in text
    assert "\x1b" not in found.to_text(color=False)
    assert "<b>$x$" not in found.to_html()
    assert "**" in found.to_markdown()


def test_quantiles_are_of_the_rows_that_have_a_value(found):
    known = found.values[np.isfinite(found.values)]
    lines = [line for line in found.to_text(width=100).splitlines() if "memorization " in line]
    numbers = [float(text) for text in lines[1].split()[1:]]
    shares = [0.05, 0.25, 0.5, 0.75, 0.95]
    expected = [known.mean(), *np.quantile(known, shares), known.max()]
    np.testing.assert_allclose(numbers, expected, atol=6e-4)


def test_frame(found):
    pandas = pytest.importorskip("pandas")
    frame = found.to_frame()
    assert list(frame["row"]) == list(found.order)
    rows = frame["row"].to_numpy()
    for column, array in (("value", found.values), ("std_error", found.std_errors)):
        np.testing.assert_array_equal(frame[column], array[rows])
    assert list(frame["label"][frame["row"] == 3]) == [Y[3]]
    known = frame["value"].notna()
    assert (frame["value"][known].diff().dropna() <= 0).all()
    assert frame["unknown"][known].isna().all()
    assert set(frame["unknown"][~known]) == {"in the training rows of every fit"}
    never_in = memorization(DecisionTreeRegressor(), X, X[:, 0], cv=TimeSeriesSplit(3)).to_frame()
    assert "in the training rows of no fit" in set(never_in["unknown"])
    pandas.testing.assert_frame_equal(found.top(3), frame.head(3))
    assert len(found.top(100)) == known.sum()
    two = memorization(LinearRegression(), X, X[:, :2], cv=FEW).top(1)
    assert two["label"][0] == tuple(X[two["row"][0], :2])


def test_rows_that_are_not_memorized_are_not_listed(found):
    zero = np.zeros(40)
    same = replace(found, values=zero, in_scores=zero, out_scores=zero)
    assert "most memorized rows" not in str(same)
    one = replace(found, values=np.where(np.arange(40) == 5, 0.4, 0.0))
    assert "\n  5 " in str(one)
    assert "… 39 more: top(n)" in str(one)
    same.plot()
    pytest.importorskip("matplotlib.pyplot").close("all")


def test_regression_has_no_threshold():
    text = str(memorization(Ridge(), X, 100 * X[:, 0] + 7, cv=FEW))
    assert "above" not in text
    assert f"whose variance is {np.var(100 * X[:, 0]):,.0f}" in text
    assert "  target " in text


def test_a_function_with_the_name_of_a_score_is_not_taken_for_it():
    def accuracy(model, X, y):
        return 100 * (model.predict(X) == y)

    found = memorization(DecisionTreeClassifier(), X, Y, cv=FEW, score=accuracy)
    assert found.score == "score"
    assert "above" not in str(found)


@pytest.mark.parametrize("kind", ["labels", "numbers", "function", "same"])
def test_figure(found, kind):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    if kind == "numbers":
        found = memorization(DecisionTreeRegressor(), X, X[:, 0] + X[:, 1] ** 2, cv=FEW)
    elif kind == "function":
        score = lambda model, X, y: model.predict(X) == y  # noqa: E731
        found = memorization(KNeighborsClassifier(1), X, Y, cv=FEW, score=score)
    elif kind == "same":  # no row is marked, and all are at one place
        found = memorization(KNeighborsClassifier(1), X, ["a", "b"] * 20, cv=FEW, score=ones)
    ax = found.plot()
    ax.figure.draw_without_rendering()
    known = np.isfinite(found.values)
    n = int((found.values > 0.5).sum())
    title = " ".join(ax.get_title(loc="left").split())
    if kind == "labels":
        assert title == f"{n} of {known.sum()} rows are mostly right only if trained on"
        strong = ax.collections[1].get_offsets()
        assert (strong[:, 1] - strong[:, 0] > 0.5).all()
        assert ax.texts[0].get_text().startswith(f"rows {found.order[0]}, ")
    elif kind == "numbers":
        outside = np.sqrt(-found.out_scores[known].mean())
        assert title == f"A row's error is 0 if trained on, {outside:.3g} if not"
        assert ax.get_xlabel() == "root mean squared error, fits without the row"
    elif kind == "same":
        assert not ax.texts
    other = pyplot.figure().subplots()
    assert found.plot(other) is other
    pyplot.close("all")


@pytest.mark.parametrize(("score", "size"), [("probability", (3, 3)), ("squared_error", (6, 3.2))])
def test_rows_are_named_at_their_points_and_no_name_covers_anything(found, score, size):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    rng = np.random.default_rng(0)
    for n_strong in (1, 4, 30):
        with_row, without = np.full(60, 0.9), rng.uniform(0.7, 0.9, 60)
        without[rng.permutation(60)[:n_strong]] = rng.uniform(0, 0.1, n_strong).round(2)
        if score == "squared_error":
            with_row, without = -rng.uniform(0, 0.01, 60), -1 - without
        made = replace(
            found, score=score, in_scores=with_row, out_scores=without, values=with_row - without
        )
        ax = made.plot(pyplot.figure(figsize=size, layout="constrained").subplots())
        ax.figure.draw_without_rendering()
        x, y = without, with_row
        if score == "squared_error":
            x, y = np.sqrt(-x), np.sqrt(-y)
        pixels = ax.transData.transform(np.column_stack([x, y]))
        boxes = [text.get_window_extent() for text in ax.texts]
        assert ax.texts[0].get_text().split()[1].strip(",") == str(made.order[0])
        for text, box in zip(ax.texts, boxes, strict=True):
            row = int(text.get_text().split()[1].strip(","))
            assert text.xy == (x[row], y[row])
            assert not box.count_contains(pixels)
            assert box.count_overlaps(boxes) == 1  # itself
            assert ax.get_window_extent().padded(2).count_contains(box.corners()) == 4
            assert np.hypot(*(box.corners() - pixels[row]).T).min() < 60
    pyplot.close("all")


def ones(model, X, y):
    return np.ones(len(y))


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_terminal_is_told_the_number_of_fits_before_the_first(monkeypatch, shuffled):
    class Seen(DecisionTreeClassifier):
        texts: list[str] = []

        def fit(self, X, y):
            self.texts.append(stream.getvalue())
            return super().fit(X, y)

    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    memorization(Seen(), X, Y, cv=FEW, shuffled_labels=shuffled)
    more = ", and 5 on shuffled labels" if shuffled else ""
    assert Seen.texts[0] == f"memorization: 8 fits of Seen on 28 of 40 rows each{more}\n"
    assert f"{8 + 5 * shuffled}/{8 + 5 * shuffled}" in stream.getvalue()
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    memorization(Seen(), X, Y, cv=FEW)
    assert not stream.getvalue()
