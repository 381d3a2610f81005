/** Part of the page of the stand-in for Grafana: makes elements of HTML and SVG. */

const svgNames = new Set(['svg', 'g', 'line', 'rect', 'path', 'circle', 'text', 'title'])

/** An element with attributes and children; a child is an element or a text, a missing one is left out. */
export function element(name, attributes = {}, ...children) {
  const made = svgNames.has(name)
    ? document.createElementNS('http://www.w3.org/2000/svg', name)
    : document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(key, value)
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : String(value))
  }
  made.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null))
  return made
}

/** As Grafana marks what its tests look for. */
export const testId = (text) => ({ 'data-testid': `data-testid ${text}` })
