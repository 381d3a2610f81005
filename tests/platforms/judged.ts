/** Judges a platform of the sandbox as a newcomer does: `init`, then `run` with the file that it wrote. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { parse, stringify } from 'yaml'
import { withOwnSandbox } from '../../faults/runs/sandbox'
import { runSuite, type SuiteRun } from '../../faults/runs/suite'
import type { PlatformName } from '../../sandbox/platform/platforms'

const root = resolve(__dirname, '../..')

export interface Judged extends SuiteRun {
  /** The configuration that `init` wrote. */
  readonly proposed: string
}

/**
 * Starts a sandbox with the platform, and runs the suite with the keys that `init` found. The keys that no cluster shows, such as the
 * address of this machine, are those of every sandbox.
 */
export function judged(platform: PlatformName): Promise<Judged> {
  return onPlatform(platform, async (environment, proposed) => ({ ...(await runSuite(environment)), proposed }))
}

/**
 * Starts a sandbox with the platform, and passes its environment with the configuration that `init` wrote.
 * @param state its state directory; a new one when absent
 */
export function onPlatform<T>(
  platform: PlatformName,
  use: (environment: Record<string, string>, proposed: string) => Promise<T>,
  state?: string,
): Promise<T> {
  const initialised = async (environment: Record<string, string>) => {
    const directory = mkdtempSync(join(tmpdir(), 'platform-'))
    try {
      const file = join(directory, 'acceptance.yaml')
      await execa('node', ['bootstrap.mjs', 'support/cli/main.ts', 'init', '--output', file], {
        cwd: root,
        env: { ...environment, ACCEPTANCE_CONFIG: '' },
      })
      const proposed = readFileSync(file, 'utf8')
      // The tables of events are for `init` to find.
      const { events: _, ...beside } = parse(readFileSync(environment.ACCEPTANCE_CONFIG ?? '', 'utf8')) as Mapping
      writeFileSync(file, stringify(merged(beside, (parse(proposed) ?? {}) as Mapping)))
      return await use({ ...environment, ACCEPTANCE_CONFIG: file }, proposed)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }
  return withOwnSandbox(['--platform', platform], initialised, state)
}

/** The same environment with further keys in the configuration. */
export function withKeys(environment: Record<string, string>, keys: object): Record<string, string> {
  const file = environment.ACCEPTANCE_CONFIG ?? ''
  const changed = join(dirname(file), 'changed.yaml')
  writeFileSync(changed, stringify(merged(parse(readFileSync(file, 'utf8')) as Mapping, keys as Mapping)))
  return { ...environment, ACCEPTANCE_CONFIG: changed }
}

type Mapping = { readonly [key: string]: unknown }

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function merged(one: Mapping, other: Mapping): Mapping {
  const entries = Object.entries(other).map(([key, value]): [string, unknown] => {
    const own = one[key]
    return [key, isMapping(own) && isMapping(value) ? merged(own, value) : value]
  })
  return { ...one, ...Object.fromEntries(entries) }
}
