// Packs every built file that gains by it, once, so that the server only hands it out.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

const folder = process.argv[2] ?? "../src/trackside/server/app";
const packed = new Set([".js", ".css", ".html", ".svg", ".json", ".map"]);

for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !packed.has(extname(entry.name))) continue;
  const path = join(entry.parentPath, entry.name);
  const plain = readFileSync(path);
  const small = gzipSync(plain, { level: 9 });
  if (small.length < 0.9 * plain.length) writeFileSync(`${path}.gz`, small);
}
