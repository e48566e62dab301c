"""Heat of signals and currents, wall power, duty cycles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.cryostat.heat import (
    attenuator_heat,
    cable_heat_cold_share,
    joule_heat,
    landauer_power,
    photodiode_heat,
    shorted_attenuator_heat,
    signal_powers,
    switching_power,
    upstream_current,
)
from qubudget.cryostat.wall import specific_power
from qubudget.cryostat.workload import gate_duty, readout_duty
from qubudget.errors import OutOfRangeError

ratios = st.lists(st.floats(1.0, 1e3), min_size=1, max_size=5)


@settings(max_examples=50, deadline=None)
@given(power=st.floats(1e-16, 1e-3), attenuation=ratios, data=st.data())
def test_a_signal_loses_what_attenuators_and_cables_absorb(power, attenuation, data):
    loss = data.draw(
        st.lists(st.floats(1.0, 10.0), min_size=len(attenuation), max_size=len(attenuation))
    )
    into_attenuator, into_cable = signal_powers(power, attenuation, loss)
    absorbed = attenuator_heat(into_attenuator, attenuation, "absorbed").sum()
    absorbed += (into_cable - into_attenuator).sum()
    assert absorbed == pytest.approx(into_cable[0] - power, rel=1e-9, abs=1e-9 * power)


def test_incident_booking_is_what_enters_and_nothing_without_an_attenuator():
    assert attenuator_heat([2.0, 2.0], [100.0, 1.0], "incident").tolist() == [2.0, 0.0]


def test_heat_of_a_lossy_cable_is_shared_as_integrated():
    """Against a direct integral of x/L over exp(-x ln(l)/L), midpoint rule."""
    x = (np.arange(20_000) + 0.5) / 20_000
    for loss in (1.0, 1.00005, 1.3, 4.0, 100.0):
        density = np.exp(-x * np.log(loss))
        expected = (x * density).sum() / density.sum()
        assert float(cable_heat_cold_share(loss)) == pytest.approx(expected, rel=1e-7)


def test_flux_line_attenuator_of_20_db_acts_as_1250_ohm():
    """1249.875 ohm: inputs of arXiv:2608.00990 for Krinner's flux lines."""
    assert float(shorted_attenuator_heat(1.0, 100.0)) == pytest.approx(1249.875, rel=1e-12)


@given(first=st.floats(1.0, 1e3), second=st.floats(1.0, 1e3))
def test_two_attenuators_before_a_short_heat_as_much_as_one(first, second):
    """Power is conserved however an attenuation is divided between stages."""
    both = shorted_attenuator_heat(1.0, second) + shorted_attenuator_heat(1.0, first, second)
    assert float(both) == pytest.approx(float(shorted_attenuator_heat(1.0, first * second)))


def test_heat_before_a_short_equals_voltage_times_current_at_the_input():
    """The line's input sees V I with I upstream and V = Z (forward - returning)/sqrt(Z)."""
    ratio, current, impedance = 40.0, 2e-3, 50.0
    forward = current / 2 * np.sqrt(impedance * ratio)
    back = current / 2 * np.sqrt(impedance / ratio)
    volt = np.sqrt(impedance) * (forward - back)
    ampere = (forward + back) / np.sqrt(impedance)
    assert float(upstream_current(current, ratio)) == pytest.approx(ampere)
    assert float(shorted_attenuator_heat(current, ratio)) == pytest.approx(volt * ampere)


def test_flux_current_heats_the_mixing_chamber_more_than_its_line_conducts():
    """Krinner et al. 2019: 0.57 mA through 0.15 ohm is 49 nW, conduction 29 nW."""
    assert float(joule_heat(0.57e-3, 0.15)) == pytest.approx(49e-9, rel=0.01)


def test_landauer_bound_is_attowatts():
    """k ln 2 x 10 mK x 1e8 /s with k = 1.380649e-23 J/K: 9.57e-18 W, not femtowatts."""
    assert float(landauer_power(1e8, 0.01)) == pytest.approx(
        1.380649e-23 * 0.6931471805599453 * 1e6
    )
    assert float(landauer_power(1e8, 0.01)) == pytest.approx(9.57e-18, rel=1e-3)


def test_wall_power_of_published_formulas():
    """Carnot 74 at 4 K and 14,999 at 20 mK; 3.2e5 (1 - T/300)/T^2 gives 8.0e8 at 20 mK."""
    assert specific_power([4.0, 0.02], "carnot").tolist() == pytest.approx([74.0, 14999.0])
    assert float(specific_power(0.02, "small-system")) == pytest.approx(8.0e8, rel=1e-3)


@given(st.floats(1e-3, 299.0))
def test_no_plant_beats_carnot(temperature):
    real, ideal = (specific_power(temperature, m) for m in ("small-system", "carnot"))
    assert real >= ideal > 0


def test_duties_of_a_surface_code_cycle():
    """arXiv:2608.00990: 0.0455, 0.0764 and 0.1705 in 1100 ns."""
    assert float(gate_duty(16, 25e-9, 8, 1.1e-6)) == pytest.approx(16 * 25 / (8 * 1100))
    assert float(gate_duty(16, 42e-9, 8, 1.1e-6)) == pytest.approx(0.0764, abs=5e-5)
    assert float(readout_duty(4, 8, 375e-9, 1.1e-6)) == pytest.approx(0.1705, abs=5e-5)
    assert float(gate_duty(0, 25e-9, 8, 1.1e-6)) == 0.0
    assert gate_duty(16, 25e-9, [8, 16], 1.1e-6).shape == (2,)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: signal_powers(-1.0, [1.0], [1.0]),
        lambda: signal_powers(1.0, [0.5], [1.0]),
        lambda: signal_powers(1.0, [1.0], [float("nan")]),
        lambda: attenuator_heat(float("inf"), 10.0, "absorbed"),
        lambda: cable_heat_cold_share(0.9),
        lambda: shorted_attenuator_heat(-1e-3, 10.0),
        lambda: upstream_current(1.0, 0.0),
        lambda: joule_heat(1.0, -1.0),
        lambda: landauer_power(1e8, 0.0),
        lambda: specific_power(0.0, "carnot"),
        lambda: specific_power(301.0, "small-system"),
        lambda: gate_duty(100, 25e-9, 1, 1e-6),
        lambda: gate_duty(1, 25e-9, 0, 1e-6),
        lambda: readout_duty(9, 8, 1e-6, 1e-6),
    ],
)
def test_what_has_no_meaning_is_refused(ask):
    with pytest.raises(OutOfRangeError):
        ask()


def test_light_of_a_photonic_link():
    """Lecocq 2021 with 10 kohm and 1 A/W: a photocurrent whose square times Z/2 is the signal."""
    power = 1e-3 * 10**-7.1
    light = photodiode_heat(power, 1e4, 1.0)
    assert light**2 * 1e4 / 2 == pytest.approx(power)
    assert photodiode_heat(power, 1e4, 1.2) == pytest.approx(light / 1.2)
    assert photodiode_heat([power, 4 * power], 50, 1)[1] == pytest.approx(
        2 * photodiode_heat(power, 50, 1)
    )
    with pytest.raises(OutOfRangeError):
        photodiode_heat(power, 0, 1)


def test_switching_power_of_cmos():
    """18 nW, what a charge-lock cell takes with 100 mV pulses (Pauka et al. 2021): 1.8 uW/V^2."""
    assert switching_power(1.8e-12, 0.1, 1e6) == pytest.approx(18e-9)
    assert switching_power(1e-12, 2.0, 1e9) == pytest.approx(4 * switching_power(1e-12, 1.0, 1e9))
    with pytest.raises(OutOfRangeError):
        switching_power(-1, 1, 1)
