"""Draw the figures of pca_explained.md into docs/images: ``python docs/make_images.py``."""

from io import BytesIO
from pathlib import Path

import matplotlib
from matplotlib import pyplot
from PIL import Image
from sklearn.datasets import load_wine

from skparams import (
    PCA,
    BiplotDisplay,
    BootstrapDisplay,
    ContributionDisplay,
    CorrelationCircleDisplay,
    OutlierDisplay,
    ScoreDisplay,
    ScreeDisplay,
    explain,
)

IMAGES = Path(__file__).parent / "images"


def main() -> None:
    """Draw all of them."""
    matplotlib.use("Agg")
    IMAGES.mkdir(exist_ok=True)
    X, y = load_wine(return_X_y=True, as_frame=True)
    pca = PCA(n_components=3, scale=True, random_state=0).fit(X)
    found = explain(pca, X).bootstrap(random_state=0)
    for name, display in {
        "scree": ScreeDisplay.from_estimator(pca, X),
        "circle": CorrelationCircleDisplay.from_estimator(pca),
        "biplot": BiplotDisplay.from_estimator(pca, X, y),
        "scores": ScoreDisplay.from_estimator(pca, X, y, ellipses=True),
        "contribution": ContributionDisplay.from_estimator(pca),
        "outliers": OutlierDisplay.from_estimator(pca, X),
        "ratios": BootstrapDisplay.from_bootstrap(found),
        "loadings": BootstrapDisplay.from_bootstrap(found, kind="loadings"),
    }.items():
        drawn = BytesIO()
        display.figure_.savefig(drawn, dpi=100)
        # Few colors make small files.
        Image.open(drawn).convert("RGB").quantize(128).save(IMAGES / f"wine-{name}.png")
        pyplot.close(display.figure_)


if __name__ == "__main__":
    main()
