// How the widget looks. A constructed style sheet, which a strict Content-Security-Policy allows.
// README.md names the variables that a website may set.

const DARK = `
  --accent: var(--loket-accent-dark, var(--chosen-accent-dark, #2f6fd6));
  --on-accent: var(--loket-on-accent-dark, var(--chosen-on-accent-dark, #ffffff));
  --surface: var(--loket-surface-dark, #171b21);
  --text: var(--loket-text-dark, #e8ebef);
  --quiet: #a9b3bf;
  --ours: #272e37;
  --line: #3a434f;
  --warn: #ffb4a8;
  color-scheme: dark;
`;

const CSS = `
:host {
  all: initial;
  --accent: var(--loket-accent, var(--chosen-accent, #1b5cb8));
  --on-accent: var(--loket-on-accent, var(--chosen-on-accent, #ffffff));
  --surface: var(--loket-surface, #ffffff);
  --text: var(--loket-text, #1a1f26);
  --quiet: #57606a;
  --ours: #eef1f5;
  --line: #d3d9e0;
  --warn: #a4261c;
  --radius: var(--loket-radius, 14px);
  color-scheme: light;
  position: fixed;
  inset: auto var(--loket-offset, 20px) var(--loket-offset, 20px) auto;
  z-index: 2147483000;
  font: 400 15px/1.45 var(--loket-font, system-ui, sans-serif);
  color: var(--text);
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${DARK} } }
:host([theme="dark"]) { ${DARK} }
@media print { :host { display: none; } }

*, *::before { box-sizing: border-box; }
[hidden] { display: none !important; }
button, input, textarea, select { font: inherit; color: inherit; }
button { cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
svg {
  width: 24px; height: 24px; display: block;
  fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round;
}
.quiet { color: var(--quiet); font-size: 13px; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}

.launcher {
  position: relative; display: grid; place-items: center; width: 56px; height: 56px; padding: 0;
  border: 1px solid transparent; border-radius: 50%;
  background: var(--accent); color: var(--on-accent); box-shadow: 0 4px 16px #0004;
}
.badge {
  position: absolute; top: -4px; right: -4px; min-width: 22px; padding: 0 6px;
  border: 2px solid var(--surface); border-radius: 11px; background: #b3261e; color: #fff;
  font-size: 12px; line-height: 18px; font-weight: 600; text-align: center;
}

.nudge {
  position: absolute; right: 0; bottom: 68px; width: 322px; max-width: calc(100vw - 40px);
  background: var(--surface); box-shadow: 0 6px 24px #0003;
}

dialog {
  position: fixed; inset: auto var(--loket-offset, 20px) calc(var(--loket-offset, 20px) + 68px) auto;
  width: 380px; max-width: none; height: min(600px, calc(100dvh - 120px)); max-height: none;
  margin: 0; padding: 0; overflow: hidden; flex-direction: column;
  border: 1px solid var(--line); border-radius: var(--radius);
  background: var(--surface); color: var(--text); box-shadow: 0 10px 40px #0004;
}
dialog[open] { display: flex; }
dialog::backdrop { background: none; }
header {
  display: flex; align-items: center; gap: 4px; padding: 10px 10px 10px 16px;
  background: var(--accent); color: var(--on-accent);
}
.names { flex: 1; min-width: 0; }
.person { margin: 0; font-size: 13px; overflow-wrap: anywhere; }
.person:empty { display: none; }
.face {
  display: grid; place-items: center; flex: none; width: 36px; height: 36px; margin-right: 6px;
  border-radius: 50%; overflow: hidden; background: var(--on-accent); color: var(--accent);
  font-size: 14px; font-weight: 600;
}
.face canvas { width: 100%; height: 100%; object-fit: cover; }
header h2 {
  margin: 0; font-size: 16px; font-weight: 600; overflow-wrap: anywhere; outline: none;
}
header button {
  display: grid; place-items: center; width: 40px; height: 40px; padding: 0;
  border: 0; border-radius: 10px; background: none; color: inherit;
}
header button:focus-visible { outline-color: currentColor; outline-offset: -3px; }
.state { margin: 0; padding: 6px 16px; background: var(--ours); }
.state:empty, .typing:empty { display: none; }
.typing { margin: 0; padding: 0 16px 6px; }

.log {
  flex: 1; display: flex; flex-direction: column; gap: 8px; padding: 16px;
  overflow-y: auto; overscroll-behavior: contain;
}
.log:focus-visible { outline-offset: -3px; }
.greeting { margin: 0; }
.line { max-width: 85%; align-self: flex-start; }
.line.you { align-self: flex-end; text-align: end; }
.bubble {
  display: inline-block; margin: 0; padding: 8px 12px; border-radius: var(--radius);
  background: var(--ours); text-align: start; white-space: pre-wrap; overflow-wrap: anywhere;
  border: 1px solid transparent;
}
.you .bubble { background: var(--accent); color: var(--on-accent); }
.bubble a { color: inherit; }
.file {
  display: flex; flex-wrap: wrap; gap: 6px; align-items: center; min-height: 32px;
  overflow-wrap: anywhere;
}
.file svg { width: 20px; height: 20px; flex: none; }
.file > span { flex: 1; min-width: 0; }
.file canvas {
  flex-basis: 100%; width: 240px; max-width: 100%; height: auto; border-radius: 8px;
}
.about { display: block; margin: 2px 4px 0; }
.refused .about { color: var(--warn); }

form { display: flex; flex-direction: column; gap: 8px; margin: 0; padding: 12px 16px; }
.composer { border-top: 1px solid var(--line); }
.card { margin: 0 16px 12px; max-height: 60%; flex: none; overflow-y: auto; }
.card form { padding: 0; }
.prechat {
  display: flex; flex-direction: column; gap: 8px; flex: none; max-height: 55%; overflow-y: auto;
  padding: 12px 16px; border-top: 1px solid var(--line);
}
.prechat p, .questions p { margin: 0; }
.notice { font-size: 14px; }
.notice:empty { display: none; }
.questions { display: flex; flex-direction: column; gap: 8px; }
.questions:empty { display: none; }
.scores { display: flex; flex-wrap: wrap; gap: 6px; margin: 0; padding: 0; border: 0; }
.scores legend { margin-bottom: 6px; padding: 0; font-weight: 600; }
.scores label { position: relative; flex: 1; cursor: pointer; }
.scores input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
.scores label > span:not(.unseen) {
  display: grid; place-items: center; min-width: 44px; height: 44px;
  border: 1px solid var(--quiet); border-radius: 10px;
}
.scores :checked + span { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
.scores :focus-visible + span { outline: 3px solid var(--accent); outline-offset: 2px; }
.ends { display: flex; justify-content: space-between; margin-top: -4px; }
@media (forced-colors: active) { .scores :checked + span { outline: 3px solid Highlight; } }
.card, .nudge {
  display: flex; flex-direction: column; gap: 10px; padding: 14px;
  border: 1px solid var(--line); border-radius: var(--radius);
}
.card p, .nudge p { margin: 0; }
.row { display: flex; gap: 8px; align-items: flex-end; flex-wrap: wrap; }
.composer .row { flex-wrap: nowrap; }
.field { display: flex; flex-direction: column; gap: 3px; flex: 1; }
input, textarea, select {
  width: 100%; padding: 8px 10px; border: 1px solid var(--quiet); border-radius: 10px;
  background: var(--surface); font-size: 16px;
}
textarea { min-height: 42px; max-height: 140px; resize: none; field-sizing: content; }
.primary, .plain { min-height: 40px; padding: 6px 14px; border-radius: 10px; }
.tool {
  display: grid; place-items: center; flex: none; width: 40px; min-height: 42px; padding: 0;
  border: 0; border-radius: 10px; background: none; color: var(--quiet);
}
.primary { border: 1px solid transparent; background: var(--accent); color: var(--on-accent); }
.plain { border: 1px solid var(--quiet); background: none; }
.error { color: var(--warn); font-size: 14px; }
.error:empty { display: none; }

@media (max-width: 480px) {
  dialog {
    inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0;
    padding-bottom: env(safe-area-inset-bottom);
  }
}
@media (prefers-reduced-motion: no-preference) {
  dialog[open] { animation: rise 160ms ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(8px); } }
}
`;

export const style = new CSSStyleSheet();
style.replaceSync(CSS);
