// Makes elements. Text only ever becomes text: nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";

// h("button", { class: "send", type: "button", onclick }, "Send", child)
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element[name] = value;
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// An icon of one path on a 24 by 24 grid, which says nothing to a screen reader.
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const ICONS = {
  chat: "M4 5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  mail: "M3 6h18v12H3zM3 7l9 6 9-6",
  clip: "M8 12.5l6.5-6.5a3 3 0 0 1 4.2 4.2l-8.4 8.4a5 5 0 0 1-7-7L11 4",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  send: "M4 12L20 4l-5 16-3-7z",
};

// A label above its field.
export function field(label, input) {
  const name = h("label", { class: "quiet", for: input.id }, label);
  return h("div", { class: "field" }, name, input);
}

// A picture at an address, drawn: the page's policy need not allow our pictures.
export async function draw(canvas, address) {
  const response = await fetch(address, { credentials: "omit" });
  if (!response.ok) throw new Error(`no picture: ${response.status}`);
  const picture = await createImageBitmap(await response.blob());
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0);
}

// An address ends before the punctuation of the sentence it stands in.
const LINK = /https?:\/\/[^\s<>"']*[^\s<>"'.,:;!?)\]}]/gi;

// Text with its web addresses as links, as nodes.
export function linked(text) {
  const nodes = [];
  let from = 0;
  for (const { 0: address, index } of text.matchAll(LINK)) {
    nodes.push(text.slice(from, index), link(address));
    from = index + address.length;
  }
  nodes.push(text.slice(from));
  return nodes;
}

function link(address) {
  const attributes = { href: address, target: "_blank", rel: "noopener noreferrer nofollow" };
  return h("a", attributes, address);
}
