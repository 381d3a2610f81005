/** `npm run bench`: each benchmark beside its baseline, in one run. Exit code 1 when one misses its target. */
import { benchReadOnlyRun } from './read-only-run'

benchReadOnlyRun(console.log).then(
  (met) => {
    console.log(met ? 'target met: no longer than the baseline, three times its assertions' : 'target missed')
    process.exit(met ? 0 : 1)
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(3)
  },
)
