"""Data-set formats, a file or two each; `trackside.data.reading` and `writing` choose among them."""
