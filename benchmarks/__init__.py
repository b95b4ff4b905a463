"""One file a claim; run by `make bench NAME=x`."""
