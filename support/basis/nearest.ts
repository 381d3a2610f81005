/** The known word that a typing error most likely meant. */
import { distance as distanceBetween } from 'fastest-levenshtein'

/**
 * Returns the known word nearest to another one by its insertions, deletions and substitutions; undefined if none is near: more than
 * two of them apart, or one in a short word, or a third of a long one.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: distanceBetween(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= farthest(Math.min(word.length, candidate.length)))
    .sort((one, other) => one.distance - other.distance)
  return best?.candidate
}

const farthest = (length: number): number => (length <= 3 ? 1 : Math.max(2, Math.floor(length / 3)))
