// What pages do beyond plain HTML: move the focus, say results, close menus. All work without it.
(() => {
  const focusErrors = (root) => root.querySelector(".note-error[tabindex]")?.focus();
  const say = (text) => {
    const ear = document.getElementById("say");
    if (ear) ear.textContent = text;
  };
  document.addEventListener("DOMContentLoaded", () => focusErrors(document));
  document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.target));
  document.addEventListener("say", (event) => say(event.detail.value));
  // A part that renews itself rests while nobody looks, or while somebody is in it.
  const rests = (part) => document.hidden || part.contains(document.activeElement) || part.querySelector("details[open]");
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target } = event.detail;
    if (!elt.matches("[data-renews]")) target.setAttribute("aria-busy", "true");
    else if (rests(elt)) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => event.detail.target.removeAttribute("aria-busy"));
  // A part that meets the sign-in or a refusal shows the whole page instead.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if ([401, 403, 404].includes(xhr.status) || /<html/i.test(xhr.responseText)) {
      event.detail.shouldSwap = false;
      if (requestConfig.verb === "get") location.assign(xhr.responseURL || location.href);
      else location.reload(); // what is sent has no page of its own
    }
  });
  document.addEventListener("htmx:sendError", () => say(document.getElementById("say")?.dataset.lost || ""));
  const menus = "details.drop[open]";
  document.addEventListener("click", (event) => {
    document.querySelectorAll(menus).forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const copied = event.target.closest("[data-copy]");
    if (copied) navigator.clipboard?.writeText(copied.dataset.copy).then(() => say(copied.dataset.said || ""));
  });
  document.addEventListener("input", (event) => {
    const left = event.target.dataset.most && document.getElementById(`${event.target.id}_left`);
    if (left) left.textContent = left.dataset.words.replace("#", event.target.value.length);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll(menus).forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    if (event.key === "/" && !event.target.closest("input, select, textarea")) {
      const search = document.querySelector("[data-slash]");
      if (search) { event.preventDefault(); search.focus(); }
    }
  });
})();
