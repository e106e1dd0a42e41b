"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const one = (selector, root = document) => root.querySelector(selector);
  const cases = all("main details.case");
  const form = one("#filters");
  all(".switches, #filters").forEach((element) => { element.hidden = false; });

  // Times: as the page says them, or in the zone of who reads. A page has tens of thousands: read when asked for.
  const instant = (time) => new Date(time.dateTime || time.textContent.replace(" UTC", "Z").replace(" ", "T"));
  let times = null;
  const shift = (pressed) => {
    times ||= all("time").map((time) => ({ time, written: time.textContent, at: instant(time) }));
    const local = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "long" });
    times.forEach(({ time, written, at }) => {
      time.textContent = pressed && !Number.isNaN(at.getTime()) ? local.format(at) : written;
    });
  };
  const switches = {
    zone(button) {
      const pressed = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(pressed));
      shift(pressed);
    },
    open(button) {
      const open = button.textContent === "Open all";
      cases.filter((it) => !it.hidden).forEach((it) => { it.open = open; });
      all("main details.wave").forEach((it) => { it.open = open; });
      button.textContent = open ? "Close all" : "Open all";
    },
    help() {
      const dialog = one("dialog") || document.body.appendChild(document.createElement("dialog"));
      dialog.textContent = "j, k: next and previous case. Enter: open or close. /: filter. Escape: close this.";
      dialog.showModal();
    },
  };
  all("[data-switch]").forEach((button) => {
    button.addEventListener("click", () => switches[button.dataset.switch](button));
  });

  // Copy buttons exist only where they work, and from when their case is opened.
  const copyButton = (code) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = "Press Ctrl+C";
      }
    });
    code.after(button);
  };
  const equip = (root) => all("ol.steps > li > code, pre > code", root).filter((it) => it.nextSibling?.tagName !== "BUTTON").forEach(copyButton);
  addEventListener("toggle", (event) => { if (event.target.open && event.target.matches(".case")) equip(event.target); }, true);
  all("section.case").forEach(equip);

  // The filter stands in the fragment: a link to the page is a link to what is shown.
  const levels = ["informational", "low", "medium", "high", "critical"];
  const texts = new Map();
  const textOf = (it) => {
    if (!texts.has(it)) texts.set(it, it.textContent.toLowerCase());
    return texts.get(it);
  };
  // A name that some case bears is meant as a whole; what is only typed in part is looked for inside.
  const named = (wanted, field) => {
    const value = (wanted.get(field) || "").toLowerCase();
    if (!value) return () => true;
    const of = (it) => (it.dataset[field] || "").toLowerCase();
    const whole = cases.some((it) => of(it) === value);
    return (it) => (whole ? of(it) === value : of(it).includes(value));
  };
  const test = (wanted) => {
    const names = ["host", "account", "from"].map((field) => named(wanted, field));
    const text = (wanted.get("q") || "").toLowerCase();
    return (it) =>
      levels.indexOf(it.dataset.severity) >= levels.indexOf(wanted.get("severity") || "informational") &&
      ["verdict", "allowed"].every((field) => !wanted.get(field) || it.dataset[field] === wanted.get(field)) &&
      names.every((fits) => fits(it)) &&
      (!text || textOf(it).includes(text));
  };
  const apply = (wanted) => {
    const fits = test(wanted);
    let shown = 0;
    cases.forEach((it) => {
      it.hidden = !fits(it);
      shown += it.hidden ? 0 : 1;
    });
    all("main details.wave").forEach((wave) => {
      wave.hidden = all("details.case", wave).every((it) => it.hidden);
    });
    one("#shown-count").textContent = shown === cases.length ? "" : `${shown} of ${cases.length}`;
  };
  const typed = () => {
    const wanted = new URLSearchParams();
    new FormData(form).forEach((value, name) => { if (value) wanted.set(name, value); });
    return wanted;
  };
  const reveal = (element) => {
    for (let it = element; it; it = it.parentElement) if (it.tagName === "DETAILS") it.open = true;
    element.scrollIntoView();
  };
  const follow = () => {
    const fragment = decodeURIComponent(location.hash.slice(1));
    const target = fragment && !fragment.includes("=") && document.getElementById(fragment);
    if (target) { reveal(target); return; }
    if (!form || !fragment.includes("=")) return;
    const wanted = new URLSearchParams(location.hash.slice(1));
    all("[name]", form).forEach((field) => { field.value = wanted.get(field.name) || ""; });
    apply(wanted);
    one("#cases").scrollIntoView();
  };
  if (form) {
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => {
      const wanted = typed();
      history.replaceState(null, "", `#${wanted}`);
      apply(wanted);
    });
  }
  if (form) {
    form.addEventListener("reset", () => {
      history.replaceState(null, "", "#cases");
      apply(new URLSearchParams());
    });
    // From a host, an account, an address to its cases.
    addEventListener("click", (event) => {
      const way = event.target.closest("a[data-by]");
      if (!way) return;
      event.preventDefault();
      location.hash = new URLSearchParams([[way.dataset.by, way.dataset.is]]).toString();
      one("#cases").scrollIntoView();
    });
  }
  addEventListener("hashchange", follow);
  follow();

  let here = -1;
  const go = (step) => {
    const shown = cases.filter((it) => !it.hidden);
    if (!shown.length) return;
    here = Math.max(0, Math.min(shown.length - 1, here + step));
    cases.forEach((it) => it.classList.toggle("here", it === shown[here]));
    const wave = shown[here].closest("details.wave");
    if (wave) wave.open = true;
    one("summary", shown[here]).focus();
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const keys = { j: () => go(1), k: () => go(-1), "/": () => form && one("[name=q]", form).focus(), "?": () => switches.help() };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  // What is folded on the screen stands open on paper.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach((it) => { it.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((it) => { it.open = false; }));
})();
