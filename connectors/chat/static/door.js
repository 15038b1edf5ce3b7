// The HTTP doors of the server: a session, and files.

const ANSWER_MS = 10_000;
const UPLOAD_MS = 120_000;

export class Door {
  #base;
  #site;

  constructor(base, site) {
    this.#base = base;
    this.#site = site;
  }

  get socket() {
    const url = this.#url("socket");
    url.protocol = url.protocol.replace("http", "ws");
    return url;
  }

  // A session, new or the one of this token. Throws an error with `final` when there will be none,
  // and with the server's `code`.
  async begin(request) {
    const response = await fetch(this.#url("sessions"), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (response.ok) return response.json();
    const final = [403, 404].includes(response.status);
    const code = await codeOf(response);
    throw Object.assign(new Error(`no session: ${response.status}`), { final, code });
  }

  // Sends a file; gives { sequence }, { code } when it was refused, or { after } to try again.
  async upload(about, file) {
    const form = new FormData();
    form.append("about", JSON.stringify(about));
    form.append("file", file, file.name || "picture.png");
    try {
      const response = await fetch(this.#url("files"), {
        method: "POST",
        body: form,
        signal: AbortSignal.timeout(UPLOAD_MS),
      });
      if (response.ok) return await response.json();
      if ([401, 429, 503].includes(response.status)) return { after: 5 };
      return { code: (await codeOf(response)) || "failed" };
    } catch {
      return { after: 5 };
    }
  }

  #url(door) {
    return new URL(`${door}?site=${encodeURIComponent(this.#site)}`, this.#base);
  }
}

async function codeOf(response) {
  try {
    return (await response.json()).code ?? "";
  } catch {
    return "";
  }
}
