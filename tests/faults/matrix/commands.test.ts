/** The matrix types the commands that only read, and a fault whose commands are no help survives. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judge } from '../../../faults/matrix/judgement'
import { failedCommandsOf } from '../../../faults/runs/commands'
import type { Cause } from '../../../support/record/verdict'
import { fault, runUnder } from '../../fixtures/faults'

let programs = ''
beforeAll(() => {
  programs = mkdtempSync(join(tmpdir(), 'programs-'))
  const kubectl = join(programs, 'kubectl')
  writeFileSync(
    kubectl,
    '#!/bin/sh\ncase "$*" in *gone*) echo "not found" >&2; exit 1;; *silent*) ;; *) echo x;; esac\n',
  )
  chmodSync(kubectl, 0o755)
})
afterAll(() => rmSync(programs, { recursive: true }))

const cause = (remedy: readonly string[], reads: readonly number[]): Cause => ({
  ...{ id: 'x', summary: 'x', object: 'x', found: 'x', symptoms: [], facts: [], troubleshooting: null, items: ['3.1'] },
  ...{ remedy, reads },
})
const failedOf = (remedy: readonly string[], reads: readonly number[], rollback: readonly string[] = []) =>
  failedCommandsOf(
    {
      causes: [cause(remedy, reads)],
      rollback: [{ id: 'R.1', step: 'x', byHand: false, commands: rollback }],
    },
    { PATH: [programs, process.env.PATH].join(delimiter) },
  )

describe('a cause', () => {
  it.each([
    ['a comment', ['# in Grafana: check the panel']],
    ['an example for the configuration', ['# in the configuration:\nnamespace: x']],
    ['the line that runs the suite again', ['npx dora-acceptance run --context c 3.1']],
    ['a way to what nothing asks for', ['kubectl --context c port-forward svc/x 8080:80']],
    ['a command with a gap', ["curl -u 'admin:…' https://x"]],
    ['nothing', []],
  ])('that comes with %s alone fails its fault', (_, remedy) => {
    const one = fault('one', ['3.1'])
    const run = runUnder([one])
    const causes = run.verdict.causes.map((known) => ({ ...known, remedy }))
    expect(judge(one, [], { ...run, verdict: { ...run.verdict, causes } })).toMatchObject({
      killed: false,
      failedCommands: [expect.stringMatching(/: it has no command that runs$/)],
    })
  })
})

describe('a printed command', () => {
  const get = (name: string) => `kubectl --context c get pod ${name}`

  it('that only reads must succeed and show something', async () => {
    expect(await failedOf([get('x'), get('gone'), get('silent')], [0, 1, 2])).toEqual([
      { command: get('gone'), why: 'it exits with code 1: not found' },
      { command: get('silent'), why: 'it prints nothing' },
    ])
  })

  it('that changes something is not run', async () => {
    expect(await failedOf([get('x'), get('gone')], [0])).toEqual([])
  })

  it('must name the context, wherever it is printed', async () => {
    const lines = ['kubectl get pods', 'kubectl --context c get pod $(kubectl get pods -o name)', 'kubectl config view']
    expect((await failedOf(lines, [], ['kubectl delete application devlake'])).map(({ command }) => command)).toEqual([
      lines[0],
      lines[1],
      'kubectl delete application devlake',
    ])
  })

  it('that is no help fails its fault', () => {
    const one = fault('one', ['3.1'])
    const run = runUnder([one])
    expect(judge(one, [], run).killed).toBe(true)
    const [first] = run.verdict.causes
    const causes = run.verdict.causes.map((known) => (known === first ? { ...known, remedy: [get('gone')] } : known))
    const failedCommands = [{ command: get('gone'), why: 'it exits with code 1' }]
    expect(judge(one, [], { ...run, verdict: { ...run.verdict, causes }, failedCommands })).toMatchObject({
      killed: false,
      failedCommands: [`${get('gone')}: it exits with code 1`],
    })
  })
})
