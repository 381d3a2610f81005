/** Variants of the machine on which the suite runs. */
import type { Variant } from './variant'

const shifted = (id: string, title: string, minutes: number): Variant => ({
  id,
  title,
  changes: ['clock of the runner'],
  environment: {
    NODE_OPTIONS: `--require ${JSON.stringify(`${__dirname}/shifted-clock.cjs`)}`,
    SHIFTED_CLOCK_MS: String(minutes * 60_000),
  },
  apply: async () => async () => undefined,
})

export const clockVariants: readonly Variant[] = [
  shifted('runner-ahead', 'The clock of the machine that runs the suite is an hour ahead', 60),
  shifted('runner-behind', 'The clock of the machine that runs the suite is an hour behind', -60),
]
