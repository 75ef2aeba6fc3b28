"""The tables of a case file as pydantic models: every key, what kind of value it takes, what it means.

Each table is validated key by key; no key is required and no two are compared here, so that everything wrong
inside a value is found at once. Which keys belong together, and which must be there, `checks` knows.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from kapitza.case.channeled import Channeled, ChannelNames
from kapitza.case.compound import Coefficient, OneOrTwo, WordOrTable
from kapitza.case.fields import (
    Choice,
    Count,
    Flag,
    Later,
    Name,
    Number,
    Pair,
    Quantity,
    Span,
    Text,
    Texts,
)
from kapitza.case.functions import Property
from kapitza.case.sweep_kind import SweepKind
from kapitza.case.table import Table, filled, key
from kapitza.case.tables_fit import FitTable
from kapitza.case.tables_thermoelectric import ThermoelectricTable
from kapitza.case.tables_time import FrequencyTable, Start, TransientTable, ZthTable
from kapitza.case.timed import Timed
from kapitza.case.tolerances_kind import TolerancesKind

HEATS = (("heat density", "heat_density"), ("heat", "heat"))
SHEET_HEATS = (*HEATS, ("heat flux", "heat_flux"))
FLUXES = (("heat flux", "heat_flux"), ("heat", "heat"))
CONTACT = (("resistance", "resistance"), ("conductance", "conductance"))
FILM = (("resistance", "film_resistance"), ("conductance", "h"))
CAPACITY = (("specific heat", "specific_heat"), ("volumetric heat capacity", "volumetric_heat_capacity"))

# as `kapitza.interfaces.build` knows them, which is not imported for a schema
MODELS = (
    "perfect",
    "insulated",
    "thin-layer",
    "power-law",
    "radiation",
    "amm",
    "dmm",
    "radiation-limit",
    "inelastic",
    "inelastic-bound",
    "mixed",
    "electron",
    "contact",
    "measured",
    "helium",
    "slip",
    "series",
    "parallel",
)
GASES = ("vacuum", "air", "nitrogen", "argon", "helium")
SHARE = Number(0.0, 1.0, closed=True)
GAS_KEYS = (
    ("name", Choice(GASES[1:])),
    ("conductivity", Property("conductivity")),
    ("mean_free_path", Quantity("mean free path")),
    ("pressure", Quantity("pressure")),
    ("accommodation", OneOrTwo(SHARE)),
    ("heat_capacity_ratio", Number(1.0)),
    ("prandtl", Number(0.0)),
)

AnyText = Annotated[str | None, Text()]
AnyName = Annotated[str | None, Name()]
Names = Annotated[tuple[str, str] | None, Pair()]
Whole = Annotated[int | None, Count()]
Yes = Annotated[bool | None, Flag()]
Range = Annotated[tuple[float, float] | None, Span()]
Point = Annotated[tuple[float, float] | None, Span(point=True)]
RangeOrPoint = Annotated[tuple[float, float] | float | None, Span(single=True)]
NotYet = Annotated[Any, Later()]
Position = Annotated[float | None, Quantity("position")]
Length = Annotated[float | None, Quantity("length")]
Radius = Annotated[float | None, Quantity("radius")]
Velocity = Annotated[float | None, Quantity("velocity")]
Pressure = Annotated[float | None, Quantity("pressure")]
KelvinAboveZero = Annotated[float | None, Quantity("debye temperature")]
Heat = Annotated[Any, Channeled(Timed("heat", HEATS))]
HeatDensity = Annotated[
    Any, Channeled(Property("heat density", siblings=HEATS, timed=True), Timed("heat density", HEATS))
]
TimedTemperature = Annotated[Any, Channeled(Timed("temperature"))]


class GeometryTable(Table):
    """Shape of the domain. slab: area · cylinder: inner_radius, length · sphere: inner_radius ·
    plane: width or x, depth, fill · axisymmetric: radius, inner_radius, fill."""

    required = ("kind",)
    kind: Annotated[str | None, Choice(("slab", "cylinder", "sphere", "plane", "axisymmetric"))] = key(
        "slab, cylinder and sphere are one-dimensional, plane and axisymmetric two-dimensional", "slab"
    )
    area: Annotated[float | None, Quantity("area")] = key("Cross-section of a slab", "4 cm^2")
    start: Position = key("z of the first face; default 0", "0 mm")
    inner_radius: Radius = key("First radius of a cylinder, sphere or axisymmetric domain", "5 mm")
    length: Length = key("Length of a cylinder", "20 mm")
    width: Length = key("Width of a plane, x from 0", "60 mm")
    x: Range = key("Extent of a plane along x", ["-30 mm", "30 mm"])
    depth: Length = key("Depth of a plane, out of the plane; default 1 m", "20 mm")
    radius: Length = key("Outer radius of an axisymmetric domain", "30 mm")
    fill: AnyText = key("Material where neither layer nor region is; default: void, adiabatic", "air")


class MaterialTable(Table):
    """A material. Replaces the library's entry of the same name entirely."""

    required = ("conductivity",)
    conductivity: Annotated[
        Any, Channeled(Property("conductivity", directions=True, phases=True), Property("conductivity"))
    ] = key(
        "Thermal conductivity, or { through = …, lateral = … }; each one value, a function of temperature, or "
        "{ solid = …, liquid = … }; or by channel",
        "148 W/(m*K)",
        {"value": "148 W/(m*K)", "at": "300 K", "power": -1.3},
    )
    density: Annotated[float | None, Quantity("density")] = key("Density", "2330 kg/m^3")
    specific_heat: Annotated[
        Any,
        Channeled(
            Property("specific heat", siblings=CAPACITY, phases=True),
            Property("specific heat", siblings=CAPACITY),
        ),
    ] = key("Specific heat, beside density; or { solid = …, liquid = … }, or by channel", "710 J/(kg*K)")
    volumetric_heat_capacity: Annotated[
        Any,
        Channeled(
            Property("volumetric heat capacity", siblings=CAPACITY, phases=True),
            Property("volumetric heat capacity", siblings=CAPACITY),
        ),
    ] = key(
        "Heat capacity per volume, in place of specific_heat; or { solid = …, liquid = … }, or by channel",
        "1.66 MJ/(m^3*K)",
    )
    velocity_longitudinal: Velocity = key("Longitudinal velocity of sound", "8970 m/s")
    velocity_transverse: Velocity = key("Transverse velocity of sound", "5332 m/s")
    number_density: Annotated[float | None, Quantity("number density")] = key(
        "Atoms per volume", "5e28 1/m^3"
    )
    debye_temperature: KelvinAboveZero = key("Debye temperature", "640 K")
    hardness: Pressure = key("Indentation hardness", "1.1 GPa")
    youngs_modulus: Pressure = key("Young's modulus", "70 GPa")
    poisson: Annotated[float | None, Number(-1.0, 0.5, closed=True)] = key("Poisson's ratio", 0.33)
    mean_free_path: Annotated[float | None, Quantity("mean free path")] = key(
        "Mean free path of the main heat carriers", "100 nm"
    )
    fermi_velocity: Velocity = key("Fermi velocity", "2.0e6 m/s")
    sommerfeld: Annotated[float | None, Quantity("sommerfeld")] = key(
        "Electronic heat capacity over temperature", "71 J/(m^3*K^2)"
    )
    seebeck: Annotated[float | None, Quantity("seebeck")] = key(
        "Seebeck coefficient, for [thermoelectric]; of any sign", "210 uV/K"
    )
    electrical_resistivity: Annotated[float | None, Quantity("electrical resistivity")] = key(
        "Electrical resistivity, for [thermoelectric]", "10 uohm*m"
    )
    latent_heat: Annotated[float | None, Quantity("latent heat")] = key("Latent heat of melting", "397 kJ/kg")
    melting_temperature: KelvinAboveZero = key("Melting temperature", "660 degC")
    solidus: KelvinAboveZero = key("Solidus, with liquidus in place of melting_temperature", "183 degC")
    liquidus: KelvinAboveZero = key("Liquidus", "190 degC")
    coupling: Annotated[Any, Channeled(Quantity("coupling"), pairs=True)] = key(
        "Heat per volume and kelvin from one channel to the other; of more than two, of each pair, "
        '{ "electrons|phonons" = … }',
        "2.6e16 W/(m^3*K)",
    )
    source: AnyText = key("Where the numbers come from", "data sheet")
    sources: Annotated[dict[str, str] | None, Texts(table=True)] = key("Where each number comes from, by key")
    uncertain: Annotated[tuple[str, ...] | None, Texts()] = key("Keys whose numbers are uncertain")
    category: AnyText = key("Class of the material", "TIM")
    note: AnyText = key("Anything else to know")


class LayerTable(Table):
    """A layer, or a group of layers that repeats. Listed from the bottom (or the inside) up."""

    name: AnyName = key("Default: the material's name, numbered if it repeats", "die")
    material: AnyText = key("Of [materials] or of the library", "silicon")
    thickness: Annotated[float | None, Quantity("thickness")] = key("Thickness", "0.5 mm")
    heat: Heat = key("Total heat, spread evenly over the layer (each repetition)", "120 W")
    heat_density: HeatDensity = key(
        "Heat per volume, in place of heat; or a function of temperature", "5 W/mm^3"
    )
    cells: Whole = key("Cells across the layer", 20)
    initial: Annotated[Any, Channeled(Quantity("temperature"))] = key(
        "Start of a transient, where it differs from [solve] initial", "400 degC"
    )
    x: Range = key("Extent in a plane; default: the whole width", ["-10 mm", "10 mm"])
    r: Range = key("Extent in an axisymmetric domain", ["2 mm", "10 mm"])
    radius: Length = key("Outer radius in an axisymmetric domain", "10 mm")
    repeat: Whole = key("How often `layers` repeat, upwards; makes this a group", 100)
    layers: list[LayerTable] | None = filled("The layers of a group; groups may hold groups")


class RegionTable(Table):
    """A shape painted over the layers of a two-dimensional domain; the later wins."""

    required = ("name", "material")
    name: AnyName = key("Name of the region", "bump")
    material: AnyText = key("Of [materials] or of the library", "copper")
    shape: Annotated[str | None, Choice(("rectangle", "circle"))] = key("Default rectangle", "rectangle")
    x: Range = key("rectangle: extent along x; default: the whole width", ["0 mm", "2 mm"])
    r: Range = key("rectangle: extent along r in an axisymmetric domain", ["0 mm", "2 mm"])
    z: Range = key("rectangle: extent along z; default: the whole height", ["1 mm", "3 mm"])
    center: Point = key(
        "circle: x and z of its centre; axisymmetric r and z, a sphere where r is zero", ["5 um", "5 um"]
    )
    radius: Length = key("circle: its radius", "2 um")
    heat: Heat = key("Total heat, spread evenly over the region", "3 W")
    heat_density: HeatDensity = key(
        "Heat per volume, in place of heat; or a function of temperature", "5 W/mm^3"
    )


class LawTable(Table):
    """How heat passes a contact: a resistance, a conductance, or a model with its keys; each also with scale."""

    resistance: Annotated[Any, Channeled(Property("resistance", siblings=CONTACT), pairs=True)] = key(
        "Resistance times area, or a function of temperature: q = F(T1) - F(T2), F = ∫dT/R", "0.3 cm^2*K/W"
    )
    conductance: Annotated[Any, Channeled(Property("conductance", siblings=CONTACT), pairs=True)] = key(
        "Conductance per area, or a function of temperature: q = F(T1) - F(T2), F = ∫G dT",
        "100 MW/(m^2*K)",
        {"value": "100 MW/(m^2*K)", "at": "300 K", "power": 0.5},
    )
    model: Annotated[str | None, Choice(MODELS)] = key("A model of the contact", "thin-layer")
    scale: Annotated[float | None, Number(0.0)] = key("Multiplies the conductance", 0.8)
    of: list[LawTable] | None = filled("series, parallel: the laws that are summed, the one below first")
    thickness: Annotated[float | None, Quantity("thickness")] = key("thin-layer: its thickness", "10 um")
    conductivity: Annotated[Any, Property("conductivity")] = key(
        "thin-layer: its conductivity, or a function of temperature", "0.2 W/(m*K)"
    )
    coefficient: Annotated[Any, Coefficient()] = key(
        "power-law: q = coefficient (T1^n - T2^n)", "460 W/(m^2*K^3.46)"
    )
    exponent: Annotated[float | None, Number(0.0, 100.0)] = key("power-law: n", 3.46)
    emissivity: Annotated[Any, OneOrTwo(SHARE)] = key(
        "radiation, contact: of the two surfaces, or one effective number", [0.8, 0.9]
    )
    variant: Annotated[str | None, Choice(("fluid", "sh", "mixed", "marshak", "milne"))] = key(
        "amm, mixed: transmission of a branch, fluid (default), sh or mixed; slip: marshak (default) or milne",
        "sh",
    )
    cutoff: Annotated[str | None, Choice(("branch", "debye"))] = key(
        "Phonon models: where spectra end; branch (default): velocity and number density, debye: Debye temperature",
        "debye",
    )
    temperatures: Annotated[str | None, Choice(("emitted", "equilibrium"))] = key(
        "Phonon models: those of the emitted phonons (default), or equivalent equilibrium ones", "emitted"
    )
    specularity: Annotated[float | None, Number(0.0, 1.0, closed=True, least=True)] = key(
        "mixed: share of acoustic mismatch", 0.4
    )
    pressure: Pressure = key("contact: pressure", "1 MPa")
    roughness: Annotated[Any, OneOrTwo(Quantity("roughness"))] = key(
        "contact: combined roughness, or of each side; mixed: roughness, in place of specularity",
        "1 um",
        ["0.8 um", "1.2 um"],
    )
    slope: Annotated[Any, OneOrTwo(Number(0.0))] = key("contact: combined slope, or of each side", 0.1)
    hardness: Pressure = key("contact: hardness; default: of the softer material", "1.1 GPa")
    constriction: Annotated[str | None, Choice(("cmy", "mikic-elastic", "spots"))] = key(
        "contact: correlation for the spots that touch; default cmy", "cmy"
    )
    spot_density: Annotated[float | None, Quantity("spot density")] = key(
        "contact, spots: number per area", "1e10 1/m^2"
    )
    gas: Annotated[Any, WordOrTable(GASES, GAS_KEYS)] = key(
        "contact: gas in the gaps, default vacuum; a name, or a table that begins from one or describes another",
        "air",
        {"name": "air", "pressure": "1 kPa"},
    )
    reference: AnyText = key("measured: DOI, or a part of label or details", "10.1103/PhysRevB.84.125408")
    surface: AnyText = key("helium: the solid, copper or polyimide; default: the material", "copper")


class InterfaceTable(LawTable):
    """What happens where two pieces meet. Contacts without an entry are perfect."""

    between: Names = key("Two names; a name without an index means all repetitions", ["die", "sink"])
    materials: Names = key("Every contact of two materials, in place of between", ["silicon", "germanium"])
    channels: dict[str, LawTable] | None = key(
        "A law of each channel, or from a channel below to one above, in place of resistance, conductance and model",
        {"phonons": {"conductance": "100 MW/(m^2*K)"}, "electrons|phonons": {"resistance": "20 m^2*K/GW"}},
    )
    electrical_resistance: Annotated[float | None, Quantity("electrical contact resistance")] = key(
        "Electrical resistance times area, for [thermoelectric]; its Joule heat goes half to each side",
        "1e-6 ohm*cm^2",
    )


class SourceTable(Table):
    """Heat in a part of a layer or region, or in the plane of an interface."""

    name: AnyName = key('Default: "source 1", "source 2" …', "core0")
    layer: AnyText = key("The layer that is heated", "die")
    region: AnyText = key("The region that is heated, in place of layer", "bump")
    between: Names = key("A sheet source: the two pieces whose contact is heated", ["metal", "substrate"])
    side: Annotated[str | None, Choice(("below", "above", "split"))] = key(
        "Sheet source: which side receives the heat when the contact resists; default below", "below"
    )
    x: Range = key("Only this part of it", ["-2 mm", "2 mm"])
    r: Range = key("Only this part of it, axisymmetric", ["0 mm", "2 mm"])
    z: Range = key("Only this part of it, absolute", ["0 mm", "0.1 mm"])
    heat: Annotated[Any, Channeled(Timed("heat", SHEET_HEATS))] = key("Total heat", "40 W")
    heat_density: HeatDensity = key(
        "Heat per volume, in place of heat; or a function of temperature", "5 W/mm^3"
    )
    heat_flux: Annotated[Any, Channeled(Timed("heat flux", SHEET_HEATS))] = key(
        "Sheet source: heat per area, in place of heat", "1 MW/m^2"
    )
    fluence: Annotated[float | None, Quantity("fluence")] = key(
        "Sheet source: a flash, in place of heat_flux; energy per area, spread evenly over duration",
        "50 J/m^2",
    )
    duration: Annotated[float | None, Quantity("time")] = key("Of the flash", "10 ns")
    start: Annotated[float | None, Quantity("instant")] = key("Of the flash; default 0 s", "5 ns")


class ConditionTable(Table):
    """One condition of a boundary: heat, heat_flux, temperature, periodic, or a reservoir behind a film or
    a law. Nothing: adiabatic."""

    heat: Annotated[Any, Channeled(Timed("heat", FLUXES))] = key("Total heat into the domain", "120 W")
    heat_flux: Annotated[Any, Channeled(Timed("heat flux", FLUXES))] = key(
        "Heat flux into the domain", "1 MW/m^2"
    )
    temperature: TimedTemperature = key("Held at", "300 K")
    periodic: Yes = key("left, right: what leaves one enters the other", True)
    ambient: TimedTemperature = key(
        "Temperature of the reservoir; with h or film_resistance, emissivity, or law", "25 degC"
    )
    h: Annotated[Any, Channeled(Quantity("conductance", "functions of time or temperature", FILM))] = key(
        "Heat transfer coefficient to the reservoir", "5000 W/(m^2*K)"
    )
    film_resistance: Annotated[
        Any, Channeled(Quantity("resistance", "functions of time or temperature", FILM))
    ] = key("1/h, in place of h", "0.13 m^2*K/W")
    emissivity: Annotated[float | None, SHARE] = key(
        "Radiation to the reservoir, alone or beside h or film_resistance", 0.9
    )
    law: LawTable | None = key(
        "Any law between the surface and the reservoir, in place of h, film_resistance and emissivity",
        {"model": "power-law", "coefficient": "460 W/(m^2*K^3.46)", "exponent": 3.46},
    )


class PatchTable(ConditionTable):
    """A part of a boundary of a two-dimensional domain that differs."""

    x: Range = key("Its range on bottom and top", ["0 mm", "2 mm"])
    r: Range = key("Its range on bottom and top, axisymmetric", ["0 mm", "2 mm"])
    z: Range = key("Its range on left and right, inner and outer", ["0 mm", "2 mm"])


class SideTable(ConditionTable):
    """Condition of a side, and the patches that differ."""

    patches: list[PatchTable] | None = key("Parts that differ")


class BoundaryTable(Table):
    """slab: bottom top · plane: bottom top left right · axisymmetric: bottom top inner outer · cylinder, sphere:
    inner outer. A side without an entry is adiabatic."""

    bottom: SideTable | None = key("At the first layer")
    top: SideTable | None = key("At the last layer")
    left: SideTable | None = key("At the smallest x")
    right: SideTable | None = key("At the largest x")
    inner: SideTable | None = key("At the smallest radius")
    outer: SideTable | None = key("At the largest radius")


class PointTable(Table):
    """A point: x and z, r and z when axisymmetric, z or r in one dimension."""

    x: Position = key("x", "15 mm")
    r: Position = key("Radius", "15 mm")
    z: Position = key("z", "36.5 mm")


class ProbeTable(Table):
    """One number asked for: of a layer or region, at a point, of a boundary, of an interface."""

    required = ("name",)
    name: Annotated[str | None, Name(but="")] = key("Name in the results", "junction")
    layer: AnyText = key("A layer; with `at`: the side meant where several meet", "die")
    region: AnyText = key("A region, in place of layer", "bump")
    side: Annotated[
        str | None, Choice(("bottom", "top", "mean", "max", "below", "above", "jump", "flux"))
    ] = key(
        "Layer or region: bottom, top, mean or max (default); interface: below, above, jump (default) or flux",
        "max",
    )
    at: PointTable | None = key("A point", {"x": "15 mm", "z": "36.5 mm"})
    boundary: AnyText = key("A side of the domain: its mean surface temperature", "bottom")
    interface: Names = key("The two pieces of an interface", ["die", "sink"])
    channel: AnyText = key("Of this channel; default: the mean of all, weighted by conductivity", "electrons")
    x: RangeOrPoint = key("Boundary, interface: mean over this range, or at this x", ["-2 mm", "2 mm"])
    r: RangeOrPoint = key("The same in an axisymmetric domain", "2 mm")
    z: RangeOrPoint = key("The same on left and right, inner and outer", "2 mm")


class MeshTable(Table):
    """How finely to cut."""

    cells_per_layer: Whole = key("Cells across each layer; default 20 in one dimension", 20)
    x: Whole = key("Two dimensions: cells along x (or r)", 400)
    r: Whole = key("Axisymmetric: cells along r", 400)
    z: Whole = key("Two dimensions: cells along z", 300)
    grading: Annotated[str | None, Choice(("uniform", "refine"))] = key(
        "refine: finer towards interfaces, sources and edges", "uniform"
    )


class SolveTable(Table):
    """How to solve."""

    tolerance: Annotated[float | None, Number(0.0, 1.0)] = key("Relative", 1e-10)
    initial: Annotated[Any, Start("temperature")] = key(
        'Mean temperature of what no boundary holds; start of a transient, or "steady": the steady state of the '
        "powers at 0 s",
        "25 degC",
        "steady",
    )
    method: AnyText = key("Name of a linear solver, to force it", "auto")
    properties_at: Annotated[float | None, Quantity("temperature")] = key(
        "Take temperature-dependent properties at this temperature", "300 K"
    )


class ChannelsTable(Table):
    """Several temperatures per place, in one dimension: electrons and phonons, spin up and down. Conductivity, heat
    capacity, heats, contacts and boundaries then take a value by channel; one value locks them together there."""

    required = ("names",)
    names: Annotated[Any, ChannelNames()] = key("Names of the channels", ["electrons", "phonons"])


class CaseTable(Table):
    """A case file of kapitza."""

    required = ("geometry", "layers")
    title: AnyText = key("Title", "120 W die, paste, aluminium sink")
    units: Annotated[Literal["SI"] | None, Choice(("SI",))] = key(
        "SI: bare numbers are SI, temperatures in kelvin", "SI"
    )
    temperature_unit: Annotated[str | None, Choice(("K", "degC"))] = key(
        "What is printed and plotted; results are in kelvin", "degC"
    )
    geometry: GeometryTable | None = key("Shape of the domain")
    materials: dict[str, MaterialTable] | None = key("Materials beside, or in place of, the library's")
    layers: list[LayerTable] | None = filled("Layers and groups of layers, from the bottom up")
    regions: list[RegionTable] | None = key("Two dimensions: shapes painted over the layers")
    interfaces: list[InterfaceTable] | None = key("What happens where two pieces meet")
    sources: list[SourceTable] | None = key("Heat sources")
    boundary: BoundaryTable | None = key("Conditions of the sides")
    probes: list[ProbeTable] | None = key("Numbers asked for")
    mesh: MeshTable | None = key("How finely to cut")
    solve: SolveTable | None = key("How to solve")
    channels: ChannelsTable | None = key("Several temperatures per place")
    thermoelectric: ThermoelectricTable | None = key("Current through a thermoelectric leg")
    transient: TransientTable | None = key("Heating and cooling in time")
    frequency: FrequencyTable | None = key("Periodic heating")
    zth: ZthTable | None = key("Thermal impedance")
    fit: FitTable | None = key("Parameters and data of `kapitza fit`")
    tolerances: Annotated[Any, TolerancesKind()] = key(
        "Standard deviations of keys, by dotted path, for `kapitza run --sensitivity`",
        {"layers.die.thickness": "5 %", "boundary.top.ambient": "2 K"},
    )
    sweep: Annotated[Any, SweepKind()] = key(
        "Values of keys for `kapitza sweep`, by dotted path; several keys: their product, or zip = true",
        {"layers.sink.thickness": ["2 mm", "4 mm", "6 mm"]},
    )
