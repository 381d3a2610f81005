/**
 * The package's read-only run of sections 0 to 5 against the checklist's own commands, in alternating rounds on the same sandbox. The
 * target is for the Node of the checkout, which the image has too; the machine's own, which may be an older one, is shown beside it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { parse } from 'yaml'
import { sandboxEnvironment } from '../faults/runs/sandbox'
import { installPacked, machinesPath } from '../tests/fixtures/packed'

const rounds = 7
const maxRatio = 0.8
const tags = `(${['0', '1', '2', '3', '4', '5'].map((id) => `@section:${id}`).join(' or ')}) and not @writes`

interface Measured {
  readonly milliseconds: number
  readonly assertions: number
}

/** Compares time and number of assertions by the medians of alternating rounds. @throws Error when either command fails */
export async function benchReadOnlyRun(print: (line: string) => void): Promise<boolean> {
  const environment = await sandboxEnvironment()
  const folder = await installPacked()
  const measured = { script: [] as Measured[], suite: [] as Measured[], elsewhere: [] as Measured[] }
  const machines = await machinesNode()
  try {
    for (const node of [process.execPath, machines]) await suite(node, folder, environment)
    for (let round = 0; round < rounds; round++) {
      measured.script.push(await script(environment))
      measured.suite.push(await suite(process.execPath, folder, environment))
      measured.elsewhere.push(await suite(machines, folder, environment))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const [baseline, ours, elsewhere] = [median(measured.script), median(measured.suite), median(measured.elsewhere)]
  const ratioOf = ({ milliseconds }: Measured) => (milliseconds / baseline.milliseconds).toFixed(2)
  print(`read-only run of sections 0 to 5, median of ${rounds} alternating rounds`)
  print(`  checklist's commands  ${seconds(baseline)}  ${baseline.assertions} assertions`)
  print(
    `  this suite            ${seconds(ours)}  ${ours.assertions} assertions, with Node ${await versionOf(process.execPath)}`,
  )
  print(
    `  this suite            ${seconds(elsewhere)}  with the machine's Node ${await versionOf(machines)}, ratio ${ratioOf(elsewhere)}`,
  )
  print(
    `  ratio                 ${ratioOf(ours)} of the time (target at most ${maxRatio}), ${(ours.assertions / baseline.assertions).toFixed(1)} times the assertions`,
  )
  return ours.milliseconds <= maxRatio * baseline.milliseconds && ours.assertions >= 3 * baseline.assertions
}

async function script(environment: Readonly<Record<string, string>>): Promise<Measured> {
  const { ingress } = parse(readFileSync(environment.ACCEPTANCE_CONFIG ?? '', 'utf8')) as {
    ingress: { httpPort: number }
  }
  const begin = performance.now()
  const { stdout } = await execa(join(__dirname, 'checklist.sh'), {
    env: { ...environment, INGRESS_PORT: String(ingress.httpPort) },
  })
  return { milliseconds: performance.now() - begin, assertions: Number(stdout.trim()) }
}

/** The Node that a shell of this machine finds, without the programs of this checkout. */
async function machinesNode(): Promise<string> {
  const { stdout } = await execa('node', ['-p', 'process.execPath'], { env: { PATH: machinesPath } })
  return stdout
}

async function versionOf(node: string): Promise<string> {
  const { stdout } = await execa(node, ['-p', 'process.versions.node'])
  return stdout
}

/**
 * Runs the suite as an operator would, timed from the start of the process to the last report. Assertions are passed steps.
 * @param node the executable that runs the suite
 * @param folder the folder in which the package is installed
 */
async function suite(node: string, folder: string, environment: Readonly<Record<string, string>>): Promise<Measured> {
  const reports = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const begin = performance.now()
    await execa(node, [join(folder, 'node_modules/dora-acceptance/bootstrap.mjs'), 'run', '--tags', tags], {
      cwd: folder,
      env: { ...environment, ACCEPTANCE_REPORTS: reports, CI: 'true' },
    })
    const milliseconds = performance.now() - begin
    return { milliseconds, assertions: passedSteps(readFileSync(join(reports, 'messages.ndjson'), 'utf8')) }
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

/** The number of passed steps, hooks excluded. @param messages the content of messages.ndjson */
function passedSteps(messages: string): number {
  const envelopes = messages
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const steps = new Set(
    envelopes
      .flatMap(
        ({ testCase }) => testCase?.testSteps.filter((step: { pickleStepId?: string }) => step.pickleStepId) ?? [],
      )
      .map(({ id }) => id),
  )
  return envelopes.filter(
    ({ testStepFinished }) =>
      steps.has(testStepFinished?.testStepId) && testStepFinished.testStepResult.status === 'PASSED',
  ).length
}

function median(measured: readonly Measured[]): Measured {
  const sorted = [...measured].sort((a, b) => a.milliseconds - b.milliseconds)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (!middle) throw new Error('There are no measurements.')
  return middle
}

const seconds = ({ milliseconds }: Measured) => `${(milliseconds / 1000).toFixed(2)} s`
