/** Labels as a selector, "a=b,c=d": as kubectl and the API take it, and findings show it. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}
