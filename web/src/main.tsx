import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

// First: a component's own rules come after the general ones, and win.
import "./styles.css";

import { App } from "./App";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root to render into");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
