"""Notes of a regression: what was done, why a method was switched, why a cell is empty."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from karier_stats.words.numbers import Text, both, integer, listing, number, percent

if TYPE_CHECKING:
    from karier_stats.stats.numerics.wild import WildBootstrap

ROWS_ALONE = both(
    "Tanpa kolom unit: tiap baris dianggap saling bebas; galat baku tahan heteroskedastisitas (CR2 dengan satu "
    "baris per kelompok).",
    "No unit column: rows are taken as independent; standard errors allow unequal variances (CR2 with one row per "
    "cluster).",
)
ICC = both(
    "`icc` adalah bagian keragaman hasil yang terletak antarunit, dari model tanpa peubah; selangnya selang profil, "
    "dan tidak ada galat baku atau uji padanya.",
    "`icc` is the share of the outcome's variance that lies between units, from the model without regressors; its "
    "interval is a profile interval, and it has no standard error or test.",
)
REML_DOF = both(
    "REML mengandaikan intersep unit yang normal. `reml` memakai galat baku dan derajat bebas Kenward–Roger; "
    "`reml_satterthwaite` memakai derajat bebas Satterthwaite sebagai pembanding.",
    "REML assumes normal unit intercepts. `reml` has the standard error and degrees of freedom of Kenward and Roger; "
    "`reml_satterthwaite` has Satterthwaite's degrees of freedom, for comparison.",
)
SINGULAR = both(
    "Ragam intersep unit ditaksir nol: setelah peubah diperhitungkan, unit tidak tampak berbeda. `reml` memakai derajat "
    "bebas Kenward–Roger; derajat bebas Satterthwaite tidak disajikan karena akan menganggap semua baris saling bebas.",
    "The variance of the unit intercepts is estimated at zero: given the regressors, units do not look different. `reml` "
    "has the degrees of freedom of Kenward and Roger; Satterthwaite's are not given as they would take all rows as "
    "independent.",
)
NO_REML_PERSONS = both(
    "Baris `reml` tidak disajikan: orang yang sama muncul di beberapa baris, sehingga satu intersep per unit tidak "
    "cukup.",
    "No `reml` rows: the same people stand in several rows, so that one intercept per unit is not enough.",
)
NO_REML_SINGLE = both(
    "Baris `reml` dan `icc` tidak disajikan: tiap unit hanya berisi satu baris.",
    "No `reml` and `icc` rows: each unit holds one row only.",
)
PARQUET = both(
    "Dihitung per blok baris dari berkas Parquet; rata-rata unit dan wild bootstrap tidak disajikan karena unitnya "
    "banyak, dan titik pada gambar adalah rata-rata unit tanpa penyesuaian.",
    "Computed from Parquet files in blocks of rows; unit means and the wild bootstrap are not given as there are many "
    "units, and the points of the picture are unit means without adjustment.",
)
FIRTH = both(
    "`firth`: rasio odds dari kemungkinan berpenalti (Firth), selang dan uji dari profilnya; tidak ada galat baku.",
    "`firth`: odds ratio of the penalised likelihood (Firth), interval and test from its profile; there is no standard "
    "error.",
)
FIRTH_CLUSTERED = both(
    "`firth`: rasio odds dari kemungkinan berpenalti (Firth). Profilnya diskalakan menurut ragam CR2 antarkelompok dan "
    "dibandingkan dengan t Satterthwaite; bila ragam itu tidak terdefinisi, selang dan uji tidak disajikan. Tidak ada "
    "galat baku.",
    "`firth`: odds ratio of the penalised likelihood (Firth). Its profile is scaled by the CR2 variance over clusters "
    "and compared with Satterthwaite's t; where that variance is undefined no interval and test are given. There is no "
    "standard error.",
)
NO_ZEROS = both(
    "Tidak ada nilai nol pada hasil: model hurdle tidak diperlukan.",
    "The outcome has no zeros: a hurdle model is not needed.",
)


def persons_cluster(persons: int) -> Text:
    """Rows of one person are one cluster."""
    return both(
        f"Baris dari orang yang sama dianggap satu kelompok: {integer(persons, 'id')} orang; kolom `n_units` "
        "memuat jumlah itu.",
        f"Rows of one person are one cluster: {integer(persons, 'en')} people; `n_units` holds that number.",
    )


def no_spread(term: str) -> Text:
    """A group with one outcome only gives a comparison no error."""
    return both(
        f"`{term}` (CR2): di salah satu kelompok yang dibandingkan semua luaran sama besar, sehingga keragamannya tidak "
        "diketahui; selang dan uji tidak dihitung.",
        f"`{term}` (CR2): in one of the groups compared all outcomes are equal, so that its variance is not known; no "
        "interval and test are computed.",
    )


def persons_moved(persons: int) -> Text:
    """People whose unit is not the same in all of their rows."""
    return both(
        f"{integer(persons, 'id')} orang muncul pada lebih dari satu unit; setiap barisnya dihitung pada unit baris itu.",
        f"{integer(persons, 'en')} {'person stands' if persons == 1 else 'people stand'} in more than one unit; each row "
        "counts in its own.",
    )


def persons_repeat(persons: int, rows: int) -> Text:
    """People stand in several rows of nested data."""
    return both(
        f"{integer(persons, 'id')} orang muncul dalam {integer(rows, 'id')} baris; galat baku dikelompokkan "
        "menurut unit.",
        f"{integer(persons, 'en')} people stand in {integer(rows, 'en')} rows; standard errors are clustered by unit.",
    )


def linear_probability(methods: Collection[str]) -> tuple[Text, ...]:
    """Which of the rows that a 0/1 outcome has are differences of shares, and which come from the logit."""
    linear, logit = (
        [f"`{name}`" for name in names if name in methods]
        for names in (("unit_means", "cr2", "wild", "reml"), ("ame", "odds_ratio"))
    )
    if not linear:
        return ()
    rest = both(
        f"; {listing(logit, 'id')} berasal dari logit." if logit else ".",
        f"; {listing(logit, 'en')} come from the logit." if logit else ".",
    )
    return (both(
        f"Untuk hasil 0/1, baris kuadrat terkecil ({', '.join(linear)}) adalah model peluang linear: beda bagian"
        + rest["id"],
        f"For a 0/1 outcome the least-squares rows ({', '.join(linear)}) are the linear probability model: differences of "
        "shares" + rest["en"],
    ),)


def separated(columns: Sequence[str], firth: bool) -> Text:
    """Which columns separate a binary outcome, and whether Firth's rows take the place of the logit's."""
    names = [f"`{column}`" for column in columns]
    return both(
        f"Hasil terpisah sempurna menurut {listing(names, 'id')}: taksiran logit biasa tidak berhingga dan tidak "
        f"disajikan{'; penggantinya `firth`' if firth else ''}.",
        f"The outcome is separated by {listing(names, 'en')}: the ordinary logit has no finite estimate and is not "
        f"given{'; `firth` takes its place' if firth else ''}.",
    )


def count_separated(columns: Sequence[str]) -> Text:
    """Which columns separate zero counts from the others."""
    names = [f"`{column}`" for column in columns]
    return both(
        f"Nilai nol terpisah sempurna menurut {listing(names, 'id')}: rasio laju tidak berhingga dan tidak disajikan. "
        "Baris kuadrat terkecil tetap berlaku.",
        f"Zero counts are separated by {listing(names, 'en')}: rate ratios are not finite and not given. The "
        "least-squares rows still hold.",
    )


def zeros(shares: Mapping[str, float]) -> Text:
    """Observed against fitted zeros."""
    models = {
        "poisson": both("Poisson", "Poisson"), "negative_binomial": both("binomial negatif", "negative binomial"),
        "hurdle": both("hurdle", "hurdle"),
    }
    words = {
        lang: "; ".join(f"{name[lang]} {percent(shares[key], lang)}" for key, name in models.items() if key in shares)
        for lang in ("id", "en")
    }
    return both(
        f"Bagian yang bernilai nol: teramati {percent(shares['observed'], 'id')}; menurut model: {words['id']}.",
        f"Share of zeros: observed {percent(shares['observed'], 'en')}; by model: {words['en']}.",
    )


def hurdle(rows: int, units: int, clustered: bool) -> Text:
    """Of whom the two parts of a hurdle speak, and how the second one's error is made."""
    each = both("unit", "units") if clustered else both("baris", "rows")
    return both(
        f"`hurdle_positive` hanya membandingkan sesama yang bernilai sekurang-kurangnya satu ({integer(rows, 'id')} "
        "baris), dan `hurdle_any` hanya ada-tidaknya; keduanya tidak berlaku bagi semua orang, untuk itu lihat `ame` "
        f"dan `rate_ratio`. Galat baku `hurdle_positive` dari jackknife atas {integer(units, 'id')} {each['id']} (CR3).",
        f"`hurdle_positive` compares only those with at least one ({integer(rows, 'en')} rows) with each other, and "
        "`hurdle_any` only whether there is one; neither holds for everyone, for which see `ame` and `rate_ratio`. The "
        f"standard error of `hurdle_positive` is a jackknife over {integer(units, 'en')} {each['en']} (CR3).",
    )


def agq(latent: float, observed: float) -> Text:
    """Of whom the random-intercept logit speaks, and its two intraclass correlations."""
    return both(
        "`agq`: rasio odds bagi orang di unit yang sama (logit dengan intersep acak, kuadratur adaptif); lebih jauh dari "
        f"satu daripada `odds_ratio`. Korelasi intrakelas laten {number(latent, 'id', 3)}; pada skala hasil 0/1 "
        f"{number(observed, 'id', 3)}. Dengan unit sedikit selangnya cenderung terlalu sempit.",
        "`agq`: odds ratio for people of one unit (logit with a random intercept, adaptive quadrature); farther from one "
        f"than `odds_ratio`. Latent intraclass correlation {number(latent, 'en', 3)}; on the 0/1 scale of the outcome "
        f"{number(observed, 'en', 3)}. With few units its interval tends to be too narrow.",
    )


def secondary_refused(subject: str, id: str, en: str) -> Text:
    """A secondary question that the data cannot carry."""
    return both(
        f"Pertanyaan sekunder tentang `{subject}` tidak dapat dijawab. {id}",
        f"The secondary question on `{subject}` cannot be answered. {en}",
    )


def thin_groups(subject: str, groups: Sequence[str], units: int) -> Text:
    """Groups that too few units hold."""
    names = [f"`{group}`" for group in groups]
    return both(
        f"Pertanyaan sekunder tentang `{subject}` tidak diuji: {listing(names, 'id')} atau lawannya ada di kurang dari "
        f"{units} unit.",
        f"The secondary question on `{subject}` is not tested: {listing(names, 'en')} or its opposite stands in fewer "
        f"than {units} units.",
    )


def classes(reference: str) -> Text:
    """What classes of the score are compared with."""
    return both(f"Kelas skor dibandingkan terhadap `{reference}`.", f"Classes of the score are compared with `{reference}`.")


def unbounded(terms: Sequence[tuple[str, str]]) -> Text:
    """Ratios whose interval is too wide to be a number."""
    names = [f"`{term}` ({method})" for term, method in terms]
    return both(
        f"{listing(names, 'id')}: selang rasionya melampaui satu juta (atau seper sejuta) dan tidak disajikan; data "
        "tidak memadai untuk membatasinya.",
        f"{listing(names, 'en')}: the interval of the ratio reaches beyond a million (or one in a million) and is not "
        "given; the data cannot bound it.",
    )


def near_collinear(columns: Sequence[str], condition: float) -> Text:
    """Columns that nearly say the same."""
    names = [f"`{column}`" for column in columns]
    return both(
        f"{listing(names, 'id')} hampir merupakan gabungan linear satu sama lain (bilangan kondisi "
        f"{number(condition, 'id', 0)}): koefisiennya tidak dapat dipisahkan dengan andal.",
        f"{listing(names, 'en')} are nearly linear combinations of each other (condition number "
        f"{number(condition, 'en', 0)}): their coefficients cannot be told apart reliably.",
    )


def leverage(term: str) -> Text:
    """CR2 is undefined for a contrast that rests on one cluster."""
    return both(
        f"`{term}`: sebagian perbandingan bertumpu pada satu kelompok saja, sehingga galat baku CR2 tidak terdefinisi; "
        "barisnya tidak disajikan.",
        f"`{term}`: part of the comparison rests on a single cluster, where the CR2 standard error is undefined; "
        "no row is given.",
    )


def indicative(units: int) -> Text:
    """With four or five units the size of every test is looser."""
    return both(
        f"Hanya {units} unit: hasil antarunit bersifat indikatif.",
        f"Only {units} units: results between units are indicative.",
    )


def only_between(on: str) -> Text:
    """The score is one number per unit."""
    return both(
        f"`{on}` sama bagi semua baris dalam satu unit: hanya keterkaitan antarunit yang dapat dinilai.",
        f"`{on}` is the same for all rows of a unit: only the association between units can be assessed.",
    )


def few_within(on: str, units: int) -> Text:
    """Too few units vary within."""
    return both(
        f"`{on}` berbeda di dalam {units} unit saja (diperlukan 4): keterkaitan di dalam unit tidak diuji.",
        f"`{on}` differs within {units} units only (4 are needed): the association within units is not tested.",
    )


def fixed_effects(on: str) -> Text:
    """How the within-unit slope is made."""
    return both(
        f"`{on}[within]` (cr2) membandingkan baris dalam unit yang sama: selisih dari rata-rata unit (efek tetap "
        "unit).",
        f"`{on}[within]` (cr2) compares rows of the same unit: deviations from the unit mean (unit fixed effects).",
    )


def two_steps(columns: Sequence[str]) -> Text:
    """How covariates that vary within units enter the unit means."""
    names = [f"`{column}`" for column in columns]
    return both(
        f"Rata-rata unit disesuaikan lebih dahulu untuk {listing(names, 'id')} dengan kemiringan di dalam unit "
        "(Donald & "
        "Lang, dua langkah).",
        f"Unit means are first adjusted for {listing(names, 'en')} with within-unit slopes (Donald & Lang, two steps).",
    )


def unequal(on: str, ratio: float) -> Text:
    """Units on one side are much larger."""
    return both(
        f"Unit pada satu sisi `{on}` rata-rata {number(ratio, 'id', 1)} kali lebih besar: uji dapat terlalu sering "
        "atau "
        "terlalu jarang menolak.",
        f"Units on one side of `{on}` are {number(ratio, 'en', 1)} times larger on average: the test may reject "
        "too often "
        "or too rarely.",
    )


def no_residual(term: str) -> Text:
    """A perfect fit cannot be tested."""
    return both(
        f"`{term}`: titik-titik tepat pada satu garis, tidak ada sisaan untuk menaksir galat baku; uji tidak dibuat.",
        f"`{term}`: the points lie exactly on a line, no residual is left to estimate a standard error; no test is "
        "made.",
    )


def wild(boot: WildBootstrap, term: str) -> Text:
    """What the bootstrap enumerated, and why its row has empty cells."""
    kind = both(
        f"semua {integer(boot.patterns, 'id')} pola tanda dihitung" if boot.enumerated
        else f"{integer(boot.patterns, 'id')} pola tanda diundi",
        f"all {integer(boot.patterns, 'en')} sign patterns enumerated" if boot.enumerated
        else f"{integer(boot.patterns, 'en')} sign patterns drawn",
    )
    return both(
        f"`{term}` (wild): {kind['id']}; p terkecil yang mungkin {number(boot.smallest_p, 'id', 4)}. Selang dari "
        "pembalikan uji; tidak ada galat baku dan derajat bebas.",
        f"`{term}` (wild): {kind['en']}; the smallest possible p is {number(boot.smallest_p, 'en', 4)}. The interval "
        "inverts the test; there is no standard error or degree of freedom.",
    )


def wild_silent(smallest_p: float) -> Text:
    """The bootstrap can never reject at this level, so that it has no say."""
    return both(
        f"Dengan unit sesedikit ini, wild bootstrap tidak mungkin menolak pada taraf yang diminta (p terkecil "
        f"{number(smallest_p, 'id', 4)}): selangnya kosong dan tidak ikut menentukan kesimpulan.",
        f"With so few units the wild bootstrap can never reject at the level asked for (smallest p "
        f"{number(smallest_p, 'en', 4)}): its interval is empty and it has no say in the conclusion.",
    )
