// Elements from a description, and changes of them that touch the page only where something is new.

/** An element with attributes and children; a child is a text or an element. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function mark(element, name, value) {
  if (value == null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** Let a bar be filled to *share* of 1. */
export function fill(element, share, name = "--share") {
  const text = `${Math.round(Math.min(Math.max(share || 0, 0), 1) * 1000) / 10}%`;
  if (element.style.getPropertyValue(name) !== text) element.style.setProperty(name, text);
}
