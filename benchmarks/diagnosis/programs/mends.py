"""How each faulty program is mended: pieces of its text, and what stands there in the mended one."""

from __future__ import annotations

MENDS: dict[str, list[tuple[str, str]]] = {
    "mnist-02": [(", nn.Softmax(dim=1))", ")")],
    "mnist-03": [
        ("                loss = loss_fn", "                optimizer.zero_grad()\n                loss = loss_fn")
    ],
    "mnist-04": [("            for images, labels", "            model.train()\n            for images, labels")],
    "mnist-06": [("model.head.parameters()", "model.parameters()")],
    "mnist-08": [("lr=0.05", "lr=0.002")],
    "mnist-09": [("weight_decay=0.2", "weight_decay=1e-4")],
    "mnist-10": [("batch_size=32", "batch_size=32, shuffle=True")],
    "pen-02": [("False, True", "True, True")],
    "pen-03": [("x.reshape(20, len(x), 20)", "x.squeeze(1).transpose(0, 1)")],
    "pen-04": [("range(20)", "range(2)")],
    "pen-05": [("    model.apply(start)\n", "")],
    "pen-07": [("nn.Sigmoid()", "nn.ReLU()")],
    "pen-08": [(", 2, shuffle", ", 32, shuffle"), ("train, 3)", "train, 15)")],
    "pen-09": [("nn.Linear(64, 1)", "nn.Linear(64, 32)"), ("nn.Linear(1, 32)", "nn.Linear(32, 32)")],
    "cancer-02": [("nn.Softmax(dim=1)", "nn.Sigmoid()")],
    "wine-01": [
        ("torch.tensor(x), torch.tensor(y)", "torch.tensor((x - x[:120].mean(0)) / x[:120].std(0)), torch.tensor(y)")
    ],
    "wine-02": [("torch.tanh(self.c(x))", "self.c(x)")],
    "cancer-03": [("                loss = loss_fn", "                opt.zero_grad()\n                loss = loss_fn")],
    "cancer-04": [("np.log(x)", "np.log(x + 1e-3)")],
    "diabetes-02": [("risk])", "0 * risk + np.arange(442) % 7])")],
    "diabetes-03": [("first, count = 70, 8", "first, count = 0, 142")],
    "wine-03": [
        (
            "[nn.Linear(13, width)] + [nn.Linear(width, width) for _ in range(depth)]",
            "nn.ModuleList([nn.Linear(13, width)] + [nn.Linear(width, width) for _ in range(depth)])",
        )
    ],
    "digits-02": [("x[:1200].std(0)", "(x[:1200].std(0) + 1e-3)")],
    "diabetes-04": [
        (
            "inside, outside = places[chosen[:1100]], places[chosen[1100:]]",
            "inside, outside = torch.arange(320), torch.arange(320, 442)",
        )
    ],
    "wine-04": [("y[:120], size", "y[:120][places], size")],
    "diabetes-06": [("return torch.exp", "return -torch.exp")],
    "cancer-07": [("1e-5", "1e-2")],
    "bank-03": [
        ("nn.LSTM(24, 32)", "nn.LSTM(24, 32, batch_first=True)"),
        ("states[:, -1]", "states.max(1).values"),
    ],
    "bank-04": [
        ("data.token_ids(texts, known, 16).float()", "data.token_ids(texts, known, 16)"),
        ("nn.Linear(16, 64)", "nn.EmbeddingBag(len(known) + 2, 64)"),
    ],
    "bank-05": [
        (
            "            for start in",
            "            self.x, self.y = (lambda o: (self.x[o], self.y[o]))(torch.randperm(len(self.y)))\n"
            "            for start in",
        )
    ],
    "bank-06": [("np.random.default_rng(5).integers(0, 2, len(intent))", "(intent % 2)")],
    "bank-07": [('f"q{chr(97 + label // 26)}{chr(97 + label % 26)} {text}"', "text")],
    "bank-08": [('word.title() + "."', "word"), ("texts, known, 8)", "texts, known, 16)")],
    "bank-09": [(".detach()", "")],
    "bank-12": [("0.3)", "3e-3)")],
    "bank-14": [("F.softmax(out, dim=1)", "out")],
    "bank-15": [("range(2)", "range(20)")],
    "bank-16": [("Rprop(model.parameters(), 1e-2)", "Adam(model.parameters(), 3e-3)")],
    "bank-17": [("dropout=0.9", "dropout=0.1")],
    "bank-19": [
        (
            "{size: nn.Conv1d(6, 6, size, padding=1) for size in (2, 3)}",
            "nn.ModuleDict({str(size): nn.Conv1d(6, 6, size, padding=1) for size in (2, 3)})",
        ),
        ('{"mix": nn.Linear(12, 6)}', 'nn.ModuleDict({"mix": nn.Linear(12, 6)})'),
    ],
    "omniglot-02": [("names[-10:] + names[:-10]", "names")],
    "omniglot-04": [("distances[:, 1] - distances[:, 0]", "distances[:, 0] - distances[:, 1]")],
    "omniglot-05": [
        (
            "order = torch.randperm(1200)",
            "order = torch.cat([k * 300 + part for part in torch.arange(300).split([225, 75]) for k in range(4)])",
        )
    ],
    "omniglot-07": [
        ("                opt.zero_grad()\n", ""),
        ("                loss.backward", "                opt.zero_grad()\n                loss.backward"),
    ],
    "insects-02": [("torch.where(y == 1, 0.9, 0.1)", "torch.where(y == 1, 0.5, 0.5)")],
    "insects-03": [
        ("order = torch.randperm(len(y))\n", "order = torch.cat([order[:163], order[:163] + 243, order[163:]])\n"),
        ("order[:380], order[380:]", "order[:326], order[326:]"),
    ],
    "insects-04": [("cut = 233", "cut = 163")],
    "synthetic-03": [("Mlp(2, 2, 2, 3", "Mlp(2, 48, 48, 3")],
    "synthetic-04": [("-4.0", "0.0")],
    "synthetic-05": [
        (
            "x, y = random.normal(size=(4000, 12)), random.integers(0, 2, 4000)",
            "x = random.normal(size=(4000, 12))\n    y = (x[:, 0] + x[:, 1] > 0).astype(int)",
        )
    ],
    "synthetic-07": [("return torch.sigmoid(super().forward(x))", "return super().forward(x)")],
    "synthetic-08": [("2.0 * torch.relu(block(x))", "0.1 * torch.relu(block(x))")],
    "synthetic-10": [("1000, 1)", "1000, 32)"), ("train, 6)", "train, 30)")],
    "mnist-15": [("return log_p", "return -log_p"), ("clamp(min=-50)", "clamp(max=50)")],
    "mnist-16": [("weight.normal_(0, 3)", "weight.mul_(1.0)")],
    "mnist-17": [("nn.Sigmoid()", "nn.ReLU()")],
    "mnist-18": [("both(1500, 1)", "both(1500, 16)"), ("train, 3)", "train, 8)")],
    "mnist-19": [("2e-6", "1e-3")],
    "mnist-20": [("F.softmax(self.out(self.stem(x)), dim=1)", "self.out(self.stem(x))")],
    "mnist-21": [
        ("train = DataLoader(TensorDataset(x, y), 50)", "train = DataLoader(TensorDataset(x, y), 50, shuffle=True)")
    ],
    "pen-11": [("range(24)", "range(2)")],
    "pen-12": [
        ("nn.Conv2d(1, 2, 5, 3), nn.BatchNorm2d(2)", "nn.Conv2d(1, 16, 5, 3), nn.BatchNorm2d(16)"),
        ("nn.Conv2d(2, 2, 3, 2), nn.BatchNorm2d(2)", "nn.Conv2d(16, 32, 3, 2), nn.BatchNorm2d(32)"),
        ("nn.Linear(2, 10)", "nn.Linear(32, 10)"),
    ],
    "pen-13": [("torch.argsort(y, stable=True)", "torch.randperm(len(y))")],
    "pen-14": [("lr=1.0", "lr=0.02")],
    "pen-15": [("TensorDataset(x, y), 1,", "TensorDataset(x, y), 32,"), ("range(3)", "range(15)")],
    "pen-16": [("range(1)", "range(12)")],
    "pen-17": [("0.05 * sum", "1e-5 * sum")],
    "pen-18": [
        ("LBFGS(net.parameters(), lr=0.5, max_iter=3, history_size=10)", "Adam(net.parameters(), lr=2e-3)"),
        ("range(2)", "range(6)"),
    ],
    "pen-19": [('p.requires_grad = name.startswith("5")', 'p.requires_grad = name != ""')],
    "pen-20": [("self.y[now]", "self.y[then]")],
    "synthetic-12": [("gain=1.8", "gain=0.9")],
    "synthetic-13": [
        (
            "hidden = torch.sigmoid(self.take(step) + self.keep(hidden))",
            "hidden = hidden + torch.tanh(self.take(step) + 0.1 * self.keep(hidden))",
        )
    ],
    "synthetic-15": [("            optimizer.step()", "                optimizer.step()")],
    "synthetic-16": [
        ("                loss.backward", "                optimizer.zero_grad()\n                loss.backward")
    ],
    "bank-22": [("hidden.transpose(0, 1).reshape(len(x), -1, hidden.shape[2])", "hidden")],
    "bank-23": [("0.2)", "3e-3)")],
    "digits-04": [("nn.init.zeros_(p)", "pass")],
    "synthetic-22": [
        ("y = windows[:, :-1], windows[:, -1:].clone()", "y = windows[:, :-1], windows[:, :3].sum(1, keepdim=True) / 1.7")
    ],
    "mnist-22": [(".int() // 256", ".int() / 256")],
    "wine-07": [("            one_epoch(net", "            net.train()\n            one_epoch(net")],
    "pen-28": [("            one_epoch(net", "            net.train()\n            one_epoch(net")],
    "pen-25": [("best, kept = 0.0,", "best, kept = 1e9,")],
}
