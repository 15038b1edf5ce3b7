// Tells of an offer to somebody who is not looking: with a sound, or on the desktop. Each agent
// chooses this for the browser in front of them, and of all their tabs one does it.
import { text } from "./texts.js";

const CHOICE = "loket.alert.";
const TOLD = "loket.told";
const TONES = [660, 880];
const LENGTH = 0.16;

let context = null;

function wants(what) {
  return localStorage.getItem(CHOICE + what) === "yes";
}

// Browsers let a page sound only after somebody touched it.
function wake() {
  if (!wants("sound")) return;
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}

function play() {
  wake();
  TONES.forEach((pitch, number) => {
    const start = context.currentTime + number * LENGTH;
    const tone = new OscillatorNode(context, { frequency: pitch });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.linearRampToValueAtTime(0.2, start + 0.02);
    loudness.gain.linearRampToValueAtTime(0, start + LENGTH);
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
  });
}

// What the customer wrote stays off the screen of a desktop that others may see.
function notify(card) {
  const role = card.querySelector(".role")?.textContent ?? "";
  const notice = new Notification(text("Work is offered to you"), { body: role, tag: card.dataset.offer });
  notice.addEventListener("click", () => { window.focus(); notice.close(); });
}

// The first tab that comes by tells; the others see that it was told.
async function once(name, tell) {
  const look = () => {
    const told = JSON.parse(localStorage.getItem(TOLD) ?? "[]");
    if (told.includes(name)) return;
    localStorage.setItem(TOLD, JSON.stringify([...told, name].slice(-50)));
    tell();
  };
  if (navigator.locks) await navigator.locks.request(TOLD, look);
  else look();
}

export function tellOf(cards) {
  for (const card of cards) {
    if (card.dataset.told) continue;
    card.dataset.told = "yes";
    once(`${card.dataset.offer} ${card.dataset.ends}`, () => {
      if (wants("sound")) play();
      if (wants("desktop") && window.Notification?.permission === "granted") notify(card);
    });
  }
}

async function choose(event) {
  const box = event.target.closest("[data-alert]");
  if (!box) return;
  if (box.dataset.alert === "desktop" && box.checked) {
    box.checked = (await Notification.requestPermission()) === "granted";
  }
  localStorage.setItem(CHOICE + box.dataset.alert, box.checked ? "yes" : "no");
  if (box.dataset.alert === "sound" && box.checked) play();
}

export function listenToAlerts() {
  const choices = document.getElementById("alerts");
  choices.hidden = false;
  for (const box of choices.querySelectorAll("[data-alert]")) {
    box.checked = wants(box.dataset.alert);
    if (box.dataset.alert === "desktop" && !window.Notification) box.closest("label").hidden = true;
  }
  choices.addEventListener("change", choose);
  document.addEventListener("pointerdown", wake);
  document.addEventListener("keydown", wake);
}
