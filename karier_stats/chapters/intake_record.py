"""What the reading of the files left to be judged: notices, loose ends, and who answers for the data."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date as day_of
from typing import TYPE_CHECKING, Any

import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words
from karier_stats.intake.schema import TABLES
from karier_stats.views import activity
from karier_stats.words.numbers import MISSING, both, date, integer, listing

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "data_quality"
NAMES_SHOWN = 15
_DUPLICATES, _ORPHANS = ("K120", "K121", "K185"), ("K160", "K161", "K162")


@answers(CHAPTER, both("Apa yang dicatat tanpa ditolak?", "What was noticed and let pass?"), ())
def noticed(ev: Evaluation) -> Answer:
    """The warnings of ``prepare``: code, place, count and what each means."""
    if "warnings" not in ev.intake:
        return counting.nothing(
            noticed, ev, "catatan pembacaan berkas tidak tersedia.", "there is no record of how the files were read.",
        )
    warnings = pd.DataFrame(
        [{**one, **{f"text_{lang}": str(one["text"][lang]).removeprefix(f"{one['code']} ") for lang in ("id", "en")}}
         for one in ev.intake["warnings"]], columns=["code", "where", "n", "text_id", "text_en"],
    )
    data = warnings.groupby("code", sort=True).agg(
        places=("where", "nunique"), count=("n", "sum"), text_id=("text_id", "first"), text_en=("text_en", "first"),
    ).reset_index()
    places = warnings["where"].nunique()

    def sentence(lang: str) -> str:
        if data.empty:
            return both("Tidak ada hal yang perlu dicatat saat berkas dibaca.",
                        "Nothing was noticed while the files were read.")[lang]
        counts = integer(len(data), lang), integer(places, lang)
        return both(
            f"Sebanyak {counts[0]} jenis keganjilan pada {counts[1]} berkas atau tabel dicatat dan dibiarkan lewat; masing-masing "
            "perlu dinilai oleh orang yang mengenal berkasnya.",
            f"Kinds of oddities noticed and let pass: {counts[0]}, in {counts[1]} files or tables; each is to be judged by "
            "somebody who knows the file.",
        )[lang]

    fields = (
        Field("code", both("Kode", "Code")), Field("places", both("Berkas atau tabel", "Files or tables"), "integer"),
        Field("count", both("Jumlah", "Count"), "integer"), Field("text", both("Yang pertama", "The first one")),
    )
    found = finding(
        noticed, ev, counting.exact(len(data)), _rows_read(ev), in_words(sentence), measure="count", precise=True,
    )
    table = Table(data, fields, both("Catatan saat membaca berkas", "Notices while reading the files"))
    found = replace(found, source_tables=tables_fed(ev))
    return counting.answer(noticed, [found], table=table if len(data) else None)


def files_once(ev: Evaluation) -> pd.DataFrame:
    """Rows of each file and sheet, counted once however many tables it feeds: by the table that took most of them.

    Returns
    -------
    DataFrame
        ``file``, ``sheet``, ``read``, ``processed``, ``quarantined``, ``excluded``.
    """
    feeds = pd.DataFrame([
        {
            "file": str(feed.get("file") or "peta.yml"), "sheet": str(feed.get("sheet") or MISSING),
            "read": int(feed["rows_read"]),
            **{name: int(feed.get(name, 0)) for name in ("processed", "quarantined", "excluded")},
        } for feed in ev.intake.get("feeds", [])
    ], columns=["file", "sheet", "read", "processed", "quarantined", "excluded"])
    ordered = feeds.sort_values(["read", "processed"], ascending=False, kind="stable")
    return ordered.drop_duplicates(["file", "sheet"]).sort_values(["file", "sheet"], kind="stable", ignore_index=True)


def _rows_read(ev: Evaluation) -> int:
    """Rows read, those of a file once."""
    return int(files_once(ev)["read"].sum())


def tables_fed(ev: Evaluation) -> tuple[str, ...]:
    """The tables that the files feed, as sources of what is said of the files."""
    return tuple(dict.fromkeys(str(feed["table"]) for feed in ev.intake.get("feeds", [])))


@answers(
    CHAPTER, both("Adakah baris ganda, rujukan yang putus, atau nama yang belum dipetakan?",
                  "Are there repeated rows, broken references or names not yet mapped?"),
    ("unit", "employee", "program", "batch", "participation"),
)
def loose_ends(ev: Evaluation) -> Answer:
    """Repeats, orphans in both directions, and names of units and courses that no dictionary knows."""
    ends = _ends(ev)
    names = pd.DataFrame(ev.intake.get("unmapped", []), columns=["table", "value", "n", "near"])
    fields = (
        Field("check", both("Pemeriksaan", "Check")), Field("count", both("Jumlah", "Count"), "integer"),
        Field("counted", both("Satuan", "Counted in")),
    )
    return counting.answer(
        loose_ends, [_open_ends(ev, ends), *_unmapped(ev, names)],
        picture=_names_picture(names) if ev.audience == "internal" else None,  # as somebody typed them
        table=Table(ends, fields, both("Baris ganda dan rujukan yang putus", "Repeated rows and broken references")),
        notes=(both("Baris ganda dan rujukan yang putus pada berkas dihitung untuk seluruh evaluasi; pemeriksaan sebaliknya "
                    "untuk unit dan tahun laporan.",
                    "Repeats and broken references of the files are counted for the whole evaluation; the checks the other "
                    "way round for the units and year of the report."),),
    )


def _ends(ev: Evaluation) -> pd.DataFrame:
    """Each kind of loose end with its count."""
    codes: Counter[str] = Counter()
    for feed in ev.intake.get("feeds", []):
        for counts in feed["reasons"].values():
            codes.update({code: int(n) for code, n in counts.items()})
    names, row = ev.intake.get("reasons", {}), both("baris", "rows")
    rows: list[tuple[dict[str, str], int, dict[str, str]]] = [
        (names.get(code, both(code, code)), codes[code], row) for code in (*_DUPLICATES, *_ORPHANS) if codes[code]
    ]
    batches, seats = ev.table("batch"), ev.table("participation")
    held = batches[batches["state"].fillna("selesai") == "selesai"]
    staff, units = activity.staff(ev, standing=None), ev.units
    rows += [
        (both("Angkatan selesai tanpa peserta", "Completed batches without participants"),
         int((~held["batch_id"].isin(set(seats["batch_id"]))).sum()), both("angkatan", "batches")),
        (both("Program tanpa angkatan pada tahun apa pun", "Courses without a batch in any year"),
         int((~ev.table("program", "all")["program_id"].isin(set(ev.table("batch", "all")["program_id"]))).sum()),
         both("program", "courses")),
        (both("Unit tanpa pegawai pada potret tahun itu", "Units without staff in that year's snapshot"),
         int((~units["unit_id"].isin(set(staff["unit_id"].dropna()))).sum()), both("unit", "units")),
    ]
    return pd.DataFrame([
        {"check_id": text["id"], "check_en": text["en"], "count": n, "counted_id": of["id"], "counted_en": of["en"]}
        for text, n, of in rows
    ])


def _open_ends(ev: Evaluation, ends: pd.DataFrame) -> Finding:
    """How many kinds of loose ends there are, and the commonest."""
    left = ends[ends["count"] > 0]
    n = max(_rows_read(ev), len(ev.table("participation")), 1)

    def sentence(lang: str) -> str:
        if left.empty:
            return both("Tidak ada baris ganda dan tidak ada rujukan yang putus, ke kedua arah.",
                        "There are no repeated rows and no broken references, in either direction.")[lang]
        worst = counting.top(left, "count")
        return both(
            f"{integer(len(left), 'id')} jenis ketidaksesuaian ditemukan; terbanyak “{worst['check_id']}”: "
            f"{integer(worst['count'], 'id')} {worst['counted_id']}.",
            f"Kinds of loose ends found: {integer(len(left), 'en')}; the commonest is “{worst['check_en']}”: "
            f"{integer(worst['count'], 'en')} {worst['counted_en']}.",
        )[lang]

    return finding(loose_ends, ev, counting.exact(len(left)), n, in_words(sentence), measure="count", precise=True)


def _unmapped(ev: Evaluation, names: pd.DataFrame) -> list[Finding]:
    """Names that no dictionary knows, and what to do with them."""
    if names.empty:
        return []
    total = int(names["n"].sum())

    def sentence(lang: str) -> str:
        kinds = listing([TABLES[name].text[lang].lower() for name in dict.fromkeys(names["table"])], lang)
        counts = integer(len(names), lang), integer(total, lang)
        return both(
            f"{counts[0]} nama ({kinds}) pada {counts[1]} baris belum dikenal oleh kamus mana pun.",
            f"Names known to no dictionary yet ({kinds}): {counts[0]}, on {counts[1]} rows.",
        )[lang]

    review = Recommendation(
        both("Menelaah nama yang belum dipetakan dan menuliskannya di bawah `aliases` pada peta.yml.",
             "Review the names not yet mapped and write them under `aliases` in peta.yml."),
        both("pengelola data kepegawaian BKPSDM", "keepers of personnel data at BKPSDM"),
        both("sebelum laporan berikutnya", "before the next report"),
        both(f"nama yang belum dipetakan turun dari {integer(len(names), 'id')}",
             f"names not yet mapped fall from {integer(len(names), 'en')}"),
    )
    return [finding(loose_ends, ev, counting.exact(len(names)), max(_rows_read(ev), total), in_words(sentence), part="unmapped", measure="count",
                    precise=True, recommendation=review)]


def _names_picture(names: pd.DataFrame) -> Picture | None:
    """The commonest names that no dictionary knows."""
    if names.empty:
        return None
    shown = names.sort_values(["n", "table", "value"], ascending=[False, True, True], kind="stable").head(NAMES_SHOWN)
    data = pd.DataFrame({
        **{f"label_{lang}": [f"{TABLES[name].text[lang]}: {value}" for name, value in zip(shown["table"], shown["value"], strict=True)]
           for lang in ("id", "en")},
        "value": shown["n"].to_numpy(), "n": pd.array([pd.NA] * len(shown), dtype="Int64"),
    })
    return Picture(
        "bars", data, both("Nama yang belum dipetakan", "Names not yet mapped"), both("Baris", "Rows"),
        both("Nama pada berkas", "Name in the file"), int(names["n"].sum()), "integer", 0,
    )


@answers(
    CHAPTER, both("Siapa penanggung jawab data ini, dan sampai kapan boleh disimpan?",
                  "Who answers for these data, and how long may they be kept?"), (),
)
def stewardship(ev: Evaluation) -> Answer:
    """Producer, steward and contact, the retention date, and how many people were forgotten on request."""
    told: dict[str, Any] = ev.intake.get("metadata") or {}
    until = day_of.fromisoformat(ev.intake["retention"]) if ev.intake.get("retention") else None
    forgotten = int(ev.intake.get("forgotten", 0))
    names = {
        "producer": both("Produsen data", "Data producer"), "steward": both("Walidata", "Data steward"),
        "contact": both("Narahubung", "Contact"),
    }
    rows = [
        *({**_item(names[name]), "value_id": str(told.get(name) or MISSING), "value_en": str(told.get(name) or MISSING)} for name in names),
        {**_item(both("Boleh disimpan sampai", "May be kept until")), **{f"value_{lang}": date(until, lang) for lang in ("id", "en")}},
        {**_item(both("Orang yang datanya dihapus atas permintaan", "People forgotten on request")),
         **{f"value_{lang}": integer(forgotten, lang) for lang in ("id", "en")}},
    ]
    fields = (Field("item", both("Hal", "Item")), Field("value", both("Keterangan", "Entry")))
    return counting.answer(
        stewardship, [_kept_until(ev, until, forgotten)],
        table=Table(pd.DataFrame(rows), fields, both("Penanggung jawab dan masa simpan", "Responsibility and retention")),
    )


def _item(name: dict[str, str]) -> dict[str, str]:
    """The first cell of a row."""
    return {"item_id": name["id"], "item_en": name["en"]}


def _kept_until(ev: Evaluation, until: day_of | None, forgotten: int) -> Finding:
    """Until when the data may be kept; where nobody has said, that it must be said."""

    def sentence(lang: str) -> str:
        text = both(f"Data ini boleh disimpan sampai {date(until, 'id')}.", f"These data may be kept until {date(until, 'en')}.")
        if until is None:
            text = both("Masa simpan data belum ditetapkan pada peta.yml.", "No retention date is set in peta.yml.")
        gone = both(f" Data {integer(forgotten, 'id')} orang sudah dihapus atas permintaan.",
                    f" The data of {integer(forgotten, 'en')} people were deleted on request.")
        return text[lang] + (gone[lang] if forgotten else "")

    advice = None if until else Recommendation(
        both("Menetapkan masa simpan data pribadi (`retention` pada peta.yml) beserta dasarnya.",
             "Set the retention date of the personal data (`retention` in peta.yml) and its basis."),
        both("pengendali data pribadi di BKPSDM", "controller of personal data at BKPSDM"),
        both("sebelum laporan berikutnya", "before the next report"),
        both("masa simpan tercantum pada laporan", "the retention date stands in the report"),
    )
    rows = sum(int(about.get("rows", 0)) for about in ev.intake["tables"].values()) if until else 0
    return finding(stewardship, ev, counting.exact(until.year if until else float("nan")), rows, in_words(sentence),
                   measure="year", precise=True, recommendation=advice)
