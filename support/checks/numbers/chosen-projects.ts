/** The configured projects, or all. Above `atMost`, an evenly spaced sample of the sorted names, the same in every run. */
export function chosenProjects(
  all: readonly string[],
  { only, atMost }: { readonly only?: readonly string[] | undefined; readonly atMost: number },
): string[] {
  const wanted = only ?? [...all].sort()
  if (wanted.length <= atMost) return [...wanted]
  return Array.from({ length: atMost }, (_, index) => wanted[Math.floor((index * wanted.length) / atMost)] ?? '')
}
