/** Collections: waits for one if the service collects by itself, or starts one and waits for its end. */
import { command } from '../basis/command'
import { eventually } from '../basis/eventually'
import { Unmet } from '../basis/expectation'
import { selectorOf } from '../basis/labels'
import { excerpt } from '../basis/redaction'
import type { CollectionContract } from '../contracts/webhooks'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken } from '../service/api'
import { endOfCollection } from '../service/surface-readings'

/** Waits until the service has collected what was sent. @throws Unmet if no collection ends within the deadline */
export async function ownCollection(platform: Platform, project: string, signal: AbortSignal): Promise<void> {
  const token = await apiToken(platform)
  const now = await timeOfService(platform)
  const deadlineMs = platform.configuration.deadlines.collection
  await eventually(
    async () => {
      const end = await endOfCollection(platform, token, project)
      if (end !== undefined && end > now) return
      throw new Unmet({
        summary: 'The service has not collected the events that were sent to it.',
        object: 'the collection of the service',
        expected: `a collection that ends after ${new Date(now).toISOString()}, within ${deadlineMs / 1000} s`,
        found: end === undefined ? 'no collection' : `the latest collection ended at ${new Date(end).toISOString()}`,
        remedy: logs(platform),
      })
    },
    { deadlineMs, signal },
  )
}

/** The time of the service's own clock, rounded up to the next second, because the Date header has whole seconds. */
async function timeOfService({ rest, contract }: Platform): Promise<number> {
  const { headers } = await rest.get(contract.ping.path)
  const date = Date.parse(String(headers.date ?? ''))
  return (Number.isNaN(date) ? Date.now() : date) + 1000
}

/**
 * Starts a collection and waits for its end. Repeats the request until the service accepts it: it may still be collecting.
 * @param trigger the path of the request that starts the collection
 * @throws Unmet if the service refuses, the collection does not end within the deadline, or it does not succeed
 */
export async function triggeredCollection(
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
    throw uncollected(platform, answer, 'does not start the collection')
  }, waiting)
  const [end, answer] = await eventually(async (): Promise<[string, HttpAnswer]> => {
    const seen = await rest.get(path, token)
    const parsed = seen.status < 300 ? ended.safeParse(jsonOf(seen)) : undefined
    if (parsed?.success && parsed.data !== null) return [parsed.data, seen]
    throw uncollected(platform, seen, 'does not finish the collection')
  }, waiting)
  if (end !== success) throw uncollected(platform, answer, `finished the collection with ${end}`)
}

const uncollected = (platform: Platform, { url, status, body, reliesOn }: HttpAnswer, what: string) =>
  new Unmet({
    summary: `The service ${what}.`,
    object: 'the collection of the service',
    expected: `a successful collection within ${platform.configuration.deadlines.collection / 1000} s`,
    found: `${new URL(url).pathname} answered with status ${status}: ${excerpt(body, 300)}`,
    remedy: logs(platform),
    ...(reliesOn ? { reliesOn } : {}),
  })

const logs = ({ configuration: { namespace, components } }: Platform) => [
  command`kubectl logs -n ${namespace} -l ${selectorOf(components.lake.labels)} --tail=50`,
]
