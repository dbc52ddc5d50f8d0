"""Every public name as a user would call it. It runs, and ``mypy --strict`` finds nothing."""

import tempfile
from pathlib import Path
from typing import Any, Self, assert_type

import numpy as np
from sklearn.model_selection import GridSearchCV, cross_validate

import skparams
from skparams import (
    PCA,
    BiplotDisplay,
    BootstrapDisplay,
    CapacityCurveDisplay,
    Checkpoint,
    ContributionDisplay,
    CorrelationCircleDisplay,
    LossCurveDisplay,
    MLPClassifier,
    MLPRegressor,
    ModelsNotComparable,
    OutlierDisplay,
    ParamMonitor,
    ParamMonitorDisplay,
    ParamsFileError,
    ParamsMixin,
    ParetoDisplay,
    ScoreDisplay,
    ScreeDisplay,
    TabularMLPClassifier,
    TabularMLPRegressor,
    assert_same_model,
    cache_dir,
    capacity_curve,
    compare,
    count_params,
    diff,
    explain,
    explain_finding,
    fewest_params,
    fit_budget,
    fitted_params,
    identifiable,
    inspect_params,
    kept_rows,
    load_params,
    memorization,
    model_bytes_scorer,
    n_params_scorer,
    params_frame,
    plan,
    probe,
    register_onnx_converters,
    save_params,
    show_versions,
    slim,
    spread,
    summary,
    to_onnx,
)
from skparams.specs import Part, Rule, Spec, parameter, register

X = np.random.default_rng(0).standard_normal((60, 4))
y = np.arange(60) % 3


class Centerer(ParamsMixin):
    """A user's own class, which says what it learns."""

    def fit(self, X: np.ndarray[Any, Any], y: object = None) -> Self:
        self.mean_ = X.mean(axis=0)
        return self

    def get_params(self, deep: bool = True) -> dict[str, object]:
        return {}

    def __skparams__(self) -> Spec:
        return Spec({"mean_": parameter("n_features"), "note_": Rule("metadata")})


# fit returns the model's own class, and so does what stands behind it in a chain
model = assert_type(MLPClassifier((5,), tol=0.01, random_state=0).fit(X, y), MLPClassifier)
assert_type(slim(model), MLPClassifier)
lighter, report = slim(model, X, return_report=True)
assert_type(lighter, MLPClassifier)
print(report, report.to_frame())
regressor = MLPRegressor(tol=0.01, random_state=0).fit(X, X[:, 0], X_val=X, y_val=X[:, 0])
assert_type(LossCurveDisplay.from_estimator(regressor).plot(), LossCurveDisplay)
print(regressor.history_["validation_loss"][-1], regressor.loss_curve_[-1])
if hasattr(regressor, "set_callbacks"):  # from scikit-learn 1.9 on
    with tempfile.TemporaryDirectory() as beside:
        checkpoint = Checkpoint(Path(beside) / "net.safetensors", every=2, keep=3)
        regressor.set_callbacks(checkpoint).fit(X, X[:, 0], X_val=X, y_val=X[:, 0])
        regressor.fit(X, X[:, 0], X_val=X, y_val=X[:, 0], resume=checkpoint.path)
settings: dict[str, Any] = {"n_members": 2, "hidden_layer_sizes": 4, "max_iter": 2}
of_classes = assert_type(TabularMLPClassifier(**settings).fit(X, y), TabularMLPClassifier)
print(of_classes.predict_proba(X), of_classes.feature_scale_, of_classes.summary())
of_quantiles = TabularMLPRegressor(**settings, loss="quantile", quantile=[0.1, 0.5, 0.9])
print(of_quantiles.fit(X, X[:, 0]).predict_quantiles(X), plan(of_quantiles, X, X[:, 0]))
pca = assert_type(PCA(2, random_state=0).fit(X), PCA)
centerer = Centerer().fit(X)

# summaries and counts
print(summary(model, X, stats=True, ignore=("SKP001",)))
print(explain_finding("SKP002").to_text(width=60))
assert_type(skparams.docs_url, str | None)
print(plan(model, X, y).to_html(), plan(PCA(2), n_samples=60, n_features=4).to_dict())
assert_type(count_params(model), int | None)
assert_type(count_params(regressor, kind="effective"), float | None)
names: list[str] = list(fitted_params(pca))
assert_type(centerer.count_params(), int | None)
print(centerer.summary(X), centerer.plan(X), centerer.get_fitted_params())
assert_type(centerer.set_fitted_params(mean_=np.zeros(4)), Centerer)

# what predictions use, what is kept, what changed
print(probe(model, X, max_calls=50, random_state=0).to_json())
print([place.path for place in kept_rows(model, X).places])
print(identifiable(model, X).rank)
by_heart = memorization(model, X, y, cv=3, shuffled_labels=True)
print(by_heart.values.max(), by_heart.top(3), by_heart.shuffled_labels)
print(diff(model, lighter, align=True, rtol=1e-9).is_empty, spread([model, model]).to_text())
try:
    assert_same_model(lighter, model, ignore=("history_",))
except ModelsNotComparable as error:
    print(error)

# a PCA explained
explanation = explain(pca, X)
print(explanation.loadings, explanation.outliers(alpha=0.01))
for Display in (ContributionDisplay, CorrelationCircleDisplay, ScreeDisplay):
    Display.from_estimator(pca, X)
BiplotDisplay.from_estimator(pca, X, y, ellipses=True, row_names=range(len(X))).plot()
ScoreDisplay.from_estimator(pca, X, y, supplementary=X[:5]).plot()
OutlierDisplay.from_estimator(pca, X, alpha=0.01)
BootstrapDisplay.from_bootstrap(explanation.bootstrap(20, random_state=0))

# scores against the number of learned parameters
compared = compare({"ours": model, "again": model}, X, y, cv=2, baseline="again", n_jobs=1)
print(compared["ours"].fit_seconds.median, compared.pairs[0].finding, compared.interrupted)
curve = capacity_curve(model, X, y, param_name="alpha", param_range=[0.0, 1.0], cv=2)
print(curve, curve.n_params, curve.test_losses.mean(), curve.plot(metric="loss").get_title())
CapacityCurveDisplay(curve).plot(std_display_style="errorbar", score_type="test")

# settings that meet a budget
budget = fit_budget(PCA(), X, max_params=12)
print(budget, PCA().set_params(**(budget.best_params or {})))

# a search for the fewest parameters
rule = fewest_params(PCA(), X, tolerance="2%", kind="stored")
search = GridSearchCV(PCA(), {"n_components": [1, 2]}, refit=rule, cv=2).fit(X)
print(rule, params_frame(search, tolerance=0.5).columns)
ParetoDisplay.from_search(search, X, kind="free").plot()
cross_validate(pca, X, scoring={"n": n_params_scorer, "b": model_bytes_scorer}, cv=2)

# a fit that is watched, with scikit-learn 1.9
if hasattr(model, "set_callbacks"):
    monitor = ParamMonitor(every=1)
    MLPClassifier(4, max_iter=20, tol=10).set_callbacks(monitor).fit(X, y)
    drawn: ParamMonitorDisplay = monitor.plot("norm", parameters=["coefs_[0]"])
    print(monitor, monitor.to_frame().columns, drawn.tasks)

# a class that somebody else wrote
weights = Rule("parameter", parts=lambda _: [Part(".w", np.zeros(4))])
register("somewhere.Model", Spec({"tree_": weights}))
show_versions()
folder = cache_dir()
# a model that is kept
with tempfile.TemporaryDirectory() as kept:
    file = Path(kept) / "model.safetensors"
    save_params(model, file, state=True)
    print(inspect_params(file).to_markdown())
    try:
        load_params(file, into=lighter, allow=("mypackage.Model",), verify=False)
    except (ParamsFileError, ValueError) as error:
        print(error)
onnx = to_onnx(pca, X)
register_onnx_converters()
print(skparams.__version__)
