"""What functions and methods of libraries change beside giving a value, told by their names."""

from __future__ import annotations

#: Methods and functions that give a value and change nothing, so that a call whose value is dropped does nothing.
PURE = frozenset(
    """
    abs agg aggregate all any apply applymap argmax argmin array asarray assign astype at autocorr bfill
    between bool bytes capitalize casefold ceil chr clip columns combine_first compare complex compress
    concat copy corr corrcoef corrwith count cov crosstab cummax cummin cumprod cumsum cut date_range
    dataframe decode deepcopy describe dict diff difference digitize divide divmod dot drop
    drop_duplicates dropna dtypes duplicated empty_like encode endswith enumerate eq equals eval ewm exp
    expanding explode factorize ffill fillna filter find findall first float floor floordiv format
    from_dict from_records from_tuples frozenset fromkeys fsum full ge get get_dummies groupby gt
    hasattr hash head hex histogram id idxmax idxmin index infer_objects int interpolate intersection
    isalpha isclose isdigit isdisjoint isfinite isin isinf isinstance isna isnan isnull isoformat
    issubclass issubset issuperset items itertuples iterrows join keys kurt kurtosis last le len
    linspace list log10 log1p log2 lower lstrip lt mad map mask match max mean median melt memory_usage
    merge min mode mul multiply nanmax nanmean nanmedian nanmin nanpercentile nanquantile nanstd nansum
    ne nlargest nonzero notna notnull nsmallest nth nunique ones ord partition pct_change percentile
    pivot pivot_table pow power prod product qcut quantile range rank reduce reindex rename repeat
    replace resample reset_index reshape reversed rfind rolling round rstrip sample sem select_dtypes
    set set_index shape shift size skew slice sort_index sort_values sorted split splitlines sqrt
    squeeze stack startswith std str strftime strip sub subtract sum symmetric_difference tail take
    title to_datetime to_dict to_frame to_list to_numeric to_numpy to_period to_timedelta tolist
    total_seconds transpose truediv tuple type union unique unstack upper value_counts values var where
    xs zeros zip counter defaultdict ordereddict deque
    """.split()  # noqa: SIM905 - a list of words
)
#: What of these gives a part of what it was given.
SHARING = frozenset(
    {"at", "concat", "enumerate", "filter", "first", "get", "head", "items", "last", "list", "map", "max", "min"}
    | {"reversed", "set", "sorted", "take", "tail", "tuple", "values", "zip", "dict"}
)
#: Methods that change what they are called on, and nothing else.
MUTATING = frozenset(
    """
    add append appendleft clear difference_update discard extend fit fit_predict fit_resample
    fit_transform insert intersection_update partial_fit pop popitem popleft push remove reverse
    setdefault sort subtract_update symmetric_difference_update update
    """.split()  # noqa: SIM905 - a list of words
)
#: A name with one of these words is of something that writes, shows, sends, starts or sets.
OUTWARD = frozenset(
    """
    barplot boxplot call call_command check_call check_output close commit connect create csv display
    download draw dump echo execute exit export figure flush heatmap hist input install kill launch link
    listen load makedirs mkdir move open parquet pickle pip plot plots popen print publish put raise
    register remove rename rmdir rmtree run save savefig savez seed send serve set show simplefilter
    sleep sql start store submit subplots system track unlink upload warn write writelines writer
    writerow
    """.split()  # noqa: SIM905 - a list of words
)
#: Libraries that draw on what is current, keep a record of a run, or speak to the machine.
OUTWARD_MODULES = frozenset(
    {"plt", "pyplot", "sns", "seaborn", "px", "alt", "mlflow", "wandb", "os", "sys", "shutil", "subprocess", "requests"}
    | {"httpx", "urllib", "socket", "logging", "warnings", "signal", "atexit", "gc", "threading", "asyncio", "sqlite3"}
)
#: What of these only gives a value.
ASKING = frozenset(
    {"path", "environ", "getenv", "getcwd", "listdir", "cpu_count", "urandom", "getsizeof", "fspath", "getLogger"}
)


def is_pure(name: str) -> bool:
    """Whether a function or method of a library is known to change nothing."""
    return name.lower() in PURE


def is_fresh(name: str) -> bool:
    """Whether a library's function or class gives a value that nobody else holds."""
    return (is_pure(name) and name not in SHARING) or name[:1].isupper()


def is_outward(name: str, root: str, chain: frozenset[str]) -> bool:
    """Whether a library's function or method does something even where its value is used.

    `root` is the name that the call begins with, and `chain` the names between that and the last.
    """
    if root in OUTWARD_MODULES:
        return not ASKING & (chain | {name})
    words = name.lower().split("_")
    return bool(OUTWARD & {*words, name.lower()}) or (len(words) > 1 and "log" in words)
