// Colours of charts, as the style sheet has them in this theme.

const NAMED = 8; // colours that the style sheet has

export const reduced = matchMedia("(prefers-reduced-motion: reduce)");

export function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The colour of series number *at* of *count*: the style sheet's own, or as many shades as are needed. */
export function shade(at, count) {
  if (count <= NAMED) return css(`--series-${at + 1}`);
  const light = css("--lightness");
  return `hsl(${Math.round((at * 360) / count + 90) % 360} 62% ${light})`;
}

export function faded(color, share) {
  return `color-mix(in srgb, ${color} ${Math.round(share * 100)}%, transparent)`;
}
