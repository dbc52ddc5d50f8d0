"""What the help of each command says, before and after its arguments."""

from skparams._cli.model_names import MODELS

DEMO = """\
Search the hyperparameters of a neural network by cross-validation and show
what the best one learned. The same search runs with scikit-learn's network on
the same folds; scores and times of both are printed side by side. Without
--data, the table is scikit-learn's handwritten digits.
"""
DEMO_MORE = """\
Rows without a target are left out, other missing values are filled, and text
columns are one-hot encoded. The values of the target decide between
classification and regression. Two files are written: report.html, which needs
no other file, and learned.png. The exit code is 0, or 2 with one line that
says what is wrong.

examples:
  skparams demo
  skparams demo --data wine.csv --target quality --out report --quick
"""
COMPARE = """\
Cross-validate models on the same folds of a table and show their scores with a
test of each difference, their times, and how much each learned.
"""
COMPARE_MORE = f"""\
Rows without a target are left out, other missing values are filled, numbers
are scaled, and text columns are one-hot encoded, in each fold anew. The values
of the target decide between classification and regression.

models: {", ".join(MODELS)},
or the import path of a class, as xgboost.XGBClassifier; importing it runs the
code of its module.

The exit code is 0, or 2 with one line that says what is wrong.

examples:
  skparams compare wine.csv --target quality
  skparams compare wine.csv --target quality --models mlp,forest,linear --baseline linear
  skparams compare houses.parquet --target price --rope 0.01 --jobs 4 --out report.html
  skparams compare wine.csv --target quality --json | jq .
"""
PLAN = """\
Show what a model would learn before it is fitted: how many parameters, and
what training costs. Nothing is fitted but the preparation of the table.
"""
PLAN_MORE = f"""\
models: {", ".join(MODELS)},
or the import path of a class, as sklearn.svm.SVC; importing it runs the code
of its module. The short names have a classifier and a regressor each:
--classes, --outputs or the target decides.

The exit code is 0, or 2 with one line that says what is wrong.

examples:
  skparams plan mlp --features 784 --classes 10 --set hidden_layer_sizes=1000,1000
  skparams plan forest --data wine.csv --target quality --set n_estimators=500
  skparams plan sklearn.decomposition.PCA --features 50 --samples 1000 --set n_components=5
"""
SUMMARY = """\
Show what the model in a file chose and learned. The file is one of
skparams.save_params (safetensors) or of skops; a pickle is never loaded.
"""
SUMMARY_MORE = """\
With --data, what depends on the training rows is shown too. A file of skops is
loaded only if it holds no types but those that skops, skparams or --trust know.

The exit code is 0, or 2 with one line that says what is wrong.

examples:
  skparams summary model.safetensors
  skparams summary model.skops --data train.csv --out summary.html
  skparams summary model.skops --trust mypackage.Scaler
  skparams summary model.safetensors --json | jq .estimator.totals.stored
"""
DIFF = """\
Show what differs between the models in two files, each one of
skparams.save_params (safetensors) or of skops; a pickle is never loaded.
"""
DIFF_MORE = """\
The exit code is 0 if nothing differs, 1 if something does, and 2 with one line
that says what is wrong.

examples:
  skparams diff old.safetensors new.safetensors
  skparams diff old.safetensors new.skops --rtol 1e-6 --ignore n_jobs
  skparams diff a.safetensors b.safetensors > /dev/null && echo the same
"""
WARM = """\
Compile all kernels ahead and keep them in skparams.cache_dir(), so that no fit
has to wait: in the image of a container, for instance. The exit code is 0, or
2 with one line if no folder can be written.
"""
WARM_MORE = """\
example:
  skparams warm
"""
