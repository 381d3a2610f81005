/** `npm run bench -- [NAME]…`: runs each benchmark together with its baseline. Exit code 1 if any misses its target. */
import { benchCollectionPeriod } from './collection-period'
import { benchLake } from './lake'
import { benchLargeCluster } from './large-cluster'
import { benchOracle } from './oracle'
import { benchReadOnlyRun } from './read-only-run'
import { benchReconciliation } from './reconciliation'
import { benchRedaction } from './redaction'
import { benchStartUp } from './start-up'

/** Each prints its measurements and returns true if the target was met. */
const benchmarks: Readonly<Record<string, (print: (line: string) => void) => Promise<boolean>>> = {
  'read-only-run': benchReadOnlyRun,
  'start-up': benchStartUp,
  'large-cluster': benchLargeCluster,
  'collection-period': benchCollectionPeriod,
  oracle: benchOracle,
  reconciliation: benchReconciliation,
  lake: benchLake,
  redaction: benchRedaction,
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in benchmarks))
  if (unknown.length > 0)
    throw new Error(`Unknown benchmark: ${unknown.join(', ')}. Known: ${Object.keys(benchmarks).join(', ')}`)
  let missed = 0
  for (const [name, bench] of Object.entries(benchmarks)) {
    if (names.length > 0 && !names.includes(name)) continue
    const met = await bench(console.log)
    console.log(met ? '  target met\n' : '  target missed\n')
    if (!met) missed++
  }
  return missed === 0 ? 0 : 1
}

main(process.argv.slice(2)).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(3)
  },
)
