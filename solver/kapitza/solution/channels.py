"""Temperatures and fluxes of each channel of a solved 1-D stack, beside those of their mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kapitza.layout import Floats


@dataclass(frozen=True)
class ChannelFields:
    """n channels; NaN where a layer has no such channel, for fluxes also where channels are locked together.

    names : (n,) · temperature, flux : (n, nz) in the cells [K], [W/m^2]
    lower, upper : (n, n_layers) at the faces of the layers · least, mean, most : (n, n_layers) [K]
    below, above : (n, m) sides of the contacts [K] · flux_below, flux_above : (n, m) what leaves the channel below and
    enters the one above [W/m^2]; a contact that locks, or lets one channel heat another, makes them differ
    far : (m,) conductance of the contacts between far fields, in which all channels agree [W/(m^2 K)]
    surface : (n, 2) at both ends [K] · heat : (n, 2) into the domain [W]
    free : (n_layers,) layers whose channels have temperatures of their own
    lengths : decay lengths [m] of the materials that have them, the longest first
    at : (n,) temperatures in a segment, by number, at a height [m] above its lower face; None: by the cells
    """

    names: tuple[str, ...]
    temperature: Floats
    flux: Floats
    lower: Floats
    upper: Floats
    least: Floats
    mean: Floats
    most: Floats
    below: Floats
    above: Floats
    flux_below: Floats
    flux_above: Floats
    far: Floats
    surface: Floats
    heat: Floats
    free: tuple[bool, ...]
    lengths: Mapping[str, tuple[float, ...]]
    at: Callable[[int, float], Floats] | None = None
