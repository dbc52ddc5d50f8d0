"""What a fit does to parameters, task by task."""

from skparams._monitor.callback import ParamMonitor
from skparams._monitor.display import ParamMonitorDisplay

__all__ = ["ParamMonitor", "ParamMonitorDisplay"]
