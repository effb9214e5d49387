// Chooses light or dark before the first paint. It is a file of its own because the content security policy
// allows no inline script, and it is small because the page waits for it.
(() => {
  let choice = "system";
  try {
    choice = localStorage.getItem("parley.theme") ?? "system";
  } catch {
    // A browser that refuses storage follows the system.
  }
  const dark =
    choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
