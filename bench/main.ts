/** `npm run bench -- [NAME]…`: runs each benchmark together with its baseline. */
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

const usage = `npm run bench                  runs every benchmark
npm run bench -- NAME [NAME]   runs the named ones: ${Object.keys(benchmarks).join(', ')}
npm run bench -- --help        shows this text

Exit codes: 0 every target was met, 1 some were missed, 3 error or wrong arguments`

async function main(names: readonly string[]): Promise<number> {
  if (names.includes('--help')) {
    console.log(usage)
    return 0
  }
  const unknown = names.filter((name) => !(name in benchmarks))
  if (unknown.length > 0) throw new Error(`Unknown benchmark: ${unknown.join(', ')}\n${usage}`)
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
