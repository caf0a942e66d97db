"""Columns and arrays that a caller hands over: each there once, numbers as numbers, labels as text; the one place for all verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from numbers import Real
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from karier_stats import errors
from karier_stats.errors import StatisticsError
from karier_stats.words import Phrase
from karier_stats.words.catalogue import column_of
from karier_stats.words.numbers import is_missing

P = ParamSpec("P")
T = TypeVar("T")
LABELS = frozenset({"by", "over", "per", "cluster", "among", "within", "unit", "group", "person"})
"""Roles whose columns tell rows apart."""
_WHOLE_TO = 1e15
"""Up to here a whole number in floating point is told from its neighbours."""


def listed(names: str | Iterable[Any] | None) -> tuple[Any, ...]:
    """Names as a tuple; a string is one name, never its letters."""
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def refuse_absent(data: pd.DataFrame, roles: Iterable[tuple[str, Any]], code: str = "K340") -> None:
    """Every column that plays a role is there (else ``code``), once (else K325), and holds no complex numbers (K345)."""
    for role, name in roles:
        errors.refuse_absent([(role, name)], data.columns, code)
        times = int((data.columns == name).sum())
        if times > 1:
            raise StatisticsError("K325", column=name, role=role, count=times)
        if pd.api.types.is_complex_dtype(settled(data[name]).dtype):
            raise StatisticsError("K345", column=name, role=role, kind="complex")


def takes(
    *roles: str, numeric: Sequence[str] = (),
) -> Callable[[Callable[Concatenate[pd.DataFrame, P], T]], Callable[Concatenate[pd.DataFrame, P], T]]:
    """A verb whose keywords ``roles`` name columns of its table: each is there (:func:`refuse_absent`) and :func:`read` first,
    those of ``numeric`` roles as numbers (:func:`measured`).
    """
    def made(verb: Callable[Concatenate[pd.DataFrame, P], T]) -> Callable[Concatenate[pd.DataFrame, P], T]:
        @wraps(verb)
        def checked(data: pd.DataFrame, *args: P.args, **keywords: P.kwargs) -> T:
            named = [(role, name) for role in roles for name in listed(keywords.get(role))]  # type: ignore[arg-type]
            refuse_absent(data, named)
            told = data.attrs.get("names", {})  # where the view has a name for what is blank, that is a label
            plain = {name: measured(data[name], role) if role in numeric else read(data[name], role in LABELS)
                     for role, name in named if "" not in told.get(name, ())}
            return verb(data.assign(**plain), *args, **keywords)

        return checked

    return made


def some(places: Sequence[int] | NDArray[np.int_], most: int = 10) -> str:
    """The first few row numbers as text."""
    return ", ".join(map(str, places[:most])) + (", ..." if len(places) > most else "")


def settled(column: pd.Series) -> pd.Series:
    """A column of objects as what they are: a gap among numbers or truth values makes a column one of objects."""
    if str(column.dtype).startswith("dictionary"):
        column = column.astype(object)
    if not pd.api.types.is_object_dtype(column.dtype):
        return column
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind == "boolean":
        return column.astype("boolean")
    if kind in ("integer", "floating", "mixed-integer-float", "decimal"):
        return column.astype("Float64")
    return column.astype(complex) if kind == "complex" else column


def read(column: pd.Series, label: bool = True) -> pd.Series:
    """A column as it is meant whatever a gap has made of it: :func:`settled`, blanks as gaps, whole numbers of labels whole."""
    found = settled(column)
    if isinstance(found.dtype, pd.CategoricalDtype):
        blank = [one for one in found.cat.categories if not str(one).strip()]
        return found.cat.remove_categories(blank) if blank else found
    if pd.api.types.is_string_dtype(found.dtype):
        blanks = (found.str.strip() == "").fillna(False)
        return found.mask(blanks) if blanks.any() else found
    whole = label and pd.api.types.is_float_dtype(found.dtype) and bool((floats(found.dropna()) % 1 == 0).all())
    return found.astype("Float64").astype("Int64") if whole else found


def having(data: pd.DataFrame, *columns: str | None) -> pd.DataFrame:
    """The rows with an entry in each of some columns (None: none); what the data say of themselves counts the others."""
    used = [name for name in columns if name is not None]
    found = data.dropna(subset=used)
    without, names = len(data) - len(found), [column_of(name) for name in used if data[name].isna().any()]
    noted = (Phrase("stats.without", n=without, total=len(data), columns=names),) if without else ()
    found.attrs = {**data.attrs, "notes": (*data.attrs.get("notes", ()), *noted)} if noted else data.attrs
    return found


def arms_of(data: pd.DataFrame, group: str, control: Any, *others: str | None) -> tuple[pd.DataFrame, str]:
    """The rows with an arm and an entry in each other column, arms as text, and the comparison arm's own.

    K313 where there are several arms and none of them is ``control``.
    """
    kept = having(data, group, *others)
    arms = labels_of(kept[group])
    found = arms.find(control)
    if found is None and len(arms.order) > 1:
        raise StatisticsError("K313", column=group, control=control, known=", ".join(arms.order))
    return kept.assign(**{group: arms.text}), str(control) if found is None else found


def is_number(column: pd.Series) -> bool:
    """True for real numbers and truth values, whose values can be summed."""
    types = pd.api.types
    real = types.is_numeric_dtype(column.dtype) and not types.is_complex_dtype(column.dtype)
    return real or types.is_bool_dtype(column.dtype)


def true_in(column: pd.Series, role: str) -> NDArray[np.bool_]:
    """Where a column of yes and no says yes, shape (n,): a gap does not; K345 where it holds neither."""
    return np.nan_to_num(measured(column, role)) != 0


def floats(column: pd.Series) -> NDArray[np.float64]:
    """A column of numbers or truth values as floats (n,), gaps as NaN."""
    return np.asarray(column.astype("Float64").to_numpy(dtype=float, na_value=np.nan), dtype=np.float64)


def measured(values: pd.Series, role: str) -> NDArray[np.float64]:
    """A numeric or boolean column as floats (n,), missing and infinite values as NaN; K345 where it is none."""
    column = settled(values)
    if len(column) and not is_number(column):
        raise StatisticsError("K345", column=values.name, role=role, kind=str(values.dtype))
    found = floats(column) if len(column) else np.empty(0)
    return np.where(np.isfinite(found), found, np.nan)


@dataclass(frozen=True)
class Labels:
    """A column of labels: the place (n,) of each row's in ``order``, -1 where it is empty.

    ``order`` has the labels that occur: categories as declared, numbers by size, then words by the alphabet.
    """

    codes: NDArray[np.intp]
    order: tuple[str, ...]

    @property
    def empty(self) -> NDArray[np.bool_]:
        """Where there is no label, shape (n,)."""
        return self.codes < 0

    @property
    def text(self) -> NDArray[np.str_]:
        """Each row's label, shape (n,); of no letters where it is empty."""
        return np.array([*self.order, ""])[self.codes]

    def only(self, keep: NDArray[np.bool_]) -> Labels:
        """The rows where ``keep`` holds, with the labels that occur among them."""
        return _occurring(self.codes[keep], self.order)

    def find(self, value: Any) -> str | None:
        """The label that a caller's value means, or None.

        The same text counts first; else the same amount, so that 0, 0.0, "0" and False all name the label ``0`` of a
        column of zeros and ones, however it is stored.
        """
        if is_missing(value):
            return None
        text = text_of(value)
        if text in self.order:
            return text
        amount = _amount(text)
        same = [label for label in self.order if amount is not None and _amount(label) == amount]
        return same[0] if len(same) == 1 else None


def labels_of(values: pd.Series | ArrayLike, name: str = "") -> Labels:
    """Labels from a column of any type.

    A whole number is written without decimals: one gap turns a column of whole numbers into floats, and must not turn
    ``1`` into ``1.0``.

    Missing, infinite and blank values are empty; K327 where values are lists or the like, which no label can be made of.
    ``name`` is what messages call a column that has no name of its own.
    """
    column = values if isinstance(values, pd.Series) else pd.Series(np.asarray(values, dtype=object).reshape(-1))
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, found = column.cat.codes.to_numpy(), list(column.cat.categories)
        ranked: Sequence[int] = range(len(found))
    else:
        try:
            codes, distinct = pd.factorize(column)
        except TypeError:
            raise StatisticsError("K327", column=column.name or name) from None
        found = list(distinct)
        ranked = sorted(range(len(found)), key=[_natural(value) for value in found].__getitem__)
    texts = [_text_or_none(value) for value in found]
    order = tuple(dict.fromkeys(text for text in map(texts.__getitem__, ranked) if text is not None))
    place: dict[str | None, int] = {text: i for i, text in enumerate(order)}
    places = [place.get(text, -1) for text in texts]
    return _occurring(np.array([*places, -1], dtype=np.intp)[codes], order)


def _occurring(codes: NDArray[np.intp], order: tuple[str, ...]) -> Labels:
    """Labels without those that no row has."""
    used = np.bincount(codes[codes >= 0], minlength=len(order)) > 0
    moved = np.append(np.cumsum(used) - 1, -1).astype(np.intp)
    return Labels(moved[codes], tuple(label for label, occurs in zip(order, used, strict=True) if occurs))


def text_of(value: Any) -> str:
    """A label's text: whole numbers without decimals, days without a time."""
    if isinstance(value, (float, np.floating, Decimal)) and abs(float(value)) < _WHOLE_TO and value == int(value):
        return str(int(value))
    return str(value).removesuffix(" 00:00:00") if isinstance(value, pd.Timestamp) else str(value)


def _text_or_none(value: Any) -> str | None:
    """A label's text; None for what is missing, infinite or blank."""
    # Text first: there may be a label for every row, and whether other values are missing takes longer to find out.
    text = str(value) if isinstance(value, str | int | np.integer) else "" if is_missing(value) else text_of(value)
    return text if text.strip() else None


def _natural(label: object) -> tuple[bool, float, str]:
    """Numbers by size, before words by the alphabet."""
    if isinstance(label, (int, float, np.integer, np.floating, np.bool_, Decimal)):
        return False, float(label), ""
    return True, 0.0, str(label)


def _amount(text: str) -> float | None:
    """What a text amounts to: a number, or 0 and 1 for the truth values; None for a word."""
    if text.casefold() in ("false", "true"):
        return float(text.casefold() == "true")
    try:
        return float(text)
    except ValueError:
        return None


def level_of(data: pd.DataFrame, level: float | None = None) -> float:
    """The level of intervals: the one asked for, else the one that the view says, else 0.95; K349 where it is none."""
    found = data.attrs.get("level", 0.95) if level is None else level
    check_level(found)
    return float(found)


def check_level(level: Any) -> None:
    """Refuse a level that is no number between 0 and 1 (K349)."""
    if not (isinstance(level, Real) and 0 < float(level) < 1):
        raise StatisticsError("K349", level=level)


def about_of(data: pd.DataFrame) -> dict[str, Any]:
    """What a view says of its table."""
    return {str(name): kept for name, kept in data.attrs.items()}


def told_together(*views: Mapping[Any, Any]) -> dict[str, Any]:
    """What several views say of their tables, as of one: the first's, with all their tables, names, facts and notes."""
    joined = {
        name: {key: kept for one in reversed(views) for key, kept in one.get(name, {}).items()} for name in ("names", "facts")
    }
    notes = [note for one in views for note in one.get("notes", ())]
    tables = dict.fromkeys(table for one in views for table in one.get("tables", ()))
    return {**{str(name): kept for name, kept in views[0].items()}, **joined, "tables": tuple(tables),
            "notes": tuple(note for place, note in enumerate(notes) if note not in notes[:place])}


def numbers(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Values as floats (n,), all finite; K336 where some are missing or infinite, K345 where they are no real numbers."""
    column = settled(values if isinstance(values, pd.Series) else pd.Series(np.asarray(values).reshape(-1)))
    if len(column) and not is_number(column):
        raise StatisticsError("K345", column=name, role=name, kind=str(column.dtype))
    found = floats(column) if len(column) else np.empty(0)
    _refuse_empty(name, ~np.isfinite(found))
    return found


def labels(name: str, values: ArrayLike | None, n: int, other: str) -> NDArray[Any] | None:
    """One label per value of ``other``, shape (n,); None where none are given.

    K337 where there are more or fewer labels than values; K336 where labels are missing.
    """
    if values is None:
        return None
    found = labels_of(values, name)
    same_length(name, len(found.codes), other, n)
    _refuse_empty(name, found.empty)
    return found.text


def same_length(name: str, given: int, other: str, wanted: int) -> None:
    """Raise K337 where two arrays that belong together differ in length."""
    if given != wanted:
        raise StatisticsError("K337", name=name, given=given, other=other, wanted=wanted)


def share(name: str, value: float, open_ends: bool = False) -> float:
    """A number from 0 to 1 (strictly between them with ``open_ends``), else K317."""
    if not (0 < value < 1 if open_ends else 0 <= value <= 1):
        rule = f"0 < {name} < 1" if open_ends else f"0 <= {name} <= 1"
        raise StatisticsError("K317", name=name, value=value, rule=rule)
    return float(value)


def _refuse_empty(name: str, empty: NDArray[np.bool_]) -> None:
    """Raise K336 where there is an empty cell, with its place counted from 1."""
    if empty.any():
        places = np.flatnonzero(empty) + 1
        raise StatisticsError("K336", name=name, count=len(places), n=len(empty), rows=some(places, 5))
