// Counts down the minutes of a help session; without it the page shows when the session ends.
(function () {
  "use strict";
  const clocks = document.querySelectorAll("[data-ends]");
  function tell() {
    clocks.forEach(function (clock) {
      const left = Date.parse(clock.dataset.ends) - Date.now();
      const minutes = Math.max(0, Math.ceil(left / 60000));
      clock.textContent = left > 0 ? clock.dataset.left.replace("{}", minutes) : clock.dataset.over;
    });
  }
  if (clocks.length) {
    tell();
    window.setInterval(tell, 5000);
  }
})();
