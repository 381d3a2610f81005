/** Grafana's stand-in, page part: creates HTML and SVG elements. */

const svgNames = new Set(['svg', 'g', 'line', 'rect', 'path', 'circle', 'text', 'title'])

/** Creates an element with attributes and children. A child is an element or a text; null and undefined are skipped. */
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

/** The attribute with which Grafana marks elements for its tests. */
export const testId = (text) => ({ 'data-testid': `data-testid ${text}` })
