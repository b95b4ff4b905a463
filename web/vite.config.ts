import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// The built app lies inside the Python package, which serves it; `npm run dev` talks to a server that runs beside it.
const server = process.env.TRACKSIDE_SERVER ?? "http://127.0.0.1:8765";

/** Packs what a browser may ask for packed, once, so that the server need not. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    writeBundle: ({ dir = "" }, files) => {
      for (const file of Object.keys(files).filter((name) => /\.(js|css|html|svg)$/.test(name))) {
        const path = join(dir, file);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), packed()],
  build: { outDir: "../src/trackside/server/app", emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 1500 },
  server: { port: 5173, proxy: { "/api": { target: server, changeOrigin: true, headers: { origin: server } } } },
  test: { environment: "jsdom", globals: true, setupFiles: ["./src/test/setup.ts"], css: false, testTimeout: 30_000 },
});
