"""The figure and the tables of line noise."""

import pytest

from qubudget import load
from qubudget.qubit.noise_path import line_noise
from qubudget.report.noise_figure import draw_noise
from qubudget.report.noise_tables import noise_tables

MEASURED = {"50k": 46.0, "4k": 2.85, "still": 1.2, "cp": 0.082, "mxc": 0.014}


def data(name="krinner-xld400", temperatures=MEASURED):
    return {"line_noise": line_noise(load(name), temperatures).to_dict()}


def test_curves_run_from_their_source_to_the_chip() -> None:
    ax = draw_noise(data())
    assert ax.get_yscale() == "log"
    assert [t.get_text() for t in ax.get_xticklabels()] == ["300k", *MEASURED, "chip"]
    drawn = {str(line.get_label()).split(":")[0]: line for line in ax.lines}
    assert {"drive", "flux", "pump", "read-in", "read-out"} < set(drawn)
    drive = drawn["drive"]
    assert drive.get_label() == "drive: 0.00228"  # Krinner's 2.28e-3 photons
    at, photons = drive.get_xdata(), drive.get_ydata()
    assert (at[0], at[-1]) == (0, 5.6)
    assert photons[0] == pytest.approx(1041.3, rel=1e-3)  # kT/hf - 1/2 at 300 K, 6 GHz
    assert photons[-1] == pytest.approx(2.28e-3, rel=0.01)
    drops = [x for x, y, below in zip(at[1:], photons, photons[1:], strict=False) if below < y]
    assert drops == [2, 4, 5]  # attenuators at 4k, cp, mxc
    assert drawn["read-out"].get_xdata()[0] == 2  # backwards from the amplifier at 4k


def test_curves_differ_by_more_than_colour() -> None:
    lines = [line for line in draw_noise(data()).lines if line.get_marker() != "None"]
    looks = {(line.get_color(), str(line.get_linestyle()), line.get_marker()) for line in lines}
    assert len({marker for *_, marker in looks}) == len(lines) == 5
    assert len({colour for colour, *_ in looks}) == 5


def test_each_stage_shows_its_black_body() -> None:
    stages = [line for line in draw_noise(data()).lines if line.get_marker() == "None"]
    levels = [line.get_ydata()[0] for line in stages]
    assert levels == sorted(levels, reverse=True)
    assert levels[1] == pytest.approx(9.41, rel=1e-3)  # 2.85 K at 6 GHz: kT/hf - 1/2 + hf/12kT
    assert sum(not str(line.get_label()).startswith("_") for line in stages) == 1


@pytest.mark.parametrize(
    ("name", "temperatures", "said"),
    [
        ("sota-2024", None, "no line brings signals"),
        ("krinner-xld400", MEASURED | {"cp": None}, "no temperature of cp"),
    ],
)
def test_without_curves_the_figure_and_the_tables_say_why(name, temperatures, said) -> None:
    if temperatures is None:
        temperatures = {stage.name: stage.rated_temperature for stage in load(name).stages}
    document = data(name, temperatures)
    assert said in draw_noise(document).texts[-1].get_text()
    lines, _ = noise_tables(document)
    assert lines.rows == ()
    assert said in lines.note.lower()


def test_tables_give_the_first_and_the_last_step() -> None:
    lines, _ = noise_tables(data())
    drive = next(row for row in lines.rows if row[0] == "drive")
    assert drive == (
        "drive", "drive", "6 GHz", "1040", "attenuator at mxc", "0.00228", "47.3 mK",
        "T1 (drive-line)",
    )  # fmt: skip
    uses = {row[0]: row[-1] for row in lines.rows}
    assert uses["read-in"] == "T2 (photon-shot-noise)"
    assert {uses[name] for name in ("flux", "pump", "read-out")} == {"not used"}
    assert "read-out: backwards, its attenuation being that of isolators" in lines.note


def test_friis_table_adds_up() -> None:
    _, chain = noise_tables(data())
    # 7 GHz, 1 dB, 0.5 K, and 2 K behind 20 dB: by hand
    assert [row[:2] for row in chain.rows] == [
        ("vacuum", "168 mK"),
        ("loss", "43.5 mK"),
        ("first amplifier", "629 mK"),
        ("second amplifier", "25.2 mK"),
        ("system", "866 mK"),
    ]
    assert chain.rows[0][2:] == ("0.5", "19.4 %")
    assert chain.rows[-1][3] == "100 %"
    assert "adds 2.08 photons" in chain.note


def test_nothing_without_a_result() -> None:
    assert noise_tables({}) == []
    assert "no line" in draw_noise({}).texts[-1].get_text()
