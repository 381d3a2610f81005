/** Runs that end by SIGKILL, which leaves them no time to say goodbye. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { catalogue } from '../catalogue/index'
import { Doors } from '../doors/doors'
import { until } from '../doors/until'
import type { Traces } from './traces'

const root = resolve(__dirname, '../..')

/** A run in progress, as anybody sees it from outside. */
interface Running {
  readonly output: string
  readonly reports: readonly string[]
  /** The records that earlier runs have left. */
  readonly formerRecords: readonly string[]
}

interface Stage {
  readonly tags: string
  readonly given?: readonly string[]
  /** The id of a fault that is in force meanwhile. */
  readonly fault?: string
  /** A table that nobody can read meanwhile. */
  readonly locked?: string
  /** True once the run is where it is to be killed. */
  readonly reached: (running: Running, traces: Traces) => boolean | Promise<boolean>
}

const storiesAndTables = '@section:6 or @section:14'

/** The stages at which a run can be killed, in the order of a run. */
export const stages: Readonly<Record<string, Stage>> = {
  'it has named the cluster': { tags: storiesAndTables, reached: ({ output }) => output !== '' },
  'its preflight has ended': { tags: storiesAndTables, reached: ({ output }) => output.includes(', Kubernetes v') },
  'it has logged in to the database': {
    tags: '@section:6',
    reached: async (_, traces) => (await traces.sessions()).length > 0,
  },
  'it waits in a transaction': {
    tags: '@section:18',
    locked: 'project_metric_settings',
    reached: async (_, traces) => (await traces.sessions()).some(({ state }) => /^Waiting for table/.test(state ?? '')),
  },
  'its stories have created a project': {
    tags: '@section:14',
    reached: async ({ formerRecords }, traces) =>
      (await traces.records()).some((record) => !formerRecords.includes(record)),
  },
  'its scenarios run': { tags: storiesAndTables, reached: ({ output }) => output.includes('✓ ') },
  'it looks for the cause of a failure': {
    tags: '@section:6',
    given: ['--fail-fast'],
    fault: 'index-dropped',
    reached: ({ output }) => output.includes('✗ '),
  },
  'it writes its reports': {
    tags: '@section:6',
    reached: ({ reports }) => reports.some((name) => name.startsWith('allure-results')),
  },
}

/** Runs the suite until a stage is reached, and kills it there. @throws Error when the stage is not reached within 60 s */
export async function killAt(name: string, traces: Traces): Promise<void> {
  const stage = stages[name]
  if (!stage) throw new Error(`There is no stage "${name}".`)
  const fault = catalogue.find(({ id }) => id === stage.fault)
  const undo = await fault?.apply(new Doors(traces.environment))
  try {
    await traces.whileLocked(stage.locked, () => killWhen(stage, traces))
  } finally {
    await undo?.()
  }
}

async function killWhen({ tags, given = [], reached }: Stage, traces: Traces): Promise<void> {
  const reports = mkdtempSync(join(tmpdir(), 'acceptance-'))
  const formerRecords = await traces.records()
  const run = spawn('node', ['bootstrap.mjs', 'support/cli/main.ts', 'run', '--tags', tags, ...given], {
    cwd: root,
    env: { ...process.env, ...traces.environment, ACCEPTANCE_REPORTS: reports, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that the whole run is killed and not only its first process.
    detached: true,
  })
  const ended = new Promise<void>((resolve) => run.on('close', resolve))
  let output = ''
  for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  try {
    await until(
      'the stage at which the run is to be killed',
      async () => {
        if (run.exitCode !== null) throw new Error(`the run ended before that:\n${output}`)
        return reached({ output, reports: readdirSync(reports), formerRecords }, traces)
      },
      60_000,
    )
  } finally {
    if (run.exitCode === null) process.kill(-(run.pid ?? 0), 'SIGKILL')
    await ended
    rmSync(reports, { recursive: true, force: true })
  }
}
