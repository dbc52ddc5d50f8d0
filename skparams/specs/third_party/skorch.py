"""skorch: the tensors of a PyTorch module, as NumPy's views of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from skparams._records import Unknown
from skparams.specs import Context, Part, Rule, Spec, roles

SPECS: dict[str, Spec] = {}


def _array(tensor: Any) -> Any:
    """Return a tensor's numbers: a view on the CPU, else a copy, which is read-only."""
    held = tensor.detach().cpu()
    if str(held.dtype) == "torch.bfloat16":  # NumPy has none
        held = held.float()
    array = held.numpy()
    if held.data_ptr() != tensor.data_ptr():
        array.flags.writeable = False
    return array


def _module(ctx: Context, *, role: str) -> Iterator[Part]:
    """Yield parameters, those that training was kept from not free, and buffers.

    Of the buffers, the running statistics of normalization are estimated.
    """
    for name, tensor in ctx.value.named_parameters():
        fixed = None if tensor.requires_grad else 0
        yield Part(f".{name}", _array(tensor), free=fixed, role=role)
    for name, tensor in ctx.value.named_buffers():
        running = name.rpartition(".")[2] in ("running_mean", "running_var")
        yield Part(f".{name}", _array(tensor), role=role if running else "structure")


def _optimizer(ctx: Context) -> Iterator[Part]:
    """Yield what an optimizer keeps for each parameter, such as Adam's moments."""
    for i, kept in enumerate(ctx.value.state.values()):
        for name, value in kept.items() if isinstance(kept, Mapping) else ():
            if hasattr(value, "detach"):
                yield Part(f".state[{i}][{name!r}]", _array(value), role="state")


SPECS["net.NeuralNet"] = Spec(
    {
        "module_": Rule("parameter", parts=partial(_module, role="parameter")),
        "criterion_": Rule("auxiliary", parts=partial(_module, role="auxiliary")),
        "optimizer_": Rule("state", parts=_optimizer),
        **roles(
            diagnostic="history_",
            metadata="initialized_",
            structure="callbacks_ classes_inferred_ cuda_dependent_attributes_ init_context_ "
            "prefixes_ virtual_params_ _criteria _modules _optimizers "
            "_params_to_validate _kwargs",
        ),
    },
    decides={"module": ("module_",)},
    members=Unknown("depends on the module, which is made in fit"),
)
