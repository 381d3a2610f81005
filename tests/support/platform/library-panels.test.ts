/** Dashboards with panels of Grafana's library. */
import { expect, it } from 'vitest'
import { Grafana } from '../../../support/platform/grafana'
import type { Http } from '../../../support/platform/http'
import type { Routes } from '../../../support/platform/routes'

const routes = { to: async () => ({ base: 'http://grafana.test' }) } as unknown as Routes
const gridPos = { x: 0, y: 4, w: 8, h: 6 }
const target = { refId: 'A', rawSql: "SELECT 1 WHERE '$project'" }
const model = { id: 99, type: 'stat', title: 'Lead Time', targets: [target], fieldConfig: { defaults: { unit: 'm' } } }

/** Reads a dashboard from a Grafana whose library has one panel. */
async function read(...panels: readonly object[]) {
  const paths: string[] = []
  const get = async (url: string) => {
    const { pathname } = new URL(url)
    paths.push(pathname)
    const answers: Record<string, unknown> = {
      '/api/dashboards/uid/d': { meta: {}, dashboard: { uid: 'd', title: 'D', panels } },
      '/api/library-elements/lead': { result: { uid: 'lead', kind: 1, model } },
    }
    const answer = answers[pathname]
    return { url, status: answer ? 200 : 404, headers: {}, body: JSON.stringify(answer ?? { message: 'not found' }) }
  }
  const http = { get } as unknown as Http
  const dashboard = await new Grafana(http, routes).dashboard('d', { token: 'glsa_1' })
  return { panels: dashboard?.panels ?? [], paths }
}

it.each([[{ type: 'library-panel-ref' }], [{}]])('are read from the library: %j', async (more) => {
  const reference = { id: 3, title: 'Lead Time', gridPos, libraryPanel: { uid: 'lead', name: 'Lead Time' }, ...more }
  const { panels, paths } = await read({ id: 1, type: 'text' }, reference)
  expect(panels[1]).toMatchObject({ ...model, id: 3, gridPos: { y: 4, h: 6 } })
  expect(paths).toEqual(['/api/dashboards/uid/d', '/api/library-elements/lead'])
})

it('stay references that draw nothing if the library does not have them', async () => {
  const { panels } = await read({ id: 3, gridPos, libraryPanel: { uid: 'gone', name: 'Gone' } })
  expect(panels).toMatchObject([{ id: 3, type: 'library-panel-ref', targets: [] }])
})

it('are read from the dashboard where its model holds them', async () => {
  const { panels, paths } = await read({ ...model, id: 3, libraryPanel: { uid: 'lead', name: 'Lead Time' } })
  expect(panels).toMatchObject([{ ...model, id: 3 }])
  expect(paths).toEqual(['/api/dashboards/uid/d'])
})
