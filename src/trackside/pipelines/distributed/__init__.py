"""Beyond one machine, on Ray: cameras spread over machines and moved when one dies, files as tasks.

Cameras are held by *camera hosts*: a host is one Ray actor with a share of its machine (cores, and a GPU or a part of one),
which runs one `LiveEngine` with its share of the cameras. Why not an actor a camera? Pictures of cameras in one engine share
the calls of a model: a GPU that is given batches of 16 does several times the work of one that is given 16 single pictures,
and the network's weights, the CUDA context and the Python process are held once and not once a camera. So the share is
chosen as large as one engine can use: one host a GPU, with the machine's cores divided by its GPUs; without a GPU, one host
with all cores of its machine. Smaller shares (`RayOptions.cpus`, `RayOptions.gpus`, as 0.25) give several hosts a machine or
a GPU; `cameras_per_host=1` gives each camera a process of its own, which is for cameras that must not share a fate, and
costs the batching. Ray counts shares and does not enforce them: hosts with a quarter of a GPU each must fit into its memory
together.

Who decides: the driver (the process that made the `RayEngine`) alone says which host runs a camera, and numbers each
decision with a growing *generation*. Hosts are asked once a second, in one call that waits for news: it brings alarms and
health back and takes along which cameras, of which generation, the host is to have. What follows from that:

- a host that died is noticed by that call; one that is silent for `SILENCE` is given up and killed. Its cameras go to
  others.
- a host that hears nothing for `LEASE` lets go of its cameras, so that a camera whose machine is cut off runs twice for
  `LEASE - SILENCE` at most; then its process ends. Nothing that a host which was given up says is listened to.
- an alarm stays with its host until the driver's callback has returned; one that raises is called again, later and later.
"""

import lazy_loader

# Importing the room costs nothing: each word is loaded when it is used. The words stand in `__init__.pyi`.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
