// Questions to be answered before the program is run: the guess is kept, and compared with the answer.
"use strict";
(() => {
  const words = window.bookWords;
  const page = location.pathname.split("/").pop().replace(/\.html$/, "");

  // Files may have no storage; then a guess lasts as long as the page.
  const memory = new Map();
  const load = (key) => { try { return localStorage.getItem(key); } catch { return memory.get(key) ?? null; } };
  const save = (key, value) => {
    memory.set(key, value);
    try { if (value === null) localStorage.removeItem(key); else localStorage.setItem(key, value); } catch { /* see above */ }
  };
  window.bookStorage = { load, save };
  save("book-language", document.documentElement.lang);

  const plain = (text) => text.toLowerCase().replace(/[\s"'“”‘’`.,;:!?。，；：！？、]+/g, "");
  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const fill = (text, value) => text.replace("{}", () => value);

  // A guess is right if it is the answer's first bold text, or, of a number, has it among other words.
  function isRight(guess, answer) {
    const [one, other] = [plain(guess), plain(answer)];
    if (one === other) return true;
    return /^\d+$/.test(other) && (guess.match(/\d+/g) ?? []).includes(other) && guess.match(/\d+/g).length === 1;
  }

  document.querySelectorAll("details.predict").forEach((details, number) => {
    const summary = details.querySelector("summary");
    const answer = details.querySelector(":scope > p strong, :scope > p b");
    if (!summary || !answer) return;
    const key = `guess:${page}:${number}`;
    const question = summary.textContent.trim();
    const choices = /[(（]([^()（）]*·[^()（）]*)[)）]\s*$/.exec(question);
    const form = element("form", { className: "guess" });
    const result = element("p", {});
    result.setAttribute("role", "status");
    let chosen = () => "";
    let texts = null;
    if (choices) {
      const name = key;
      form.setAttribute("role", "radiogroup");
      form.setAttribute("aria-label", question);
      // The number of a choice is the same in every language.
      texts = choices[1].split("·").map((text) => text.trim());
      texts.forEach((choice, value) => {
        const radio = element("input", { type: "radio", name, value });
        form.append(element("label", {}, radio, " ", choice));
      });
      chosen = () => new FormData(form).get(name) ?? "";
    } else {
      const input = element("input", { type: "text", size: 12, autocomplete: "off" });
      input.setAttribute("aria-label", `${question} ${words.guess}`);
      form.append(input, " ");
      chosen = () => input.value.trim();
    }
    form.append(element("button", { type: "submit", textContent: words.keep }));
    const again = element("button", { type: "button", textContent: words.again, hidden: true });
    form.append(again, result);

    function show() {
      const kept = load(key);
      const guess = kept !== null && texts ? texts[kept] ?? null : kept;
      again.hidden = guess === null;
      form.querySelectorAll("input, button[type=submit]").forEach((control) => { control.disabled = guess !== null; });
      if (guess === null) { result.replaceChildren(); return; }
      form.querySelectorAll("input[type=radio]").forEach((radio) => { radio.checked = radio.value === kept; });
      form.querySelectorAll("input[type=text]").forEach((input) => { input.value = guess; });
      const right = isRight(guess, answer.textContent);
      result.replaceChildren(
        fill(words.guessed, guess), " ",
        element("span", { className: right ? "right" : "wrong", textContent: right ? words.right : words.wrong }));
      details.open = true;
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (chosen() === "") { result.textContent = words.first_guess; return; }
      save(key, chosen());
      show();
    });
    again.addEventListener("click", () => { save(key, null); form.reset(); details.open = false; show(); });
    details.after(form);
    show();
  });
})();
