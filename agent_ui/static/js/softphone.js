// The phone in the browser: Twilio's Voice SDK, where it is set up and the agent is called here.
// Loket calls it as it calls any phone; what is done in a call stands in the call bar.
import { text } from "./texts.js";

const DOOR = "/console/phone/token";
const STATES = {
  starting: () => text("Connecting"),
  ready: () => text("Ready to ring"),
  failed: () => text("This browser cannot be called now"),
};

let device = null;
let call = null;
let state = "starting";
let starting = null;

const box = () => document.getElementById("softphone");

// The menu with the setting was drawn, maybe anew: start, stop, or say how it stands.
export function keepPhone() {
  if (!box()) return;
  const wanted = document.querySelector("[data-rings-here]") !== null;
  if (wanted && !device) starting ??= start().finally(() => (starting = null));
  if (!wanted && device && !call) {
    device.destroy();
    device = null;
  }
  showState();
}

async function start() {
  const Device = window.Twilio?.Device;
  const token = Device && (await fetchToken());
  if (!token) return become("failed");
  device = new Device(token, { closeProtection: true });
  device.on("registered", () => become("ready"));
  device.on("unregistered", () => become("starting"));
  device.on("error", () => become("failed"));
  device.on("incoming", ring);
  device.on("tokenWillExpire", async () => {
    const fresh = await fetchToken();
    if (fresh) device?.updateToken(fresh);
  });
  try {
    await device.register();
  } catch {
    become("failed");
  }
}

async function fetchToken() {
  const form = document.getElementById("act");
  try {
    const response = await fetch(DOOR, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "X-Loket-Part": "1" },
    });
    return response.ok ? (await response.json()).token : null;
  } catch {
    return null;
  }
}

function become(now) {
  state = now;
  showState();
}

function showState() {
  for (const place of document.querySelectorAll("[data-phone-state]")) place.textContent = STATES[state]();
}

// A second call while one goes on is turned away: Loket takes that as an end that is busy.
function ring(incoming) {
  if (call) {
    incoming.reject();
    return;
  }
  call = incoming;
  for (const event of ["cancel", "disconnect", "reject", "error"]) call.on(event, over);
  call.on("accept", () => show("talking"));
  show("ringing");
}

function over() {
  call = null;
  show("");
  keepPhone();
}

function show(what) {
  const place = box();
  const hadFocus = place.contains(document.activeElement);
  place.hidden = !what;
  for (const part of place.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== what;
  if (what === "ringing") place.querySelector("[data-answer]").focus({ preventScroll: true });
  else if (hadFocus) document.getElementById("talk").focus({ preventScroll: true });
}

export function listenToPhone() {
  if (!box()) return;
  box().addEventListener("click", ({ target }) => {
    if (target.closest("[data-answer]")) call?.accept();
    else if (target.closest("[data-decline]")) call?.reject();
    else if (target.closest("[data-hang-up]")) call?.disconnect();
  });
  keepPhone();
}
