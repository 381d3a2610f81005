/** `npm run bench -- [NAME]…`: each benchmark beside its baseline, in one run. Exit code 1 when one misses its target. */
import { benchCollectionPeriod } from './collection-period'
import { benchOracle } from './oracle'
import { benchReadOnlyRun } from './read-only-run'
import { benchStartUp } from './start-up'

/** Each says what it measured, and answers whether the target was met. */
const benchmarks: Readonly<Record<string, (say: (line: string) => void) => Promise<boolean>>> = {
  'read-only-run': benchReadOnlyRun,
  'start-up': benchStartUp,
  'collection-period': benchCollectionPeriod,
  oracle: benchOracle,
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in benchmarks))
  if (unknown.length > 0)
    throw new Error(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}`)
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
