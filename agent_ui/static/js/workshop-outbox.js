// What was done here and is not on the server yet: kept in this browser, sent in order, and again
// until it is taken. The server takes each operation once, however often it is sent.
import { saySignedOut, showLive, toast } from "./notices.js";
import { counted, text } from "./texts.js";

const PREFIX = "loket-session:";
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8_000;

let waiting = [];
let sending = false;
let pause = FIRST_PAUSE;
let wake = null;
let afterwards = () => {};

export function keepOutbox(address, done) {
  afterwards = done;
  waiting = Object.keys(localStorage)
    .filter((key) => key.startsWith(`${PREFIX}${address}`))
    .map((key) => ({ key, ...JSON.parse(localStorage.getItem(key)) }))
    .sort((one, other) => one.made - other.made);
  send();
}

// `fields`: pairs of name and value. What was typed over before it was sent is not sent.
export function put(address, fields) {
  const op = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const entry = { key: `${PREFIX}${address}:${op}`, address, op, fields, made: Date.now() };
  localStorage.setItem(entry.key, JSON.stringify({ address, op, fields, made: entry.made }));
  waiting.push(entry);
  const taken = new Promise((resolve) => { entry.taken = resolve; });
  send();
  return taken;
}

// The network may be back.
export function tryNow() {
  pause = FIRST_PAUSE;
  wake?.();
}

export function isEmpty() {
  return waiting.length === 0;
}

async function send() {
  if (sending) return;
  sending = true;
  while (waiting.length) {
    const entry = waiting[0];
    const outcome = await post(entry);
    if (outcome === "again") await rest();
    else if (outcome === "out") break;
    else drop(entry);
  }
  sending = false;
  afterwards();
}

async function post(entry) {
  const body = new URLSearchParams(entry.fields);
  body.set("op", entry.op);
  body.set("form_token", document.querySelector("[name=form_token]").value);
  try {
    const response = await fetch(`${entry.address}/changes`, { method: "POST", headers: { "X-Loket-Part": "1" }, body });
    if (response.status === 401) {
      saySignedOut();
      return "out";
    }
    if (response.status >= 500) return "again";
    pause = FIRST_PAUSE;
    if (!response.ok) refused(entry, await response.json().catch(() => ({})));
    return "done";
  } catch {
    return "again";
  }
}

function drop(entry) {
  localStorage.removeItem(entry.key);
  waiting = waiting.filter((one) => one !== entry);
  entry.taken?.();
}

function refused(entry, problem) {
  const what = entry.fields.filter(([name]) => name === "text" || name.startsWith("w:")).map(([, value]) => value).join(" ");
  const why = problem.detail ?? problem.title ?? "";
  toast(what ? text("Not kept: {what}. {why}", { what, why }) : why);
}

async function rest() {
  const count = waiting.length;
  showLive("connecting", counted(count, "1 change waits for the network. It is kept.", "{n} changes wait for the network. They are kept."));
  await new Promise((resolve) => {
    wake = resolve;
    setTimeout(resolve, pause);
  });
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}
