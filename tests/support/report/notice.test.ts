/** The notice about a night: its first screen as text, for a chat that must not interpret it. */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { withDigest } from '../../../support/record/digest'
import type { Verdict } from '../../../support/record/verdict'
import { type NoticeFormat, noticeBody, noticeOf, sendNotice } from '../../../support/report/notice'
import { writeReports } from '../../../support/report/write'
import { payload, poisoned } from '../../fixtures/markup'
import { measured, metricRecords } from '../../fixtures/measured'
import { platformWithFaults } from '../../fixtures/platform-with-faults'
import { temporaryDirectory } from '../../fixtures/reports'
import { item, judged, verdict } from '../../fixtures/verdict'

const opened: (() => void)[] = []
afterEach(() => {
  for (const close of opened.splice(0)) close()
})

/** The reports of a run with this record, whose digests are computed again. */
function written({ digest: _, digests: __, ...record }: Verdict): string {
  const directory = temporaryDirectory()
  writeReports(directory, judged(withDigest(record), []))
  return directory
}

/** A webhook that answers with this status. */
async function webhook(status: number) {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      bodies.push(body)
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => server.close())
  return { bodies, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T000/SECRET` }
}

describe('the notice', () => {
  it('has the verdict, the place, the four metrics, the causes, who acts and what to type', () => {
    const { verdict: faults } = platformWithFaults()
    const causes = faults.causes.map((cause) => ({ ...cause, owner: 'Team Data', metrics: ['time to restore'] }))
    const platform = { ...faults.platform, environment: 'production' }
    const metrics = metricRecords({
      'time to restore': { status: 'failed', reason: 'the panel differs', measured: measured('time to restore') },
    })
    const { verdict: name, text } = noticeOf(
      written(verdict({ ...faults, verdict: 'rejected', platform, causes, metrics })),
    )
    expect(name).toBe('rejected')
    for (const part of [
      'Acceptance run: rejected',
      'production: namespace fawkes on fawkes-dev, 23 November 2026 at 18:01 UTC',
      'Deployment frequency: 2.87 a day (high), 86 successful deployments in the last 30 days, proven',
      'not proven: the panel differs',
      'The time to restore cannot be trusted.',
      'Who acts: Team Data',
      causes[0]?.summary ?? 'a cause',
      causes[0]?.remedy[0] ?? 'a command',
    ])
      expect(text).toContain(part)
  })

  it.each([
    ['is missing', () => temporaryDirectory(), 'left no record: it was killed'],
    [
      'was changed',
      () => {
        const directory = written(verdict({ items: [item()] }))
        writeFileSync(join(directory, 'verdict.json'), JSON.stringify({ ...verdict(), verdict: 'partial' }))
        return directory
      },
      'was changed after the run wrote it',
    ],
    [
      'was written by another program',
      () => {
        const directory = temporaryDirectory()
        writeFileSync(join(directory, 'verdict.json'), '{}')
        return directory
      },
      'error\nThe record cannot be read: no run of this suite wrote it so. The state',
    ],
  ])('is an error if the record %s', (_, reports, said) => {
    const { verdict: name, text } = noticeOf(reports())
    expect(name).toBe('error')
    expect(text).toContain(said)
  })

  it('stays below the limits of the chats, however many causes there are', () => {
    const { verdict: faults } = platformWithFaults()
    const [cause] = faults.causes
    if (!cause) expect.unreachable()
    const causes = Array.from({ length: 90 }, (_, index) => ({ ...cause, id: `${index}`, summary: 'x'.repeat(3000) }))
    const { text } = noticeOf(written(verdict({ ...faults, causes })))
    expect(text.length).toBeLessThan(3600)
    expect(text).toMatch(/more in sign-off\.html$/)
  })
})

describe('a chat', () => {
  it.each<[NoticeFormat, (body: unknown) => unknown]>([
    ['slack', (body) => body],
    ['teams', (body) => body],
    ['json', (body) => body],
  ])('gets text as text, and no markup: %s', async (format) => {
    const notice = noticeOf(written(poisoned(platformWithFaults()).verdict))
    expect(notice.text).toContain(payload.slice(0, 20))
    const body = JSON.stringify(noticeBody(notice, format))
    // Both interpret other kinds of text: mrkdwn and TextBlock.
    expect(body).not.toMatch(/"mrkdwn"|"TextBlock"/)
    const { bodies, address } = await webhook(200)
    await sendNotice(notice, address, format, 5000)
    expect(bodies).toEqual([body])
  })

  it.each([
    [500, 'it answered with status 500'],
    [302, 'unexpected redirect'],
  ])('that answers %i is named, and its address is not', async (status, said) => {
    const { address } = await webhook(status)
    const sent = sendNotice({ verdict: 'error', text: 'x' }, address, 'json', 5000)
    await expect(sent).rejects.toThrow(said)
    await expect(sent).rejects.not.toThrow('SECRET')
  })

  it('that does not exist is named', async () => {
    await expect(
      sendNotice({ verdict: 'error', text: 'x' }, 'http://127.0.0.1:9/SECRET', 'json', 5000),
    ).rejects.toThrow('The notice could not be sent to the webhook')
  })
})
