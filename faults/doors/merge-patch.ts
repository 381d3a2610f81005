/** The merge patch that undoes another one: the old value of each patched field, or null if it had none. */
export function undoing(patch: object, before: unknown): object {
  const old = (before ?? {}) as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(patch).map(([key, value]) => {
      const nested = typeof value === 'object' && value !== null && !Array.isArray(value)
      return [key, nested && old[key] !== undefined ? undoing(value as object, old[key]) : (old[key] ?? null)]
    }),
  )
}
