"""What the libraries' names mean to the analysis."""

from __future__ import annotations

#: Transformers that learn nothing from rows.
STATELESS = frozenset(
    {
        "FunctionTransformer", "Normalizer", "HashingVectorizer", "PolynomialFeatures", "Binarizer", "FeatureHasher",
        "AdditiveChi2Sampler", "ImageDataGenerator", "HashingEncoder", "LabelSpreading",
    }
)  # fmt: skip

#: Encoders that learn only which values occur.
WORDS = frozenset(
    {
        "LabelEncoder", "OneHotEncoder", "OrdinalEncoder", "LabelBinarizer", "MultiLabelBinarizer", "BinaryEncoder",
        "DictVectorizer", "BaseNEncoder", "HelmertEncoder", "SumEncoder", "BackwardDifferenceEncoder",
    }
)  # fmt: skip

#: Encoders that learn the label by category.
TARGET_ENCODERS = frozenset(
    {
        "TargetEncoder", "LeaveOneOutEncoder", "CatBoostEncoder", "JamesSteinEncoder", "MEstimateEncoder",
        "WOEEncoder", "GLMMEncoder", "QuantileEncoder", "SummaryEncoder", "MeanEncoder",
    }
)  # fmt: skip

#: Resamplers that a row's neighbours have no say in, whose choice on noise was measured to lift no score.
UNDERSAMPLERS = frozenset({"RandomUnderSampler", "ClusterCentroids"})

SEARCHES = frozenset(
    {"GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV", "BayesSearchCV",
     "OptunaSearchCV", "TuneSearchCV"}
)  # fmt: skip

WRAPPERS = frozenset({"Pipeline", "ColumnTransformer", "FeatureUnion", "make_pipeline", "make_column_transformer",
                      "make_union", "TransformedTargetRegressor", "DataFrameMapper"})  # fmt: skip

#: Settings by which a watched set decides how long a model is fitted.  CatBoost does so of itself.
STOPPING = ("early_stopping_rounds", "early_stopping", "od_wait", "od_type", "od_pval", "use_best_model")
#: Arguments by which a booster is given another one, to add trees to it.
STARTS = ("init_model", "xgb_model")
STOPPERS = frozenset({"EarlyStopping", "ModelCheckpoint", "early_stopping", "ReduceLROnPlateau"})

#: Functions that scale the rows they are given.
SCALING = frozenset(
    {"scale", "minmax_scale", "maxabs_scale", "robust_scale", "quantile_transform", "power_transform", "zscore"}
)

#: Methods and functions that make one number, or one for each group or column, out of many rows.
REDUCING = frozenset(
    {
        "mean", "median", "std", "var", "min", "max", "mode", "quantile", "sum", "count", "corr", "corrwith", "cov",
        "skew", "kurt", "kurtosis", "describe", "agg", "aggregate", "value_counts", "nunique", "idxmax", "idxmin",
        "prod", "size", "sem", "ptp", "average", "percentile", "nanmean", "nanmedian", "nanstd", "nanvar", "nanmin",
        "nanmax", "nanpercentile", "nanquantile", "amax", "amin", "corrcoef", "histogram", "bincount", "crosstab",
        "pivot_table", "nlargest", "nsmallest", "mutual_info_classif", "mutual_info_regression", "f_classif",
        "chi2", "f_regression", "pearsonr", "spearmanr", "ttest_ind", "trim_mean", "gmean", "iqr",
        "pointbiserialr", "chi2_contingency", "kendalltau", "ks_2samp", "mannwhitneyu", "f_oneway",
        "histogram_bin_edges", "argmax", "argmin", "nansum",
    }
)  # fmt: skip

#: Those that give one of the values, or what lies between two: of days, a day.
OF_ORDER = frozenset({"min", "max", "amin", "amax", "nanmin", "nanmax", "median", "quantile", "percentile"})

#: Whether a value is there, as a method of a column and as a function: the side that is left.
PRESENT = {
    **dict.fromkeys(("notna", "notnull", "is_not_null", "is_not_nan", "isfinite", "is_finite"), 1),
    **dict.fromkeys(("isna", "isnull", "isnan", "is_null", "is_nan"), 0),
}

#: Linear algebra that fits coefficients.
SOLVING = frozenset({"lstsq", "solve", "pinv", "inv", "svd", "eig", "eigh", "polyfit", "curve_fit", "minimize", "qr"})

#: Functions that look for the arguments with which a function of the submission gives the least.
OPTIMISING = frozenset(
    {"minimize", "minimize_scalar", "differential_evolution", "dual_annealing", "basinhopping", "shgo", "brute", "fmin",
     "fmin_powell", "fmin_l_bfgs_b", "fminbound", "brent", "golden", "least_squares"}
)  # fmt: skip

#: Functions that bin by what all rows hold.
BINNING = frozenset({"qcut"})

METRICS = frozenset(
    {
        "roc_auc_score", "accuracy_score", "average_precision_score", "balanced_accuracy_score", "brier_score_loss",
        "classification_report", "cohen_kappa_score", "confusion_matrix", "f1_score", "fbeta_score", "log_loss",
        "matthews_corrcoef", "precision_recall_curve", "precision_score", "recall_score", "roc_curve",
        "explained_variance_score", "mean_absolute_error", "mean_squared_error", "mean_squared_log_error",
        "median_absolute_error", "r2_score", "jaccard_score", "hamming_loss", "precision_recall_fscore_support",
        "root_mean_squared_error", "mean_absolute_percentage_error", "auc", "zero_one_loss", "rankdata",
        "brier_score", "d2_absolute_error_score", "d2_brier_score", "d2_log_loss_score", "d2_pinball_score",
        "d2_tweedie_score", "dcg_score", "det_curve", "hinge_loss", "max_error", "mean_gamma_deviance",
        "mean_pinball_loss", "mean_poisson_deviance", "mean_tweedie_deviance", "ndcg_score",
        "root_mean_squared_log_error", "top_k_accuracy_score", "label_ranking_loss", "coverage_error",
        "label_ranking_average_precision_score", "class_likelihood_ratios", "confusion_matrix_at_thresholds",
        "multilabel_confusion_matrix", "consensus_score", "rmse", "mae", "mape", "smape", "rmsle",
    }
)  # fmt: skip

READING = ("read_", "load", "fetch_", "make_", "open", "genfromtxt", "fromfile", "from_csv", "DataReader", "get_data")
RANDOM_ROWS = frozenset({"rand", "random", "uniform", "random_sample", "randint", "integers", "choice", "randn",
                         "normal", "binomial", "standard_normal"})  # fmt: skip

#: Methods of a frame that give the same rows with nothing new in them.
ROW_ATTRIBUTES = frozenset(
    {"values", "loc", "iloc", "at", "iat", "ix", "str", "dt", "cat", "array", "data", "real", "sparse"}
)
SHAPE_ATTRIBUTES = frozenset({"shape", "size", "ndim", "columns", "dtypes", "dtype", "empty", "nbytes"})

PREDICTING = frozenset(
    {"predict", "predict_proba", "decision_function", "predict_log_proba", "predict_classes", "predict_generator",
     "forecast", "apply_model", "predict_on_batch", "staged_predict_proba", "staged_predict"}
)  # fmt: skip
SCORING = frozenset({"score", "evaluate", "evaluate_generator"})
FITTING = frozenset({"fit", "fit_generator", "partial_fit", "fit_on_texts", "train_on_batch", "adapt"})
NEAREST = frozenset({"kneighbors", "radius_neighbors", "query", "query_radius"})
CROSS_SCORES = frozenset({"cross_val_score", "cross_validate", "cross_val_predict"})
GROUP_SPLITTERS = frozenset(
    {"GroupKFold", "GroupShuffleSplit", "StratifiedGroupKFold", "LeaveOneGroupOut", "LeavePGroupsOut"}
)
SPLITTERS = GROUP_SPLITTERS | {
    "KFold", "StratifiedKFold", "RepeatedKFold", "RepeatedStratifiedKFold", "ShuffleSplit", "StratifiedShuffleSplit",
    "TimeSeriesSplit", "LeaveOneOut", "LeavePOut", "PredefinedSplit",
}  # fmt: skip
DRAWS_ONCE = frozenset({"ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit"})

#: Methods that only a frame or an array has.
FRAME_METHODS = frozenset({"dropna", "drop", "reshape", "astype", "fillna", "groupby", "reset_index", "drop_duplicates",
                           "merge", "sort_values", "to_numpy", "iloc", "set_index", "rename"})  # fmt: skip
