/** The usual severities of incidents, from lowest to highest. */
const ranks: readonly string[] = ['low', 'medium', 'high', 'critical']

/** The severity at the rounded mean of the ranks; null if none of the severities has a rank. */
export function meanSeverity(severities: readonly (string | null)[]): string | null {
  const known = severities.flatMap((severity) => {
    const rank = ranks.indexOf(severity?.toLowerCase() ?? '')
    return rank < 0 ? [] : [rank]
  })
  if (known.length === 0) return null
  const mean = known.reduce((sum, rank) => sum + rank, 0) / known.length
  return ranks[Math.round(mean)] ?? null
}
