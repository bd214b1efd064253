/** Before the first paint: light or dark as chosen, else as the system says. A classic script, so that nothing flashes. */
(() => {
  let chosen = "";
  try {
    chosen = JSON.parse(localStorage.getItem("kefu:console:theme") ?? '""');
  } catch { /* Then as the system says. */ }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => document.documentElement.classList.toggle("dark", chosen ? chosen === "dark" : dark.matches);
  dark.addEventListener("change", paint);
  addEventListener("kefu:theme", (event) => ((chosen = event.detail), paint()));
  paint();
})();
