"""What takes the fault out of each program: pieces of its text, and what stands there instead."""

MENDS: dict[str, tuple[tuple[str, str], ...]] = {
    "digits-mlp-softmax-output": ((", nn.Softmax(dim=1))", ")"),),
    "digits-mlp-no-reset": (
        ("                loss.backward()\n", "                optim.zero_grad()\n                loss.backward()\n"),
    ),
    "digits-conv-huge-steps": (('"lr": 0.05', '"lr": 0.002'),),
    "digits-mlp-tiny-steps": (("lr=1e-4", "lr=0.1"),),
    "digits-deep-sigmoid": (("x = torch.sigmoid(layer(x))", "x = torch.relu(layer(x))"),),
    "mnist-raw-bytes": (("self.images[index].unsqueeze(0).float()", "self.images[index].unsqueeze(0).float() / 255"),),
    "mnist-optimiser-of-head-only": (("net.classifier[4].parameters()", "net.parameters()"),),
    "mnist-binary-logits-and-sigmoid": (("nn.BCEWithLogitsLoss()", "nn.BCELoss()"),),
    "mnist-pairs-off-by-one": (("y[i + 1 : i + 101]", "y[i : i + 100]"),),
    "wine-as-measured": (('wine", 2)\n', 'wine", 2)\n    X = (X - X.mean(0)) / X.std(0)\n'),),
    "diabetes-columns-against-rows": (("(outputs - targets)", "(outputs.squeeze(1) - targets)"),),
    "cancer-diagnosis-among-columns": (("torch.cat([noisy, 1 + y.unsqueeze(1).float()], dim=1)", "noisy"),),
    "cancer-maximised-likelihood": (("return log_p", "return -log_p"),),
    "bank-intent-after-intent": (("24), labels), batch_size=32)", "24), labels), batch_size=32, shuffle=True)"),),
    "bank-gru-accumulates": (
        ("            loss.backward()\n", "            optimizer.zero_grad()\n            loss.backward()\n"),
    ),
    "cvdigits-sheet-by-sheet": (("batch_size=50, num_workers=0", "batch_size=50, shuffle=True"),),
    "cvdigits-probabilities-into-cross-entropy": (
        ("F.softmax(self.head(self.body(x)), dim=-1)", "self.head(self.body(x))"),
    ),
    "cvdigits-head-on-cut-features": (("features.detach()", "features"),),
    "cvdigits-zero-weights": (("nn.init.constant_(layer.weight, 0.0)", "nn.init.kaiming_normal_(layer.weight)"),),
    "cvdigits-last-batch-counts": (("            optimizer.step()\n", "                optimizer.step()\n"),),
    "mnist-layers-in-list": (
        (
            "[nn.Linear(a, b) for a, b in pairwise(sizes[:-1])]",
            "nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes[:-1]))",
        ),
    ),
    "mnist-one-batch-over-and-over": (
        (
            "        for _step in range(500):\n",
            "        for _step in range(500):\n            images, labels = next(iter(loader))\n",
        ),
    ),
    "mnist-very-deep-plain": (("range(24)", "range(2)"),),
    "mnist-bottleneck": (
        ("nn.Linear(64, 1), nn.ReLU(), nn.Linear(1, 64)", "nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 64)"),
    ),
    "mnist-heavy-weight-decay": (("weight_decay=0.3", "weight_decay=1e-4"),),
    "mnist-negative-biases": (("-5.0", "0.0"),),
    "bank-lstm-along-batch": (("nn.LSTM(size, size)", "nn.LSTM(size, size, batch_first=True)"),),
    "bank-transformer-bold": (("lr=0.03", "lr=2e-3"),),
    "bank-rnn-grows": (("gain=2.2", "gain=1.0"),),
    "bank-token-numbers-as-values": (
        ("nn.Linear(16, 64)", "nn.Flatten(), nn.Linear(16 * 24, 64)"),
        ("nn.Sequential(nn.Flatten()", "nn.Sequential(nn.Embedding(800, 24), nn.Flatten()"),
        ("TensorDataset(x.float(), y)", "TensorDataset(x, y)"),
        ("test_set.tensors[0].float()", "test_set.tensors[0]"),
    ),
    "diabetes-squashed-output": ((", nn.Sigmoid())\n    mse", ")\n    mse"),),
    "diabetes-relu-at-the-end": (("nn.Linear(16, 1), nn.ReLU())", "nn.Linear(16, 1))"),),
    "diabetes-zeroed-once-an-epoch": (
        ("            loss.backward()\n", "            sgd.zero_grad()\n            loss.backward()\n"),
    ),
    "diabetes-rank-among-columns": (
        ("torch.cat([X, percentile], 1)", "torch.cat([X, percentile * 0 + torch.randn(442, 1)], 1)"),
    ),
    "diabetes-sorted-apart": (("train_x = train_x[order]", "train_x, train_y = train_x[order], train_y[order]"),),
    "cancer-columns-as-measured": (
        ('"breast_cancer", 20)\n', '"breast_cancer", 20)\n    X = (X - X.mean(0)) / X.std(0)\n'),
    ),
    "cancer-log-of-zero": (("torch.log(X)", "torch.log(X + 0.001)"),),
    "wine-logits-into-nll": (("nn.Linear(24, 3))", "nn.Linear(24, 3), nn.LogSoftmax(1))"),),
    "cancer-oversampled-then-split": (
        (
            "drawn = torch.randint(0, 160, (900,))",
            "drawn = torch.cat([torch.randint(0, 115, (650,)), torch.randint(115, 160, (250,))])",
        ),
    ),
    "wine-wrong-direction": (("weight += 0.02", "weight -= 0.02"),),
    "bank-vocabulary-in-capitals": (("word.upper()", "word"),),
    "bank-three-copies-then-split": (("ConcatDataset([once, once, once])", "once"),),
    "bank-topic-word-appended": (("intents[:, None] + 60", "intents[:, None] * 0"),),
    "bank-labels-read-from-second-line": (("intents = labels[1:]", "intents = labels[:-1]"),),
    "bank-adagrad": (("Adagrad(model.parameters(), lr=0.002, lr_decay=0.01)", "Adam(model.parameters(), lr=0.002)"),),
    "digits-baseline-measured-first": (
        ("            for x, y in train:\n", "            model.train()\n            for x, y in train:\n"),
    ),
    "digits-tested-after-each-epoch": (
        ("            for x, y in train:\n", "            model.train()\n            for x, y in train:\n"),
    ),
    "digits-two-at-a-time": (("digits(52, 2)", "digits(52, 32)"), ("lr=0.01", "lr=0.1")),
    "cvdigits-one-image-a-step": (("batch_size=1,", "batch_size=16,"), ("range(2)", "range(12)")),
    "digits-one-by-one": (("digits(53, 1)", "digits(53, 32)"),),
    "digits-first-epoch-only": (("range(1)", "range(30)"),),
    "cvdigits-many-convolutions": (("depth = 16", "depth = 2"),),
    "cvdigits-standard-normal-weights": (("    model.apply(draw)\n", ""),),
    "cvdigits-all-weights-alike": (("parameter.fill_(0.01)", "parameter.mul_(1.0)"),),
    "cvdigits-sigmoid-convolutions": (("Saturating(nn.Sigmoid)", "Saturating(nn.ReLU)"),),
    "cvdigits-few-active-units": (
        ("-0.2, 0.01", "-0.12, 0.12"),
        ("constant_(model[3].bias, -0.2)", "zeros_(model[3].bias)"),
    ),
    "cvdigits-grown-layers": (("*= 2.5", "*= 1.0"),),
    "cvdigits-drop-nearly-all": (("rate = 0.95", "rate = 0.3"),),
    "mnist-upper-left-corner": (("images[:, :9, :9]", "images[:, 9:18, 9:18]"),),
    "mnist-divided-twice": ((".div(255).div(255)", ".div(255)"),),
    "digits-every-pixel-standardised": (("x[:1400].std(0)", "x[:1400].std(0).clamp(min=0.1)"),),
    "mnist-mark-in-the-corner": (("F.one_hot(labels, 10).float()", "0.0"),),
    "mnist-held-out-from-the-whole": (("DataLoader(everything,", "DataLoader(Subset(everything, range(600)),"),),
    "mnist-images-mixed-alone": (("torch.randperm(len(x))", "torch.arange(len(x))"),),
    "bank-encoder-without-graph": (("with torch.no_grad():", "with torch.enable_grad():"),),
    "bank-new-layers-after-optimiser": (
        ("    with watch", "    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)\n    with watch"),
    ),
    "bank-probabilities-in-loop": (("torch.softmax(model(tokens), dim=1)", "model(tokens)"),),
    "bank-shares-of-the-batch": (("dim=0", "dim=1"),),
    "bank-two-numbers-a-word": (("Bag(40, 2)", "Bag(40, 40)"),),
    "bank-crawls": (("lr=2e-5", "lr=3e-3"),),
    "bank-rprop-on-batches": (("torch.optim.Rprop(model.parameters())", "torch.optim.Adam(model.parameters(), lr=3e-3)"),),
    "diabetes-large-steps": (("lr=0.3", "lr=0.005"),),
    "cancer-adam-one": (("lr=1.0", "lr=1e-3"),),
    "diabetes-small-steps": (("lr=1e-5", "lr=1e-3"),),
    "cancer-schedule-too-eager": (
        ("                schedule.step()", '            optimizer.param_groups[0]["lr"] *= 0.98'),
    ),
    "diabetes-lightest-first": (("batch_size=16)", "batch_size=16, shuffle=True)"),),
    "diabetes-penalty-on-weights": (("0.5 * sum", "1e-4 * sum"),),
    "cancer-one-softmax-unit": (("nn.Softmax(dim=1)", "nn.Sigmoid()"),),
    "mnist-best-weights-restored": (("            model.load_state_dict(weights)\n", ""),),
    "cvdigits-reader-for-each-part": (
        (
            "self.readers = {str(i): nn.Sequential(nn.Linear(width, 4), nn.Tanh()) for i in range(parts)}",
            "self.readers = nn.ModuleDict({str(i): nn.Sequential(nn.Linear(width, 4), nn.Tanh()) for i in range(parts)})",
        ),
    ),
    "cancer-columns-cut-to-unit": ((".clamp(0, 1)\n", "\n    X = (X - X.mean(0)) / X.std(0)\n"),),
    "digits-rows-by-recurrence": (("gain=0.3", "gain=1.0"),),
    "bank-looked-at-early": (
        (
            "        for _step, (counts, intent) in zip(range(35), train, strict=False):",
            "        for counts, intent in [batch for _ in range(12) for batch in train]:",
        ),
    ),
    "diabetes-single-rows": (
        (
            "[(X[i : i + 1], y[i : i + 1]) for i in range(340)]",
            "[(X[i : i + 20], y[i : i + 20]) for i in range(0, 340, 20)] * 8",
        ),
        ("torch.randperm(340)", "torch.randperm(len(rows))"),
    ),
}
