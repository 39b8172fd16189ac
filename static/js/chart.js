// Reads a chart with the arrow keys or the pointer: the numbers come from its table.
(() => {
  const PLOT = ".graph-plot";
  let told;

  const parts = (plot) => {
    const figure = plot.closest("figure");
    return {
      rows: figure.querySelectorAll("tbody tr"),
      heads: figure.querySelectorAll("thead th"),
      cursor: plot.querySelector(".graph-cursor"),
      value: figure.querySelector(".graph-value"),
      mirrored: !!plot.querySelector(".graph-mirrored"),
    };
  };

  const words = (row, heads) => {
    const [name, ...cells] = [...row.children].map((cell) => cell.textContent.trim());
    const said = cells.map((text, n) =>
      text && cells.length > 1 && row.children[n + 1].matches(".num") ? `${heads[n + 1].textContent} ${text}` : text);
    return [name, ...said.filter(Boolean)].map((text) => `\u2068${text}\u2069`).join(" · ");
  };

  const show = (plot, wanted) => {
    const { rows, heads, cursor, value, mirrored } = parts(plot);
    const last = rows.length - 1;
    if (last < 0) return;
    const at = Math.max(0, Math.min(last, wanted));
    plot.dataset.at = at;
    plot.classList.add("graph-on");
    cursor.setAttribute("x", `${(100 * (mirrored ? last - at : at)) / rows.length}%`);
    clearTimeout(told);
    told = setTimeout(() => { value.textContent = words(rows[at], heads); }, 80);
  };

  const leave = (plot) => {
    clearTimeout(told);
    plot.classList.remove("graph-on");
    parts(plot).value.textContent = "";
  };

  const plotOf = (event) => event.target.closest?.(PLOT);
  const ready = () => document.querySelectorAll(PLOT).forEach((plot) => { plot.tabIndex = 0; });

  document.addEventListener("focusin", (event) => {
    const plot = plotOf(event);
    if (plot && plot.matches(":focus-visible")) show(plot, Number(plot.dataset.at ?? 0));
  });
  document.addEventListener("focusout", (event) => { const plot = plotOf(event); if (plot) leave(plot); });
  document.addEventListener("keydown", (event) => {
    const plot = plotOf(event);
    if (!plot || event.altKey || event.ctrlKey || event.metaKey) return;
    const { rows, mirrored } = parts(plot);
    const at = Number(plot.dataset.at ?? 0), on = mirrored ? -1 : 1;
    const to = { ArrowRight: at + on, ArrowLeft: at - on, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === "Escape") plot.blur();
    else if (to !== undefined) { event.preventDefault(); show(plot, to); }
  });
  document.addEventListener("pointermove", (event) => {
    const plot = plotOf(event), box = plot?.querySelector(".graph-svg")?.getBoundingClientRect();
    if (!box) return;
    const { rows, mirrored } = parts(plot);
    const at = Math.floor(((event.clientX - box.left) / box.width) * rows.length);
    if (at >= 0 && at < rows.length) show(plot, mirrored ? rows.length - 1 - at : at);
  });
  document.addEventListener("pointerout", (event) => {
    const plot = plotOf(event);
    if (plot && !plot.contains(event.relatedTarget) && document.activeElement !== plot) leave(plot);
  });
  document.addEventListener("htmx:load", ready);
  ready();
})();
