/** Reads JSON where anything else is expected as well. */

/**
 * Returns the data of a text; undefined if it is not JSON. Where an answer must be JSON, jsonOf (support/platform/rest.ts) says what it
 * is instead.
 */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
