import { expect, it } from "vitest";
import { filesOf } from "./diff";

const DIFF = `diff --git a/train.py b/train.py
index 1..2 100644
--- a/train.py
+++ b/train.py
@@ -1,3 +1,3 @@ def main():
 import torch
--- rate = 0.1
+++ rate = 0.2
 fit()
@@ -10 +10,2 @@
 end
+more
\\ No newline at end of file
diff --git a/new.yaml b/new.yaml
new file mode 100644
--- /dev/null
+++ b/new.yaml
@@ -0,0 +1 @@
+seed: 1
`;

it("reads files and numbers lines, and takes lines that look like heads for lines", () => {
  const [train, made] = filesOf(DIFF);
  expect([train?.name, train?.added, train?.removed]).toEqual(["train.py", 2, 1]);
  expect(train?.lines.slice(1, 5)).toEqual([
    { kind: "same", text: "import torch", before: 1, after: 1 },
    { kind: "removed", text: "-- rate = 0.1", before: 2, after: null },
    { kind: "added", text: "++ rate = 0.2", before: null, after: 2 },
    { kind: "same", text: "fit()", before: 3, after: 3 },
  ]);
  expect(train?.lines.at(-1)).toMatchObject({ kind: "note", text: "No newline at end of file" });
  expect([made?.name, made?.lines[0]?.text]).toEqual(["new.yaml", "new file mode 100644"]);
});

it("reads changes against changes, which git did not write, and nothing", () => {
  const [file] = filesOf("--- changes before\n+++ changes after\n@@ -1 +1 @@\n-a\n+b\n");
  expect(file).toMatchObject({ name: "changes after", added: 1, removed: 1 });
  expect(filesOf("")).toEqual([]);
});

it("tells of a binary file that it differs", () => {
  const [file] = filesOf("diff --git a/w.npy b/w.npy\nindex 1..2\nBinary files a/w.npy and b/w.npy differ\n");
  expect(file?.name).toBe("w.npy");
  expect(file?.lines).toMatchObject([{ kind: "note", text: "Binary files a/w.npy and b/w.npy differ" }]);
});
