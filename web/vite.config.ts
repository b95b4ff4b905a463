import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The built app lies inside the Python package, which serves it; `npm run dev` talks to a server that runs beside it.
const server = process.env.TRACKSIDE_SERVER ?? "http://127.0.0.1:8765";

export default defineConfig({
  plugins: [react()],
  build: { outDir: "../src/trackside/server/app", emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 1500 },
  server: { port: 5173, proxy: { "/api": { target: server, changeOrigin: true, headers: { origin: server } } } },
  test: { environment: "jsdom", globals: true, setupFiles: ["./src/test/setup.ts"], css: false },
});
