"""Pictures by what is in them (marks, names, numbers), their alternative texts, and their bytes."""

import os
import re
import warnings
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from karier_stats.answers.record import Answer, Picture
from karier_stats.draw import describe, draw, figures, plot, png, svg
from karier_stats.draw.look import TONE, lines_of, style
from karier_stats.draw.shapes import bin_edges, density, mean_interval
from karier_stats.draw.sheet import spread
from karier_stats.draw.vector import figure_svg
from karier_stats.report.disclosure import protect
from karier_stats.report.gate import Traces, markup_leaks
from karier_stats.words.numbers import both

LONG = bool(os.environ.get("KARIER_LONG"))
TOPICS = [
    ("Teknologi informasi", "Information technology"), ("Manajemen proyek", "Project management"),
    ("Penyusunan peraturan dan kebijakan di tingkat kecamatan", "Drafting of rules and policy in the district"),
]


def named(**columns):
    return pd.DataFrame(TOPICS, columns=["label_id", "label_en"]).assign(**columns)


def picture(kind, data, n=100, **more):
    title = both("Apa yang dibutuhkan ASN?", "What do civil servants need?")
    x, y = both("Bagian (persen)", "Share (percent)"), both("Nilai tes", "Test score")
    return Picture(kind, data, title, x, y, n, **more)


def bars():
    return picture("bars", named(value=[0.5, 0.3, 0.2], n=[50, 30, 20], highlight=[True, False, False]),
                   value_format="percent")


def intervals():
    return picture("intervals", named(estimate=[3.2, 1.0, -0.4], low=[1.0, -1.0, -2.4], high=[5.4, 3.0, 1.6],
                                      n=[50, 30, 20]), reference=0.0)


def grouped():
    one = intervals().data
    both_arms = pd.concat([one.assign(group_id="Peserta", group_en="Participants"),
                           one.assign(group_id="Pembanding", group_en="Comparison")], ignore_index=True)
    return picture("intervals", both_arms, reference=0.0)


def stacked():
    rows = [(*topic, part, part_en, value, 100) for topic in TOPICS
            for part, part_en, value in (("Tidak", "No", 0.25), ("Ragu", "Unsure", 0.25), ("Ya", "Yes", 0.5))]
    return picture("stacked", pd.DataFrame(rows, columns="label_id label_en part_id part_en value n".split()),
                   value_format="percent")


def lines():
    rows = [(year, 0.3 + 0.1 * k + 0.05 * (year - 2023), 80, a, b)
            for k, (a, b) in enumerate(TOPICS[:2]) for year in (2023, 2024, 2025)]
    return picture("lines", pd.DataFrame(rows, columns="x value n group_id group_en".split()), value_format="percent")


def scores(n, arms=("",)):
    rng = np.random.default_rng(7)
    rows = []
    for place, arm in enumerate(arms):
        before = rng.normal(60, 10, n).round()
        rows.append(pd.DataFrame({"before": before, "after": before + place + rng.integers(-4, 9, n)}).assign(
            **({"arm_id": arm, "arm_en": arm} if arm else {})))
    data = pd.concat(rows, ignore_index=True)
    return picture("change", data, n=len(data))


def units():
    names = [f"Kelurahan {place}" for place in range(12)]
    x = np.arange(12.0)
    data = pd.DataFrame({"label_id": names, "label_en": names, "x": x, "y": 0.2 + 0.05 * x, "n": range(20, 56, 3)})
    return picture("units", data, n=12, value_format="percent", line=(0.2, 0.05))


def matrix():
    rows = [(*topic, form, form, share, 40) for topic in TOPICS for form, share in (("Seminar", 0.1), ("Bimtek", 0.2))]
    return picture("matrix", pd.DataFrame(rows, columns="row_id row_en column_id column_en value n".split()),
                   value_format="percent")


KINDS = {
    "bars": bars, "intervals": intervals, "grouped": grouped, "stacked": stacked, "lines": lines, "units": units,
    "matrix": matrix, "change": lambda: scores(40), "change in two arms": lambda: scores(40, ("Peserta", "Pembanding")),
    "change in many arms": lambda: scores(40, ("Seminar", "Workshop", "Bimtek")), "change of many": lambda: scores(320),
}


def bridge():
    data = pd.DataFrame({
        "label_id": ["Kebutuhan", "Pagu", "Selisih", "Mitra", "Belum terbiayai"],
        "label_en": ["Need", "Ceiling", "Gap", "Partners", "Not funded"],
        "value": [4.2e9, -2.0e9, 2.2e9, -0.7e9, 1.5e9], "n": [40.0] * 5,
        "level": [True, False, True, False, True], "tone": ["netral", "naik", "netral", "naik", "awas"],
    })
    return picture("bridge", data, value_format="rupiah")


def sides():
    rows = [(*topic, part, part_en, value, 100) for k, topic in enumerate(TOPICS)
            for part, part_en, value in (("Minat", "Interest", 0.5 - 0.1 * k), ("Kursi", "Seats", 0.1 + 0.1 * k))]
    return picture("sides", pd.DataFrame(rows, columns="label_id label_en part_id part_en value n".split()),
                   value_format="percent")


KINDS |= {"bridge": bridge, "sides": sides}


def texts(figure):
    """Every word on the figure, in one string without line breaks."""
    from matplotlib.text import Text

    words = [text.get_text() for text in figure.findobj(Text) if text.get_text()]
    return " ".join(words).replace("\n", " ").replace("\u00a0", " ")


READERS = [("internal", "id"), ("public", "en"), *([("internal", "en"), ("public", "id")] if LONG else [])]
"""Audience and language; the short form has each of both with one of the other."""


@pytest.mark.parametrize(("audience", "lang"), READERS)
@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_is_drawn_without_warnings(kind, lang, audience):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        safe = protect(Answer("a", "needs", (), picture=KINDS[kind]()), audience).picture
        if (kind, audience) == ("units", "public"):  # each point beside its engagement is the head of one unit
            assert safe is None
            return
        figure = draw(safe, lang, audience)
        assert png(figure).startswith(b"\x89PNG")
    words = texts(figure)
    assert KINDS[kind]().title[lang] in words
    assert f"n = {safe.n}" in words


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_same_data_give_the_same_bytes(kind):
    first, second = (png(draw(KINDS[kind](), "id")) for _ in range(2))
    assert first == second
    assert b"Software" not in first
    assert b"tIME" not in first


def test_the_look_does_not_depend_on_the_readers_settings():
    import matplotlib

    before = png(draw(bars(), "id"))
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "savefig.dpi": 20}):
        assert png(draw(bars(), "id")) == before


@pytest.mark.parametrize("width", [720, 350])
@pytest.mark.parametrize("kind", list(KINDS))
def test_nothing_reaches_beyond_the_left_and_right_edge(kind, width):
    from matplotlib.text import Text

    figure = draw(KINDS[kind](), "id", width=width)
    with style():
        renderer = figure.canvas.get_renderer()
        figure.draw(renderer)
    edge = figure.bbox.width
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible():
            box = text.get_window_extent(renderer)
            assert box.x0 >= -1 and box.x1 <= edge + 1, text.get_text()  # one pixel: antialiasing


def renamed(kind, word):
    """A picture of a kind in which every name that the data give is one long word, each with its own end."""
    made = KINDS[kind]()
    data = made.data.copy()
    for name in (name for name in data if name.endswith(("_id", "_en"))):
        known = list(dict.fromkeys(data[name]))
        data[name] = [f"{word}{known.index(value)}" for value in data[name]]
    return replace(made, data=data)


WORDS = ["W" * 60, "MWM/" * 75, "a" * 2000, "W" * 29 + " b"]
MORE_WORDS = ["a" * 60, "a" * 300, "kata " * 400] if LONG else []
PLACED = [(kind, word, width) for k, kind in enumerate(KINDS) for j, word in enumerate(WORDS + MORE_WORDS)
          for w, width in enumerate((720, 350)) if LONG or (k + j + 2 * w) % 4 == 0]
"""Each kind with each word in both widths in the long form; else each kind with one word in each width, in turn."""


@pytest.mark.parametrize(("kind", "word", "width"), PLACED,
                         ids=[f"{width}-{kind}-{word[:3]}x{len(word)}" for kind, word, width in PLACED])
def test_a_long_word_is_broken_or_cut_and_the_picture_stands(kind, word, width):
    """No error and no warning; all words lie on the page; the drawing keeps its room; the n beside a name stays."""
    from matplotlib.text import Text

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = draw(renamed(kind, word), "id", width=width)
        assert png(figure).startswith(b"\x89PNG")
    with style():
        renderer = figure.canvas.get_renderer()
        figure.draw(renderer)
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible():
            box = text.get_window_extent(renderer)
            assert box.x0 >= -1 and box.x1 <= figure.bbox.width + 1, text.get_text()
            assert box.y0 >= -1 and box.y1 <= figure.bbox.height + 1, text.get_text()
    assert figure.get_figheight() / figure.get_figwidth() < (2.5 if width == 720 else 7)
    assert min(ax.get_position().width for ax in figure.axes) > 0.16
    if kind in ("bars", "intervals", "change in two arms", "change in many arms"):
        assert texts(figure).count("(n = ") >= len(dict.fromkeys(renamed(kind, word).data.filter(regex="_id").iloc[:, 0]))


def test_a_name_of_a_file_is_broken_where_its_parts_meet():
    assert lines_of("05_riwayat_kursus_tahunan.csv (1.385)", 150) == ["05_riwayat_kursus_", "tahunan.csv (1.385)"]
    assert [len(line) for line in lines_of("a" * 60, 150)] != [60]  # without a joint it is cut where the room ends


@pytest.mark.parametrize("word", ["a" * 60, "W" * 300])
def test_a_long_category_of_the_axis_is_broken(word):
    """Categories along the horizontal axis of lines."""
    made = lines()
    data = made.data.assign(x=[f"{word}{value}" for value in made.data["x"]])
    figure = draw(replace(made, data=data), "id")
    assert png(figure).startswith(b"\x89PNG")
    assert max(len(part) for part in texts(figure).split() if part.strip(word[0]) != part) <= 24


def test_bars_have_their_values_names_and_counts():
    figure = draw(bars(), "id")
    ax = figure.axes[0]
    assert [patch.get_width() for patch in ax.patches] == [0.5, 0.3, 0.2]
    words = texts(figure)
    for text in ("50,0%", "30,0%", "20,0%", "Teknologi informasi (n = 50)", "Bagian (persen)"):
        assert text in words


def test_the_first_row_stands_at_the_top():
    ax = draw(bars(), "id").axes[0]
    middles = [patch.get_y() + patch.get_height() / 2 for patch in ax.patches]
    assert middles == sorted(middles)
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_the_highlight_has_its_own_colour():
    colours = [patch.get_facecolor() for patch in draw(bars(), "id").axes[0].patches]
    assert colours[0] != colours[1] == colours[2]


def test_english_has_a_decimal_point():
    words = texts(draw(bars(), "en"))
    assert "50.0%" in words
    assert "50,0%" not in words
    assert "Information technology" in words


@pytest.mark.parametrize("width", [720, 350])
def test_intervals_have_a_whisker_each_and_the_reference(width):
    figure = draw(intervals(), "id", width=width)
    ax = figure.axes[0]
    spans = sorted(tuple(path.vertices[:, 0]) for path in ax.collections[0].get_paths())
    assert spans == [(-2.4, 1.6), (-1.0, 3.0), (1.0, 5.4)]
    [dashed] = [one for one in figure.artists if isinstance(one, Line2D) and one.get_linestyle() == "--"]
    places = dashed.get_transform().transform(dashed.get_xydata())[:, 0]
    assert places == pytest.approx(ax.transData.transform((0, 0))[0])
    grounds = [one.get_zorder() for one in figure.artists if isinstance(one, Rectangle)]  # of names, which stand over narrow rows
    assert len(grounds) == (3 if width == 350 else 0)
    assert all(dashed.get_zorder() < depth for depth in grounds)
    assert ax.get_xlim()[0] < -2.4 and ax.get_xlim()[1] > 5.4


def test_groups_of_intervals_are_named_and_lie_apart():
    figure = draw(grouped(), "en")
    words = texts(figure)
    assert "Participants" in words and "Comparison" in words
    heights = [[y for line in figure.axes[0].lines if line.get_marker() == marker for y in line.get_ydata()]
               for marker in ("o", "s")]
    assert [len(found) for found in heights] == [3, 3]
    assert not set(heights[0]) & set(heights[1])


def test_hidden_rows_say_that_they_are_hidden():
    data = named(value=[0.5, 0.3, 0.2], n=[50, 3, 20])
    safe = protect(Answer("a", "needs", (), picture=picture("bars", data, value_format="percent")), "internal").picture
    words = texts(draw(safe, "id"))
    assert words.count("tidak ditampilkan") == 2
    assert "30,0%" not in words and "20,0%" not in words
    assert "n = 3" not in words
    assert "Tidak ditampilkan: 2 baris." in describe(safe, "id")


def test_stacked_bars_add_up():
    figure = draw(stacked(), "id")
    ends = [patch.get_x() + patch.get_width() for patch in figure.axes[0].patches[-3:]]
    assert ends == pytest.approx([1.0] * 3, abs=1e-12)  # sums of 0.25, 0.25 and 0.5 are exact in floating point
    words = texts(figure)
    assert all(part in words for part in ("Tidak", "Ragu", "Ya", "25%", "50%"))


def test_lines_are_named_at_their_end_and_years_have_no_thousands_mark():
    figure = draw(lines(), "id")
    words = texts(figure)
    assert "Teknologi informasi 40,0%" in words
    assert "2023" in words and "2.023" not in words
    curves = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 3]
    assert len(curves) == 2


def test_lines_over_words_keep_their_order():
    data = lines().data.assign(x=["Pretes", "Postes", "Retensi"] * 2)
    words = texts(draw(replace(lines(), data=data), "id")).split()
    assert [word for word in words if word in ("Pretes", "Postes", "Retensi")] == ["Pretes", "Postes", "Retensi"]


def persons_in(figure):
    from matplotlib.collections import LineCollection

    found = [c for ax in figure.axes for c in ax.collections if isinstance(c, LineCollection)]
    return sum(len(c.get_paths()) for c in found if len(c.get_paths()) > 1)


def test_each_person_is_a_line_up_to_300():
    assert persons_in(draw(scores(40), "id")) == 40
    assert persons_in(draw(scores(300), "id")) == 300
    assert persons_in(draw(scores(301), "id")) == 0


@pytest.mark.parametrize("arms", [("",), ("Peserta", "Pembanding"), ("a", "b", "c")])
def test_the_public_never_sees_persons(arms):
    figure = draw(scores(40, arms), "id", "public")
    assert persons_in(figure) == 0
    assert all(not ax.patches for ax in figure.axes)  # no histogram, whose bins may hold single persons


def test_arms_stand_side_by_side_on_the_same_axes():
    figure = draw(scores(40, ("Peserta", "Pembanding")), "id")
    upper, _, upper_2, _ = figure.axes
    assert upper.get_ylim() == upper_2.get_ylim()
    assert upper.get_position().x1 < upper_2.get_position().x0
    assert "Pembanding (n = 40)" in texts(figure)


def test_people_without_both_scores_are_not_drawn():
    data = scores(40).data
    data.loc[:4, "after"] = np.nan
    assert persons_in(draw(replace(scores(40), data=data), "id")) == 35


def test_the_mean_change_has_the_paired_t_interval():
    # changes 1, 2, 3, 4: mean 2.5, sd 1.2910, t(3, .975) = 3.1824, half width 3.1824 x 1.2910 / 2 = 2.0543
    # (the hand count has four decimals)
    assert mean_interval(np.array([1.0, 2, 3, 4])) == pytest.approx((2.5, 0.4457, 4.5543), abs=1e-4)


def test_one_person_has_a_mean_and_no_interval():
    mean, low, high = mean_interval(np.array([3.0]) - 1)
    assert mean == 2
    assert np.isnan(low) and np.isnan(high)


def test_a_density_has_an_area_of_one():
    grid = np.linspace(-60, 60, 2001)
    shape = density(np.random.default_rng(1).normal(0, 5, 200), grid)
    assert np.trapezoid(shape, grid) == pytest.approx(1, abs=1e-6)  # the grid ends twelve deviations away


def test_equal_scores_have_a_density_too():
    assert np.isfinite(density(np.full(12, 3.0), np.linspace(0, 6, 50))).all()


def test_levels_have_a_bin_each():
    assert np.diff(bin_edges(np.array([-1.0, 0, 2]))).tolist() == [1.0] * 4


def test_names_at_the_ends_of_lines_do_not_touch():
    moved = spread([1.0, 1.05, 3.0], [0.2, 0.2, 0.2])
    assert moved[1] - moved[0] == pytest.approx(0.2, abs=1e-5)  # the loop stops within a millionth of an inch
    assert moved[2] == 3.0


def test_unit_points_have_names_only_where_these_are_known():
    figure = draw(units(), "id")
    assert "Kelurahan" in texts(figure)
    assert len(figure.axes[0].collections[-1].get_offsets()) == 12
    assert protect(Answer("a", "leadership", (), picture=units()), "public").picture is None  # each point is one head


def test_matrix_cells_have_their_values():
    words = texts(draw(matrix(), "id"))
    assert words.count("10,0%") == words.count("20,0%") == 3
    assert "Seminar" in words and "Bimtek" in words


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("lang", ["id", "en"])
def test_alternative_texts_name_what_and_n_and_stay_short(kind, lang):
    text = describe(KINDS[kind](), lang)
    assert len(text) <= 600
    assert KINDS[kind]().title[lang].rstrip("?") in text
    assert "n = " in text
    assert re.search(r"\bnan\b", text) is None


def test_alternative_text_of_bars_counted_by_hand():
    assert describe(bars(), "id") == (
        "Diagram batang: Apa yang dibutuhkan ASN. n = 100. 3 baris. Tertinggi: Teknologi informasi 50,0%; terendah: "
        "Penyusunan peraturan dan kebijakan di tingkat kecamatan 20,0%."
    )


@pytest.mark.parametrize(("values", "told"), [
    ([0.5, 0.5, 0.2], "Tertinggi: “A” dan “B” 50,0%; terendah: C 20,0%."),
    ([0.5, 0.2, 0.2, 0.2], "terendah: “B”, “C”, dan “D” 20,0%."),
    ([0.5, 0.2, 0.2, 0.2, 0.2], "Tertinggi: A 50,0%; terendah: 4 baris 20,0%."),
])
def test_alternative_text_names_all_that_are_highest_or_lowest_alike(values, told):
    names = list("ABCDE"[:len(values)])
    data = pd.DataFrame({"label_id": names, "label_en": names, "value": values, "n": 100})
    assert told in describe(picture("bars", data, value_format="percent"), "id")


def test_alternative_text_of_change_counted_by_hand():
    data = pd.DataFrame({"before": [1.0] * 40, "after": [2.0] * 20 + [0.0] * 20})
    text = describe(picture("change", data, n=40), "en")
    assert "Mean 1.0 to 1.0, change 0.0" in text
    assert "20 up, 0 unchanged, 20 down." in text


def test_alternative_text_does_not_count_small_groups():
    data = pd.DataFrame({"before": [1.0] * 40, "after": [2.0] * 38 + [0.0] * 2})
    assert "down" not in describe(picture("change", data, n=40), "en")


def test_alternative_text_of_lines_has_first_and_last():
    assert "Teknologi informasi: dari 30,0% (2023) ke 40,0% (2025)." in describe(lines(), "id")


def test_a_long_alternative_text_ends_with_a_sentence():
    rows = [(year, 0.5, 80, f"Kelompok dengan nama panjang {k}", f"g{k}") for k in range(30) for year in (2024, 2025)]
    data = pd.DataFrame(rows, columns="x value n group_id group_en".split())
    text = describe(replace(lines(), data=data), "id")
    assert 400 < len(text) <= 600
    assert text.endswith(".")


EMPTY_VALUES = {
    "bars": lambda: picture("bars", named(value=np.nan, n=[3, 2, 1])),
    "intervals": lambda: picture("intervals", named(estimate=np.nan, low=np.nan, high=np.nan, n=[3, 2, 1])),
    "no rows": lambda: picture("bars", named(value=1.0, n=10).iloc[:0]),
    "no intervals": lambda: picture("intervals", intervals().data.iloc[:0]),
    "no stacked": lambda: picture("stacked", stacked().data.iloc[:0]),
    "no lines": lambda: picture("lines", lines().data.iloc[:0]),
    "no units": lambda: picture("units", units().data.iloc[:0], line=(0.0, 1.0)),
    "no matrix": lambda: picture("matrix", matrix().data.iloc[:0]),
    "no change": lambda: picture("change", scores(5).data.iloc[:0]),
    "one row": lambda: picture("bars", named(value=0.0, n=10).iloc[:1]),
    "one point": lambda: picture("lines", lines().data.iloc[:1]),
    "one unit": lambda: picture("units", units().data.iloc[:1], line=(0.0, 1.0)),
    "below nought": lambda: picture("bars", named(value=[-2.0, -1.0, 3.0], n=10)),
    "nothing changed": lambda: picture("change", pd.DataFrame({"before": [3.0] * 12, "after": [3.0] * 12})),
    "Int64": lambda: picture("bars", named(value=pd.array([1, None, 3], "Int64"), n=pd.array([9, None, 9], "Int64"))),
}


@pytest.mark.parametrize("audience", ["internal", "public"])
@pytest.mark.parametrize("case", list(EMPTY_VALUES))
def test_thin_data_are_drawn_and_described(case, audience):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for lang in ("id", "en"):
            safe = protect(Answer("a", "needs", (), picture=EMPTY_VALUES[case]()), audience).picture
            if safe is not None:
                assert png(draw(safe, lang, audience)).startswith(b"\x89PNG")
                assert 0 < len(describe(safe, lang)) <= 600


def test_words_of_rows_that_are_no_ranking_name_none_of_them():
    data = pd.DataFrame({
        "label_id": ["Unit A", "Unit B"], "label_en": ["Unit A", "Unit B"], "estimate": [0.3, 0.5], "low": [0.2, 0.4],
        "high": [0.4, 0.6], "n": [20, 30],
    })
    title = {"id": "Tingkat", "en": "Rate"}
    told, hidden = (
        describe(Picture("intervals", data, title, title, title, 50, "percent", 0, ranked=ranked), "en")
        for ranked in (True, False)
    )
    assert "Unit B" in told
    assert "Unit" not in hidden and "Values from 30% to 50%." in hidden



def test_a_bridge_leads_from_level_to_level():
    bars_of = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in draw(bridge(), "id").axes[0].patches]
    expected = [(0, 4.2), (4.2, 2.2), (0, 2.2), (2.2, 1.5), (0, 1.5)]
    assert np.array(bars_of) / 1e9 == pytest.approx(np.array(expected))
    assert "Pagu" in texts(draw(bridge(), "id")) and "−" in texts(draw(bridge(), "id"))


def test_two_sided_bars_go_left_and_right_from_the_middle():
    figure = draw(sides(), "en")
    ends = [patch.get_width() for patch in figure.axes[0].patches]
    assert ends == pytest.approx([-0.5, -0.4, -0.3, 0.1, 0.2, 0.3])
    words = texts(figure)
    assert "Interest" in words and "Seats" in words and "50.0%" in words


def test_what_leaves_out_the_reference_is_full_and_the_rest_hollow():
    faces = {line.get_markerfacecolor(): sorted(line.get_xdata()) for line in draw(intervals(), "id").axes[0].lines
             if line.get_marker() == "o"}
    assert faces == {TONE["naik"]: [3.2], "white": [-0.4, 1.0]}


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_vectors_have_words_no_address_and_the_same_bytes(kind, lang):
    made = KINDS[kind]()
    for width in (720, 350):
        drawn = svg(made, lang, width)
        if LONG or width == {"id": 720, "en": 350}[lang]:
            assert drawn == svg(KINDS[kind](), lang, width)
        page = f"<!doctype html><html><body><figure>{drawn}</figure></body></html>"
        assert not markup_leaks(page, "laporan.html", "", Traces())
        root = ElementTree.fromstring(drawn)
        assert root.get("viewBox").split()[2] == str(width) and root.get("class") == f"w{width}"
        assert (root.find("title").text, root.find("desc").text) == (made.title[lang], describe(made, lang))
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert sorted(root.get("aria-labelledby").split()) == sorted(ids) and len(set(ids)) == 2
        sizes = [float(text.get("font-size", 12.8)) for text in root.iter("text")]
        assert min(sizes) >= 12.8
        assert len(drawn) < 60_000  # 18 pictures in two widths leave room for words in 2 MB
    bare = figures.bare(svg(made, lang, 720))
    assert re.search(r"n = \d", bare)
    assert made.title[lang] not in re.sub(r"<(title|desc).*?</\1>", "", bare)
    untitled = figure_svg(figures.drawn(made, lang, titled=False))  # the same as if it were drawn so
    head = float(re.findall(r'viewBox="0 ([\d.]+)', bare)[0])
    places = [[(text, float(y)) for y, text in re.findall(r'<text x="[\d.-]+" y="([\d.-]+)"[^>]*>([^<]*)', one)]
              for one in (bare, untitled)]
    assert [text for text, _ in places[0]] == [text for text, _ in places[1]]
    assert max(abs(one[1] - head - other[1]) for one, other in zip(*places, strict=True)) < 0.25


def test_a_report_draws_twenty_rows_and_says_how_many_are_missing():
    names = [f"Unit {place:02}" for place in range(26)]
    data = pd.DataFrame({"label_id": names, "label_en": names, "estimate": 0.0, "low": -1.0, "high": 1.0, "n": 30})
    data.loc[25, ["low", "estimate"]] = 0.5
    made = picture("intervals", data, reference=0.0)
    drawn = svg(made, "id", 720)
    assert len(re.findall(r"Unit \d\d", re.sub(r"<desc.*?</desc>", "", drawn))) == 20
    assert "Unit 25" in drawn and "6 baris lain tidak digambar." in drawn
    assert texts(draw(made, "id")).count("Unit ") == 26


def options():
    seen = np.array([False, True, True])
    return picture("options", pd.DataFrame({
        "estimate": [0.1, 0.3, 0.4], "highlight": seen, "group_id": np.where(seen, "terlihat", "belum"),
        "group_en": np.where(seen, "seen", "not seen"), "umur: ya": seen, "umur: tidak": ~seen}), reference=0.3)


def test_an_option_is_marked_under_every_estimate_that_rests_on_it():
    figure = draw(options(), "en")
    top, below = figure.axes
    assert top.collections[0].get_offsets()[:, 1].tolist() == [0.1, 0.3, 0.4]
    heights = {name: text.get_position()[1] for text in figure.findobj() if isinstance(text, Text)
               for name in options().data.columns[4:] if text.get_text() == name}
    marks = [(x, min(heights, key=lambda name: abs(heights[name] - y))) for x, y in below.collections[0].get_offsets()]
    assert sorted(marks) == [(0, "umur: tidak"), (1, "umur: ya"), (2, "umur: ya")]
    assert "seen" in texts(figure) and describe(options(), "en").endswith("Values from 0.1 to 0.4.")


@pytest.mark.parametrize("size", [(9, 4), (3, 2), (4, 8)])
@pytest.mark.parametrize("kind", [*KINDS, "options"])
def test_a_picture_on_axes_of_a_reader_stays_within_them(kind, size):
    made = options() if kind == "options" else KINDS[kind]()
    figure = Figure(figsize=size, dpi=100)
    area = figure.add_axes((0.25, 0.25, 0.5, 0.5))
    title = area.set_title("A", fontsize=11)
    assert plot(made, "id", area) is area and area.child_axes and not figure.axes[1:]
    assert title.get_fontsize() == 11
    title.set_text("")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    frame = area.get_window_extent()
    boxes = [text.get_window_extent(renderer) for text in area.findobj(Text) if text.get_text()]
    for box in [*boxes, *(one.get_window_extent() for one in area.child_axes)]:
        assert frame.x0 - 2 <= box.x0 and box.x1 <= frame.x1 + 2 and frame.y0 - 2 <= box.y0 and box.y1 <= frame.y1 + 2


def test_pictures_share_a_figure_whose_layout_is_made_for_them():
    figure, areas = pyplot.subplots(2, 2, figsize=(15, 10), layout="constrained")
    for area, kind in zip(areas.flat, ("bars", "lines", "change", "intervals"), strict=True):
        plot(KINDS[kind](), "id", area)
    figure.canvas.draw()
    assert all(area.get_position().width > 0.45 and area.get_position().height > 0.45 for area in areas.flat)
    pyplot.close(figure)


@pytest.mark.parametrize("names", [[f"Unit {place:02}" for place in range(60)], [""] * 60])
def test_a_plot_draws_forty_rows_and_says_how_many_are_missing(names):
    data = pd.DataFrame({"label_id": names, "label_en": names, "estimate": np.arange(60.0), "n": 30})
    ax = plot(picture("intervals", data), "id")
    assert sum(len(line.get_xdata()) for line in ax.child_axes[0].lines) == 40
    assert "20 baris lain tidak digambar." in texts(ax.figure)
    pyplot.close(ax.figure)


def test_a_picture_without_axes_is_a_figure_as_high_as_what_it_shows():
    ax = plot(intervals(), "id")
    assert ax.figure.get_size_inches().tolist() == draw(intervals(), "id").get_size_inches().tolist()
    pyplot.close(ax.figure)
