"""Networks of the lab: small ones for the first step, backbones with weights, and the heads that tasks put on them."""
