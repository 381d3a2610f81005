/** Quantities of Kubernetes, such as "20Gi", "1.5Ti" or "500M" (k8s.io/apimachinery/pkg/api/resource). */

const powers: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** The number of digits has a limit, so that no text takes long to read. */
const quantity = /^(\d{1,40}(?:\.\d{0,40})?(?:[eE][+-]?\d{1,3})?)([numkKMGTPE]i?)?$/

/** Returns a quantity as a number; undefined if the text is not a quantity. */
export function quantityOf(text: string): number | undefined {
  const [, amount, suffix = ''] = quantity.exec(text) ?? []
  const power = powers[suffix]
  return amount === undefined || power === undefined ? undefined : Number(amount) * power
}
