import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run dev` serves the page with live reload and hands everything else to a running Keepsake.
const backend = "http://localhost:5000";

export default defineConfig({
  plugins: [react()],
  // No data: URLs, so that the page also works under a strict content security policy.
  build: { assetsInlineLimit: 0 },
  server: {
    proxy: {
      "/api": backend,
      "/socket.io": { target: backend, ws: true },
    },
  },
});
