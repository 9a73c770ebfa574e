// Single keys for people who read all day. Loaded only for who turned them on (WCAG 2.1.4); everything works without.
"use strict";

(() => {
  const typing = (target) => target.matches("input:not([type=radio], [type=checkbox]), textarea, select");

  const step = (by) => {
    const links = [...document.querySelectorAll("[data-rows] > li :is(h2, h3) a")];
    const here = links.indexOf(document.activeElement);
    const next = links[here < 0 ? 0 : Math.min(Math.max(here + by, 0), links.length - 1)];
    if (next) {
      next.focus();
      next.closest("li").scrollIntoView({ block: "nearest" });
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target)) return;
    if (event.key === "j" || event.key === "k") return step(event.key === "j" ? 1 : -1);
    if (event.key === "o" && document.activeElement.matches("[data-rows] a")) return document.activeElement.click();
    const meant = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
    if (!meant) return;
    event.preventDefault();
    meant.focus();
    if (!typing(meant)) meant.click();
  });
})();
