/** The package's read-only run of sections 0 to 5 against the checklist's own commands, in alternating rounds on the same sandbox. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { parse } from 'yaml'
import { sandboxEnvironment } from '../faults/runs/sandbox'
import { installPacked } from '../tests/fixtures/packed'

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
  const measured = { script: [] as Measured[], suite: [] as Measured[] }
  try {
    await suite(folder, environment)
    for (let round = 0; round < rounds; round++) {
      measured.script.push(await script(environment))
      measured.suite.push(await suite(folder, environment))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const [baseline, ours] = [median(measured.script), median(measured.suite)]
  print(`read-only run of sections 0 to 5, median of ${rounds} alternating rounds`)
  print(`  checklist's commands  ${seconds(baseline)}  ${baseline.assertions} assertions`)
  print(`  this suite            ${seconds(ours)}  ${ours.assertions} assertions`)
  print(
    `  ratio                 ${(ours.milliseconds / baseline.milliseconds).toFixed(2)} of the time (target at most ${maxRatio}), ${(ours.assertions / baseline.assertions).toFixed(1)} times the assertions`,
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

/**
 * Runs the suite as an operator would, timed from the start of the process to the last report. Assertions are passed steps.
 * @param folder the folder in which the package is installed
 */
async function suite(folder: string, environment: Readonly<Record<string, string>>): Promise<Measured> {
  const reports = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const begin = performance.now()
    await execa('node', [join(folder, 'node_modules/dora-acceptance/bootstrap.mjs'), 'run', '--tags', tags], {
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
