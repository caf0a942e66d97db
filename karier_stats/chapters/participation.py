"""Who takes part, who is left out, who drops out; the 20 JP duty; equity.

The unit of analysis is one person in one year; the denominator is the active
staff of that year's snapshot (legal standing 01).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words, share_words
from karier_stats.chapters.findings import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.domain import codes
from karier_stats.domain.codes import label
from karier_stats.domain.rules import rule
from karier_stats.language import both, integer, listing, number, percent
from karier_stats.stats import shares

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "participation"
LEAST = 10
"""Groups of fewer people are listed but not compared."""

CENSUS = both(
    "Satuan analisis: satu pegawai dalam satu tahun; penyebut: pegawai aktif (kedudukan hukum 01) pada potret pegawai "
    "tahun itu. Seluruh pegawai tercatat; selang menggambarkan keragaman kebetulan, bukan galat pencuplikan.",
    "Unit of analysis: one person in one year; denominator: active staff (legal standing 01) in that year's "
    "snapshot. All staff are on record; the intervals describe chance variation, not sampling error.",
)
RAW = both(
    "Perbandingan ini belum memperhitungkan perbedaan lain antarkelompok (misalnya unit atau jenis jabatan); "
    "perbedaan yang terlihat menunjukkan keterkaitan, bukan hubungan sebab akibat.",
    "These comparisons do not allow for other differences between the groups (such as unit or post); "
    "a difference shows an association, not cause and effect.",
)
DIMENSIONS = {
    "sex": (both("jenis kelamin", "sex"), codes.SEX),
    "age_band": (both("kelompok umur", "age band"), codes.AGE_BAND),
    "status": (both("status kepegawaian", "employment status"), codes.STATUS),
    "position_type": (both("jenis jabatan", "post type"), codes.POSITION_TYPE),
}
_RATE = both("Bagian pegawai aktif yang ikut serta", "Share of active staff who took part")


@answers(CHAPTER, both("Siapa yang ikut serta dalam pengembangan kompetensi?", "Who takes part in competency development?"),
         ("employee", "participation", "batch"))
def rate(ev: Evaluation) -> Answer:
    """Share of active staff who attended at least one course, and its trend."""
    people = counting.with_activity(ev)
    if people.empty:
        return _no_staff(rate, ev)
    k, n = int(people["took_part"].sum()), len(people)
    value = shares.share(k, n, ev.level)
    found = [finding(rate, ev, value, n, in_words(lambda lang: _rate_sentence(ev, value, k, n, lang)),
                     coverage=counting.linked(ev).value, headline=True)]
    found += _trend(ev, k, n) + _on_study(ev)
    years = _rates_by_year(ev)
    picture = Picture("lines", years, both("Keikutsertaan menurut tahun dan status", "Taking part by year and status"),
                      both("Tahun", "Year"), _RATE, n, "percent", 0)
    return counting.answer(rate, found, picture=picture, notes=(CENSUS,))


def _no_staff(of: object, ev: Evaluation) -> Answer:
    """No snapshot of active staff for the period."""
    return counting.nothing(of, ev, f"tidak ada pegawai aktif pada potret tahun {ev.period}.",  # type: ignore[arg-type]
                            f"no active staff in the snapshot of {ev.period}.")


def _rate_sentence(ev: Evaluation, value: shares.Estimate, k: int, n: int, lang: str) -> str:
    """The headline of the chapter."""
    words = share_words(value, lang, ev.level)
    if lang == "id":
        return (f"Sebanyak {integer(k, lang)} dari {integer(n, lang)} ASN aktif ({words}) menghadiri paling sedikit "
                f"satu pelatihan sampai selesai pada tahun {ev.period}.")
    return (f"{integer(k, lang)} of {integer(n, lang)} active civil servants ({words}) attended at least one course "
            f"to its end in {ev.period}.")


def _trend(ev: Evaluation, k: int, n: int) -> list[Finding]:
    """The rate beside last year's, where there is one."""
    before = counting.with_activity(ev, ev.period - 1)
    if before.empty or counting.enrolments(ev, ev.period - 1).empty:
        return []
    change = shares.newcombe(k, n, int(before["took_part"].sum()), len(before), ev.level)
    sentence = in_words(lambda lang: both("Tingkat partisipasi: ", "Participation rate: ")[lang]
                        + counting.change_words(change, ev.period - 1, lang, ev.level))
    return [finding(rate, ev, change, n + len(before), sentence, part="trend", measure="share_difference")]


def _on_study(ev: Evaluation) -> list[Finding]:
    """People on study assignment, shown apart from the denominator."""
    away = counting.staff(ev, standing=counting.ON_STUDY)
    if away.empty:
        return []
    count = len(away)
    sentence = both(
        f"{integer(count, 'id')} pegawai tugas belajar (kedudukan hukum 03) ditampilkan terpisah dan tidak masuk penyebut.",
        f"{integer(count, 'en')} people on study assignment (legal standing 03) are shown apart and are not in the denominator.",
    )
    return [finding(rate, ev, counting.exact(count), count, sentence, part="on_study", measure="person", precise=True)]


def _rates_by_year(ev: Evaluation) -> pd.DataFrame:
    """The rate of each year by status, in the form of a ``lines`` picture."""
    frames = []
    active_years = set(counting.years_of(ev, "batch"))
    for year in (year for year in counting.years_of(ev, "employee") if year in active_years):
        people = counting.with_activity(ev, year)
        people = people.assign(status=people["status"].fillna("lainnya").astype(str), x=year)
        frames.append(counting.tally(people, ["x", "status"], "took_part", ev.level))
    data = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["x", "status", "n", "estimate"])
    named = counting.labelled(data, "status", {**codes.STATUS, "lainnya": ("Semua", "All")}, "group")
    named = counting.code_order(named.rename(columns={"estimate": "value"}), "status", codes.STATUS)
    return named[["x", "value", "n", "low", "high", "group_id", "group_en"]]


@answers(CHAPTER, both("Siapa yang tertinggal?", "Who is left out?"), ("employee", "participation", "batch"))
def equity(ev: Evaluation) -> Answer:
    """Rates and representation ratios by sex, age, status and post."""
    people = counting.with_activity(ev)
    if people.empty:
        return _no_staff(equity, ev)
    groups = _equity_groups(ev, people)
    if groups.empty:
        return counting.nothing(equity, ev, "jenis kelamin, umur, status, dan jenis jabatan pegawai tidak tersedia.",
                                "sex, age, status and post of staff are not given.")
    found = [one for dimension in DIMENSIONS if (one := _gap(ev, groups, dimension)) is not None]
    overall = float(people["took_part"].mean())
    picture = Picture(
        "intervals", groups.rename(columns={"dimension_id": "group_id", "dimension_en": "group_en"}),
        both("Tingkat partisipasi menurut kelompok", "Participation rate by group"), _RATE, both("Kelompok", "Group"),
        len(people), "percent", 0, reference=overall,
        note=both("Garis tegak: seluruh pegawai aktif.", "Vertical line: all active staff."),
    )
    return counting.answer(equity, found, picture=picture, table=_equity_table(groups), notes=(CENSUS, RAW))


def _equity_groups(ev: Evaluation, people: pd.DataFrame) -> pd.DataFrame:
    """One row per group of every dimension that the office gave."""
    frames = []
    for dimension, (name, names) in DIMENSIONS.items():
        known = people[people[dimension].notna()]
        if known[dimension].nunique() < 2:
            continue
        rows = counting.tally(known.astype({dimension: str}), dimension, "took_part", ev.level)
        rows = counting.labelled(counting.code_order(rows, dimension, names), dimension, names)
        rows = rows.rename(columns={dimension: "code"})
        k_all, n_all = int(rows["k"].sum()), int(rows["n"].sum())
        ratios = [shares.representation(row.k, row.n, k_all, n_all, ev.level) for row in rows.itertuples()]
        rows["ratio"], rows["ratio_low"], rows["ratio_high"] = np.array(ratios, dtype=float).T
        frames.append(rows.assign(dimension=dimension, dimension_id=name["id"], dimension_en=name["en"]))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _gap(ev: Evaluation, groups: pd.DataFrame, dimension: str) -> Finding | None:
    """The highest against the lowest group of one dimension, allowing for all pairs looked at."""
    rows = groups[(groups["dimension"] == dimension) & (groups["n"] >= LEAST)]
    if len(rows) < 2:
        return None
    high, low = rows.loc[rows["estimate"].idxmax()], rows.loc[rows["estimate"].idxmin()]
    if high["code"] == low["code"]:
        high, low = rows.iloc[0], rows.iloc[1]
    pairs = len(rows) * (len(rows) - 1) // 2
    level = 1 - (1 - ev.level) / pairs
    gap = shares.newcombe(int(high["k"]), int(high["n"]), int(low["k"]), int(low["n"]), level)
    n = int(rows["n"].sum())
    sentence = in_words(lambda lang: _gap_sentence(dimension, high, low, gap, pairs, level, lang))
    return finding(equity, ev, gap, n, sentence, part=dimension, measure="share_difference", level=level,
                   coverage=counting.linked(ev).value, recommendation=_reach_out(ev, low, gap))


def _gap_sentence(
    dimension: str, high: pd.Series, low: pd.Series, gap: shares.Estimate, pairs: int, level: float, lang: str
) -> str:
    """Which group takes part most and which least, and whether the gap is beyond chance."""
    what = DIMENSIONS[dimension][0][lang]
    top = f"{high[f'label_{lang}']} ({percent(high['estimate'], lang)})"
    bottom = f"{low[f'label_{lang}']} ({percent(low['estimate'], lang)})"
    adjusted = "" if pairs == 1 else both(f", disesuaikan untuk {pairs} perbandingan", f", adjusted for {pairs} comparisons")[lang]
    points, bounds = number(100 * gap.value, lang), counting.span(gap, lang, level) + adjusted
    if lang == "id":
        text = f"Menurut {what}, tingkat partisipasi tertinggi pada {top} dan terendah pada {bottom}: selisih {points} poin persentase ({bounds})."
        return text if gap.low > 0 else text + f" Perbedaan tersebut belum cukup bukti secara statistik; perbedaan terkecil yang biasanya dapat terlihat dari data ini {number(100 * counting.smallest_seen(gap), lang)} poin."
    text = f"By {what}, the rate is highest for {top} and lowest for {bottom}: a difference of {points} percentage points ({bounds})."
    return text if gap.low > 0 else text + f" The difference is not established statistically; the smallest that data like these usually show is {number(100 * counting.smallest_seen(gap), lang)} points."


def _reach_out(ev: Evaluation, low: pd.Series, gap: shares.Estimate) -> Recommendation | None:
    """What to do where a group is left behind beyond chance and its ratio shows it."""
    if gap.low <= 0 or not low["ratio_high"] < 1:
        return None
    who = {lang: f"{low[f'dimension_{lang}']}: {low[f'label_{lang}']}" for lang in ("id", "en")}
    ratio = {lang: number(low["ratio"], lang, 2) for lang in ("id", "en")}
    return Recommendation(
        both(f"Sediakan tempat dan jadwal yang menjangkau kelompok yang kurang terwakili ({who['id']}) dan tanyakan kendalanya.",
             f"Offer places and times that reach the under-represented group ({who['en']}) and ask what holds it back."),
        both("BKPSDM", "Personnel agency (BKPSDM)"),
        both(f"rencana pengembangan kompetensi tahun {ev.period + 1}", f"the competency-development plan for {ev.period + 1}"),
        both(f"rasio keterwakilan kelompok ini, sekarang {ratio['id']}, mendekati satu",
             f"the group's representation ratio, now {ratio['en']}, approaches one"),
    )


def _equity_table(groups: pd.DataFrame) -> Table:
    """Rates and representation ratios with intervals."""
    fields = (
        Field("dimension", both("Menurut", "By")), Field("label", both("Kelompok", "Group")),
        Field("n", both("Pegawai aktif", "Active staff"), "integer"), Field("k", both("Ikut serta", "Took part"), "integer"),
        Field("estimate", both("Tingkat", "Rate"), "percent"), Field("low", both("Batas bawah", "Lower bound"), "percent"),
        Field("high", both("Batas atas", "Upper bound"), "percent"),
        Field("ratio", both("Rasio keterwakilan", "Representation ratio"), "number", 2),
        Field("ratio_low", both("Batas bawah rasio", "Ratio, lower bound"), "number", 2),
        Field("ratio_high", both("Batas atas rasio", "Ratio, upper bound"), "number", 2),
    )
    caption = both("Pemerataan: tingkat partisipasi dan rasio keterwakilan (1 = sebanding dengan jumlahnya)",
                   "Equity: participation rate and representation ratio (1 = in proportion to its size)")
    return Table(groups, fields, caption, count="n")


@answers(CHAPTER, both("Apakah kewajiban 20 JP setahun terpenuhi?", "Is the yearly duty of 20 learning hours (JP) met?"),
         ("employee", "participation", "batch"))
def duty(ev: Evaluation) -> Answer:
    """Share of permanent staff with the yearly minimum; contract staff and their ceiling apart."""
    people = counting.with_activity(ev)
    pns = people[(people["status"] == "PNS").fillna(False)]
    if pns.empty:
        return counting.nothing(duty, ev, f"tidak ada pegawai aktif berstatus PNS pada tahun {ev.period}.",
                                f"no active staff with PNS status in {ev.period}.")
    found = [_duty_share(ev, pns), _duty_median(ev, pns), *_duty_trend(ev, pns), *_ceiling(ev, people)]
    picture = Picture("stacked", _bands(people), both("JP yang diakui menurut status", "Credited learning hours by status"),
                      both("Bagian pegawai aktif", "Share of active staff"), both("Status", "Status"), len(people), "percent", 0)
    note = both(
        f"Batas PPPK ({integer(_ceiling_jp(), 'id')} JP) dibaca sebagai batas atas, bukan target, sehingga PPPK tidak masuk "
        "penyebut kewajiban PNS. Dasar hukum: " + rule("jp_pns_minimum").legal_basis + "; " + rule("jp_pppk_maximum").legal_basis + ".",
        f"The limit for PPPK ({integer(_ceiling_jp(), 'en')} JP) is read as a ceiling, not a target, so PPPK are not in the "
        "denominator of the duty. Legal basis: " + rule("jp_pns_minimum").legal_basis + "; " + rule("jp_pppk_maximum").legal_basis + ".",
    )
    return counting.answer(duty, found, picture=picture, table=_duty_table(people), notes=(CENSUS, note))


def _minimum() -> float:
    """The yearly minimum of permanent staff in JP."""
    return float(rule("jp_pns_minimum").value)


def _ceiling_jp() -> float:
    """The yearly ceiling of contract staff in JP."""
    return float(rule("jp_pppk_maximum").value)


def _duty_share(ev: Evaluation, pns: pd.DataFrame) -> Finding:
    """The share that met the duty, with what to do where many did not."""
    k, n = int((pns["jp"] >= _minimum()).sum()), len(pns)
    value = shares.share(k, n, ev.level)

    def sentence(lang: str) -> str:
        words, least = share_words(value, lang, ev.level), integer(_minimum(), lang)
        if lang == "id":
            return (f"Sebanyak {integer(k, lang)} dari {integer(n, lang)} PNS aktif ({words}) telah memenuhi paling "
                    f"sedikit {least} JP pada tahun {ev.period}.")
        return (f"{integer(k, lang)} of {integer(n, lang)} active permanent staff (PNS) ({words}) reached at least "
                f"{least} JP in {ev.period}.")

    return finding(duty, ev, value, n, in_words(sentence), coverage=counting.linked(ev).value, headline=True,
                   recommendation=_schedule(ev, n - k, value))


def _schedule(ev: Evaluation, lacking: int, value: shares.Estimate) -> Recommendation | None:
    """The duty is everyone's: act where even the upper bound leaves some behind."""
    if not value.high < 1:
        return None
    least = integer(_minimum(), "id")
    return Recommendation(
        both(f"Susun jadwal pemenuhan {least} JP bagi {integer(lacking, 'id')} PNS yang belum memenuhi, dengan e-learning dan pembelajaran di tempat kerja lebih dahulu.",
             f"Schedule the {least} JP for the {integer(lacking, 'en')} PNS who lack them, e-learning and workplace learning first."),
        both("kepala unit kerja bersama BKPSDM", "heads of units with the personnel agency (BKPSDM)"),
        both(f"triwulan II tahun {ev.period + 1}", f"second quarter of {ev.period + 1}"),
        both(f"jumlah PNS yang belum memenuhi {least} JP turun dari {integer(lacking, 'id')} orang",
             f"the number of PNS below {least} JP falls from {integer(lacking, 'en')}"),
    )


def _duty_median(ev: Evaluation, pns: pd.DataFrame) -> Finding:
    """The middle person's hours beside the mean, which long courses pull up."""
    middle, average = shares.median(pns["jp"], ev.level), float(pns["jp"].mean())

    def sentence(lang: str) -> str:
        value, bounds = number(middle.value, lang), counting.span(middle, lang, ev.level, scale=1)
        if lang == "id":
            return (f"Median JP yang diakui per PNS aktif {value} JP ({bounds}); rata-ratanya {number(average, lang)} JP. "
                    "Pelatihan panjang menarik rata-rata, sehingga median dan bagian yang memenuhi lebih tepat dibaca.")
        return (f"The median of credited hours per active PNS is {value} JP ({bounds}); the mean is {number(average, lang)} JP. "
                "Long courses pull the mean, so the median and the share that meets the duty are the better reading.")

    return finding(duty, ev, middle, len(pns), in_words(sentence), part="median", measure="JP",
                   precise=bool(middle.high - middle.low <= 10))


def _duty_trend(ev: Evaluation, pns: pd.DataFrame) -> list[Finding]:
    """The share that met the duty against last year's."""
    before = counting.with_activity(ev, ev.period - 1)
    before = before[(before["status"] == "PNS").fillna(False)]
    if before.empty or counting.enrolments(ev, ev.period - 1).empty:
        return []
    met = [int((group["jp"] >= _minimum()).sum()) for group in (pns, before)]
    change = shares.newcombe(met[0], len(pns), met[1], len(before), ev.level)
    sentence = in_words(lambda lang: both("Pemenuhan JP oleh PNS: ", "PNS who met the duty: ")[lang]
                        + counting.change_words(change, ev.period - 1, lang, ev.level))
    return [finding(duty, ev, change, len(pns) + len(before), sentence, part="trend", measure="share_difference")]


def _ceiling(ev: Evaluation, people: pd.DataFrame) -> list[Finding]:
    """Contract staff above their yearly ceiling."""
    pppk = people[(people["status"] == "PPPK").fillna(False)]
    if pppk.empty:
        return []
    k, n = int((pppk["jp"] > _ceiling_jp()).sum()), len(pppk)
    value = shares.share(k, n, ev.level)

    def sentence(lang: str) -> str:
        words, most = share_words(value, lang, ev.level), integer(_ceiling_jp(), lang)
        middle = number(float(pppk["jp"].median()), lang)
        if lang == "id":
            return (f"Sebanyak {integer(k, lang)} dari {integer(n, lang)} PPPK aktif ({words}) tercatat di atas batas {most} JP "
                    f"pada tahun {ev.period}; median JP PPPK {middle} JP.")
        return (f"{integer(k, lang)} of {integer(n, lang)} active PPPK ({words}) are on record above the ceiling of {most} JP "
                f"in {ev.period}; their median is {middle} JP.")

    return [finding(duty, ev, value, n, in_words(sentence), part="pppk", coverage=counting.linked(ev).value)]


def _bands(people: pd.DataFrame) -> pd.DataFrame:
    """Shares of staff by band of hours and status, for a ``stacked`` picture."""
    least = _minimum()
    names = {
        lang: ["0 JP", both(f"di bawah {least:.0f} JP", f"below {least:.0f} JP")[lang], f"{least:.0f}–{2 * least:.0f} JP",
               both(f"di atas {2 * least:.0f} JP", f"above {2 * least:.0f} JP")[lang]]
        for lang in ("id", "en")
    }
    band = np.select([people["jp"] <= 0, people["jp"] < least, people["jp"] <= 2 * least], [0, 1, 2], 3)
    rows = []
    known = people.assign(band=band)[people["status"].notna()]
    for status in (code for code in codes.STATUS if (known["status"] == code).any()):
        group = known[known["status"] == status]
        rows += [
            {"label_id": label(codes.STATUS, status, "id"), "label_en": label(codes.STATUS, status, "en"),
             "part_id": names["id"][part], "part_en": names["en"][part],
             "value": float((group["band"] == part).mean()), "n": len(group)}
            for part in range(4)
        ]
    return pd.DataFrame(rows)


def _duty_table(people: pd.DataFrame) -> Table:
    """Hours by status: the middle half, the mean, and both limits counted."""
    known = people[people["status"].notna()].astype({"status": str})
    grouped = known.groupby("status", sort=True)["jp"]
    data = grouped.agg(n="size", median="median", mean="mean").reset_index()
    data["lower"], data["upper"] = grouped.quantile(0.25).to_numpy(), grouped.quantile(0.75).to_numpy()
    data["met"] = grouped.agg(lambda jp: float((jp >= _minimum()).mean())).to_numpy()
    data["above"] = grouped.agg(lambda jp: float((jp > _ceiling_jp()).mean())).to_numpy()
    data = counting.labelled(counting.code_order(data, "status", codes.STATUS), "status", codes.STATUS)
    least, most = f"{_minimum():.0f}", f"{_ceiling_jp():.0f}"
    fields = (
        Field("label", both("Status", "Status")), Field("n", both("Pegawai aktif", "Active staff"), "integer"),
        Field("median", both("Median JP", "Median JP"), "number"), Field("lower", both("Kuartil 1", "Lower quartile"), "number"),
        Field("upper", both("Kuartil 3", "Upper quartile"), "number"), Field("mean", both("Rata-rata JP", "Mean JP"), "number"),
        Field("met", both(f"Paling sedikit {least} JP", f"At least {least} JP"), "percent"),
        Field("above", both(f"Di atas {most} JP", f"Above {most} JP"), "percent"),
    )
    return Table(data, fields, both("JP yang diakui menurut status kepegawaian", "Credited hours (JP) by status"), count="n")


@answers(CHAPTER, both("Apakah JP terbagi merata?", "Are the learning hours spread evenly?"), ("employee", "participation", "batch"))
def concentration(ev: Evaluation) -> Answer:
    """Gini coefficient and Lorenz curve of credited hours among active staff."""
    people = counting.with_activity(ev)
    if people.empty or not people["jp"].sum():
        return counting.nothing(concentration, ev, f"tidak ada JP yang diakui pada tahun {ev.period}.",
                                f"no learning hours are credited in {ev.period}.")
    value, held = shares.gini(people["jp"], ev.level), shares.top_share(people["jp"])
    none = float((people["jp"] <= 0).mean())

    def sentence(lang: str) -> str:
        coefficient, bounds = number(value.value, lang, 2), counting.span(value, lang, ev.level, 1, 2)
        if lang == "id":
            return (f"Koefisien Gini JP di antara {integer(len(people), lang)} pegawai aktif {coefficient} ({bounds}); 0 berarti "
                    f"merata. Sepersepuluh pegawai dengan JP terbanyak memegang {percent(held, lang)} dari seluruh JP, "
                    f"dan {percent(none, lang)} pegawai tidak memperoleh JP.")
        return (f"The Gini coefficient of hours among {integer(len(people), lang)} active staff is {coefficient} ({bounds}); 0 means "
                f"even. The tenth of staff with most hours hold {percent(held, lang)} of all hours, and "
                f"{percent(none, lang)} of staff have none.")

    found = finding(concentration, ev, value, len(people), in_words(sentence), measure="gini",
                    coverage=counting.linked(ev).value, precise=bool(value.high - value.low <= 0.1))
    picture = Picture("lines", _lorenz(ev, people), both("Kurva Lorenz JP pegawai aktif", "Lorenz curve of active staff's hours"),
                      both("Bagian pegawai, dari JP tersedikit (persen)", "Share of staff, fewest hours first (percent)"),
                      both("Bagian JP", "Share of hours"), len(people), "percent", 0)
    return counting.answer(concentration, [found], picture=picture, notes=(CENSUS,))


def _lorenz(ev: Evaluation, people: pd.DataFrame) -> pd.DataFrame:
    """The Lorenz curve of this and last year and the line of equal shares."""
    curves = {(str(ev.period), str(ev.period)): people}
    before = counting.with_activity(ev, ev.period - 1)
    if before["jp"].sum() > 0:
        curves[(str(ev.period - 1), str(ev.period - 1))] = before
    frames = []
    for (id, en), group in curves.items():
        x, held = shares.lorenz(group["jp"])
        frames.append(pd.DataFrame({"x": 100 * x, "value": held, "n": len(group), "group_id": id, "group_en": en}))
    even = frames[0].assign(value=frames[0]["x"] / 100, group_id="merata", group_en="even")
    return pd.concat([*frames, even], ignore_index=True)


@answers(CHAPTER, both("Siapa yang batal di tengah jalan?", "Who drops out on the way?"), ("participation", "batch", "program"))
def dropout(ev: Evaluation) -> Answer:
    """No-shows, withdrawals and failures among places that came to an end, by form."""
    rows = counting.enrolments(ev)
    ended = rows[rows["outcome"].isin(("tidak_hadir", "mengundurkan_diri", *counting.ATTENDED))
                 & ~(rows["state"] == "batal").fillna(False)].reset_index(drop=True)
    if ended.empty:
        return counting.nothing(dropout, ev, f"tidak ada kepesertaan yang berakhir pada tahun {ev.period}.",
                                f"no place came to an end in {ev.period}.")
    ended["lost"] = ended["outcome"] != "lulus"
    ended["form"] = ended["form"].fillna("lainnya").astype(str)
    found = [_loss(ev, ended, headline=False)]
    worst = _worst_form(ev, ended)
    found += [worst] if worst is not None else []
    picture = Picture("stacked", _outcome_parts(ended), both("Hasil kepesertaan menurut bentuk pelatihan", "Outcome of places by form of training"),
                      both("Bagian kepesertaan", "Share of places"), both("Bentuk", "Form"), len(ended), "percent", 0)
    note = both(
        "Satuan analisis: satu tempat pelatihan (satu orang dapat menempati beberapa). Angkatan yang batal dan peserta yang "
        "baru diundang atau terdaftar tidak dihitung. Selang keseluruhan memperhitungkan bahwa peserta seangkatan serupa.",
        "Unit of analysis: one place on a course (a person may hold several). Cancelled batches and people only invited or "
        "registered are not counted. The overall interval allows for likeness within a batch.",
    )
    return counting.answer(dropout, found, picture=picture, table=_dropout_table(ev, ended), notes=(note,))


def _loss(ev: Evaluation, ended: pd.DataFrame, headline: bool) -> Finding:
    """How many places did not end in a pass, by kind of loss."""
    by_batch = ended.groupby("batch_id", sort=False)["lost"].agg(["sum", "size"])
    value = shares.ratio(by_batch["sum"], by_batch["size"], ev.level)
    value = shares.Estimate(value.value, np.clip(value.low, 0, 1), np.clip(value.high, 0, 1))
    parts = {outcome: float((ended["outcome"] == outcome).mean()) for outcome in ("tidak_hadir", "mengundurkan_diri", "tidak_lulus")}

    def sentence(lang: str) -> str:
        kinds = listing([f"{label(codes.OUTCOME, key, lang).lower()} {percent(part, lang)}" for key, part in parts.items()], lang)
        words, n = share_words(value, lang, ev.level), integer(len(ended), lang)
        if lang == "id":
            return f"Dari {n} tempat pelatihan yang berakhir pada tahun {ev.period}, {words}, tidak berakhir dengan kelulusan: {kinds}."
        return f"Of {n} places that came to an end in {ev.period}, {words}, did not end in a pass: {kinds}."

    return finding(dropout, ev, value, len(ended), in_words(sentence), n_units=len(by_batch), headline=headline)


def _worst_form(ev: Evaluation, ended: pd.DataFrame) -> Finding | None:
    """The form that loses most against all others, allowing for the number of forms looked at."""
    rows = counting.tally(ended, "form", "lost", ev.level)
    rows = rows[rows["n"] >= LEAST]
    if len(rows) < 2:
        return None
    worst = rows.loc[rows["estimate"].idxmax()]
    level = 1 - (1 - ev.level) / len(rows)
    others = ended[ended["form"] != worst["form"]]
    gap = shares.newcombe(int(worst["k"]), int(worst["n"]), int(others["lost"].sum()), len(others), level)
    names = {lang: label(codes.FORM, worst["form"], lang) for lang in ("id", "en")}

    def sentence(lang: str) -> str:
        points = f"{number(100 * gap.value, lang)} ({counting.span(gap, lang, level)})"
        rate_words, sure = percent(worst["estimate"], lang), gap.low > 0
        if lang == "id":
            text = f"Kehilangan terbesar pada {names[lang]}: {rate_words} tempat, selisih {points} poin terhadap bentuk lain, disesuaikan untuk {len(rows)} bentuk."
            return text if sure else text + " Perbedaan tersebut belum cukup bukti secara statistik."
        text = f"The loss is largest for {names[lang]}: {rate_words} of places, {points} points from the other forms, adjusted for {len(rows)} forms."
        return text if sure else text + " The difference is not established statistically."

    recommendation = None if gap.low <= 0 else Recommendation(
        both(f"Konfirmasi kehadiran dan izin atasan sebelum kursi {names['id']} dibagikan, dan siapkan daftar cadangan.",
             f"Confirm attendance and the superior's leave before places on {names['en']} are given, and keep a reserve list."),
        both("penyelenggara pelatihan bersama atasan peserta", "course organisers with participants' superiors"),
        both(f"mulai triwulan I tahun {ev.period + 1}", f"from the first quarter of {ev.period + 1}"),
        both(f"bagian tempat {names['id']} yang hilang turun dari {percent(worst['estimate'], 'id')}",
             f"the share of lost places on {names['en']} falls from {percent(worst['estimate'], 'en')}"),
    )
    return finding(dropout, ev, gap, len(ended), in_words(sentence), part="form", measure="share_difference",
                   level=level, recommendation=recommendation)


def _outcome_parts(ended: pd.DataFrame) -> pd.DataFrame:
    """Shares of outcomes by form, for a ``stacked`` picture."""
    rows = []
    for form in (code for code in codes.FORM if (ended["form"] == code).any()):
        group = ended[ended["form"] == form]
        for outcome in ("lulus", "tidak_lulus", "mengundurkan_diri", "tidak_hadir"):
            rows.append({
                **{f"label_{lang}": label(codes.FORM, form, lang) for lang in ("id", "en")},
                **{f"part_{lang}": label(codes.OUTCOME, outcome, lang) for lang in ("id", "en")},
                "value": float((group["outcome"] == outcome).mean()), "n": len(group),
            })
    return pd.DataFrame(rows)


def _dropout_table(ev: Evaluation, ended: pd.DataFrame) -> Table:
    """Each kind of loss by form, the whole loss with its interval."""
    data = counting.tally(ended, "form", "lost", ev.level)
    for outcome in ("tidak_hadir", "mengundurkan_diri", "tidak_lulus"):
        data[outcome] = (ended["outcome"] == outcome).groupby(ended["form"], sort=True).mean().to_numpy()
    data = counting.labelled(counting.code_order(data, "form", codes.FORM), "form", codes.FORM)
    kinds = tuple(Field(outcome, both(*codes.OUTCOME[outcome]), "percent") for outcome in ("tidak_hadir", "mengundurkan_diri", "tidak_lulus"))
    fields = (
        Field("label", both("Bentuk", "Form")), Field("n", both("Tempat", "Places"), "integer"), *kinds,
        Field("estimate", both("Tidak lulus atau tidak selesai", "Not passed or not finished"), "percent"),
        Field("low", both("Batas bawah", "Lower bound"), "percent"), Field("high", both("Batas atas", "Upper bound"), "percent"),
    )
    return Table(data, fields, both("Kehilangan peserta menurut bentuk pelatihan", "Loss of participants by form"), count="n")


@answers(CHAPTER, both("Di unit mana partisipasi rendah?", "In which units is participation low?"),
         ("unit", "employee", "participation", "batch"))
def units(ev: Evaluation) -> Answer:
    """Rates of units as intervals around the overall rate; no ranking."""
    people = counting.with_activity(ev)
    people = people[people["unit_id"].notna()].astype({"unit_id": str})
    if people["unit_id"].nunique() < 2:
        return counting.nothing(units, ev, "perbandingan unit memerlukan paling sedikit dua unit.",
                                "a comparison of units needs at least two units.")
    data = _unit_rates(ev, people)
    found = _units_apart(ev, data)
    picture = Picture(
        "intervals", data, both("Tingkat partisipasi menurut unit", "Participation rate by unit"), _RATE, both("Unit", "Unit"),
        len(people), "percent", 0, reference=float(people["took_part"].mean()),
        note=both("Urutan menurut kode unit, bukan peringkat; garis tegak: seluruh pegawai aktif.",
                  "Ordered by unit code, not ranked; vertical line: all active staff."),
    )
    note = both(
        "Unit kecil mudah tampak sangat tinggi atau sangat rendah karena kebetulan; selang dan jumlah pegawai harus dibaca bersama.",
        "Small units easily look very high or very low by chance; read the interval and the number of staff together.",
    )
    return counting.answer(units, [found], picture=picture, table=_unit_table(data), notes=(CENSUS, note))


def _unit_rates(ev: Evaluation, people: pd.DataFrame) -> pd.DataFrame:
    """Each unit's rate with two intervals: at the level, and adjusted for the number of units."""
    data = counting.tally(people, "unit_id", "took_part", ev.level)
    strict = 1 - (1 - ev.level) / len(data)
    low, high = shares.wilson(data["k"].to_numpy(), data["n"].to_numpy(), strict)
    names = ev.units.drop_duplicates("unit_id").set_index("unit_id")["unit_name"]
    text = data["unit_id"].map(names).fillna(data["unit_id"]).astype(str)
    return data.assign(strict_low=low, strict_high=high, label_id=text, label_en=text)


def _units_apart(ev: Evaluation, data: pd.DataFrame) -> Finding:
    """Units whose adjusted interval lies wholly below the overall rate."""
    k, n = int(data["k"].sum()), int(data["n"].sum())
    overall = shares.share(k, n, ev.level)
    below = data[data["strict_high"] < overall.value]
    above = data[data["strict_low"] > overall.value]

    def sentence(lang: str) -> str:
        names = listing([f"{row.label_id} (n = {integer(row.n, lang)})" for row in below.itertuples()], lang)
        counts, every = (integer(len(below), lang), integer(len(above), lang)), integer(len(data), lang)
        middle = percent(overall.value, lang)
        if lang == "id":
            text = (f"Dari {every} unit, {counts[0]} jelas di bawah tingkat keseluruhan {middle} dan {counts[1]} jelas di atasnya "
                    f"(selang disesuaikan untuk {every} unit).")
            return text + (f" Di bawah: {names}." if len(below) else " Unit lain belum dapat dibedakan dari tingkat keseluruhan.")
        text = (f"Of {every} units, {counts[0]} lie clearly below the overall rate of {middle} and {counts[1]} clearly above it "
                f"(intervals adjusted for {every} units).")
        return text + (f" Below: {names}." if len(below) else " The other units cannot be told apart from the overall rate.")

    recommendation = None if below.empty else Recommendation(
        both("Bahas penyebab partisipasi rendah dengan pimpinan " + listing(below["label_id"], "id") + ".",
             "Discuss the causes of low participation with the heads of " + listing(below["label_en"], "en") + "."),
        both("BKPSDM bersama kepala unit tersebut", "Personnel agency (BKPSDM) with the heads of these units"),
        both(f"triwulan I tahun {ev.period + 1}", f"first quarter of {ev.period + 1}"),
        both("selang partisipasi unit tersebut memuat tingkat keseluruhan", "these units' intervals include the overall rate"),
    )
    return finding(units, ev, overall, n, in_words(sentence), n_units=len(data), coverage=counting.linked(ev).value,
                   recommendation=recommendation)


def _unit_table(data: pd.DataFrame) -> Table:
    """Units with their counts and intervals."""
    fields = (
        Field("label", both("Unit", "Unit")), Field("n", both("Pegawai aktif", "Active staff"), "integer"),
        Field("estimate", both("Tingkat", "Rate"), "percent"), Field("low", both("Batas bawah", "Lower bound"), "percent"),
        Field("high", both("Batas atas", "Upper bound"), "percent"),
    )
    return Table(data, fields, both("Tingkat partisipasi unit, menurut kode unit", "Participation of units, by unit code"), count="n")


QUESTIONS = (rate, equity, duty, concentration, dropout, units)
