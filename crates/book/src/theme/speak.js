// Speaker view, for a lecture: the page one step at a time, in large letters. A figure to play with goes on by one line a step.
"use strict";
(() => {
  const words = window.bookWords;
  const main = document.querySelector("main");
  // Lessons have claims; other pages are not for lectures.
  if (!main?.querySelector(":scope > .claims")) return;

  // What is no part of a lecture.
  const SKIPPED = "nav, script, noscript, details.rules, p.not-translated";
  // What fills the screen by itself.
  const LARGE = "pre, details, figure, section, table, div, hr";
  const HEADING = "h1, h2, h3, h4";
  // So many letters of text are shown at once.
  const MOST_LETTERS = 500;

  // The steps: what each shows, and what it does. A heading stays while what is below it is shown.
  function steps() {
    const all = [];
    let heading = null;
    let texts = [];
    const letters = () => texts.reduce((sum, text) => sum + text.textContent.length, 0);
    const show = (nodes, act = () => {}) => all.push({ nodes: heading ? [heading, ...nodes] : nodes, act });
    const flush = () => {
      if (texts.length > 0) show(texts);
      texts = [];
    };
    for (const node of main.children) {
      if (node.matches(SKIPPED)) continue;
      if (node.matches(HEADING)) {
        flush();
        heading = node;
        // The title has a screen of its own.
        if (node.tagName === "H1") show([]);
      } else if (node.matches("form.guess")) {
        // It belongs to the question before it.
        all.slice(-2).forEach((step) => step.nodes.push(node));
      } else if (node.matches("details.predict")) {
        flush();
        show([node], () => { node.open = false; });
        show([node], () => { node.open = true; });
      } else if (node.bookFigure) {
        flush();
        const order = node.bookFigure.orderToShow();
        for (let shown = 0; shown <= order.length; shown++) show([node], () => {
          node.bookFigure.show(order.slice(0, shown));
          node.querySelector(".terminal li:last-child")?.scrollIntoView({ block: "nearest" });
        });
      } else if (node.matches(LARGE)) {
        flush();
        show([node], () => { if (node.tagName === "DETAILS") node.open = true; });
      } else {
        if (letters() > 0 && letters() + node.textContent.length > MOST_LETTERS) flush();
        texts.push(node);
      }
    }
    flush();
    return all;
  }

  const place = document.createElement("p");
  place.className = "speaker-place";
  place.setAttribute("role", "status");
  let lecture = null;
  let current = 0;

  function show(number) {
    current = Math.max(0, Math.min(number, lecture.length - 1));
    main.querySelectorAll(":scope > .speaker-now").forEach((node) => node.classList.remove("speaker-now"));
    lecture[current].nodes.forEach((node) => node.classList.add("speaker-now"));
    main.scrollTop = 0;
    // Steps back, too: what a figure shows is the step's alone.
    lecture[current].act();
    document.body.classList.remove("speaker-dark");
    place.textContent = words.speaker_place.replace("{0}", current + 1).replace("{1}", lecture.length);
  }

  function forward() {
    // What is longer than the screen goes on below. (A figure shows its last line by itself.)
    const below = main.scrollHeight - main.clientHeight - main.scrollTop;
    const isFigure = lecture[current].nodes.some((node) => node.bookFigure);
    if (below > 4 && !isFigure) main.scrollTop += main.clientHeight * 0.85;
    else show(current + 1);
  }

  // The first step of what the reader is looking at.
  function here() {
    const top = document.querySelector("#mdbook-menu-bar")?.getBoundingClientRect().bottom ?? 0;
    const seen = [...main.children].find((node) => node.getBoundingClientRect().bottom > top + 1);
    return Math.max(0, lecture.findIndex(({ nodes }) => nodes.includes(seen)));
  }

  function enter() {
    document.activeElement?.blur();
    lecture = steps();
    const number = here();
    document.body.classList.add("speaker");
    main.append(place);
    show(number);
    // Where the browser does not allow it, the page fills its window.
    document.documentElement.requestFullscreen?.().catch(() => {});
  }

  function leave() {
    const shown = lecture[current].nodes.at(-1);
    lecture = null;
    main.querySelectorAll(":scope > .speaker-now").forEach((node) => node.classList.remove("speaker-now"));
    document.body.classList.remove("speaker", "speaker-dark");
    place.remove();
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    shown.scrollIntoView({ block: "center" });
  }

  // What keyboards and presenters' remotes send.
  const KEYS = {
    ArrowRight: forward,
    ArrowDown: forward,
    PageDown: forward,
    " ": (event) => event.shiftKey ? show(current - 1) : forward(),
    ArrowLeft: () => show(current - 1),
    ArrowUp: () => show(current - 1),
    PageUp: () => show(current - 1),
    Backspace: () => show(current - 1),
    Home: () => show(0),
    End: () => show(lecture.length - 1),
    b: () => document.body.classList.toggle("speaker-dark"),
    ".": () => document.body.classList.toggle("speaker-dark"),
    s: leave,
    Escape: leave,
  };

  // Before mdBook, which takes arrows for chapters and "s" for its search (which "/" opens as well).
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.("input, textarea, select")) return;
    const act = lecture ? KEYS[event.key] : event.key === "s" ? enter : undefined;
    // A button that has the focus is pressed.
    if (!act || (event.key === " " && event.target.closest?.("button, summary, a"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act(event);
  }, true);

  // Escape ends the full screen without a word to the page.
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && lecture) leave();
  });

  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon-button speaker-button";
  button.title = words.speaker;
  button.setAttribute("aria-label", words.speaker);
  button.innerHTML = '<span class="fa-svg"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M0 1h16v2h-1v8H9v1l3 3h-2l-2-2-2 2H4l3-3v-1H1V3H0zm3 2v6h10V3z"/></svg></span>';
  button.addEventListener("click", enter);
  document.querySelector(".right-buttons")?.prepend(button);

  // mdBook's own help says what "s" does elsewhere.
  const help = document.querySelector("#mdbook-help-popup");
  const search = [...(help?.querySelectorAll("kbd") ?? [])].find((key) => key.textContent === "S")?.parentElement;
  const told = document.createElement("p");
  told.textContent = words.speaker_help;
  if (search) search.innerHTML = search.innerHTML.replace("<kbd>S</kbd> or ", "");
  help?.querySelector("div")?.prepend(told);
})();
