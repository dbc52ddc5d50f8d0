"""A product of matrices for compiled code: tiles whose sums stay in vector registers.

It needs no pool of threads, and gives the same bits on every processor that multiplies and adds in
one step. It is part of the code of its callers: `load_kernels` sees edits here.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic, overload
from numpy.lib.stride_tricks import as_strided

from skparams._runtime.decorators import HELPER, helper

INT32, INT64 = ir.IntType(32), ir.IntType(64)


def _vector_bytes():
    """Size of a vector register of the processor that numba compiles for."""
    features = cpu_target.target_context.codegen().magic_tuple()[2].split(",")
    return 64 if "+avx512f" in features else 32 if "+avx" in features else 16


class _Vectors:
    """LLVM's instructions on vectors of numbers; masked, on the first n_valid of them only."""

    def __init__(self, builder, number, n_lanes, n_vectors, n_valid):
        self.builder, self.n_lanes, self.n_vectors = builder, n_lanes, n_vectors
        self.type = ir.VectorType(number, n_lanes)
        self.bytes = 8 if number == ir.DoubleType() else 4
        self.zero, self.suffix = ir.Constant(self.type, None), f"v{n_lanes}f{8 * self.bytes}"
        self.mask = None
        if n_valid is not None:
            lanes = ir.Constant(ir.VectorType(INT32, n_lanes), [INT32(i) for i in range(n_lanes)])
            n_valid = self.repeated(builder.trunc(n_valid, INT32))
            self.mask = builder.icmp_signed("<", lanes, n_valid)

    def repeated(self, value):
        """A vector that has the value in each place."""
        kind = ir.VectorType(value.type, self.n_lanes)
        one = self.builder.insert_element(ir.Constant(kind, ir.Undefined), value, INT32(0))
        first = ir.Constant(ir.VectorType(INT32, self.n_lanes), [INT32(0)] * self.n_lanes)
        return self.builder.shuffle_vector(one, one, first)

    def call(self, name, result, *arguments):
        """Call one of LLVM's own functions, whose name says for which vectors it is."""
        function = ir.FunctionType(result, [each.type for each in arguments])
        name = f"llvm.{name.format(self.suffix)}"
        function = cgutils.get_or_insert_function(self.builder.module, function, name)
        return self.builder.call(function, arguments)

    def fma(self, x, y, z):
        """x * y + z, rounded once where the processor can do that."""
        return self.call("fmuladd.{}", self.type, x, y, z)

    def total(self, vector):
        """The sum of the numbers of a vector: halves are added, then theirs."""
        n = self.n_lanes
        while n > 1:
            n //= 2
            halves = [range(n), range(n, 2 * n)]
            kind = ir.VectorType(INT32, n)
            low, high = (
                self.builder.shuffle_vector(
                    vector, vector, ir.Constant(kind, [INT32(i) for i in half])
                )
                for half in halves
            )
            vector = self.builder.fadd(low, high)
        return self.builder.extract_element(vector, INT32(0))

    def load(self, row):
        """The vectors at a pointer to a number."""
        if self.mask is None:
            return [self.builder.load(each, align=self.bytes) for each in self._pointers(row)]
        rest = INT32(self.bytes), self.mask, self.zero
        name = "masked.load.{}.p0"
        return [self.call(name, self.type, each, *rest) for each in self._pointers(row)]

    def store(self, vectors, row):
        """Write vectors to where a pointer to a number shows."""
        for vector, pointer in zip(vectors, self._pointers(row), strict=True):
            if self.mask is None:
                self.builder.store(vector, pointer, align=self.bytes)
            else:
                rest = pointer, INT32(self.bytes), self.mask
                self.call("masked.store.{}.p0", ir.VoidType(), vector, *rest)

    def _pointers(self, row):
        for v in range(self.n_vectors):
            start = self.builder.gep(row, [INT64(v * self.n_lanes)])
            yield self.builder.bitcast(start, self.type.as_pointer())


@intrinsic
def _pointer(typing, array):
    """Where a flat array starts. Arrays that are passed on are counted, for each tile."""

    def generate(context, builder, signature, args):
        return context.make_array(signature.args[0])(context, builder, args[0]).data

    return types.CPointer(array.dtype)(array), generate


def _as_tile(generate):
    """A function for compiled code, from one that writes LLVM's instructions for a tile."""

    @intrinsic
    def tile(
        typing, a, a0, a_row, a_step, b, b0, b_row, c, c0, c_row, n_sum, init, init0, relu, n_valid
    ):
        i = types.intp
        return types.void(a, i, i, i, b, i, i, c, i, i, i, init, i, types.boolean, i), generate

    return tile


def _tile(n_rows, n_vectors, n_lanes, *, masked):
    """Compiled function for a tile of a product: n_rows rows, each n_vectors vectors wide.

    Its sums stay in registers all the time: a step loads a piece of a row of b, and adds its
    products with one number of each row of a. Compilers do not make this of loops, so it is built
    from LLVM's instructions. With ``masked``, only the first ``n_valid`` numbers of a row are read
    and written.
    """

    def generate(context, builder, signature, args):
        a, a0, a_row, a_step, b, b0, b_row, c, c0, c_row, n_sum, init, init0, relu, n_valid = args

        def row(first, index, stride):
            return builder.gep(first, [builder.mul(index, stride)])

        number = context.get_value_type(signature.args[0].dtype)
        vectors = _Vectors(builder, number, n_lanes, n_vectors, n_valid if masked else None)
        a, b, c, init = (
            builder.gep(*each) for each in ((a, [a0]), (b, [b0]), (c, [c0]), (init, [init0]))
        )
        starts = vectors.load(init) * n_rows
        before, loop, after = builder.block, *(builder.append_basic_block() for _ in "12")
        builder.branch(loop)
        builder.position_at_end(loop)
        k, totals = builder.phi(INT64), [builder.phi(vectors.type) for _ in starts]
        left, right = row(a, k, a_step), vectors.load(row(b, k, b_row))
        factors = [builder.load(row(left, INT64(r), a_row)) for r in range(n_rows)]
        factors = [vectors.repeated(each) for each in factors for _ in right]
        sums = [*map(vectors.fma, factors, right * n_rows, totals)]
        following = builder.add(k, INT64(1))
        builder.cbranch(builder.icmp_signed("<", following, n_sum), loop, after)
        for phi, first, last in zip(
            [k, *totals], [INT64(0), *starts], [following, *sums], strict=True
        ):
            phi.add_incoming(first, before)
            phi.add_incoming(last, loop)
        builder.position_at_end(after)
        relu = vectors.repeated(relu)
        negative = [builder.fcmp_ordered("<", each, vectors.zero) for each in sums]  # NaN is not
        sums = [
            builder.select(builder.and_(relu, less), vectors.zero, each)
            for less, each in zip(negative, sums, strict=True)
        ]
        for r in range(n_rows):
            vectors.store(sums[r * n_vectors : (r + 1) * n_vectors], row(c, INT64(r), c_row))
        return context.get_dummy_value()

    return _as_tile(generate)


def _dots(n_rows, n_lanes):
    """Compiled function for n_rows numbers of one column: products of rows of a with one of b.

    Each is the sum of n_lanes sums, which are as many on every processor.
    """

    def generate(context, builder, signature, args):
        a, a0, a_row, _, b, b0, _, c, c0, c_row, n_sum, init, init0, relu, _ = args
        number = context.get_value_type(signature.args[0].dtype)
        whole = _Vectors(builder, number, n_lanes, 1, None)
        a, b, c = builder.gep(a, [a0]), builder.gep(b, [b0]), builder.gep(c, [c0])
        rows = [builder.gep(a, [builder.mul(a_row, INT64(r))]) for r in range(n_rows)]
        step, before = INT64(n_lanes), builder.block
        test, loop, after = (builder.append_basic_block() for _ in "123")
        builder.branch(test)
        builder.position_at_end(test)
        k, totals = builder.phi(INT64), [builder.phi(whole.type) for _ in rows]
        following = builder.add(k, step)
        builder.cbranch(builder.icmp_signed("<=", following, n_sum), loop, after)

        def sums(vectors):
            (factor,) = vectors.load(builder.gep(b, [k]))
            lefts = [vectors.load(builder.gep(row, [k]))[0] for row in rows]
            return [vectors.fma(x, factor, total) for x, total in zip(lefts, totals, strict=True)]

        builder.position_at_end(loop)
        for phi, first, last in zip(
            [k, *totals], [INT64(0), *[whole.zero] * n_rows], [following, *sums(whole)], strict=True
        ):
            phi.add_incoming(first, before)
            phi.add_incoming(last, loop)
        builder.branch(test)
        builder.position_at_end(after)
        rest = _Vectors(builder, number, n_lanes, 1, builder.sub(n_sum, k))
        start, zero = builder.load(builder.gep(init, [init0])), ir.Constant(number, 0)
        for r, total in enumerate(sums(rest)):
            found = builder.fadd(whole.total(total), start)
            negative = builder.and_(relu, builder.fcmp_ordered("<", found, zero))  # NaN is not
            found = builder.select(negative, zero, found)
            builder.store(found, builder.gep(c, [builder.mul(c_row, INT64(r))]))
        return context.get_dummy_value()

    return _as_tile(generate)


def _panel(name, make, high, middle):
    """Compiled function for some columns of a product, in tiles of so many rows or of one.

    Machine code that is loaded from several files is linked by names, which must tell the panels
    apart: numba adds to the qualified name only the types of arguments, and a number of its own
    that starts anew in each process.
    """
    tall, half, single = make(high), make(middle), make(1)

    def panel(
        a, a0, a_row, a_step, b, b0, b_row, c, c0, c_row, m, n_sum, init, init0, relu, n_valid
    ):
        i = 0
        while i < m:
            tile = (
                a, a0 + i * a_row, a_row, a_step, b, b0, b_row, c, c0 + i * c_row, c_row, n_sum,
                init, init0, relu, n_valid,
            )  # fmt: skip
            if m - i >= high:
                tall(*tile)
                i += high
            elif m - i >= middle:
                half(*tile)
                i += middle
            else:
                single(*tile)
                i += 1

    panel.__qualname__ = f"panel_{name}"
    return helper(panel)


def multiply(a, a0, a_row, a_step, b, b0, b_row, c, c0, c_row, m, n, n_sum, init, init0, relu):
    """Set c, of m rows and n columns, to a times b plus one row, and then negative numbers to 0.

    All are parts of flat arrays. Without the JIT, this is what happens; compiled code has the
    tiles of `_multiply_in_tiles`.

    Parameters
    ----------
    a, b, c, init : 1-d arrays of float32 or float64
    a0, b0, c0, init0 : int
        Where a matrix, or the row that is added, starts in them.
    a_row, a_step : int
        Distances in `a` from a row to the next, and from a column to the next.
    b_row, c_row : int
        Distances from a row to the next in `b` and `c`, whose columns lie side by side.
    m, n, n_sum : int
        Rows and columns of `c`, and how many products are summed, at least 1.
    relu : bool
        Whether negative numbers become 0; NaN stays.
    """
    size = a.itemsize
    left = as_strided(a[a0:], (m, n_sum), (a_row * size, a_step * size))
    right = as_strided(b[b0:], (n_sum, n), (b_row * size, size))
    out = as_strided(c[c0:], (m, n), (c_row * size, size))
    out[:] = left @ right + init[init0 : init0 + n]
    if relu:
        out[out < 0] = 0


@overload(multiply, jit_options=HELPER)
def _multiply_in_tiles(
    a, a0, a_row, a_step, b, b0, b_row, c, c0, c_row, m, n, n_sum, init, init0, relu
):
    """Tiles of as many sums as there are registers for, and smaller ones at the edges.

    Each sum runs in order, so that a number does not depend on the tile that it is in; but a single
    column, whose rows of a are contiguous, is made of `_dots`.
    """
    n_bytes, size = _vector_bytes(), a.dtype.bitwidth // 8
    lanes, (high, middle) = n_bytes // size, (8, 4) if n_bytes == 64 else (6, 2)
    column = _panel("column", lambda rows: _dots(rows, 64 // size), 8, 4)
    wide = _panel("wide", lambda rows: _tile(rows, 2, lanes, masked=False), high, middle)
    edge = _panel("edge", lambda rows: _tile(rows, 1, lanes, masked=True), 2 * high, middle)
    row = _tile(1, 4, lanes, masked=False)

    def implementation(
        a, a0, a_row, a_step, b, b0, b_row, c, c0, c_row, m, n, n_sum, init, init0, relu
    ):
        a, b, c, init, j = _pointer(a), _pointer(b), _pointer(c), _pointer(init), 0
        while j < n:
            left, right, out = (a, a0, a_row, a_step), (b, b0 + j, b_row), (c, c0 + j, c_row)
            rest, n_valid = (n_sum, init, init0 + j, relu), min(n - j, lanes)
            if n == 1 and a_step == 1 and b_row == 1:
                column(*left, *right, *out, m, *rest, n_valid)
                j += 1
            elif m == 1 and n - j >= 4 * lanes:
                row(*left, *right, *out, *rest, n_valid)
                j += 4 * lanes
            elif n - j >= 2 * lanes:
                wide(*left, *right, *out, m, *rest, n_valid)
                j += 2 * lanes
            else:
                edge(*left, *right, *out, m, *rest, n_valid)
                j += lanes

    return implementation
