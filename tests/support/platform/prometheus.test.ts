/** The findings about answers of Prometheus that hold no data, or not all of it. */
import { expect, it } from 'vitest'
import type { Http } from '../../../support/platform/http'
import { Prometheus } from '../../../support/platform/prometheus'
import type { Routes } from '../../../support/platform/routes'

const answering = (status: number, body: string) => {
  const routes = { toPrometheus: async () => ({ base: 'http://prometheus.example.org:9090' }) } as unknown as Routes
  const http = { get: async (url: string) => ({ url, status, body, headers: {} }) } as unknown as Http
  return new Prometheus(http, routes)
}
const asked = (status: number, body: string) => answering(status, body).query('up')

it.each([
  [
    'a refusal, in its own words',
    [422, '{"status":"error","errorType":"execution","error":"query processing would load too many samples."}'],
    'Prometheus refuses /api/v1/query: query processing would load too many samples.',
  ],
  [
    'an answer of something in front of it',
    [200, '{"message":"no route matched"}'],
    'The response of Prometheus to /api/v1/query does not match its API documentation.',
  ],
  [
    'an answer with a warning',
    [
      200,
      '{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["store sidecar-1 is unavailable"]}',
    ],
    'Prometheus answers /api/v1/query with a warning, so series may be missing.',
  ],
  [
    'an answer of which a part is missing',
    [200, '{"status":"success","isPartial":true,"data":{"resultType":"vector","result":[]}}'],
    'Prometheus answers /api/v1/query with a warning, so series may be missing.',
  ],
] as const)('%s', async (_, [status, body], summary) => {
  await expect(asked(status, body)).rejects.toThrow(summary)
})

it('an answer without a warning', async () => {
  const body =
    '{"status":"success","data":{"resultType":"vector","result":[]},"infos":["metric might not be a counter"]}'
  await expect(asked(200, body)).resolves.toEqual([])
})

it.each([
  ['Prometheus', '{"resultType":"scalar","result":[1796000000.5,"1796000000.5"]}'],
  ['VictoriaMetrics', '{"resultType":"vector","result":[{"metric":{},"value":[1796000000,"1796000000.5"]}]}'],
])('the time of %s', async (_, data) => {
  await expect(answering(200, `{"status":"success","isPartial":false,"data":${data}}`).now()).resolves.toEqual(
    new Date(1_796_000_000_500),
  )
})
