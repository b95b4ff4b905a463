"""Moist air: its density and viscosity from what a weather station shows.

Density: CIPM-2007 (Picard, Davis, Gläser and Fujii 2008, Metrologia 45:149, eq. 1 and appendix A), made for 15 to 27 degrees
Celsius and 600 to 1100 hPa; outside these it is used as it stands (an ideal gas with small corrections). Pressure at an
altitude: International Standard Atmosphere (ISO 2533). Viscosity: Sutherland's law with the constants of the U.S. Standard
Atmosphere 1976.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from trackside.geometry.flight.checks import number

_CELSIUS = 273.15
_GAS = 8.314472  # J/(mol K), the value CIPM-2007 was made with
_DRY = 28.96546e-3  # kg/mol, at 400 ppm of carbon dioxide
_WATER = 18.01528e-3  # kg/mol
# Places where people throw lie between the Dead Sea's shore and La Paz with room to spare.
_LOWEST, _HIGHEST = -500.0, 9000.0


@dataclass(frozen=True, slots=True)
class Air:
    """What resists a throw.

    Attributes:
        density: kg/m^3; 0 for a vacuum.
        viscosity: dynamic, Pa s.
    """

    density: float = 1.225
    viscosity: float = 1.7894e-5

    def __post_init__(self) -> None:
        number("the density of air in kg/m^3", self.density, least=0, most=10)
        number("the viscosity of air in Pa s", self.viscosity, above=0)


def air(temperature: float = 15.0, pressure: float | None = None, humidity: float = 0.5, altitude: float = 0.0) -> Air:
    """Air as it is at a place.

    >>> round(air(20.0, 101325.0, 0.5).density, 4)
    1.1993

    Args:
        temperature: degrees Celsius.
        pressure: at the place (not reduced to sea level), Pa; None for the standard pressure of the altitude.
        humidity: relative, 0 to 1.
        altitude: metres above the sea; counts only where the pressure is None.

    Raises:
        SettingError: a value that weather does not have; pressure in hPa is the usual slip.
    """
    celsius = number("the temperature in degrees Celsius", temperature, least=-50, most=60)
    moist = number("the relative humidity (0 to 1)", humidity, least=0, most=1)
    height = number("the altitude in metres", altitude, least=_LOWEST, most=_HIGHEST)
    if pressure is None:
        pascals = _standard_pressure(height)
    else:
        pascals = number("the air pressure in Pa (1013 hPa are 101300 Pa)", pressure, least=25_000, most=115_000)
    return Air(_density(celsius, pascals, moist), _viscosity(celsius + _CELSIUS))


def _standard_pressure(altitude: float) -> float:
    """ISO 2533, lowest layer, Pa."""
    return float(101_325.0 * (1 - 2.25577e-5 * altitude) ** 5.25588)


def _viscosity(kelvin: float) -> float:
    return float(1.458e-6 * kelvin**1.5 / (kelvin + 110.4))


def _density(celsius: float, pressure: float, humidity: float) -> float:
    kelvin = celsius + _CELSIUS
    vapour = humidity * _enhancement(celsius, pressure) * _saturation(kelvin) / pressure
    dry = pressure * _DRY / (_compressibility(celsius, pressure, vapour) * _GAS * kelvin)
    return dry * (1 - vapour * (1 - _WATER / _DRY))


def _saturation(kelvin: float) -> float:
    """Pressure of saturated vapour, Pa (eq. A1.1)."""
    return math.exp(1.2378847e-5 * kelvin**2 - 1.9121316e-2 * kelvin + 33.93711047 - 6.3431645e3 / kelvin)


def _enhancement(celsius: float, pressure: float) -> float:
    return 1.00062 + 3.14e-8 * pressure + 5.6e-7 * celsius**2


def _compressibility(celsius: float, pressure: float, vapour: float) -> float:
    """Eq. A1.4."""
    ratio = pressure / (celsius + _CELSIUS)
    first = 1.58123e-6 - 2.9331e-8 * celsius + 1.1043e-10 * celsius**2
    first += (5.707e-6 - 2.051e-8 * celsius) * vapour + (1.9898e-4 - 2.376e-6 * celsius) * vapour**2
    return 1 - ratio * first + ratio**2 * (1.83e-11 - 0.765e-8 * vapour**2)
