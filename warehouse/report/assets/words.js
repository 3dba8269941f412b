// Texts in the language the page shows, and elements made of text only: nothing of a stranger is ever parsed as HTML.

const WORDS = JSON.parse(document.getElementById("words").textContent);
const LOCALES = { fr: "fr-FR", en: "en-GB" };

const language = () => document.documentElement.lang;

function say(key, values = {}) {
  const text = WORDS.texts[key][language()];
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// A value the catalogue does not know is shown as it is: new words of a source must not break the page.
function sayKnown(prefix, value) {
  return `${prefix}_${value}` in WORDS.texts ? say(`${prefix}_${value}`) : value;
}

const archetypeName = (key) => (key === "u" || key === "unclassified" ? say("unclassified") : sayKnown("name", key));
const archetypeLabel = (key) => (key === "u" ? say("unclassified") : `${key} · ${archetypeName(key)}`);

const formats = new Map();

function number(value) {
  const key = language();
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(LOCALES[key]));
  return formats.get(key).format(value);
}

function day(iso) {
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  return new Date(`${iso}T00:00:00Z`).toLocaleDateString(LOCALES[language()], options);
}

function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// Only http, https and mailto are followed, and the page they lead to learns nothing of this one.
function anchor(address, text) {
  let scheme = "";
  try {
    scheme = new URL(address).protocol;
  } catch {
    return text;
  }
  if (!["http:", "https:", "mailto:"].includes(scheme)) return text;
  return el("a", { href: address, rel: "noopener noreferrer nofollow", target: "_blank" }, text);
}

function hostOf(address) {
  return new URL(address).hostname.replace(/^www\./, "");
}
