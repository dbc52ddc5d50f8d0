"""Draw the figures of pages into docs/images: ``python docs/make_images.py``."""

import warnings
from functools import partial
from io import BytesIO
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle
from PIL import Image
from scipy.stats import binomtest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    cross_validate,
    train_test_split,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import LabelBinarizer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skparams import (
    PCA,
    BiplotDisplay,
    BootstrapDisplay,
    CapacityCurveDisplay,
    ContributionDisplay,
    CorrelationCircleDisplay,
    LossCurveDisplay,
    MLPClassifier,
    MLPRegressor,
    OutlierDisplay,
    ParamMonitor,
    ParetoDisplay,
    ScoreDisplay,
    ScreeDisplay,
    TabularMLPClassifier,
    compare,
    count_params,
    explain,
    fewest_params,
    memorization,
    spread,
    summary,
)
from skparams._report.palette import LIGHT

IMAGES = Path(__file__).parent / "images"


def main() -> None:
    """Draw all of them."""
    matplotlib.use("Agg")
    IMAGES.mkdir(exist_ok=True)
    draw_pca()
    save(LossCurveDisplay.from_estimator(network(), ax=new_axes()).figure_, "loss-curve", dpi=120)
    save(quantiles(), "mlp-quantiles", dpi=120)
    draw_monitor()
    save(stability(), "spread-folds")
    draw_capacity()
    draw_memorization()
    save(ParetoDisplay.from_search(reduced(), ax=new_axes()).figure_, "pareto", dpi=120)
    save(comparison(), "compare", dpi=120)
    save(two_ways(), "two-ways")
    save(probabilities(), "tabular-probabilities")
    save(arrays_and_counts(), "concepts")


def draw_pca() -> None:
    """Draw those of guide/explain.md, small enough to be read on a telephone."""
    X, y = load_wine(return_X_y=True, as_frame=True)
    pca = PCA(n_components=3, scale=True, random_state=0).fit(X)
    found = explain(pca, X).bootstrap(random_state=0)
    for name, (size, draw) in {
        "scree": ((4.8, 3.2), partial(ScreeDisplay.from_estimator, pca, X)),
        "circle": ((4.8, 4.4), partial(CorrelationCircleDisplay.from_estimator, pca)),
        "contribution": ((4.8, 3.4), partial(ContributionDisplay.from_estimator, pca)),
        "biplot": ((4.8, 4.4), partial(BiplotDisplay.from_estimator, pca, X, y)),
        "scores": ((4.8, 3.8), partial(ScoreDisplay.from_estimator, pca, X, y, ellipses=True)),
        "outliers": ((4.8, 4.2), partial(OutlierDisplay.from_estimator, pca, X)),
        "loadings": (
            (5.2, 3.4),
            partial(BootstrapDisplay.from_bootstrap, found, kind="loadings"),
        ),
    }.items():
        figure, ax = pyplot.subplots(figsize=size, layout="constrained")
        draw(ax=ax)
        save(figure, f"wine-{name}", dpi=120)


def comparison() -> Figure:
    """The comparison that guide/compare.md begins with."""
    models = {
        "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
        "forest": RandomForestClassifier(random_state=0),
        "bayes": GaussianNB(),
        "tree": DecisionTreeClassifier(random_state=0),
    }
    found = compare(models, *load_breast_cancer(return_X_y=True), random_state=0)
    return found.plot(new_axes()).figure


def arrays_and_counts() -> Figure:
    """The pipeline of concepts.md: its arrays with roles and dims, and the four counts."""
    X, y = load_diabetes(return_X_y=True)
    model = make_pipeline(PCA(5), ElasticNet(alpha=0.2, l1_ratio=0.99)).fit(X, y)
    figure, (top, bottom) = pyplot.subplots(
        2, 1, figsize=(5.2, 6.6), height_ratios=[5, 2], layout="constrained"
    )
    draw_arrays(top, *model)
    found = summary(model, X)
    counts = {
        "stored": (found.totals.stored, "each cell above"),
        "nonzero": (count_params(model, kind="nonzero"), "without the zero"),
        "free": (found.totals.free, "and 15 fewer: orthonormal rows"),
        "effective": (found.effective, "of ElasticNet, which shrinks"),
    }
    for i, (count, why) in enumerate(counts.values()):
        bottom.barh(i, count, height=0.7, color=LIGHT.areas[2])
        bottom.text(1, i, f"{count:.2g}", va="center", fontsize=11)
        bottom.text(8, i, why, va="center", fontsize=11)
    bottom.set(ylim=(3.6, -0.6), xticks=[])
    bottom.set_title("four counts of these numbers", loc="left")
    bottom.set_yticks(range(4), counts, fontsize=11)
    bottom.tick_params(length=0)
    bottom.spines[:].set_visible(False)
    return figure


def draw_arrays(ax: Axes, pca: PCA, net: ElasticNet) -> None:
    """Draw a cell for each parameter, a length for each dim, and the other roles in gray."""

    def cells(values: np.ndarray, x: float, y: float, name: str, color: str) -> None:
        for i, j in np.ndindex(values.shape):
            face = color if values[i, j] else LIGHT.paper
            ax.add_patch(Rectangle((x + j, y + i), 0.9, 0.9, fc=face, ec="0.6", lw=0.8))
        ax.text(x, y - 0.25, name, family="monospace", fontsize=11)

    def dim(text: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        style = {"arrowstyle": "<->", "color": LIGHT.quiet, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", start, end, arrowprops=style)
        x, y = np.add(start, end) / 2
        ax.text(x, y, text, ha="center", va="center", fontsize=11, backgroundcolor="w")

    blue, orange, *_ = LIGHT.areas
    ax.text(0, -1.5, "PCA", fontsize=12, weight="bold")
    ax.text(16, -1.5, "ElasticNet", fontsize=12, weight="bold")
    cells(pca.components_, 0, 0, "components_", blue)
    cells(pca.mean_[np.newaxis], 0, 7.4, "mean_", blue)
    cells(net.coef_[:, np.newaxis], 16, 0, "coef_", orange)
    cells(np.atleast_2d(net.intercept_), 16, 7.4, "intercept_", orange)
    dim("n_features = 10", (0, 5.8), (9.9, 5.8))
    dim("n_components\n= 5", (13, 0), (13, 4.9))
    ax.text(17.3, 4.5, "is 0", fontsize=11, va="center")
    ax.text(0, 9.9, "other roles: not counted", fontsize=11)
    others = {
        "auxiliary": "explained_variance_",
        "structure": "n_components_",
        "diagnostic": "n_iter_",
        "metadata": "n_features_in_",
    }
    for i, (role, name) in enumerate(others.items()):
        ax.text(0, 11.1 + 1.1 * i, role, fontsize=11, color=LIGHT.quiet)
        ax.text(6, 11.1 + 1.1 * i, name, fontsize=11, color=LIGHT.quiet, family="monospace")
    ax.set(xlim=(-0.2, 21), ylim=(15, -2.4), aspect="equal")
    ax.set_title("role parameter: a cell is a learned number", loc="left")
    ax.axis("off")


def draw_monitor() -> None:
    """Draw those of guide/train_monitor.md."""
    X, y = load_digits(return_X_y=True)
    monitor = ParamMonitor(every=1, histogram_every=2)
    MLPClassifier(random_state=0).set_callbacks(monitor).fit(X, y)
    _, axes = pyplot.subplots(2, 1, figsize=(5.6, 6), layout="constrained")
    monitor.plot("histogram", parameters="coefs_[0]", ax=axes[1])
    save(monitor.plot("update", ax=axes[0]).figure_, "monitor-fit")

    monitor = ParamMonitor(every=1)
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(max_iter=60, random_state=0))
    grid = {"mlpclassifier__alpha": [1e-4, 1.0, 10.0]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        GridSearchCV(pipeline, grid, cv=3, n_jobs=2).set_callbacks(monitor).fit(X, y)
    display = monitor.plot("norm", parameters="mlpclassifier__coefs_[0]", ax=new_axes())
    save(display.figure_, "monitor-search", dpi=120)


def stability() -> Figure:
    """The models of the folds in check.md, with little and with more regularization."""
    X, y = load_breast_cancer(return_X_y=True)
    cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=0)
    figure, axes = pyplot.subplots(2, 1, figsize=(5.4, 4.4), sharex=True, layout="constrained")
    for ax, C in zip(axes, (100, 1), strict=True):
        steps = [("scale", StandardScaler()), ("model", LogisticRegression(C=C, max_iter=3000))]
        folds = cross_validate(Pipeline(steps), X, y, cv=cv, return_estimator=True)
        spread(folds["estimator"]).plot(ax=ax)
        ax.set_title(f"C={C}", loc="left", fontsize=11)
        ax.set_xlim(0, 0.6)
    axes[0].set_xlabel("")
    return figure


def draw_memorization() -> None:
    """Draw that of guide/compare_memorization.md: digits, of which 5 % have a wrong label."""
    X, y = load_digits(return_X_y=True)
    rng = np.random.RandomState(0)
    wrong = rng.choice(len(y), len(y) // 20, replace=False)
    y[wrong] = (y[wrong] + rng.randint(1, 10, len(wrong))) % 10
    _, axes = pyplot.subplots(2, 1, figsize=(5.2, 7.6), layout="constrained")
    for ax, model in zip(axes, (MLPClassifier(random_state=0), LogisticRegression()), strict=True):
        memorization(make_pipeline(StandardScaler(), model), X, y, n_jobs=2).plot(ax)
        ax.set_ylabel(f"{type(model).__name__}\n{ax.get_ylabel()}")
    save(axes[0].figure, "memorization")


def draw_capacity() -> None:
    """Draw those of guide/compare_capacity.md."""
    X, y = load_diabetes(return_X_y=True)
    network = MLPRegressor(solver="lbfgs", alpha=0, max_iter=500, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        display = CapacityCurveDisplay.from_estimator(
            make_pipeline(StandardScaler(), network),
            X,
            (y - y.mean()) / y.std(),
            param_name="mlpregressor__hidden_layer_sizes",
            param_range=[1, 2, 4, 8, 16, 32, 64],
            cv=KFold(5, shuffle=True, random_state=0),
            ax=new_axes(),
        )
    save(display.figure_, "capacity-overfit", dpi=120)

    X, y = load_digits(return_X_y=True)
    features = RBFSampler(gamma=0.0004, random_state=0)
    display = CapacityCurveDisplay.from_estimator(
        make_pipeline(features, LinearRegression()),
        X,
        LabelBinarizer().fit_transform(y),
        param_name="rbfsampler__n_components",
        param_range=[5, 10, 20, 40, 60, 80, 90, 99, 110, 130, 200, 400, 1000, 2000],
        cv=ShuffleSplit(3, train_size=100, test_size=500, random_state=0),
        metric="loss",
        ax=new_axes(),
    )
    save(display.figure_, "capacity-double-descent", dpi=120)


def network() -> MLPClassifier:
    """The network of guide/train.md, stopped by its accuracy."""
    X, y = load_breast_cancer(return_X_y=True)
    X_train, X_val, y_train, y_val = train_test_split(X, y, random_state=0)
    scaler = StandardScaler().fit(X_train)
    clf = MLPClassifier(early_stopping=True, learning_rate_init=0.01, random_state=0)
    data = {"X_val": scaler.transform(X_val), "y_val": y_val}
    return clf.fit(scaler.transform(X_train), y_train, **data)


def quantiles() -> Figure:
    """The samples and the network of guide/train_losses.md."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-3, 3, (2000, 1))
    y = np.sin(X[:, 0]) + (0.55 + 0.15 * X[:, 0]) * rng.standard_normal(2000)
    arguments = {"activation": "silu", "learning_rate_init": 0.01, "random_state": 0}
    regr = MLPRegressor("quantile", (30,), quantile=[0.05, 0.5, 0.95], **arguments)
    x = np.linspace(-3, 3, 301)
    low, median, high = regr.fit(X[:1000], y[:1000]).predict_quantiles(x[:, np.newaxis]).T
    ax = new_axes()
    ax.scatter(X[1000:], y[1000:], s=6, color="0.5", label="new samples")
    ax.fill_between(x, low, high, alpha=0.3, label="0.05 to 0.95")
    ax.plot(x, median, label="median")
    ax.set(xlabel="x", ylabel="y")
    ax.legend(loc="upper left")
    return ax.figure


def probabilities() -> Figure:
    """The probabilities that guide/tables.md begins with, and the shares that were observed."""
    clf = TabularMLPClassifier(random_state=0).fit(*passengers(1300, seed=0))
    X, y = passengers(1300, seed=2)
    predicted, survived = clf.predict_proba(X)[:, 1], y == "survived"
    kinds = {
        "child under 13": (X["age"] < 13, "tab:orange"),
        "older": (X["age"] >= 13, "tab:blue"),
        "age missing": (X["age"].isna(), "0.6"),
    }
    groups = dict(reversed(X.groupby(["sex", "class"]).indices.items()))
    figure, ax = pyplot.subplots(figsize=(5.6, 5), layout="constrained")
    jitter = np.random.RandomState(0).uniform(-0.1, 0.34, len(X))
    for place, rows in enumerate(groups.values()):
        for label, (mask, color) in kinds.items():
            dots = rows[mask.to_numpy()[rows]]
            y_dots = place + jitter[dots]
            ax.scatter(predicted[dots], y_dots, s=9, color=color, linewidths=0, label=label)
        found = binomtest(int(survived[rows].sum()), rows.size)
        interval = found.proportion_ci(method="wilson")
        line = place - 0.27
        ax.plot(interval, [line, line], "k", lw=1.6, label="share that survived, 95 % interval")
        ax.plot(found.statistic, line, "k|", ms=9, mew=1.6)
        mean = predicted[rows].mean()
        ax.plot(mean, line, "ko", mfc="white", ms=6, label="mean probability")
    names = [f"{sex},\n{cabin} class" for sex, cabin in groups]
    ax.set(xlim=(0, 1), yticks=range(len(names)), xlabel="predicted probability of survival")
    ax.set_yticklabels(names)
    ax.spines[["top", "right"]].set_visible(False)
    handles, labels = ax.get_legend_handles_labels()
    n = len(kinds) + 2
    figure.legend(handles[:n], labels[:n], loc="outside upper center", ncols=2, frameon=False)
    return figure


def passengers(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """The table of guide/tables.md."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "class": rng.choice(["first", "second", "third"], n, p=[0.25, 0.2, 0.55]),
            "sex": rng.choice(["female", "male"], n, p=[0.36, 0.64]),
            "age": rng.gamma(4, 7.5, n).clip(1, 80).round(),
            "port": rng.choice(["C", "Q", "S", None], n, p=[0.2, 0.1, 0.68, 0.02]),
        }
    )
    third, female = X["class"] == "third", X["sex"] == "female"
    price = X["class"].map({"first": 60, "second": 18, "third": 11})
    X["fare"] = (price * rng.lognormal(0, 0.5, n)).round(2)
    log_odds = X["class"].map({"first": -0.2, "second": -1.2, "third": -2.2})
    log_odds += 3 * female - 0.8 * (female & third) + 2 * (X["age"] < 13) - 0.02 * X["age"]
    y = np.where(rng.logistic(size=n) < log_odds, "survived", "died")
    X.loc[rng.random(n) < 0.2, "age"] = np.nan
    return X, y


def reduced() -> GridSearchCV:
    """The search of guide/compare_fewest.md."""
    X, y = load_digits(return_X_y=True)
    model = make_pipeline(PCA(random_state=0), QuadraticDiscriminantAnalysis(reg_param=0.1))
    grid = {"pca__n_components": [8, 12, 16, 20, 24, 32]}
    return GridSearchCV(model, grid, refit=fewest_params(model, X, y)).fit(X, y)


def two_ways() -> Figure:
    """The way of facts from an estimator to what is shown, after fit and before."""
    figure, ax = pyplot.subplots(figsize=(7.0, 5.2), layout="constrained")
    ax.set(xlim=(0, 100), ylim=(0, 100))
    ax.axis("off")
    blue, green, gray = "#dbe9f6", "#dff0d8", "#eeeeee"
    boxes = {  # center, width, color, bold line, line below
        "fitted": (21, 91, 40, blue, "fitted estimator", "Ridge().fit(X, y)"),
        "unfitted": (79, 91, 40, green, "estimator, shape", "Ridge(), 60 × 4"),
        "walk": (17, 65, 32, blue, "_walk", "reads attributes"),
        "spec": (50, 65, 24, gray, "Spec", "roles, dims"),
        "plan": (83, 65, 32, green, "_plan", "computes sizes"),
        "records": (50, 37, 98, gray, "records", "coef_: n_features = 4, 32 bytes"),
        "page": (25, 9, 48, gray, "page", "text, HTML, Markdown"),
        "data": (75, 9, 46, gray, "data", "frame, JSON, figure"),
    }
    for x, y, width, color, title, text in boxes.values():
        corner = (x - width / 2, y - 8.5)
        style = "round,pad=0,rounding_size=2"
        ax.add_patch(FancyBboxPatch(corner, width, 17, boxstyle=style, fc=color, ec="#666666"))
        ax.text(x, y + 3.4, title, ha="center", va="center", size=15, weight="bold")
        ax.text(x, y - 3.8, text, ha="center", va="center", size=14)
    arrow = {"arrowstyle": "-|>", "color": "#333333", "lw": 1.5, "mutation_scale": 16}
    arrows = [(x, 82, x, 74) for x in (17, 83)] + [(x, 56, x, 46) for x in (17, 83)]
    arrows += [(x, 28, x, 18) for x in (25, 75)] + [(38, 65, 33.4, 65), (62, 65, 66.6, 65)]
    for *start, x, y in arrows:
        ax.annotate("", (x, y), start, arrowprops=arrow)
    return figure


def new_axes() -> Axes:
    """Return axes as wide as a telephone, whose text is as large as that of pages."""
    return pyplot.subplots(figsize=(4.8, 3.2), layout="constrained")[1]


def save(figure: Figure, name: str, dpi: int = 100) -> None:
    """Write a figure with few colors, which make small files."""
    drawn = BytesIO()
    figure.savefig(drawn, dpi=dpi)
    Image.open(drawn).convert("RGB").quantize(128).save(IMAGES / f"{name}.png")
    pyplot.close(figure)


if __name__ == "__main__":
    main()
