"""The solvers: kapitza, and its peers at their best known settings. ``python -m benchmarks.solvers PROBLEM SOLVER N…``

Every function takes a size and returns the work to be timed; what is made before is not counted, unless kapitza's
own time includes it too: reading nothing, assembling everything, solving, refining.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import problems
from benchmarks.measure import PATIENCE, Outcome, Row, median, peak, tell

if TYPE_CHECKING:
    from kapitza import Material

Work = Callable[[], Outcome]
Timed = tuple[float, Outcome]  # seconds and what came out, of work that times itself
LAYERS = 1000  # of the superlattice with many cells each


# One dimension --------------------------------------------------------------------------------------------


def line_kapitza(n: int) -> Work:
    import kapitza as kp

    stack = problems.superlattice(*_split(n))

    def work() -> Outcome:
        solution = kp.solve(stack)
        return Outcome(float(solution.temperature[0]) - problems.TOP, solution.solver.method)

    return work


def layers_kapitza(n: int) -> Work:
    import kapitza as kp

    stack = problems.superlattice(n, 1)
    return lambda: Outcome(float(kp.solve(stack).temperature[0]) - problems.TOP, "line")


def line_banded(n: int, layers: int | None = None) -> Work:
    from scipy.linalg import solve_banded

    count, cells = _split(n) if layers is None else (layers, n // layers)

    def work() -> Outcome:
        k, d, joint = problems.line_arrays(count, cells)
        half = d / (2.0 * k)
        g = problems.AREA / (half[:-1] + half[1:] + joint)
        bands = np.zeros((3, n))
        bands[0, 1:], bands[2, :-1] = -g, -g
        bands[1, :-1] += g
        bands[1, 1:] += g
        bands[1, -1] += problems.AREA / half[-1]
        load = np.zeros(n)
        load[0] = problems.HEAT
        return Outcome(float(solve_banded((1, 1), bands, load, overwrite_ab=True, overwrite_b=True)[0]))

    return work


def line_spsolve(n: int) -> Work:
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import spsolve

    def work() -> Outcome:
        k, d, joint = problems.line_arrays(*_split(n))
        half = d / (2.0 * k)
        g = problems.AREA / (half[:-1] + half[1:] + joint)
        diagonal = np.append(g, problems.AREA / half[-1])
        diagonal[1:] += g
        matrix = diags_array([-g, diagonal, -g], offsets=[-1, 0, 1]).tocsc()
        load = np.zeros(n)
        load[0] = problems.HEAT
        return Outcome(float(spsolve(matrix, load)[0]))

    return work


def line_fipy(n: int) -> Work:
    from fipy import CellVariable, DiffusionTerm, FaceVariable, Grid1D

    k, d, joint = problems.line_arrays(*_split(n))

    def work() -> Outcome:
        mesh = Grid1D(dx=d)
        T = CellVariable(mesh=mesh, value=0.0)
        half = d / (2.0 * k)
        between = half[:-1] + half[1:] + joint
        face = FaceVariable(mesh=mesh, value=k[-1])
        face[1:-1] = 0.5 * (d[:-1] + d[1:]) / between  # the conductivity that resists as much
        T.constrain(0.0, mesh.facesRight)
        load = np.zeros(n)
        load[0] = problems.HEAT / problems.AREA / d[0]
        source = CellVariable(mesh=mesh, value=load)
        (DiffusionTerm(coeff=face) + source).solve(var=T)
        return Outcome(float(T.value[0]))

    return work


def line_memory(n: int) -> Work:
    """Reading three numbers and writing one for each cell: the least that a solution from arrays can take."""
    from numba import njit

    @njit
    def pass_over(k, d, joint, T):  # type: ignore[no-untyped-def]
        for i in range(len(T)):
            T[i] = d[i] * k[i] + joint[i]

    k, d, joint, T = (np.ones(n) for _ in range(4))

    def work() -> Outcome:
        pass_over(k, d, joint, T)
        return Outcome(float("nan"), f"{32 * n / 1e6:.0f} MB")

    return work


def many_kapitza(n: int) -> Work:
    import kapitza as kp

    stacks = problems.dmm_stacks(n)
    return lambda: Outcome(kp.solve_many(stacks)[0].boundaries["bottom"].heat, "200 layers each")


def many_loop(n: int) -> Work:
    import kapitza as kp

    stacks = problems.dmm_stacks(n)

    def work() -> Outcome:
        solutions = [kp.solve(stack) for stack in stacks]
        return Outcome(solutions[0].boundaries["bottom"].heat)

    return work


# Two dimensions -------------------------------------------------------------------------------------------


def plane_kapitza(n: int, narrow: bool, method: str = "auto") -> Work:
    from dataclasses import replace

    import kapitza as kp

    stack = problems.package(n, narrow)
    stack = replace(stack, solve=replace(stack.solve, method=method))

    def work() -> Outcome:
        solution = kp.solve(stack)
        did = solution.solver
        return Outcome(_hottest(solution.temperature), f"{did.method}, {did.iterations} iterations")

    return work


def plane_linear(n: int, narrow: bool) -> Work:
    """The linear solution alone, refined; assembly not counted, as with the solvers that get the matrix, nor what is
    loaded once: compiled loops serve wherever numba is there."""
    import numba  # noqa: F401

    import kapitza as kp
    from kapitza.linear import choose

    system = kp.system(problems.package(n, narrow))
    reference, pinned = system.reference, np.zeros(system.mesh.shape)

    def work() -> Outcome:
        found = choose.solve(system, reference, pinned, "auto")
        return Outcome(reference + _hottest(found.rise.sum), f"{found.method}, {found.iterations} iterations")

    return work


def plane_splu(n: int, narrow: bool) -> Work:
    """Assembly by kapitza, not counted; factors in the good setting for such matrices."""
    from scipy.sparse.linalg import splu

    import kapitza as kp

    system = kp.system(problems.package(n, narrow))
    matrix, load = system.matrix().tocsc(), system.load(system.reference)[system.active]

    def work() -> Outcome:
        factor = splu(
            matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
        )
        return Outcome(
            _hottest(system.reference + factor.solve(load)), f"{factor.nnz / matrix.nnz:.0f} x fill"
        )

    return work


def plane_pyamg(n: int, narrow: bool) -> Work:
    """Ruge-Stüben and conjugate gradients on the same matrix."""
    from pyamg import ruge_stuben_solver

    import kapitza as kp

    system = kp.system(problems.package(n, narrow))
    matrix, load = system.matrix().tocsr(), system.load(system.reference)[system.active]
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)

    def work() -> Outcome:
        residuals: list[float] = []
        solver = ruge_stuben_solver(matrix)
        T = solver.solve(load, tol=1e-10, accel="cg", maxiter=200, residuals=residuals)
        missed = "" if residuals[-1] <= 1e-9 * residuals[0] else ", not converged"
        return Outcome(_hottest(system.reference + T), f"{len(residuals) - 1} iterations{missed}")

    return work


def plane_fipy(n: int, narrow: bool) -> Work:
    from fipy import CellVariable, DiffusionTerm, FaceVariable, Grid2D, ImplicitSourceTerm

    g = problems.grid(n, narrow)

    def work() -> Outcome:
        mesh = Grid2D(dx=g.dx, dy=g.dz)
        T = CellVariable(mesh=mesh, value=0.0)
        k = CellVariable(mesh=mesh, value=g.k.ravel())
        heat = CellVariable(mesh=mesh, value=g.heat.ravel())
        face = FaceVariable(mesh=mesh, value=k.harmonicFaceValue)
        # The film and half a cell in series, as a sink in the last row.
        film = np.zeros_like(g.k)
        film[-1] = 1.0 / (1.0 / problems.FILM + 0.5 * g.dz[-1] / g.k[-1]) / g.dz[-1]
        sink = CellVariable(mesh=mesh, value=film.ravel())
        (DiffusionTerm(coeff=face) - ImplicitSourceTerm(coeff=sink) + heat).solve(var=T)
        return Outcome(problems.TOP + _hottest(T.value))

    return work


def plane_skfem(n: int, narrow: bool) -> Work:
    """Bilinear elements, assembled with one conductivity to an element; scipy's splu in the good setting."""
    from scipy.sparse.linalg import splu
    from skfem import Basis, BilinearForm, ElementQuad0, ElementQuad1, FacetBasis, LinearForm, MeshQuad
    from skfem.helpers import dot, grad

    g = problems.grid(n, narrow)

    def work() -> Outcome:
        x, z = (np.concatenate([[0.0], np.cumsum(d)]) for d in (g.dx, g.dz))
        mesh = MeshQuad.init_tensor(x, z)
        basis = Basis(mesh, ElementQuad1())
        flat = basis.with_element(ElementQuad0())
        place = mesh.p[:, mesh.t].mean(axis=1)
        column, row = np.searchsorted(x, place[0]) - 1, np.searchsorted(z, place[1]) - 1
        k, heat = flat.zeros(), flat.zeros()
        k[flat.element_dofs[0]], heat[flat.element_dofs[0]] = g.k[row, column], g.heat[row, column]
        top = FacetBasis(
            mesh, ElementQuad1(), facets=mesh.facets_satisfying(lambda p: p[1] > z[-1] * (1 - 1e-12))
        )
        conduction = BilinearForm(lambda u, v, w: w.k * dot(grad(u), grad(v)))
        film = BilinearForm(lambda u, v, w: problems.FILM * u * v)
        source = LinearForm(lambda v, w: w.heat * v)
        matrix = conduction.assemble(basis, k=flat.interpolate(k)) + film.assemble(top)
        load = source.assemble(basis, heat=flat.interpolate(heat))
        options = {"SymmetricMode": True}
        factor = splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
        return Outcome(problems.TOP + _hottest(factor.solve(load)))

    return work


# Steps in time --------------------------------------------------------------------------------------------

STEPS = 1000
TRIED = 20  # of these steps are taken and timed; the rest take as long
DELTA = 1e-2  # s
CAPACITY = 2e6  # J/(m^3 K)
SAVED = 10  # steps from one saved field to the next


class _Steps:
    """Backward Euler: the package warms up from the temperature of the air."""

    def __init__(self, n: int, narrow: bool) -> None:
        import kapitza as kp

        self.system = kp.system(problems.package(n, narrow))
        mesh = self.system.mesh
        assert mesh.dx is not None
        self.capacity = mesh.dz[:, None] * mesh.dx * problems.DEPTH * CAPACITY
        self.load = np.array(self.system.load(self.system.reference))

    def hottest(self, y: np.ndarray) -> float:
        return self.system.reference + _hottest(y)


def _counted(setup: float, each: float, what: str = "") -> tuple[float, str]:
    """(time of all steps, what it is made of)."""
    return setup + STEPS * each, f"{_ms(setup)} + {STEPS} x {_ms(each)}{what}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms"


def _stepped(
    case: _Steps, make: Callable[[np.ndarray], Callable[[np.ndarray], np.ndarray]], *, by_change: bool
) -> Timed:
    """Constant steps with ``make`` (C / step) -> solver: of y itself, or of its change from what A y leaves over."""
    from time import perf_counter

    from kapitza.assemble.system import Rise

    extra, nothing = case.capacity / DELTA, np.zeros(case.load.shape)
    make(extra)(case.load)  # loops are compiled, or loaded
    began = perf_counter()
    solve = make(extra)
    setup = perf_counter() - began
    y, times = nothing, []
    for _ in range(TRIED):
        began = perf_counter()
        if by_change:
            y = y + solve(case.system.residual(Rise(y, nothing), case.system.reference))
        else:
            y = solve(extra * y + case.load)
        times.append(perf_counter() - began)
    seconds, made_of = _counted(setup, float(np.median(times)))
    return seconds, Outcome(case.hottest(y), made_of)


def steps_kapitza(n: int, narrow: bool) -> Timed:
    """Full width: staying in modes, every tenth field brought back. Narrow: multigrid from the last change."""
    if narrow:
        return steps_cells(n, narrow)
    from time import perf_counter

    from kapitza.columns import folded
    from kapitza.linear import rows
    from kapitza.linear.separable import Separable

    case = _Steps(n, narrow)
    found = rows.find(case.system)
    assert not isinstance(found, str)
    column = found.along(folded(case.capacity))
    assert column is not None
    held = (column / DELTA)[:, None]
    Separable(found, held[:, 0], STEPS).solve_modes(case.load, False)  # loops are compiled, or loaded
    began = perf_counter()
    lines = Separable(found, held[:, 0], STEPS)
    load, y = lines.forward(case.load), np.zeros((len(column), case.load.shape[1]))
    setup = perf_counter() - began
    times = []
    for k in range(TRIED):
        began = perf_counter()
        right = held * y
        right += load
        y = lines.solve_modes(right, True)
        if (k + 1) % SAVED == 0:
            field = lines.backward(y)
        times.append(perf_counter() - began)
    seconds, made_of = _counted(setup, float(np.mean(times)), f", every {SAVED}th field")
    return seconds, Outcome(case.hottest(field), made_of)


def steps_cells(n: int, narrow: bool) -> Timed:
    """With a transform each step, or by multigrid."""
    from kapitza.linear import shifted

    case = _Steps(n, narrow)

    def make(extra: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        solve = shifted.factor(case.system, extra)
        return lambda r: solve(r, WITHIN)

    return _stepped(case, make, by_change=narrow)


WITHIN = 1e-5  # K; of 50


def steps_splu(n: int, narrow: bool) -> Timed:
    """Factors known from the first step on."""
    from scipy.sparse import diags_array

    from kapitza.linear.sparse import factorised

    case = _Steps(n, narrow)

    def make(extra: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        factors = factorised((case.system.matrix() + diags_array(extra[case.system.active])).tocsc())
        return lambda r: factors.solve(r.ravel()).reshape(r.shape)

    return _stepped(case, make, by_change=False)


def steps_run(n: int, narrow: bool) -> Timed:
    """What a user sees: adaptive steps, their errors estimated, heat balanced, 20 fields looked at."""
    from dataclasses import replace
    from time import perf_counter

    import kapitza as kp

    stack = problems.package(n, narrow)
    warm = [replace(layer, material=_warm(layer.material)) for layer in stack.layers]
    fill = stack.geometry.fill
    geometry = stack.geometry if fill is None else replace(stack.geometry, fill=_warm(fill))
    stack = replace(stack, layers=warm, geometry=geometry, solve=replace(stack.solve, initial=problems.TOP))

    def run(until: float) -> kp.Solution:
        time = kp.TransientOptions(until=until, save=20, tolerance=1e-5, method="backward-euler")
        return kp.solve(replace(stack, transient=time))

    run(1e-3)
    began = perf_counter()
    solution = run(RUN)
    seconds = perf_counter() - began
    count = solution.solver.steps
    return seconds / count * STEPS, Outcome(float("nan"), f"{count} adaptive steps, scaled to {STEPS}")


RUN = 0.5  # s


def _warm(material: Material) -> Material:
    from dataclasses import replace

    return replace(material, volumetric_heat_capacity=CAPACITY)


def _split(n: int) -> tuple[int, int]:
    """(layers, cells in each) of ``n`` cells."""
    layers = LAYERS if n >= 100 * LAYERS else LAYERS // 10
    return layers, n // layers


def _hottest(T: np.ndarray) -> float:
    return float(np.nanmax(T))


LINES: dict[str, Callable[[int], Work]] = {
    "kapitza": line_kapitza,
    "memory, one pass": line_memory,
    "solve_banded": line_banded,
    "spsolve": line_spsolve,
    "FiPy": line_fipy,
}
LAYERED: dict[str, Callable[[int], Work]] = {
    "kapitza": layers_kapitza,
    "solve_banded": lambda n: line_banded(n, n),
}
MANY: dict[str, Callable[[int], Work]] = {"kapitza": many_kapitza, "one by one": many_loop}
PLANES: dict[str, Callable[[int, bool], Work]] = {
    "kapitza": plane_kapitza,
    "memory, one pass": lambda n, narrow: line_memory(n * n),
    "kapitza, linear part": plane_linear,
    "kapitza sparse": lambda n, narrow: plane_kapitza(n, narrow, "sparse"),
    "splu": plane_splu,
    "pyamg": plane_pyamg,
    "FiPy": plane_fipy,
    "scikit-fem": plane_skfem,
}


TIMED: dict[str, Callable[[int, bool], Timed]] = {
    "kapitza": steps_kapitza,
    "kapitza, fields each step": steps_cells,
    "kapitza, whole run": steps_run,
    "splu, factors kept": steps_splu,
}


TIMES = ("steps", "steps narrow")
MATRIX = ("splu", "pyamg")  # these get the assembled matrix


def main(problem: str, solver: str, sizes: list[int]) -> None:
    """Measure one solver, sizes growing, until one takes too long."""
    tables = {"line": LINES, "layers": LAYERED, "many": MANY}
    for n in sizes:
        exact = None
        try:
            if problem in TIMES:
                cells = n * n
                seconds, outcome = TIMED[solver](n, problem == "steps narrow")
            elif problem in tables:
                cells = n
                seconds, outcome = median(tables[problem][solver](n))
                exact = {
                    "line": lambda n=n: problems.line_exact(*_split(n)),
                    "layers": lambda n=n: problems.line_exact(n, 1),
                }.get(problem)
            else:
                cells = n * n
                seconds, outcome = median(PLANES[solver](n, problem == "narrow"))
        except ImportError as missing:
            print(f"{solver}: not installed ({missing.name})", file=sys.stderr)
            return
        error = outcome.value if outcome.value == outcome.value else None
        if problem in tables:  # elsewhere solvers are compared once all are there
            error = abs(outcome.value / exact() - 1.0) if exact and error is not None else None
        tell(Row(problem, solver, cells, seconds, error, peak(), outcome.counted))
        if seconds > PATIENCE:
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [int(size) for size in sys.argv[3:]])
