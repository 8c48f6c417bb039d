import { defineConfig } from "vite";

// Plain names and readable code: the result is committed, embedded in the server, and read in reviews.
export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    minify: false,
    cssMinify: false,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { page: "index.html" },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
  worker: { format: "es", rollupOptions: { output: { entryFileNames: "[name].js" } } },
  // While working on the page: `npm run dev`, with a server beside it.
  server: { proxy: { "/v1": { target: "http://127.0.0.1:8080", ws: true } } },
});
