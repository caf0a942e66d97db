"""The whole of ``compare`` for many courses, and its picture for many people."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.stats.change.compare import Change, compare

from .cases import Case, scores


def courses(count: int = 500, size: int = 40) -> pd.DataFrame:
    """Scores of ``size`` people in each of ``count`` courses."""
    before, after = scores(count * size)
    names = np.repeat([f"K{k:03d}" for k in range(count)], size)
    return pd.DataFrame({"pre": before, "post": after, "course": names})


def by_course(data: pd.DataFrame) -> Change:
    """Everything that ``compare`` says of every course."""
    return compare(data, before="pre", after="post", by="course")


def drawn(result: Change) -> None:
    """The picture, to its pixels."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(9.0, 4.2), layout="constrained")
    result.plot(axes)
    figure.canvas.draw()
    plt.close(figure)


def slopes(data: pd.DataFrame) -> None:
    """A line per person by seaborn."""
    import matplotlib.pyplot as plt
    import seaborn as sns

    long: Any = data[["pre", "post"]].rename_axis("person").reset_index().melt("person")
    figure, axes = plt.subplots(figsize=(9.0, 4.2))
    sns.lineplot(long, x="variable", y="value", units="person", estimator=None, ax=axes)
    figure.canvas.draw()
    plt.close(figure)


def cases(full: bool) -> list[Case]:
    """500 courses of 40 people; a picture of 5,000 people."""
    del full
    data = courses()
    people = pd.DataFrame(dict(zip(("pre", "post"), scores(5_000), strict=True)))
    result = compare(people, before="pre", after="post")
    by_course(data.head(400))  # imports are no part of the time
    drawn(result)
    return [
        Case("compare, 500 courses x 40 people", partial(by_course, data), seconds=2.0),
        Case("picture of 5,000 people", partial(drawn, result), partial(slopes, people), "seaborn.lineplot",
             seconds=0.3, repeats=3),
    ]
