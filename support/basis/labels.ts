/** Labels as a selector, "a=b,c=d", the form that kubectl and the API take. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

/** The labels of a selector of the form "a=b,c=d". */
export const labelsOf = (selector: string): Record<string, string> =>
  Object.fromEntries(selector.split(',').map((pair) => pair.split('=', 2) as [string, string]))
