"""The commands: options in, one library call, tables or JSON out. Heavy imports wait for the command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kapitza.cli.answer import Answer
from kapitza.cli.listing import Listing

app = typer.Typer(
    name="kapitza",
    help="Heat conduction through layers whose temperature jumps where they meet.",
    epilog="Any command takes --debug, which shows where an error came from.",
    cls=Listing,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)

CaseFile = Annotated[Path, typer.Argument(metavar="CASE", help="case file (TOML)", show_default=False)]
ResultFile = Annotated[Path, typer.Argument(metavar="OUT.h5", help="result of `run -o`", show_default=False)]
Json = Annotated[
    bool, typer.Option("--json", help="one JSON object on standard output, the rest on standard error")
]
Force = Annotated[bool, typer.Option("--force", help="replace files that exist")]
Threads = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="at most N; default: OMP_NUM_THREADS, or one", show_default=False),
]


def print_version(wanted: bool) -> None:
    if wanted:
        from kapitza import __version__

        typer.echo(f"kapitza {__version__}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    pass


@app.command()
def run(
    case: CaseFile,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.h5", help="write the fields (HDF5)")
    ] = None,
    json: Json = False,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="PNG", help="draw a picture")] = None,
    xdmf: Annotated[bool, typer.Option("--xdmf", help="an XDMF file beside OUT.h5, for ParaView")] = False,
    force: Force = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="print nothing but errors")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="go on from the newest checkpoint of a run that was stopped")
    ] = False,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="what 1 % of every thickness, k, R and h does to the probes")
    ] = False,
    monte_carlo: Annotated[
        int | None,
        typer.Option(
            min=8, metavar="N", help="the same, and N draws from the case's [tolerances]", show_default=False
        ),
    ] = None,
    threads: Threads = None,
) -> Answer | None:
    """Solve a case: temperatures, fluxes, jumps, and which joint or layer costs most."""
    from kapitza.cli.sensitivity import Wanted
    from kapitza.cli.solve import run_case
    from kapitza.threads import allow

    allow(threads)
    also = Wanted.of(sensitivity, monte_carlo, plot)
    return run_case(
        case, output, plot, xdmf=xdmf, json=json, force=force, quiet=quiet, resume=resume, also=also
    )


@app.command()
def check(case: CaseFile, json: Json = False) -> Answer | None:
    """Validate a case and estimate cells, memory and time; nothing is run."""
    from kapitza.cli.solve import check_case

    return check_case(case, json=json)


@app.command()
def show(result: ResultFile, json: Json = False) -> Answer | None:
    """Print the answer that a result file holds."""
    from kapitza.cli.stored import show_result

    return show_result(result, json=json)


@app.command()
def plot(
    result: ResultFile,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="PNG", help="default: the result's name with .png"),
    ] = None,
    json: Json = False,
    force: Force = False,
) -> Answer | None:
    """Draw the picture of a result file."""
    from kapitza.cli.stored import plot_result

    return plot_result(result, output, json=json, force=force)


@app.command()
def materials(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="one material, with all sources", show_default=False)
    ] = None,
    json: Json = False,
) -> Answer | None:
    """List the material library, or everything known of one material."""
    from kapitza.cli.library import list_materials, show_material

    return list_materials(json=json) if name is None else show_material(name, json=json)


@app.command()
def interface(
    below: Annotated[str, typer.Argument(metavar="A", help="material below", show_default=False)],
    above: Annotated[str, typer.Argument(metavar="B", help="material above", show_default=False)],
    at: Annotated[
        str, typer.Option("--at", metavar="T", help="temperature; in kelvin without a unit")
    ] = "300 K",
    model: Annotated[
        str | None, typer.Option("--model", metavar="M", help="one model, or measured; default: all")
    ] = None,
    json: Json = False,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="PNG", help="draw G(T) of all")] = None,
    force: Force = False,
) -> Answer | None:
    """All models and measurements of the contact of two materials, side by side."""
    from kapitza.cli.pair import compare_pair

    return compare_pair(below, above, at, model, plot, json=json, force=force)


@app.command()
def sweep(
    case: CaseFile,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUES",
            help='"layers.0.thickness=1,2,4 mm", "…=1..9 mm:5" or "…=1e-6..1e-3 m^2*K/W:40:log"; adds to [sweep]; '
            "one value alone is only set",
        ),
    ] = None,
    together: Annotated[bool, typer.Option("--zip", help="all keys move together, no product")] = False,
    of: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT", help="whose numbers: run, effective or zth; default: run, or as [sweep] says"
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="T", help="--of effective: temperature of the properties")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="processes on this machine; default: what pays", show_default=False
        ),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="of a Dask cluster, tcp://host:8786, instead")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.h5", help="write the hypercube (HDF5)")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="go on with a sweep into OUT.h5 that was stopped")
    ] = False,
    json: Json = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="PNG", help="draw curves over one key, a map over two")
    ] = None,
    show: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="variable of the picture; default: the probes"),
    ] = None,
    force: Force = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="print nothing but errors")] = False,
) -> Answer | None:
    """Solve a case over many values of its keys, on all cores or a cluster."""
    from kapitza.cli.sweep import Request, sweep_case

    return sweep_case(
        Request(
            case=case,
            sets=sets or [],
            together=together,
            of=of,
            at=at,
            workers=workers,
            scheduler=scheduler,
            output=output,
            plot=plot,
            show=show or [],
            json=json,
            force=force,
            quiet=quiet,
            resume=resume,
        )
    )


@app.command()
def effective(
    case: CaseFile,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="T",
            help="temperature of the properties, in kelvin without a unit; default: properties_at, or 300 K",
        ),
    ] = None,
    json: Json = False,
) -> Answer | None:
    """Conductivity of the layers and regions as one periodic cell, across and along, contacts included."""
    from kapitza.cli.effective import effective_case

    return effective_case(case, at, json=json)


@app.command()
def zth(
    case: CaseFile,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="what is heated: a layer, region, source or boundary; default: [zth]"
        ),
    ] = None,
    probe: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="where the rise is seen; default: [zth], or the only one"),
    ] = None,
    second: Annotated[
        Path | None,
        typer.Option(
            metavar="CASE2", help="the same with another contact of the case: resistance junction to case"
        ),
    ] = None,
    json: Json = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.csv", help="write the curve (CSV)")
    ] = None,
    structure: Annotated[
        Path | None, typer.Option(metavar="OUT.csv", help="write the structure function (CSV)")
    ] = None,
    spice: Annotated[
        Path | None, typer.Option(metavar="OUT.lib", help="write Foster and Cauer networks as subcircuits")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="PNG", help="draw the curve and the structure functions")
    ] = None,
    force: Force = False,
) -> Answer | None:
    """Thermal impedance from a source to a probe, its networks, and structure functions."""
    from kapitza.cli.impedance import Files, zth_case

    return zth_case(case, second, source, probe, Files(output, structure, spice, plot, force), json=json)


@app.command()
def fit(
    case: CaseFile,
    data: Annotated[
        Path, typer.Argument(metavar="DATA.csv", help="measured data, as [fit] tells", show_default=False)
    ],
    json: Json = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="PNG", help="draw data, fit and residuals")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FITTED.toml", help="write the fitted case")
    ] = None,
    force: Force = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="print nothing but errors")] = False,
) -> Answer | None:
    """Fit keys of a case to measured data: values, errors, correlations, and what cannot be told apart."""
    from kapitza.cli.fit import fit_case

    return fit_case(case, data, plot, output, json=json, force=force, quiet=quiet)


@app.command()
def verify(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="one problem; all if left out", show_default=False)
    ] = None,
    levels: Annotated[int, typer.Option(min=1, help="number of meshes, each twice as fine")] = 1,
    json: Json = False,
    threads: Threads = None,
) -> Answer | None:
    """Solve reference problems and compare with their exact or published solutions."""
    from kapitza.cli.reference import verify_problems
    from kapitza.threads import allow

    allow(threads)
    return verify_problems(name, levels, json=json)


@app.command()
def schema(
    json: Annotated[bool, typer.Option("--json", help="as it is without: the schema is JSON")] = False,
) -> Answer:
    """Print the JSON Schema of case files, for editors."""
    from kapitza.case.schema import json_schema

    return json_schema()


@app.command()
def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="file to make; .toml is added", show_default=False)
    ],
    template: Annotated[
        str, typer.Option(metavar="T", help="cpu, package, pulse, superlattice, wall or rod")
    ] = "cpu",
    json: Json = False,
    force: Force = False,
) -> Answer | None:
    """Make a commented case file to start from."""
    from kapitza.cli.start import new_case

    return new_case(name, template, json=json, force=force)
