"""Short names of models that the commands take. Imports nothing, as the help lists them."""

# The classifier and the regressor of each.
MODELS = {
    "dummy": ("sklearn.dummy.DummyClassifier", "sklearn.dummy.DummyRegressor"),
    "linear": ("sklearn.linear_model.LogisticRegression", "sklearn.linear_model.Ridge"),
    "tree": ("sklearn.tree.DecisionTreeClassifier", "sklearn.tree.DecisionTreeRegressor"),
    "forest": ("sklearn.ensemble.RandomForestClassifier", "sklearn.ensemble.RandomForestRegressor"),
    "boosting": (
        "sklearn.ensemble.HistGradientBoostingClassifier",
        "sklearn.ensemble.HistGradientBoostingRegressor",
    ),
    "neighbors": (
        "sklearn.neighbors.KNeighborsClassifier",
        "sklearn.neighbors.KNeighborsRegressor",
    ),
    "svm": ("sklearn.svm.SVC", "sklearn.svm.SVR"),
    "mlp": ("skparams.MLPClassifier", "skparams.MLPRegressor"),
    "sklearn-mlp": (
        "sklearn.neural_network.MLPClassifier",
        "sklearn.neural_network.MLPRegressor",
    ),
}
# What differs from the defaults of the class: 100 steps are too few for wide tables.
SETTINGS = {"sklearn.linear_model.LogisticRegression": {"max_iter": 1000}}
DEFAULT_MODELS = "linear,forest,boosting,mlp"
