// The choice of light or dark is the reader's: kept in this browser, else the system's.
(() => {
  const root = document.documentElement;
  let kept = null;
  try { kept = localStorage.getItem("qubudget-theme"); } catch (error) { /* storage is off */ }
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.theme = kept === "dark" || kept === "light" ? kept : system;
  addEventListener("DOMContentLoaded", () => {
    if (innerWidth < 900) document.querySelector(".drawer")?.removeAttribute("open");
  });
})();
