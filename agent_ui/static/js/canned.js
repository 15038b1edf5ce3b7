// Canned replies: "/" where a word begins opens the list, and what is typed behind it narrows it.
import { fetchPart } from "./parts.js";
import { say, text } from "./texts.js";

const MOST = 8;
const BEFORE = /(?:^|\s)\/([\w-]{0,40})$/;

export function offersReplies(composer) {
  const { area } = composer;
  const list = document.createElement("ul");
  list.className = "replies card";
  list.id = "replies";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", text("Canned replies"));
  list.hidden = true;
  area.before(list);
  let all = null;
  let found = [];
  let at = 0;

  // What stands between the slash and the cursor; null when there is no slash.
  const asked = () => BEFORE.exec(area.value.slice(0, area.selectionStart))?.[1] ?? null;

  async function look() {
    const word = asked();
    if (word === null) return close();
    all ??= await fetchReplies(composer.dataset.id);
    const now = asked();
    if (now === null) return close();
    found = matching(all, now.toLowerCase()).slice(0, MOST);
    at = 0;
    show();
  }

  function show() {
    list.hidden = !found.length;
    list.replaceChildren(...found.map((reply, index) => option(reply, index === at)));
    if (found.length) area.setAttribute("aria-activedescendant", `reply-${found[at].shortcut}`);
    else area.removeAttribute("aria-activedescendant");
    area.setAttribute("aria-controls", "replies");
    if (found.length) say(`/${found[at].shortcut} ${found[at].title}`);
  }

  function close() {
    found = [];
    list.hidden = true;
    area.removeAttribute("aria-activedescendant");
  }

  function take(reply) {
    const end = area.selectionStart;
    const start = end - asked().length - 1;
    close();
    composer.insert(reply.text, start, end);
  }

  function onKey(event) {
    if (list.hidden || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown") at = (at + 1) % found.length;
    else if (event.key === "ArrowUp") at = (at + found.length - 1) % found.length;
    else if (event.key === "Enter" || event.key === "Tab") take(found[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (!list.hidden) show();
  }

  area.addEventListener("input", look);
  area.addEventListener("keydown", onKey);
  area.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("pointerdown", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (!chosen) return;
    event.preventDefault();
    take(found.find((reply) => chosen.id === `reply-${reply.shortcut}`));
  });
}

async function fetchReplies(id) {
  const answer = await fetchPart(`/console/conversations/${id}/replies`);
  const lines = answer?.page.querySelectorAll("[data-shortcut]") ?? [];
  return [...lines].map((line) => ({
    shortcut: line.dataset.shortcut,
    fits: "fits" in line.dataset,
    title: line.querySelector("[data-title]").textContent,
    text: line.querySelector("[data-text]").textContent,
  }));
}

// What begins so goes before what has it somewhere; the order of the topic stays within each.
function matching(all, word) {
  const begins = all.filter(({ shortcut }) => shortcut.startsWith(word));
  const has = ({ shortcut, title }) => `${shortcut} ${title}`.toLowerCase().includes(word);
  return [...begins, ...all.filter((reply) => !begins.includes(reply) && has(reply))];
}

function option(reply, chosen) {
  const line = document.createElement("li");
  line.id = `reply-${reply.shortcut}`;
  line.setAttribute("role", "option");
  line.setAttribute("aria-selected", String(chosen));
  const name = document.createElement("strong");
  name.textContent = `/${reply.shortcut}`;
  const words = document.createElement("span");
  words.className = "faint";
  words.textContent = reply.text.slice(0, 120);
  line.append(name, ` ${reply.title} `, words);
  if (reply.fits) {
    const chip = document.createElement("span");
    chip.className = "chip";
    chip.textContent = text("for this topic");
    line.append(" ", chip);
  }
  return line;
}
