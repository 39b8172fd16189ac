// How long a page of the price book was looked at, and what was opened on it. Nothing else leaves.
(() => {
  const { to, token } = document.currentScript.dataset;
  if (navigator.doNotTrack === "1" || navigator.globalPrivacyControl) return;
  const opened = new Set();
  let shown = 0, since = performance.now();
  const count = () => {
    if (since) shown += performance.now() - since;
    since = document.hidden ? 0 : performance.now();
  };
  document.addEventListener("visibilitychange", count);
  document.addEventListener("toggle", ({ target: t }) => t.open && t.id && opened.add(t.id), true);
  addEventListener("beforeprint", () => opened.add("print"));
  addEventListener("pagehide", () => {
    count();
    const form = new FormData();
    form.append("csrfmiddlewaretoken", token);
    form.append("path", location.pathname);
    form.append("seconds", Math.round(shown / 1000));
    form.append("opened", [...opened].join());
    navigator.sendBeacon(to, form);
    shown = 0;
  });
})();
