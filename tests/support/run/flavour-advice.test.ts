/** The run recognises the flavour that answers, and prints the line to paste; it changes nothing else. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadChecklist } from '../../../support/basis/checklist'
import { devlake } from '../../../support/flavours/devlake/devlake'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { adviceOnContract, withoutCounterpart } from '../../../support/run/flavour-advice'
import { platformOf } from '../../fixtures/devlake/platform'
import { Replay } from '../../fixtures/devlake/replay'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  vi.unstubAllEnvs()
})

async function adviceAbout(names: readonly string[], contract: string): Promise<string[]> {
  const replay = await Replay.start(['ping', ...names])
  const platform = platformOf(replay, `contract: ${contract}`)
  ends.push(
    () => platform.close(),
    () => replay.stop(),
  )
  const advice = await adviceOnContract(platform)
  expect(replay.unrecorded).toEqual([])
  return advice
}

describe('items without a counterpart', () => {
  it('do not exist for the checklist’s own service', () => {
    expect([...withoutCounterpart(loadChecklist(), fawkes)]).toEqual([])
  })

  it('are those with a capability that a stock DevLake lacks, each with the reason', () => {
    const checklist = loadChecklist()
    const without = withoutCounterpart(checklist, devlake)
    const naming = checklist.items.filter(({ capability }) => capability !== undefined)
    expect([...without.keys()]).toEqual(naming.map(({ id }) => id))
    expect([...without.keys()]).toEqual(expect.arrayContaining(['8.1', '10.4', '18.2', '19.3']))
    for (const reason of without.values()) expect(reason).toMatch(/^.*[Ss]tock DevLake.*\.$/)
  })
})

describe('a lake', () => {
  it('leads to advice where the checklist’s own service is configured', async () => {
    const advice = await adviceAbout(['api-prefix-absent', 'projects-empty'], 'fawkes')
    expect(advice).toEqual([expect.stringContaining('add to the configuration: "contract: devlake"')])
  })

  it('leads to no advice where it is configured', async () => {
    expect(await adviceAbout(['projects-list', 'version'], 'devlake')).toEqual([])
  })

  it('of an unknown version is named, with the version that it is judged as', async () => {
    const replay = await Replay.start(['ping', 'projects-list'], {}, { '/version': { version: 'v1.9.0@1234567' } })
    const platform = platformOf(replay, 'contract: devlake')
    ends.push(
      () => platform.close(),
      () => replay.stop(),
    )
    expect(await adviceOnContract(platform)).toEqual([
      'The version "v1.9.0@1234567" of DevLake is unknown to the suite, which judges it as v1.0.3-beta12.',
    ])
  })
})

describe('the checklist’s own service', () => {
  /** A service that answers as its contract documents. */
  async function service(ping: string): Promise<{ readonly port: number }> {
    const server = createServer(({ url }, response) => {
      if (url === '/api/ping') response.writeHead(200, { 'content-type': 'application/json' }).end(ping)
      else if (url === '/ping') response.writeHead(200).end()
      else response.writeHead(401).end('{"error":{"code":"UNAUTHORIZED","message":"no token"}}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    ends.push(() => server.close())
    return { port: (server.address() as AddressInfo).port }
  }

  it.each([
    ['devlake', [expect.stringContaining('"contract: fawkes"')]],
    ['fawkes', []],
  ])('leads to the right advice where %s is configured', async (contract, advice) => {
    const platform = platformOf(await service('{"message":"pong"}'), `contract: ${contract}`)
    ends.unshift(() => platform.close())
    expect(await adviceOnContract(platform)).toEqual(advice)
  })

  it('leads to no advice while it is broken', async () => {
    const platform = platformOf(await service(''), 'contract: fawkes')
    ends.unshift(() => platform.close())
    expect(platform.contract.name).toBe(fawkes.name)
    expect(await adviceOnContract(platform)).toEqual([])
  })
})
