"""The solvers: kapitza, and its peers at their best known settings. ``python -m benchmarks.solvers PROBLEM SOLVER N…``

Every function takes a size and returns the work to be timed; what is made before is not counted, unless kapitza's
own time includes it too: reading nothing, assembling everything, solving, refining.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from benchmarks import problems
from benchmarks.measure import PATIENCE, Outcome, Row, median, peak, tell

Work = Callable[[], Outcome]
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
    """The linear solution alone, refined; assembly not counted, as with the solvers that get the matrix."""
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


def _split(n: int) -> tuple[int, int]:
    """(layers, cells in each) of ``n`` cells."""
    layers = LAYERS if n >= 100 * LAYERS else LAYERS // 10
    return layers, n // layers


def _hottest(T: np.ndarray) -> float:
    return float(np.nanmax(T))


LINES: dict[str, Callable[[int], Work]] = {
    "kapitza": line_kapitza,
    "memory": line_memory,
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
    "kapitza, linear part": plane_linear,
    "kapitza sparse": lambda n, narrow: plane_kapitza(n, narrow, "sparse"),
    "splu": plane_splu,
    "pyamg": plane_pyamg,
    "FiPy": plane_fipy,
    "scikit-fem": plane_skfem,
}


MATRIX = ("splu", "pyamg")  # these get the assembled matrix


def main(problem: str, solver: str, sizes: list[int]) -> None:
    """Measure one solver, sizes growing, until one takes too long."""
    tables = {"line": LINES, "layers": LAYERED, "many": MANY}
    for n in sizes:
        try:
            if problem in tables:
                cells, work = n, tables[problem][solver](n)
                exact = {
                    "line": lambda n=n: problems.line_exact(*_split(n)),
                    "layers": lambda n=n: problems.line_exact(n, 1),
                }.get(problem)
            else:
                cells, work, exact = n * n, PLANES[solver](n, problem == "narrow"), None
        except ImportError as missing:
            print(f"{solver}: not installed ({missing.name})", file=sys.stderr)
            return
        seconds, outcome = median(work)
        error = (
            abs(outcome.value / exact() - 1.0)
            if exact is not None and outcome.value == outcome.value
            else None
        )
        if problem in ("full", "narrow"):
            error = outcome.value  # compared once all are there
        tell(Row(problem, solver, cells, seconds, error, peak(), outcome.counted))
        if seconds > PATIENCE:
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [int(size) for size in sys.argv[3:]])
