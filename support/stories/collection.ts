/** When what was sent has been collected: waited for where the service collects by itself, told to where it has to be. */

import { eventually } from '../basis/eventually'
import { applicable, Unmet } from '../basis/expectation'
import { selectorOf } from '../basis/labels'
import { excerpt } from '../basis/redaction'
import type { CollectionContract } from '../contracts/webhooks'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken } from '../service/api'
import { readRest } from '../service/surface-readings'

/** Waits for one that began when everything was sent. @throws Unmet when none comes within the deadline */
export async function ownCollection(platform: Platform, project: string, signal: AbortSignal): Promise<void> {
  const token = await apiToken(platform)
  const { overview } = applicable(platform.contract.dora.rest)
  const now = await timeOfService(platform)
  const deadlineMs = platform.configuration.deadlines.collection
  await eventually(
    async () => {
      const { end } = await readRest(platform, token, overview, project, 'last7days')
      if (end !== undefined && end > now) return
      throw new Unmet({
        summary: 'The service did not collect what was sent to it.',
        object: 'the collection of the service',
        expected: `one after ${new Date(now).toISOString()}, within ${deadlineMs / 1000} s`,
        found: end === undefined ? 'none' : `the last one at ${new Date(end).toISOString()}`,
        remedy: logs(platform),
      })
    },
    { deadlineMs, signal },
  )
}

/** By the service's own clock; the Date header has whole seconds, so the next one is surely later. */
async function timeOfService({ rest, contract }: Platform): Promise<number> {
  const { headers } = await rest.get(contract.ping.path)
  const date = Date.parse(String(headers.date ?? ''))
  return (Number.isNaN(date) ? Date.now() : date) + 1000
}

/**
 * Tells the service to collect, and waits until it has. While it is at work on the same already, it is told again.
 * @param trigger the path to POST to
 * @throws Unmet when it refuses, does not end within the deadline, or ends otherwise than well
 */
export async function toldCollection(
  platform: Platform,
  { begun, ended, success }: CollectionContract,
  trigger: string,
  signal: AbortSignal,
): Promise<void> {
  const { rest, configuration } = platform
  const token = await apiToken(platform)
  const waiting = { deadlineMs: configuration.deadlines.collection, signal }
  const path = await eventually(async () => {
    const answer = await rest.change('POST', trigger, '', { token })
    const parsed = answer.status < 300 ? begun.safeParse(jsonOf(answer)) : undefined
    if (parsed?.success) return parsed.data
    throw uncollected(platform, answer, 'does not begin to collect')
  }, waiting)
  const [end, answer] = await eventually(async (): Promise<[string, HttpAnswer]> => {
    const seen = await rest.get(path, token)
    const parsed = seen.status < 300 ? ended.safeParse(jsonOf(seen)) : undefined
    if (parsed?.success && parsed.data !== null) return [parsed.data, seen]
    throw uncollected(platform, seen, 'does not end its collection')
  }, waiting)
  if (end !== success) throw uncollected(platform, answer, `ended its collection with ${end}`)
}

const uncollected = (platform: Platform, { url, status, body }: HttpAnswer, what: string) =>
  new Unmet({
    summary: `The service ${what}.`,
    object: 'the collection of the service',
    expected: `one that ends well, within ${platform.configuration.deadlines.collection / 1000} s`,
    found: `status ${status} of ${new URL(url).pathname}: ${excerpt(body, 300)}`,
    remedy: logs(platform),
  })

const logs = ({ configuration: { namespace, components } }: Platform) => [
  `kubectl logs -n ${namespace} -l ${selectorOf(components.lake.labels)} --tail=50`,
]
