"""The fixed words of a report's page, in both languages."""

from __future__ import annotations

from karier_stats.words.numbers import both

WORDS = {
    "report": both(
        "Laporan evaluasi pengembangan karier ASN", "Evaluation report on the career development of civil servants"
    ),
    "banner": both("CONTOH: data sintetis", "SAMPLE: synthetic data"),
    "skip": both("Lompat ke isi laporan", "Skip to the report"),
    "period": both("Tahun", "Year"),
    "unit": both("Unit kerja", "Work units"),
    "audience": both("Peruntukan", "For"),
    "summary": both("Ringkasan eksekutif", "Executive summary"),
    "headlines": both("Temuan utama", "Main findings"),
    "no_headlines": both("Belum ada temuan utama.", "There is no main finding yet."),
    "recommendations": both("Rekomendasi", "Recommendations"),
    "all_advice": both("Semua rekomendasi:", "All recommendations:"),
    "action": both("Tindakan", "Action"),
    "owner": both("Penanggung jawab", "Responsible"),
    "due": both("Tenggat", "Due"),
    "indicator": both("Indikator", "Indicator"),
    "chapter": both("Bab", "Chapter"),
    "contents": both("Daftar isi", "Contents"),
    "code": both("Kode program", "Code"),
    "parameters_code": both("Parameter bab ini", "Parameters of this chapter"),
    "table": both("Tabel", "Table"),
    "formula": both("Rumus", "Formula"),
    "no_alt": both("Gambar tanpa keterangan.", "Picture without a description."),
    "appendix": both("Lampiran", "Appendix"),
    "assumptions": both("Asumsi dan keterbatasan", "Assumptions and caveats"),
    "no_assumptions": both("Catatan asumsi tidak disertakan.", "The log of assumptions is not included."),
    "parameters": both("Parameter dan versi", "Parameters and versions"),
    "parameters_intro": both(
        "Laporan yang sama diperoleh kembali dengan parameter, data, dan versi berikut.",
        "The same report comes out again with these parameters, data and versions.",
    ),
    "item": both("Hal", "Item"),
    "value": both("Nilai", "Value"),
    "data_hash": both("Sidik data (sha256)", "Fingerprint of the data (sha256)"),
    "version": both("Versi", "Version of"),
    "provenance": both("Asal data", "Where the data come from"),
    "provenance_intro": both(
        "Setiap baris yang dibaca berakhir di satu tempat saja: diolah, dikarantina, atau dikecualikan menurut aturan.",
        "Every row read ends in exactly one place: processed, quarantined, or excluded by rule.",
    ),
    "feeds": both("Baris yang dibaca dari setiap berkas", "Rows read from each file"),
    "file": both("Berkas", "File"),
    "sheet": both("Lembar", "Sheet"),
    "target": both("Tabel tujuan", "Table filled"),
    "rows_read": both("Dibaca", "Read"),
    "processed": both("Diolah", "Processed"),
    "quarantined": both("Dikarantina", "Quarantined"),
    "excluded": both("Dikecualikan", "Excluded"),
    "tables": both("Tabel olahan dan sidiknya", "Processed tables and their fingerprints"),
    "rows": both("Baris", "Rows"),
    "fingerprint": both("Sidik (sha256)", "Fingerprint (sha256)"),
    "dictionary": both("Kamus data", "Data dictionary"),
    "dictionary_intro": both(
        "Metadata menurut Satu Data Indonesia untuk setiap tabel, lalu arti setiap kolomnya.",
        "Metadata by the rules of Satu Data Indonesia for every table, then the meaning of each of its columns.",
    ),
    "metadata": both("Metadata tabel", "Metadata of the tables"),
    "title": both("Judul", "Title"),
    "definition": both("Definisi", "Definition"),
    "classification": both("Klasifikasi", "Classification"),
    "unit_of_measure": both("Satuan", "Units"),
    "source": both("Sumber", "Source"),
    "period_covered": both("Periode", "Period"),
    "producer": both("Produsen data", "Data producer"),
    "steward": both("Walidata", "Data steward"),
    "contact": both("Narahubung", "Contact"),
    "column": both("Kolom", "Column"),
    "meaning": both("Arti", "Meaning"),
    "kind": both("Jenis isian", "Kind of entry"),
    "allowed": both("Nilai yang boleh", "Allowed values"),
    "required": both("Wajib", "Required"),
    "storage": both("Penyimpanan", "Storage"),
    "yes": both("ya", "yes"),
    "no": both("tidak", "no"),
    "made_with": both("Dibuat dengan karier_stats", "Made with karier_stats"),
    "to_contents": both("Kembali ke daftar isi", "Back to the contents"),
}

AUDIENCE = {
    "internal": both("Internal instansi: tidak untuk disebarluaskan", "Internal to the office: not for distribution"),
    "public": both("Umum", "Public"),
}

PARAMETERS = {
    "evaluation": both("Evaluasi", "Evaluation"),
    "unit": both("Unit kerja", "Work unit"),
    "period": both("Tahun", "Year"),
    "lang": both("Bahasa", "Language"),
    "audience": both("Peruntukan", "Audience"),
    "level": both("Tingkat kepercayaan", "Confidence level"),
    "seed": both("Benih acak", "Random seed"),
}

DATA_KEYS = ("rows_read", "processed", "quarantined", "excluded")
"""The counts of a feed in ``intake.json``; the last three sum to the first."""

UNITS = {
    "semua": both("Semua unit kerja", "All work units"),
    "lingkup-a": both("Kecamatan dan kelurahan", "District and ward offices"),
    "lingkup-b": both("Unit di wilayah kecamatan", "Units within the district"),
    "lingkup-c": both("Kompleks perkantoran", "Office complex"),
}
