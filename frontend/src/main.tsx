// Where the page begins.

import "@fontsource-variable/inter/wght.css";
import "@/styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { watchTheme } from "@/lib/theme";

watchTheme();

const place = document.getElementById("root");
if (!place) throw new Error("The page has no place for the application.");
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
