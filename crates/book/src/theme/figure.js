// Figures to play with: all orders of a program's lines, as a graph; the reader decides who goes next.
"use strict";
(() => {
  const words = window.bookWords;
  const storage = () => window.bookStorage ?? { load: () => null, save: () => {} };

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const fill = (text, ...values) => {
    let next = 0;
    return text.replace(/\{(\d*)\}/g, (_, number) => values[number === "" ? next++ : Number(number)] ?? "");
  };

  // The graph of a program's orders. A state comes before all that it leads to.
  class Graph {
    constructor({ orders, complete, tasks }) {
      Object.assign(this, orders);
      this.complete = complete;
      this.tasks = tasks;
      this.counts = new Array(this.states.length).fill(0);
      for (let number = this.states.length - 1; number >= 0; number--) {
        const { next, ends } = this.states[number];
        this.counts[number] = next.reduce((sum, [, to]) => sum + this.counts[to], ends.length > 0 ? 1 : 0);
      }
      this.known = new Map();
    }

    step(state, line) {
      return this.states[state].next.find(([label]) => label === line)?.[1];
    }

    // How far a list of lines goes: the states on the way.
    walk(path) {
      const states = [0];
      for (const line of path) {
        const to = this.step(states.at(-1), line);
        if (to === undefined) break;
        states.push(to);
      }
      return states;
    }

    // The lines that come before the first wanted one, whatever happens; null if none of these comes any more.
    before(state, key, wanted) {
      if (!this.known.has(key)) this.known.set(key, new Map());
      const known = this.known.get(key);
      if (known.has(state)) return known.get(state);
      let common = null;
      for (const [line, to] of this.states[state].next) {
        let found = new Set();
        if (!wanted(line)) {
          const later = this.before(to, key, wanted);
          if (later === null) continue;
          found = new Set([line, ...later]);
        }
        common = common === null ? found : new Set([...common].filter((other) => found.has(other)));
      }
      known.set(state, common);
      return common;
    }

    // A way from a state to an end, by chance or the first.
    rest(state, choose = () => 0) {
      const path = [];
      while (this.states[state].next.length > 0) {
        const { next } = this.states[state];
        const [line, to] = next[choose(next.length)];
        path.push(line);
        state = to;
      }
      return path;
    }

    // An order that solves a task; null if there is none.
    orderThatSolves(task) {
      const dead = new Set();
      const search = (state, path) => {
        if (dead.has(state)) return null;
        const { next, solves } = this.states[state];
        if (solves.includes(task)) return path;
        for (const [line, to] of next) {
          const found = search(to, [...path, line]);
          if (found) return found;
        }
        dead.add(state);
        return null;
      };
      return search(0, []);
    }

    // An order in which one of the lines `first` comes before all of `second`; null if there is none.
    orderIn(first, second) {
      const dead = new Set();
      const search = (state, path) => {
        if (dead.has(state)) return null;
        for (const [line, to] of this.states[state].next) {
          if (first.includes(line)) return [...path, line, ...this.rest(to)];
          if (second.includes(line)) continue;
          const found = search(to, [...path, line]);
          if (found) return found;
        }
        dead.add(state);
        return null;
      };
      return search(0, []);
    }
  }

  // What is missing of a proof that something is impossible.
  const noProof = (section, graph) => section.dataset.why ? fill(words.not_among, graph.orders) : words.not_found;

  class Figure {
    constructor(section, graph) {
      this.section = section;
      section.bookFigure = this;
      this.graph = graph;
      this.name = section.dataset.program;
      this.roles = JSON.parse(section.dataset.roles ?? "{}");
      this.path = [];
      this.colour = (lane) => `--lane: var(--lane-${lane % 8})`;
      this.body = element("div");
      section.append(this.body, this.possible(), ...this.quests());
      section.querySelector("noscript")?.remove();
      this.fromLink();
      this.markQuests();
      window.addEventListener("hashchange", () => this.fromLink());
    }

    who(lane) {
      const { name, role } = this.graph.lanes[lane];
      return role ? `${this.roles[role] ?? role} ${name}` : name;
    }

    quoted(lines) {
      return [...lines].map((line) => `“${this.graph.lines[line].text}”`).join(words.and);
    }

    // Shows a state. Whatever is being played ends with that.
    show(path) {
      clearInterval(this.playing);
      this.path = path;
      this.draw();
    }

    // What the reader has chosen: it may solve a task.
    go(path, focus) {
      this.show(path);
      this.judgeQuests();
      const button = focus && this.body.querySelector(`[data-key="${focus}"]:not(:disabled)`);
      if (focus) (button ?? this.body.querySelector(".process button") ?? this.body.querySelector("[data-key=undo]"))?.focus();
    }

    draw() {
      const { graph, path } = this;
      const states = graph.walk(path);
      const state = states.at(-1);
      const { next, ends } = graph.states[state];

      const left = graph.counts[state];
      const status = next.length === 0
        ? fill(graph.complete ? words.complete : words.complete_found, graph.orders)
        : !graph.complete ? fill(words.found_left, left)
        : left === 1 ? words.one_left : fill(words.left, left);

      const processes = element("div", { className: "processes" });
      graph.lanes.forEach((_, lane) => {
        if (!graph.lines.some((label) => label.lane === lane)) return;
        const box = element("div", { className: "process" });
        box.style = this.colour(lane);
        box.append(element("b", { textContent: this.who(lane) }), " ");
        const own = next.filter(([line]) => graph.lines[line].lane === lane);
        for (const [line] of own) {
          const button = element("button", { type: "button", textContent: fill(words.can, graph.lines[line].text) });
          button.dataset.key = own.length === 1 ? `lane-${lane}` : `line-${line}`;
          button.addEventListener("click", () => this.go([...path, line], button.dataset.key));
          box.append(button);
        }
        if (own.length === 0) {
          const before = graph.before(state, `lane ${lane}`, (line) => graph.lines[line].lane === lane);
          const why = before === null ? words.done : fill(words.cannot, this.quoted(before));
          box.append(element("span", { className: "why", textContent: why }));
        }
        processes.append(box);
      });

      const terminal = element("ol", { className: "terminal" });
      terminal.setAttribute("aria-label", words.printed);
      path.forEach((line, number) => {
        const back = element("button", { type: "button", textContent: graph.lines[line].text });
        back.addEventListener("click", () => this.go(path.slice(0, number + 1), "undo"));
        const item = element("li", {}, back);
        item.style = this.colour(graph.lines[line].lane);
        item.title = this.who(graph.lines[line].lane);
        terminal.append(item);
      });

      const end = element("div");
      for (const { how, waiting } of ends) {
        const text = { ok: words.ends_ok, stopped: words.stopped, deadlock: words.deadlock }[how] ?? fill(words.ends, how);
        end.append(element("p", { className: how === "ok" || how === "stopped" ? "end" : "end bad", textContent: text }));
        for (const [lane, what] of waiting) end.append(element("p", { textContent: fill(words.waits, this.who(lane), what) }));
      }

      const control = (key, text, act, disabled) => {
        const button = element("button", { type: "button", textContent: text, disabled });
        button.dataset.key = key;
        button.addEventListener("click", () => act(button));
        return button;
      };
      const controls = element("p", {},
        control("undo", words.undo, () => this.go(path.slice(0, -1), "undo"), path.length === 0),
        control("restart", words.restart, () => this.go([], "restart"), path.length === 0),
        control("finish", words.finish, () => {
          this.go([...path, ...graph.rest(state, (number) => Math.floor(Math.random() * number))], "restart");
        }, next.length === 0),
        control("link", words.link, (button) => this.copyLink(button), false));

      const printed = path.length === 0 ? element("p", { textContent: `${words.printed}: ${words.nothing}` }) : terminal;
      const question = element("p", { textContent: next.length > 0 ? words.who : "" });
      const told = element("p", { className: "remaining", textContent: status });
      told.setAttribute("role", "status");
      this.body.replaceChildren(question, processes, controls, told, printed, end);
      this.section.dataset.state = next.length === 0 ? "end" : "open";
    }

    // Links to states: #play-PROGRAM:LINE.LINE…
    link() {
      return `#play-${this.name}:${this.path.join(".")}`;
    }

    copyLink(button) {
      history.replaceState(null, "", this.link());
      const said = () => { button.textContent = `${words.link}: ${words.copied}`; };
      navigator.clipboard?.writeText(location.href).then(said, () => {});
    }

    fromLink() {
      const prefix = `#play-${this.name}:`;
      let path = this.path;
      // A link may have been cut off in the middle of a letter.
      let hash = location.hash;
      try { hash = decodeURIComponent(hash); } catch { /* then as it is */ }
      if (hash.startsWith(prefix)) {
        const lines = hash.slice(prefix.length).split(".").filter((line) => line !== "").map(Number);
        path = lines.slice(0, this.graph.walk(lines).length - 1);
        this.section.scrollIntoView();
      }
      this.show(path);
    }

    // “Is this possible?”: the lines of an order, to be put into another.
    possible() {
      const { graph } = this;
      let lines = graph.rest(0);
      const list = element("ol", { className: "arrange" });
      const answer = element("p", { className: "answer" });
      answer.setAttribute("role", "status");
      let dragged = null;
      const move = (from, to, focus) => {
        if (to < 0 || to >= lines.length) return;
        lines.splice(to, 0, ...lines.splice(from, 1));
        answer.replaceChildren();
        draw();
        if (focus) list.children[to].querySelector(`.${focus}`)?.focus();
      };
      const draw = () => list.replaceChildren(...lines.map((line, number) => {
        const { lane, text } = graph.lines[line];
        const button = (className, name, sign, to) => {
          const made = element("button", { type: "button", className, textContent: sign });
          made.setAttribute("aria-label", `${name}: ${text}`);
          made.addEventListener("click", () => move(number, to, className));
          return made;
        };
        const item = element("li", { draggable: true, title: this.who(lane) },
          element("span", { textContent: text }),
          button("up", words.up, "↑", number - 1), button("down", words.down, "↓", number + 1));
        item.style = this.colour(lane);
        item.addEventListener("dragstart", (event) => {
          dragged = number;
          event.dataTransfer.effectAllowed = "move";
          event.dataTransfer.setData("text/plain", text);
          item.classList.add("dragged");
        });
        item.addEventListener("dragend", () => { dragged = null; item.classList.remove("dragged"); });
        item.addEventListener("dragover", (event) => { if (dragged !== null) event.preventDefault(); });
        item.addEventListener("drop", (event) => {
          event.preventDefault();
          if (dragged !== null) move(dragged, number);
        });
        return item;
      }));
      const ask = element("button", { type: "button", textContent: words.ask });
      ask.addEventListener("click", () => {
        answer.replaceChildren(this.isPossible(lines));
        const states = graph.walk(lines);
        if (states.length > lines.length && graph.states[states.at(-1)].ends.length > 0) {
          const play = element("button", { type: "button", textContent: words.play });
          play.addEventListener("click", () => this.play([...lines]));
          answer.append(" ", play);
        }
      });
      draw();
      return element("details", { className: "possible" }, element("summary", { textContent: words.possible }),
        element("p", { textContent: words.possible_how }), list, ask, answer);
    }

    isPossible(lines) {
      const { graph } = this;
      const states = graph.walk(lines);
      const went = states.length - 1;
      const state = states.at(-1);
      if (went === lines.length && graph.states[state].ends.length > 0) {
        return fill(graph.complete ? words.yes : words.yes_found, graph.orders);
      }
      if (!graph.complete) return noProof(this.section, graph);
      if (went === lines.length) return fill(words.no_more, went);
      const wanted = lines[went];
      const { text } = graph.lines[wanted];
      const before = graph.before(state, `line ${wanted}`, (line) => line === wanted);
      if (before === null) return fill(words.no_never, went, text);
      return fill(words.no_before, went, text, this.quoted(before));
    }

    // The order that begins with what is shown now.
    orderToShow() {
      return [...this.path, ...this.graph.rest(this.graph.walk(this.path).at(-1))];
    }

    // Shows an order line by line. What is only shown solves no task.
    play(path) {
      let shown = 0;
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      if (still) { this.show(path); return; }
      this.show([]);
      this.section.scrollIntoView({ block: "start" });
      this.playing = setInterval(() => {
        shown += 1;
        this.path = path.slice(0, shown);
        this.draw();
        if (shown >= path.length) clearInterval(this.playing);
      }, 500);
    }

    // What there is to do: what the claims leave to chance is two tasks, to let one come first, and then the other; and what
    // another program of the lesson breaks is one. Done, shown, or proved impossible.
    quests() {
      const { graph, section } = this;
      const claims = JSON.parse(section.dataset.claims ?? "{}");
      const chance = graph.quests.flatMap(({ items, lines }, number) => [0, 1].map((side) => ({
        key: `quest:${this.name}:${number}:${side}`,
        number,
        text: fill(words.quest, items[side], items[1 - side]),
        find: () => graph.orderIn(lines[side], lines[1 - side]),
        isDone: (path) => {
          const [first, second] = [side, 1 - side].map((which) => path.findIndex((line) => lines[which].includes(line)));
          return first >= 0 && (second < 0 || first < second);
        },
      })));
      const broken = graph.tasks.map(({ number, breaks }) => ({
        key: `quest:${this.name}:${breaks ?? "deadlock"}`,
        text: breaks === null ? words.quest_deadlock : fill(words.quest_break, claims[breaks] ?? breaks),
        find: () => graph.orderThatSolves(number),
        isDone: (path) => graph.states[graph.walk(path).at(-1)].solves.includes(number),
      }));
      this.tasks = [...chance, ...broken];
      if (this.tasks.length === 0) return [];
      const list = element("ul", { className: "quests" });
      for (const task of this.tasks) {
        task.mark = element("span", { className: "solved" });
        const answer = element("span", { className: "answer" });
        answer.setAttribute("role", "status");
        const button = (className, text, act) => {
          const made = element("button", { type: "button", className, textContent: text });
          made.addEventListener("click", act);
          return made;
        };
        const cannot = () => {
          if (graph.complete) this.prove(task, answer);
          else answer.textContent = noProof(section, graph);
        };
        const show = button("show", words.show, () => {
          const order = task.find();
          answer.textContent = "";
          if (order) this.play(order);
          else cannot();
        });
        const impossible = button("impossible", words.impossible, () => {
          if (task.find()) answer.textContent = words.refuted;
          else cannot();
        });
        list.append(element("li", {}, task.text, " ", show, " ", impossible, " ", task.mark, " ", answer));
      }
      this.proved = element("p");
      this.proved.setAttribute("role", "status");
      return [element("details", { className: "tasks" }, element("summary", { textContent: words.quests }), list, this.proved)];
    }

    // No order does it, and there are no others.
    prove(task, answer) {
      answer.textContent = fill(words.proved, this.graph.orders);
      storage().save(task.key, "solved");
      this.markQuests();
    }

    judgeQuests() {
      for (const task of this.tasks ?? []) if (task.isDone(this.path)) storage().save(task.key, "solved");
      this.markQuests();
    }

    markQuests() {
      const { load } = storage();
      for (const task of this.tasks ?? []) task.mark.textContent = load(task.key) ? `✓ ${words.solved}` : "";
      if (this.proved) {
        const isSolved = (number) => this.tasks.filter((task) => task.number === number).every((task) => load(task.key));
        this.proved.textContent = this.graph.quests.some((_, number) => isSolved(number)) ? words.both : "";
      }
    }
  }

  document.querySelectorAll("section.figure[data-program]").forEach((section) => {
    const data = window.bookFigures?.[section.dataset.program];
    if (data) new Figure(section, new Graph(data));
  });
})();
