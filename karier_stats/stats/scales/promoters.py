"""``promoters``: the net promoter score of one question on 0 to 10."""

from __future__ import annotations

import numpy as np
import pandas as pd

from karier_stats.stats.columns import takes
from karier_stats.stats.description.contrasts import Gap, contrast
from karier_stats.stats.description.describe import shares


@takes("of")
def promoters(data: pd.DataFrame, *, of: str, promoter: float = 9, detractor: float = 6) -> Gap | None:
    """How many more people would recommend something than would not.

    Parameters
    ----------
    data : DataFrame
        One row per respondent; rows without an answer are left out.
    of : str
        A column of answers from 0 to 10 to how likely they are to recommend it.
    promoter, detractor : float
        From this answer on a respondent promotes, and up to that one detracts.

    Returns
    -------
    Gap or None
        The share of promoters less that of detractors, of the same people (Bonett and Price 2012).

    References
    ----------
    Reichheld (2003), Harvard Business Review 81(12), 46-54.
    """
    rows = data[data[of].notna()]
    sides = [rows[of] >= promoter, rows[of] <= detractor]
    stand = np.select(sides, ["promoter", "detractor"], "passive")
    return contrast(shares(rows.assign(stand=stand), of="stand", value=["promoter", "detractor"]), "promoter", "detractor")
