"""The work that all sides do: rows, features, components, and the ratio each must reach."""

from dataclasses import dataclass

import numpy as np

DTYPES = ("float64", "float32")
OURS, SKLEARN, INTELEX = "skparams", "scikit-learn", "scikit-learn-intelex"
BATCH = 1000


@dataclass(frozen=True)
class Work:
    """One shape of data; a stream gets it in batches of 1,000 rows."""

    part: str
    rows: int
    features: int
    components: int | None
    bars: tuple[float, float]  # at least so many times as fast as scikit-learn, and as intelex

    @property
    def label(self) -> str:
        kept = "all" if self.components is None else self.components
        return f"{self.rows:,} × {self.features:,}, k = {kept}"

    def data(self, dtype: str) -> np.ndarray:
        """Return rows with falling variances, about means that are not zero."""
        rng = np.random.default_rng(0)
        X = rng.standard_normal((self.rows, self.features), np.float32)
        X *= np.geomspace(4, 0.5, self.features, dtype=np.float32)
        X += 3
        return X.astype(dtype)

    def gflop(self) -> float:
        """Return the arithmetic of the covariance's triangle, in 10^9 operations."""
        return self.rows * self.features * (self.features + 1) / 1e9


WORKS = {
    "100k-10": Work("fits", 100_000, 10, None, (2.5, 2.5)),
    "300k-16": Work("fits", 300_000, 16, None, (2.5, 2.5)),
    "1m-30": Work("fits", 1_000_000, 30, None, (2.5, 2.5)),
    "100k-50": Work("fits", 100_000, 50, None, (1.8, 1.8)),
    "100k-200": Work("fits", 100_000, 200, 10, (1.0, 1.0)),
    "20k-784": Work("fits", 20_000, 784, 10, (1.0, 1.0)),
    "50k-1000": Work("fits", 50_000, 1_000, 10, (1.0, 1.0)),
    "stream-50": Work("streams", 100_000, 50, 10, (12.0, 2.5)),
    "stream-784": Work("streams", 20_000, 784, 10, (8.0, 2.5)),
}
