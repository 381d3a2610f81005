/** The end of a run on the terminal names its inputs and the changes since the last conclusive run. */
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { WriteStream } from 'node:tty'
import { describe, expect, it } from 'vitest'
import { changesBetween } from '../../../support/record/changes'
import { Progress } from '../../../support/report/progress'
import { platformWithFaults, soundPlatform } from '../../fixtures/platform-with-faults'
import { verdict } from '../../fixtures/verdict'

async function shown(record: ReturnType<typeof verdict>): Promise<string> {
  const terminal = new PassThrough()
  new Progress(terminal as unknown as WriteStream, { CI: 'true' }).verdict(record, [])
  terminal.end()
  return text(terminal)
}

describe('the end of a run', () => {
  const faults = platformWithFaults().verdict

  it('names the changed files, the weakened configuration and the shards that nobody checked', async () => {
    const said = await shown(faults)
    expect(said).toContain('suite 0.1.0, commit 0123456789ab, with 2 changed files: features/03-pods.feature, support/')
    expect(said).toContain('configuration: 3 differences from the checklist, of which 2 ask less')
    expect(said).toContain('1 of 2 shards were merged without a checked signature')
  })

  it('counts the changes since the last conclusive run, or says why there are none', async () => {
    const sinceLastRun = changesBetween(soundPlatform().verdict, faults)
    expect(await shown({ ...faults, sinceLastRun })).toContain(
      'Since the last conclusive run (accepted, 23 November 2026 at 18:01 UTC): 4 newly failed, 0 mended, 7 no longer checked, ',
    )
    const none = 'There is no record of an earlier run to compare with.'
    expect(await shown({ ...faults, sinceLastRun: none })).toContain(none)
  })

  it('says nothing of inputs that are those of the commit and of the checklist', async () => {
    const said = await shown(verdict())
    for (const word of ['suite', 'configuration', 'shards', 'Since']) expect(said).not.toContain(word)
  })
})
