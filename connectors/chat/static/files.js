// Files in the log: a download, and what a picture looks like.

import { draw, h, icon, ICONS } from "./dom.js";

const UNITS = ["B", "kB", "MB"];

export function sizeWords(bytes, locale) {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: step > 1 ? 1 : 0 });
  return `${format.format(bytes / 1000 ** step)} ${UNITS[step]}`;
}

// `base`: what the addresses of files are relative to; `shown`: called when a picture is there.
export function fileElement({ name, size, url, small }, base, locale, shown) {
  const about = h("span", {}, h("span", { class: "file-name" }, name), ` ${sizeWords(size, locale)}`);
  const attributes = {
    class: "file",
    href: new URL(url, base).href,
    target: "_blank",
    rel: "noopener noreferrer",
    download: name,
  };
  const link = h("a", attributes, icon(ICONS.file), about);
  if (!small) return link;
  const canvas = h("canvas", { role: "img", "aria-label": name, hidden: true });
  const show = () => {
    canvas.hidden = false;
    shown();
  };
  draw(canvas, new URL(small, base).href).then(show, () => canvas.remove());
  link.prepend(canvas);
  return link;
}
