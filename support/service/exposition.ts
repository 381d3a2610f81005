import { excessive, OutOfBounds } from '../basis/bounds'
import { command } from '../basis/command'
import { applicable, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import { type Family, MalformedExposition, parseExpositionInTurns } from '../formats/exposition'
import type { Platform } from '../platform/platform'
import { expectStatus } from './api'

/** 9.1: the metrics page is in Prometheus' text format, down to its last line. Returns its metrics by name. */
export async function expectExposition({ rest, contract }: Platform): Promise<ReadonlyMap<string, Family>> {
  const { path } = applicable(contract.metrics)
  const answer = await rest.get(path)
  expectStatus(answer, 200)
  const object = answer.url
  const remedy = [command`curl -s ${answer.url} | promtool check metrics`]
  const type = String(answer.headers['content-type'] ?? '')
  if (!/^(text\/plain|application\/openmetrics-text)\b/.test(type))
    throw new Unmet({
      summary: `${path} answers ${type || 'no content type'} where metrics are expected.`,
      object,
      expected: 'text/plain; version=0.0.4',
      found: `${type}: ${excerpt(answer.body, 200)}`,
      remedy,
    })
  try {
    return await parseExpositionInTurns(answer.body)
  } catch (error) {
    if (error instanceof OutOfBounds)
      throw excessive({ bound: error.bound, object, remedy: [command`curl -s ${answer.url} | wc`] })
    if (!(error instanceof MalformedExposition)) throw error
    throw new Unmet({
      summary: `${path} is not in Prometheus' text format.`,
      object,
      expected: 'the text format',
      found: excerpt(error.message, 300),
      remedy,
    })
  }
}
