"""What the intake wrote of the files: rows read and left out, what was noticed, and who answers for the data.

The figures are those of the whole evaluation, not of a unit. A row is a row of a file and nobody's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from datetime import date
from typing import Any

import pandas as pd

from karier_stats.intake.processed import Processed
from karier_stats.intake.schema import TABLES
from karier_stats.views import activity
from karier_stats.views.view import Wanting, view
from karier_stats.words import Joined, Phrase
from karier_stats.words.numbers import LANGUAGES, MISSING

FATES = ["processed", "quarantined", "excluded"]
NAMES: dict[str, Any] = {
    "fate": {fate: Phrase(f"views.fate.{fate}") for fate in (*FATES, "lost")},
    "table": {name: about.text for name, about in TABLES.items()},
    "holds": {True: Phrase("views.adds_up"), False: Phrase("views.does_not_add_up")},
}
REPEATS_AND_ORPHANS = ("K120", "K121", "K185", "K160", "K161", "K162")


@view(names=NAMES, of_people=False)
def feeds(ev: Processed) -> pd.DataFrame:
    """What was read for each table: one row per table, file and sheet.

    Columns: ``file``, ``sheet``, ``table``; the numbers of rows ``read``, ``processed``, ``quarantined`` and ``excluded``;
    ``holds`` (bool): they add up; ``records`` made. Facts: ``broken``, the files whose rows do not add up.
    Raises Wanting: there is no record of how the files were read.
    """
    rows = _feeds(ev)
    if rows.empty:
        raise Wanting(Phrase("views.no_record"))
    rows["holds"] = rows["read"] == rows[FATES].sum(axis=1)
    rows.attrs = {**_about(ev), "facts": {"broken": sorted(set(rows.loc[~rows["holds"], "file"]))}}
    return rows


@view(names=NAMES, of_people=False)
def rows_read(ev: Processed) -> pd.DataFrame:
    """What became of the rows of each file: one row per file and fate, as :func:`feeds` counts them.

    Rows of a file count once however many tables it feeds: by the table that took most of them.

    Columns: ``file``, ``fate`` (``processed``, ``quarantined``, ``excluded`` by rule, or ``lost``), ``rows`` (how many).
    Facts: ``files``, how many there are.
    """
    once = _once(_feeds(ev))
    once["lost"] = (once["read"] - once[FATES].sum(axis=1)).clip(lower=0)
    sums = once[once["read"] > 0].groupby("file", sort=True)[[*FATES, "lost"]].sum().reset_index()
    rows = sums.melt("file", var_name="fate", value_name="rows")
    rows = rows[(rows["fate"] != "lost") | (rows["rows"] > 0)].reset_index(drop=True)
    rows.attrs = {"tables": _about(ev)["tables"], "facts": {"files": once["file"].nunique()}}
    return rows


@view(names=NAMES, of_people=False)
def left_out(ev: Processed) -> pd.DataFrame:
    """Why rows were not used: one row per fate and code, quarantine first and the commonest first.

    Columns: ``code``, ``meaning`` (text), ``reason`` (the code by both names), ``fate``, ``count`` of rows, ``share`` of all.
    """
    counts = _reasons(ev)
    if not counts:
        raise Wanting(Phrase("views.none_left_out"))
    order = sorted(counts, key=lambda key: (key[0] != "quarantined", -counts[key], key[1]))
    names = {code: _meaning(ev, code) for _, code in order}
    rows = pd.DataFrame([
        {"code": code, "meaning": names[code], "reason": code, "fate": fate, "count": counts[fate, code],
         "share": counts[fate, code] / counts.total()} for fate, code in order
    ])
    reasons = {code: Phrase("said.named", label=code, value=name) for code, name in names.items()}
    rows.attrs = {"tables": _about(ev)["tables"], "names": {**NAMES, "reason": reasons}}
    return rows


@view(of_people=False)
def notices(ev: Processed) -> pd.DataFrame:
    """What looked odd and was let pass: one row per code.

    Columns: ``code``, ``places`` (files or tables), ``count``, ``text`` (the first notice). Facts: ``places``, all of them.
    """
    if "warnings" not in ev.intake:
        raise Wanting(Phrase("views.no_record"))
    rows = pd.DataFrame(ev.intake["warnings"], columns=["code", "where", "n", "text"])
    texts = [{lang: text[lang].removeprefix(f"{code} ") for lang in LANGUAGES}
             for code, text in zip(rows["code"], rows["text"], strict=True)]
    rows["text"] = pd.Series(texts, dtype=object)
    found = rows.groupby("code", sort=True).agg(
        places=("where", "nunique"), count=("n", "sum"), text=("text", "first")).reset_index()
    found.attrs = {**_about(ev), "facts": {"places": rows["where"].nunique()}}
    return found


@view("unit", "employee", "program", "batch", "participation", of_people=False)
def loose_ends(ev: Processed) -> pd.DataFrame:
    """Repeats, and references broken in either direction: one row per check.

    Columns: ``check``, ``count``, ``counted`` (in what). Those of the files are there where one was found, and are of the
    whole evaluation; the others are of the units and the year. Facts: the ``worst`` check, and how many it finds (``most``).
    """
    codes: Counter[str] = Counter()
    for (_, code), count in _reasons(ev).items():
        codes[code] += count
    rows = [(_meaning(ev, code), codes[code], "rows") for code in REPEATS_AND_ORPHANS if codes[code]]
    batches, seats, staff = ev.table("batch"), ev.table("participation"), activity.staff(ev, standing=None)
    rows += [(Phrase(f"views.alone.{of}"), int((~one.isin(set(others.dropna()))).sum()), of) for of, one, others in (
        ("batches", batches.loc[batches["state"].fillna("selesai") == "selesai", "batch_id"], seats["batch_id"]),
        ("courses", ev.table("program", "all")["program_id"], ev.table("batch", "all")["program_id"]),
        ("units", ev.units["unit_id"], staff["unit_id"]),
    )]
    found = pd.DataFrame([{"check": text, "count": n, "counted": Phrase(f"views.counted.{of}")} for text, n, of in rows])
    _, most, of = max(rows, key=lambda row: row[1])
    worst = Joined(*(Phrase("said.quoted", label=text) for text, *told in rows if told == [most, of]), mark=", ")
    found.attrs = {
        "examined": max(_about(ev)["examined"], len(seats), 1),
        "facts": {"worst": worst, "most": Phrase(f"views.so_many.{of}", n=most)},
    }
    return found


@view(of_people=False)
def unmapped(ev: Processed) -> pd.DataFrame:
    """Names of units and courses that no dictionary knows: one row each.

    Columns: ``table``, ``name`` (missing in a public release: somebody typed it), ``rows`` (how many carry it). Facts:
    ``kinds`` of names and ``rows`` of all.
    """
    rows = pd.DataFrame(ev.intake.get("unmapped", []), columns=["table", "value", "n", "near"])
    texts = {
        f"{table}:{value}": {lang: f"{TABLES[table].text[lang]}: {value}" for lang in LANGUAGES}
        for table, value in zip(rows["table"], rows["value"], strict=True)
    }
    kinds = [{lang: TABLES[name].text[lang].lower() for lang in LANGUAGES} for name in dict.fromkeys(rows["table"])]
    found = pd.DataFrame({"table": rows["table"], "name": pd.Series(list(texts), dtype="string"), "rows": rows["n"]})
    if ev.audience == "public":
        found["name"] = found["name"].mask(found["name"].notna())
    total = int(rows["n"].sum())
    examined = max(_about(ev)["examined"], total) if total else 0
    found.attrs = {
        "tables": ("unit", "employee", "program", "batch", "participation"), "names": {"name": texts}, "examined": examined,
        "facts": {"kinds": kinds, "rows": total},
    }
    return found


@view(of_people=False)
def stewardship(ev: Processed) -> pd.DataFrame:
    """Who answers for the data and how long they may be kept: one row per entry.

    Columns: ``item``, ``value``, ``year`` (of the retention date). Facts: ``until`` and ``forgotten`` (people whose data were
    deleted on request).
    """
    told = ev.intake.get("metadata") or {}
    until = date.fromisoformat(ev.intake["retention"]) if ev.intake.get("retention") else None
    forgotten = int(ev.intake.get("forgotten", 0))
    entries = {
        **{name: dict.fromkeys(LANGUAGES, str(told.get(name) or MISSING)) for name in ("producer", "steward", "contact")},
        "retention": Phrase("views.day", day=until) if until else Phrase("views.none"),
        "forgotten": Phrase("views.entry", entry=forgotten),
    }
    rows = pd.DataFrame({
        "item": [Phrase(f"views.item.{name}") for name in entries], "value": list(entries.values()),
        "year": [until.year if until and name == "retention" else float("nan") for name in entries],
    })
    gone = Phrase("data_quality.stewardship.gone", n=forgotten) if forgotten else Joined()
    kept = sum(int(about.get("rows", 0)) for about in ev.intake["tables"].values())
    rows.attrs = {"examined": kept if until else 0, "facts": {"until": until, "gone": gone}}
    return rows


def _feeds(ev: Processed) -> pd.DataFrame:
    """The record's own counts, one row per table, file and sheet."""
    columns = ["file", "sheet", "table", "read", *FATES, "records"]
    return pd.DataFrame([{
        "file": feed.get("file") or "peta.yml", "sheet": feed.get("sheet") or MISSING, "table": feed["table"],
        "read": int(feed["rows_read"]), **{name: int(feed.get(name, 0)) for name in (*FATES, "records")},
    } for feed in ev.intake.get("feeds", [])], columns=columns)


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """Each file and sheet once, by the table that took most of its rows."""
    ordered = rows.sort_values(["read", "processed"], ascending=False, kind="stable").drop_duplicates(["file", "sheet"])
    return ordered.sort_values(["file", "sheet"], kind="stable", ignore_index=True)


def _about(ev: Processed) -> dict[Hashable, Any]:
    """The tables that the files feed, and how many rows were read."""
    rows = _feeds(ev)
    return {"tables": tuple(dict.fromkeys(rows["table"])), "examined": int(_once(rows)["read"].sum())}


def _reasons(ev: Processed) -> Counter[tuple[str, str]]:
    """Rows left out by fate and code, over all tables."""
    counts: Counter[tuple[str, str]] = Counter()
    for feed in ev.intake.get("feeds", []):
        for fate, codes in feed["reasons"].items():
            counts.update({(fate, code): int(count) for code, count in codes.items()})
    return counts


def _meaning(ev: Processed, code: str) -> Any:
    """What a code means, as the intake said it."""
    return ev.intake.get("reasons", {}).get(code, dict.fromkeys(LANGUAGES, code))
