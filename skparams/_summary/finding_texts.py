"""What each finding means, and what to do about it.

Backticks mark code for the page of the documentation that is written from these texts; reports
leave them out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from skparams._links import link_to
from skparams._report import Column, Frame, Page, Report, Row, Section

PAGE = "reference/findings"  # of the documentation site
LABELS = {
    "meaning": "what it means",
    "detection": "how it is computed",
    "false_alarm": "when it is a false alarm",
    "action": "what to do",
}


@dataclass(frozen=True, slots=True, repr=False)
class FindingText(Report):
    """What a finding means.

    Shown as text by ``print`` and as HTML in notebooks.

    Parameters
    ----------
    code : str
        Its code, such as ``"SKP001"``.
    title : str
        What it is, in a few words.
    meaning : str
        What it means.
    detection : str
        How it is computed.
    false_alarm : str
        When it is a false alarm.
    action : str
        What to do.
    """

    code: str
    title: str
    meaning: str
    detection: str
    false_alarm: str
    action: str

    @property
    def link(self) -> str | None:
        """The address of its section in the documentation, or None if ``docs_url`` is not set."""
        return link_to(PAGE, self.code.lower())

    @property
    def call(self) -> str:
        """The call that returns it."""
        return f'skparams.explain_finding("{self.code}")'

    def labeled(self) -> list[tuple[str, str]]:
        """Return the paragraphs as plain text, each with the words that introduce it."""
        texts = ((label, getattr(self, name)) for name, label in LABELS.items())
        return [(f"{label}:", text.replace("`", "")) for label, text in texts]

    def _page(self) -> Page:
        columns = [Column("", least=12), Column("", wraps="words")]
        rows = [Row(each) for each in self.labeled()]
        link = self.link
        return Page([self.code, self.title], [Section(columns, rows)], [link] if link else [])

    def _frame(self) -> Frame:
        rows = [{"name": name, "text": text} for name, text in asdict(self).items()]
        return {"name": "object", "text": "object"}, rows


def explain_finding(code: str) -> FindingText:
    """Explain what a finding of a summary means, and what to do about it.

    Nothing is downloaded: the texts are part of the package. The documentation site has the same
    texts, with examples. Reports link to them if ``skparams.docs_url`` is set to the address of the
    site; by default it is None.

    Parameters
    ----------
    code : str
        The code of the finding, such as ``"SKP001"``, in upper or lower case.

    Returns
    -------
    FindingText
        What the finding means, how it is computed, when it is a false alarm and what to do. Shown
        as text by ``print`` and as HTML in notebooks.

    Raises
    ------
    ValueError
        If no finding has this code.

    See Also
    --------
    summary : The report that ends with findings.

    Examples
    --------
    >>> from skparams import explain_finding
    >>> print(explain_finding("SKP006").to_text(width=80))
    SKP006 · more memory kept than is used
    <BLANKLINE>
      what it means:             An attribute is a view that keeps all of a larger
                                 array in memory. Or it is the X that was passed to
                                 fit, not a copy: deleting your reference does not
                                 free the memory, and changing X changes the model.
      how it is computed:        From the array that owns the memory, if it has at
                                 least 1 kB more than the view. A reference to X is
                                 detected if skparams.summary gets X as an array or
                                 a sparse matrix.
      when it is a false alarm:  A pickle, and a model loaded from it, has the
                                 values of the view only.
      what to do:                Use skparams.slim, which returns a copy whose
                                 arrays own exactly their values.
    """
    known = code.strip().upper() if isinstance(code, str) else code
    if not isinstance(known, str) or known not in TEXTS:
        codes = ", ".join(TEXTS)
        raise ValueError(f"explain_finding: code must be one of {codes}, got {code!r}.")
    return TEXTS[known]


_ALL = (
    FindingText(
        code="SKP001",
        title="more parameters than training rows",
        meaning=(
            "The model has more free parameters than training rows, so it may memorize rows "
            "instead of learning from them. Where the effective degrees of freedom are known, they "
            "replace the free count; a model of one target with as many of them as rows reproduces "
            "any y."
        ),
        detection=(
            "From the free count and the number of training rows: the number that the model knows "
            "(forests, nearest neighbors), that of X, or `n_samples`. With several targets, both "
            "counts are sums over the targets. What is unknown is not compared."
        ),
        false_alarm=(
            "A ridge regression whose penalty is large: give X to `skparams.summary`, which then "
            "compares the effective degrees of freedom. Large networks and forests often do well "
            "with more parameters than rows."
        ),
        action=(
            "Compare the scores on training and held-out rows; `skparams.memorization` reports "
            "which rows are learned by heart. If the scores differ much, increase the penalty, "
            "use a smaller model, stop early, or collect more rows."
        ),
    ),
    FindingText(
        code="SKP002",
        title="parameters that are not finite",
        meaning="Predictions that use NaN or infinite parameters are NaN, or raise an error.",
        detection="All parameters are checked.",
        false_alarm=(
            "`SimpleImputer` keeps NaN for a column with only missing values, and drops the column "
            "when it transforms. Infinite thresholds of trees, which send missing values one way "
            "and all others the other way, are not reported."
        ),
        action=(
            "Find the cause: a learning rate that is too large, unscaled columns, a column with "
            "only missing values, or `alpha=0` in naive Bayes."
        ),
    ),
    FindingText(
        code="SKP003",
        title="units that are constant, dead or not used",
        meaning=(
            "Units in a hidden layer do not contribute. A unit is constant if all its incoming "
            "weights, or its gain in a normalized layer, are zero; it adds nothing if all its "
            "outgoing weights are zero. It is dead if its activation is ReLU and its output is "
            "zero for each row of X: training on these rows does not change it."
        ),
        detection=(
            "From the weights. For dead units, X, or 2,000 of its rows, evenly spaced, passes "
            "through the transformers of a pipeline and the hidden layers. With layer "
            "normalization, a unit without incoming weights is not constant, as the mean of the "
            "other units is subtracted from it."
        ),
        false_alarm="A few such units are harmless. A dead unit may be active for another X.",
        action=(
            "If there are many, try a smaller learning rate, scaled inputs, another "
            'initialization, `activation="tanh"`, or fewer units.'
        ),
    ),
    FindingText(
        code="SKP004",
        title="not converged",
        meaning=(
            "Fit stopped at the maximum number of iterations. More iterations would have changed "
            "the parameters."
        ),
        detection=(
            "From fitted attributes: `n_iter_` equal to `max_iter`, `converged_`, `fit_status_`, "
            "or the last values of a likelihood. The finding appears wherever scikit-learn warns, "
            "even if the warning was silenced or the model was loaded from a file, and where it "
            "does not, as for `KMeans`; but not if `max_iter` is the number of steps to take, as "
            "in histogram gradient boosting."
        ),
        false_alarm=(
            "A fit that converges in exactly the last iteration often looks the same, hence the "
            '"may" of the message.'
        ),
        action="Increase `max_iter`, scale the columns, or accept the early stop: it regularizes.",
    ),
    FindingText(
        code="SKP005",
        title="training rows kept in the model",
        meaning=(
            "The model keeps training rows, as nearest neighbors, kernel methods and support "
            "vector machines do. Everyone who gets its pickle has them."
        ),
        detection=(
            "From attributes with the role `data`, which `skparams.kept_rows` lists. Rows that two "
            "attributes share count once."
        ),
        false_alarm="Such models need their rows: nothing is wrong if the rows may be shared.",
        action=(
            "If the rows are private, do not share the model. If it is too large, use fewer rows, "
            "a parametric model, or `Nystroem` with a linear model."
        ),
    ),
    FindingText(
        code="SKP006",
        title="more memory kept than is used",
        meaning=(
            "An attribute is a view that keeps all of a larger array in memory. Or it is the X "
            "that was passed to fit, not a copy: deleting your reference does not free the memory, "
            "and changing X changes the model."
        ),
        detection=(
            "From the array that owns the memory, if it has at least 1 kB more than the view. A "
            "reference to X is detected if `skparams.summary` gets X as an array or a sparse "
            "matrix."
        ),
        false_alarm="A pickle, and a model loaded from it, has the values of the view only.",
        action="Use `skparams.slim`, which returns a copy whose arrays own exactly their values.",
    ),
)
TEXTS = {text.code: text for text in _ALL}
