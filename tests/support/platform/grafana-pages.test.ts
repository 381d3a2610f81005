/** The panels of a dashboard's page, with the answers to its queries. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { Browser } from '../../../support/platform/browser'
import { dashboardModel } from '../../../support/platform/grafana-model'
import { GrafanaPages } from '../../../support/platform/grafana-pages'
import type { Routes } from '../../../support/platform/routes'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const day = 864e5

/** A query of a panel. @param days the length of its range, which begins in 1970 */
const query = (panel: number, days: number, letter = 'A') =>
  `fetch('/api/ds/query', { method: 'POST', headers: { 'x-panel-id': '${panel}' },
    body: '{"queries":[{"refId":"${letter}"}],"from":"0","to":"${days * day}"}' })`

const panel = (key: string, title: string, text: string) =>
  `<div data-viz-panel-key="${key}"><section data-testid="data-testid Panel header ${title}">
    <div data-testid="data-testid panel content">${text}</div></section></div>`

const page = `<!doctype html><title>A dashboard</title><link rel="icon" href="data:,">
  ${panel('panel-2', 'Frequency', 'of the second')}
  ${panel('panel-1', 'Frequency', 'of the first')}
  ${panel('panel-3', 'Frequency of checkout', 'shared')}
  ${panel('panel-4', 'of one team', 'of a')}
  ${panel('panel-4-clone-1', 'of one team', 'of b')}
  <script>${query(1, 30)}.then(() => ${query(1, 30, 'B')}).then(() => ${query(1, 30, 'B')})
    .then(() => { ${query(2, 7)}; ${query(4, 7)} })</script>`

const answer = JSON.stringify({
  results: {
    A: { frames: [{ schema: { fields: [{ name: 'Value', type: 'number' }] }, data: { values: [[7]] } }] },
  },
})

async function opened() {
  const server = createServer((request, response) => {
    const isQuery = request.url?.startsWith('/api/ds/query') === true
    response.writeHead(200, { 'content-type': isQuery ? 'application/json' : 'text/html' })
    response.end(isQuery ? answer : page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  const { port } = server.address() as AddressInfo
  const routes: object = { to: async () => ({ base: 'http://grafana.test', at: { host: '127.0.0.1', port } }) }
  const browser = new Browser(routes as Routes, { deadlineMs: 10_000, witness: () => {} })
  closing.push(() => browser.close())
  const shared = { datasource: { uid: '-- Dashboard --' }, targets: [{ panelId: 1, withTransforms: true }] }
  const panels = [
    { id: 1, type: 'stat', title: 'Frequency', targets: [{}], transformations: [{ id: 'limit' }] },
    { id: 2, type: 'stat', title: 'Frequency', targets: [{}], timeFrom: '7d' },
    { id: 3, type: 'timeseries', title: 'Frequency of $project', ...shared },
    { id: 4, type: 'stat', title: 'of one team', targets: [{}], timeShift: '1w', repeat: 'team' },
  ]
  const dashboard = dashboardModel.parse({ meta: {}, dashboard: { uid: 'x', title: 'X', panels } })
  const choice = { variables: { project: 'checkout' }, deadlineMs: 10_000, pictured: false }
  return new GrafanaPages(browser, routes as Routes, 10_000).open({ token: 'glsa_0' }, dashboard, choice)
}

it('are told apart by their ids, have the answers that they draw, and may have times of their own', async () => {
  const { panels, asked } = await opened()
  expect(panels.map(({ text, copies, ownTime, columns }) => [text, copies, ownTime, columns.length])).toEqual([
    ['of the first', 1, undefined, 2],
    ['of the second', 1, 'timeFrom 7d', 1],
    ['shared', 1, undefined, 2],
    ['of a', 2, 'timeShift 1w', 1],
  ])
  expect(panels.map(({ transformations = [] }) => transformations.length)).toEqual([1, 0, 1, 0])
  expect(asked).toEqual({ start: 0, end: 30 * day })
})
