"""Do these files deserve an analysis? What was read, refused, missing, and how far it joins.

The unit of analysis is a row of a file, unless a finding names another.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words, share_words
from karier_stats.chapters.cross_checks import LINKED_GOOD, LINKED_LEAST, linked, surveys
from karier_stats.chapters.data_by_unit import by_unit, responses_by_unit
from karier_stats.chapters.intake_record import files_once, loose_ends, noticed, stewardship, tables_fed
from karier_stats.intake.processed import table_dtypes
from karier_stats.intake.schema import TABLES
from karier_stats.stats.numerics import shares
from karier_stats.views import activity
from karier_stats.words.numbers import both, integer, listing, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "data_quality"
REFUSED_GOOD, REFUSED_MOST = 0.05, 0.20
MISSING_GOOD = 0.20
"""Limits of the verdict, printed with it; 95 % joining is the check of the data model."""
SHOWN = 15


@answers(CHAPTER, both("Apa yang dibaca, ditolak, dan dikecualikan?", "What was read, refused and excluded?"), ())
def received(ev: Evaluation) -> Answer:
    """Conservation: rows read = processed + quarantined + excluded, file by file, with the reasons."""
    feeds = _feeds(ev)
    if feeds.empty:
        return counting.nothing(
            received, ev, "catatan pembacaan berkas tidak tersedia.", "there is no record of how the files were read.",
        )
    picture = Picture(
        "stacked", _fates(files_once(ev)), both("Nasib baris menurut berkas", "What became of the rows, file by file"),
        both("Bagian baris", "Share of rows"), both("Berkas", "File"), int(files_once(ev)["read"].sum()), "percent", 0,
    )
    found = [replace(one, source_tables=tables_fed(ev)) for one in (_kept(ev), _conserved(ev, feeds))]
    return counting.answer(
        received, found, picture=picture, table=_feed_table(feeds),
        notes=(
            both(
                "Angka berlaku untuk seluruh evaluasi, bukan per unit. Berkas yang mengisi beberapa tabel dihitung satu "
                "kali pada kalimat dan gambar, menurut tabel yang memakai barisnya paling banyak; tabel memuat "
                "semuanya.",
                "Figures are for the whole evaluation, not by unit. A file that feeds several tables is counted once in "
                "sentence and picture, by the table that took most of its rows; the table lists them all.",
            ),
        ),
    )


def _feeds(ev: Evaluation) -> pd.DataFrame:
    """One row per file and table of the intake record."""
    rows = [
        {
            "file": str(feed.get("file") or "peta.yml"), "sheet": str(feed.get("sheet") or "–"), "table": str(feed["table"]), "read": int(feed["rows_read"]),
            "processed": int(feed["processed"]), "quarantined": int(feed["quarantined"]),
            "excluded": int(feed["excluded"]), "records": int(feed["records"]),
        } for feed in ev.intake.get("feeds", [])
    ]
    frame = pd.DataFrame(rows, columns=["file", "sheet", "table", "read", "processed", "quarantined", "excluded", "records"])
    names = {lang: [TABLES[name].text[lang] for name in frame["table"]] for lang in ("id", "en")}
    return frame.assign(
        table_id=names["id"], table_en=names["en"],
        holds=frame["read"] == frame[["processed", "quarantined", "excluded"]].sum(axis=1),
    )


_FATES = {
    "processed": both("diproses", "processed"), "quarantined": both("dikarantina", "quarantined"),
    "excluded": both("dikecualikan menurut aturan", "excluded by rule"),
}


def _fates(feeds: pd.DataFrame) -> pd.DataFrame:
    """Shares of rows processed, quarantined and excluded per file, for a ``stacked`` picture."""
    by_file = feeds[feeds["read"] > 0].groupby("file", sort=True)[["read", *_FATES]].sum()
    rows = [
        {
            "label_id": file, "label_en": file, "part_id": name["id"], "part_en": name["en"],
            "value": counts[fate] / counts["read"], "n": pd.NA,
        } for file, counts in by_file.iterrows() for fate, name in _FATES.items()
    ]
    return pd.DataFrame(
        rows, columns=["label_id", "label_en", "part_id", "part_en", "value", "n"],
    ).astype({"n": "Int64"})


def _kept(ev: Evaluation) -> Finding:
    """How many rows were read and how many may be analysed, each row of a file once."""
    feeds = files_once(ev)
    read, quarantined, excluded = (int(feeds[name].sum()) for name in ("read", "quarantined", "excluded"))
    usable = read - excluded
    value = shares.share(min(quarantined, usable), usable, ev.level)

    def sentence(lang: str) -> str:
        numbers = [integer(count, lang) for count in (read, read - quarantined - excluded, quarantined, excluded)]
        words, files = share_words(value, lang, ev.level), integer(feeds["file"].nunique(), lang)
        if lang == "id":
            return (
                f"Dari {numbers[0]} baris pada {files} berkas, {numbers[1]} diproses, {numbers[2]} dikarantina, dan "
                f"{numbers[3]} dikecualikan menurut "
                f"aturan. Bagian yang dikarantina dari baris yang seharusnya terpakai: {words}."
            )
        return (
            f"Of {numbers[0]} rows in {files} files, {numbers[1]} were processed, {numbers[2]} quarantined and "
            f"{numbers[3]} excluded by "
            f"rule. Share quarantined of the rows meant to be used: {words}."
        )

    return finding(received, ev, value, read, in_words(sentence))


def _conserved(ev: Evaluation, feeds: pd.DataFrame) -> Finding:
    """Whether every row read has exactly one fate."""
    broken, n = feeds[~feeds["holds"]], len(feeds)

    def sentence(lang: str) -> str:
        if broken.empty:
            return both(
                "Tidak ada baris yang hilang: baris dibaca = diproses + dikarantina + dikecualikan pada semua "
                f"({integer(n, lang)}) sumber tabel.",
                f"No row is lost: rows read = processed + quarantined + excluded for all {integer(n, lang)} table "
                "sources.",
            )[lang]
        return both(
            f"Jumlah baris tidak cocok pada {integer(len(broken), 'id')} dari {integer(n, 'id')} sumber tabel: "
            f"{listing(sorted(set(broken['file'])), 'id')}.",
            f"Row counts do not add up for {integer(len(broken), 'en')} of {integer(n, 'en')} table sources: "
            f"{listing(sorted(set(broken['file'])), 'en')}.",
        )[lang]

    return finding(
        received, ev, counting.exact(1 - len(broken) / n), int(files_once(ev)["read"].sum()), in_words(sentence),
        part="conserved", precise=True,
    )


def _feed_table(feeds: pd.DataFrame) -> Table:
    """The conservation table."""
    data = feeds.assign(
        check_id=np.where(feeds["holds"], "cocok", "tidak cocok"),
        check_en=np.where(feeds["holds"], "adds up", "does not add up"),
    )
    fields = (
        Field("file", both("Berkas", "File")), Field("sheet", both("Lembar", "Sheet")),
        Field("table", both("Tabel", "Table")),
        Field("read", both("Baris dibaca", "Rows read"), "integer"),
        Field("processed", both("Diproses", "Processed"), "integer"),
        Field("quarantined", both("Dikarantina", "Quarantined"), "integer"),
        Field("excluded", both("Dikecualikan", "Excluded"), "integer"), Field("check", both("Pemeriksaan", "Check")),
        Field("records", both("Catatan dihasilkan", "Records made"), "integer"),
    )
    return Table(
        data, fields,
        both("Baris dibaca = diproses + dikarantina + dikecualikan", "Rows read = processed + quarantined + excluded"),
    )


@answers(CHAPTER, both("Mengapa ada baris yang tidak dipakai?", "Why were rows left out?"), ())
def refused(ev: Evaluation) -> Answer:
    """Codes of quarantine and exclusion with counts and their meaning."""
    rows = _reasons(ev)
    if rows.empty:
        return counting.nothing(
            refused, ev, "tidak ada baris yang tercatat ditolak atau dikecualikan.",
            "no row is on record as refused or excluded.",
        )
    bad = rows[rows["fate"] == "quarantined"]
    picture = Picture(
        "bars",
        rows.head(SHOWN).assign(value=rows["count"], n=pd.Series(pd.NA, index=rows.index, dtype="Int64")),
        both("Alasan baris tidak dipakai", "Why rows were left out"), both("Baris", "Rows"), both("Alasan", "Reason"),
        int(rows["count"].sum()), "integer", 0,
    )
    fields = (
        Field("code", both("Kode", "Code")), Field("fate", both("Tindakan", "Action")),
        Field("meaning", both("Arti", "Meaning")), Field("count", both("Baris", "Rows"), "integer"),
        Field("share", both("Bagian", "Share"), "percent"),
    )
    table = Table(rows, fields, both("Alasan karantina dan pengecualian", "Reasons for quarantine and exclusion"))
    return counting.answer(
        refused, [replace(_commonest(ev, bad) if len(bad) else _only_rules(ev, rows), source_tables=tables_fed(ev))],
        picture=picture, table=table,
    )


def _reasons(ev: Evaluation) -> pd.DataFrame:
    """Counts by fate and code over all files: quarantine first, commonest first, with the codes' short names."""
    counts: Counter[tuple[str, str]] = Counter()
    for feed in ev.intake.get("feeds", []):
        for fate, codes in feed["reasons"].items():
            counts.update({(fate, code): int(count) for code, count in codes.items()})
    names, rows = ev.intake.get("reasons", {}), []
    for fate, code in sorted(counts, key=lambda key: (key[0] != "quarantined", -counts[key], key[1])):
        name, count = names.get(code, both(code, code)), counts[fate, code]
        rows.append({"code": code, "fate": fate, "count": count, "share": count / counts.total()})
        for lang in ("id", "en"):
            rows[-1] |= {f"fate_{lang}": _FATES[fate][lang], f"meaning_{lang}": name[lang],
                         f"label_{lang}": f"{code} {name[lang]}"}
    return pd.DataFrame(rows)


def _commonest(ev: Evaluation, bad: pd.DataFrame) -> Finding:
    """The commonest reason of quarantine and who should mend it."""
    top, total = bad.iloc[0], int(bad["count"].sum())
    value = shares.share(int(top["count"]), total, ev.level)

    def sentence(lang: str) -> str:
        words, counts = share_words(value, lang, ev.level), (integer(top["count"], lang), integer(total, lang))
        return both(
            f"Alasan karantina tersering ialah {top['code']} ({top['meaning_id']}): {counts[0]} dari {counts[1]} "
            f"baris ({words}).",
            f"The commonest reason for quarantine is {top['code']} ({top['meaning_en']}): {counts[0]} of {counts[1]} "
            f"rows ({words}).",
        )[lang]

    mend = Recommendation(
        both(
            f"Memperbaiki baris yang dikarantina pada berkas asalnya, mulai dari {top['code']}, lalu menjalankan `karier "
            "prepare` lagi.",
            f"Mend the quarantined rows in the original files, {top['code']} first, then run `karier prepare` again.",
        ),
        both("pengelola data kepegawaian BKPSDM", "keepers of personnel data at BKPSDM"),
        both("sebelum laporan berikutnya", "before the next report"),
        both(
            f"baris dikarantina turun dari {integer(total, 'id')}",
            f"quarantined rows fall from {integer(total, 'en')}",
        ),
    )
    return finding(refused, ev, value, total, in_words(sentence), recommendation=mend)


def _only_rules(ev: Evaluation, rows: pd.DataFrame) -> Finding:
    """Nothing was quarantined; what is left out is left out by rule."""
    total = int(rows["count"].sum())
    sentence = in_words(lambda lang: both(
        f"Tidak ada baris yang dikarantina; {integer(total, lang)} baris dikecualikan menurut aturan pada peta.yml.",
        f"No row was quarantined; {integer(total, lang)} rows were excluded by rules of peta.yml.")[lang])
    return finding(refused, ev, counting.exact(total), total, sentence, measure="row", precise=True)


@answers(CHAPTER, both("Kolom apa yang kosong?", "Which columns are empty?"), ("employee",))
def missing_values(ev: Evaluation) -> Answer:
    """Missing share of each column that was given, and the columns that were not."""
    columns = _missing_shares(ev)
    given, absent = columns[columns["share"] < 1], columns[columns["share"] == 1]
    filled = 1 - float((given["share"] * given["rows"]).sum() / given["rows"].sum())
    holes = given[given["share"] > MISSING_GOOD]
    worst = given[given["share"] > 0].sort_values(
        ["share", "table", "column"], ascending=[False, True, True], kind="stable",
    ).head(SHOWN)
    rows = int(columns.drop_duplicates("table")["rows"].sum())

    def sentence(lang: str) -> str:
        counts = integer(len(given), lang), integer(len(absent), lang), integer(len(holes), lang)
        limit = percent(MISSING_GOOD, lang, 0)
        if lang == "id":
            return (
                f"Pada kolom yang berisi ({counts[0]} kolom), {percent(filled, lang)} sel terisi. Kolom yang kosong "
                f"pada lebih dari {limit} barisnya: "
                f"{counts[2]}; kolom yang tidak diberikan sama sekali: {counts[1]}."
            )
        return (
            f"In the columns with content ({counts[0]}), {percent(filled, lang)} of cells are filled. Columns empty in "
            f"more than {limit} of their rows: "
            f"{counts[2]}; columns not given at all: {counts[1]}."
        )

    found = finding(missing_values, ev, counting.exact(filled), rows, in_words(sentence), precise=True)
    found = replace(found, source_tables=tuple(columns["table"].unique()))
    return counting.answer(missing_values, [found], picture=_missing_picture(ev, worst), table=_missing_table(columns))


def _missing_shares(ev: Evaluation) -> pd.DataFrame:
    """One row per column of every table that has rows up to the period."""
    rows = []
    for name in TABLES:
        frame = ev.table(name, "to_date") if ev.has(name) else None
        if frame is None or frame.empty:
            continue
        for column in (key for key in table_dtypes(name) if key not in ("source_file", "source_row")):
            text = TABLES[name].by_name[column].text
            rows.append({
                "table": name, "column": column, "rows": len(frame), "share": float(frame[column].isna().mean()),
                **{f"table_{lang}": TABLES[name].text[lang] for lang in ("id", "en")},
                **{f"column_{lang}": text[lang] for lang in ("id", "en")},
            })
    return pd.DataFrame(rows)


def _missing_picture(ev: Evaluation, worst: pd.DataFrame) -> Picture | None:
    """Missing share of the emptiest columns, year by year, as a ``matrix``."""
    rows = []
    years = range(ev.period - 2, ev.period + 1)
    for entry in worst.to_dict("records"):
        frame = ev.table(str(entry["table"]), "to_date")
        groups = {str(year): frame[frame["year"] == year] for year in years} if "year" in frame else {"": frame}
        rows += [
            {
                "row_id": f"{entry['table_id']}: {entry['column_id']}",
                "row_en": f"{entry['table_en']}: {entry['column_en']}",
                "column_id": year or "tanpa tahun", "column_en": year or "no year",
                "value": float(group[entry["column"]].isna().mean()), "n": pd.NA,
            } for year, group in groups.items() if len(group)
        ]
    if not rows:
        return None
    return Picture(
        "matrix", pd.DataFrame(rows).astype({"n": "Int64"}),
        both("Bagian sel kosong menurut kolom dan tahun", "Share of empty cells by column and year"),
        both("Tahun", "Year"), both("Tabel dan kolom", "Table and column"), int(worst.drop_duplicates("table")["rows"].sum()),
        "percent", 0,
    )


def _missing_table(columns: pd.DataFrame) -> Table:
    """Per table: rows, columns complete, columns with gaps, columns not given."""
    data = columns.assign(
        full=columns["share"] == 0, partly=(columns["share"] > 0) & (columns["share"] < 1),
        absent=columns["share"] == 1,
    )
    data = data.groupby(["table", "table_id", "table_en"], sort=False).agg(
        rows=("rows", "first"), full=("full", "sum"), partly=("partly", "sum"), absent=("absent", "sum")).reset_index()
    fields = (
        Field("table", both("Tabel", "Table")), Field("rows", both("Baris", "Rows"), "integer"),
        Field("full", both("Kolom lengkap", "Complete columns"), "integer"),
        Field("partly", both("Kolom terisi sebagian", "Partly filled"), "integer"),
        Field("absent", both("Kolom tidak diberikan", "Not given"), "integer"),
    )
    return Table(data, fields, both("Kelengkapan tabel", "Completeness of tables"))


@answers(
    CHAPTER, both("Apakah berkas-berkas ini layak dianalisis?", "Do these files deserve an analysis?"),
    ("unit", "employee", "program", "batch", "participation"),
)
def verdict(ev: Evaluation) -> Answer:
    """The verdict by a written rule on conservation, joining, refusals and missing core columns."""
    criteria = _criteria(ev)
    worst = int(criteria["grade"].min())
    value = shares.share(*activity.linked(ev), ev.level)
    names = {
        0: both("belum layak dianalisis", "not yet fit for analysis"),
        1: both("layak dianalisis dengan catatan", "fit for analysis with reservations"),
        2: both("layak dianalisis", "fit for analysis"),
    }[worst]
    weak = criteria[criteria["grade"] < 2]

    def sentence(lang: str) -> str:
        text = both(
            f"Berkas-berkas ini {names['id']} untuk tahun {ev.period}",
            f"These files are {names['en']} for {ev.period}",
        )[lang]
        if weak.empty:
            return text + both(": seluruh kriteria terpenuhi.", ": every criterion is met.")[lang]
        return (
            text + both("; yang perlu diperhatikan: ", "; to be borne in mind: ")[lang]
            + listing(weak[f"criterion_{lang}"].str.lower(), lang) + "."
        )

    found = finding(
        verdict, ev, value, len(activity.enrolments(ev)), in_words(sentence), coverage=value.value, robust=worst > 0,
        headline=True, recommendation=_mend(ev, weak),
    )
    fields = (
        Field("criterion", both("Kriteria", "Criterion")), Field("value", both("Nilai", "Value"), "percent"),
        Field("limit", both("Layak bila", "Fit if")), Field("least", both("Belum layak bila", "Not fit if")),
        Field("result", both("Hasil", "Result")),
    )
    return counting.answer(
        verdict, [found], table=Table(criteria, fields, both("Aturan kelayakan", "The rule of the verdict")),
        notes=(
            both(
                "Putusan mengikuti kriteria yang terburuk. Batas merupakan pilihan perancangan, kecuali batas "
                "pertemuan data yang mengikuti pemeriksaan model data.",
                "The verdict follows the worst criterion. The limits are design choices, save the limit of joining, "
                "which is the check of the data model.",
            ),
        ),
    )


def _criteria(ev: Evaluation) -> pd.DataFrame:
    """Each criterion with its value and grade: 2 fit, 1 with reservations, 0 not fit."""
    rows: list[dict[str, Any]] = []
    feeds = _feeds(ev)
    if len(feeds):
        once = files_once(ev)
        usable = max(int(once["read"].sum() - once["excluded"].sum()), 1)
        lost = float(1 - feeds["holds"].mean())
        rows.append(
            _criterion(
                both("Sumber tabel dengan baris yang hilang", "Table sources with lost rows"), lost, 0.0, 0.0,
                high=False,
            )
        )
        rows.append(
            _criterion(
                both("Baris yang dikarantina", "Rows quarantined"), float(once["quarantined"].sum() / usable),
                REFUSED_GOOD, REFUSED_MOST, high=False,
            )
        )
    rows.append(
        _criterion(
            both("Kepesertaan yang bertemu potret pegawai", "Participation that joins the staff snapshot"),
            shares.share(*activity.linked(ev)).value, LINKED_GOOD, LINKED_LEAST, high=True,
        )
    )
    people = activity.staff(ev, standing=None)
    core = [column for column in ("status", "standing_code", "sex", "age_band", "position_type") if len(people)]
    empty = float(people[core].isna().to_numpy().mean()) if core else 1.0
    rows.append(
        _criterion(
            both("Sel kosong pada data pokok pegawai", "Empty cells in core staff data"), empty, MISSING_GOOD, 1.01,
            high=False,
        )
    )
    return pd.DataFrame(rows)


def _criterion(name: dict[str, str], value: float, good: float, least: float, high: bool) -> dict[str, Any]:
    """One criterion judged; a value that is missing is not fit."""
    passes, fails = (value >= good, not value >= least) if high else (value <= good, not value <= least)
    grade = 2 if passes else 0 if fails else 1
    signs = ("≥", "<") if high else ("≤", ">")
    names = (both("belum layak", "not fit"), both("dengan catatan", "with reservations"), both("layak", "fit"))[grade]
    limits = {f"limit_{lang}": f"{signs[0]} {percent(good, lang, 0)}" for lang in ("id", "en")}
    worst = {f"least_{lang}": "–" if least > 1 else f"{signs[1]} {percent(least, lang, 0)}" for lang in ("id", "en")}
    return {
        "criterion_id": name["id"], "criterion_en": name["en"], "value": value, "grade": grade,
        "result_id": names["id"], "result_en": names["en"], **limits, **worst,
    }


def _mend(ev: Evaluation, weak: pd.DataFrame) -> Recommendation | None:
    """What to mend where a criterion is not met."""
    if weak.empty:
        return None
    return Recommendation(
        {
            lang: both(
                "Memperbaiki sumber data untuk kriteria yang belum terpenuhi: ",
                "Mend the sources behind the criteria not met: ",
            )[lang] + listing(weak[f"criterion_{lang}"].str.lower(), lang) + "." for lang in ("id", "en")
        },
        both("BKPSDM bersama walidata", "Personnel agency (BKPSDM) with the data steward"),
        both(f"sebelum data tahun {ev.period + 1} dikumpulkan", f"before the data of {ev.period + 1} are collected"),
        both("seluruh kriteria pada aturan kelayakan terpenuhi", "every criterion of the rule is met"),
    )


QUESTIONS = (
    received, refused, noticed, missing_values, by_unit, linked, loose_ends, surveys, responses_by_unit, stewardship, verdict,
)
