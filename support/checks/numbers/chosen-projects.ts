/** Which projects are recomputed, where there are many. */

/** Those that are named, else all; of more than so many every n-th by name, so that two runs look at the same ones. */
export function chosenProjects(
  all: readonly string[],
  { only, atMost }: { readonly only?: readonly string[] | undefined; readonly atMost: number },
): string[] {
  const wanted = only ?? [...all].sort()
  if (wanted.length <= atMost) return [...wanted]
  return Array.from({ length: atMost }, (_, index) => wanted[Math.floor((index * wanted.length) / atMost)] ?? '')
}
