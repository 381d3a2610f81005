/** Projects without a deployment to production whose sources hold builds or deployments. */
import { describe, expect, it } from 'vitest'
import { uncountedSources } from '../../../../../support/flavours/devlake/oracle/uncounted'
import { deployment, lakeOf } from '../../../../fixtures/devlake/lake'

const scope = 'github:GithubRepo:1:42'
const administration = {
  builds: [{ scope, count: 12 }],
  blueprintScopes: [{ blueprint: '3', plugin: 'github', connection: '1', scope: '42' }],
}
const mappings = [{ project: 'shop', kind: 'cicd_scopes', scope }]
const found = (...given: Parameters<typeof lakeOf>) => {
  const lake = lakeOf(...given)
  const rows = { ...lake, mappings: [...lake.mappings, ...mappings] }
  return uncountedSources(rows, administration, ['shop'], 'http://localhost:8080')
}
const deployed = (environment: string) =>
  deployment('d1', '2026-11-20T10:00:00Z', { project: scope, environment, result: 'FAILURE' })

describe('a project without deployments', () => {
  it('has builds that match no deployment pattern', () => {
    const [finding, ...others] = found([])
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      summary: 'No deployment of shop counts: its builds are collected, but none of them is a deployment.',
      found: `12 builds in ${scope}`,
      query: `SELECT * FROM cicd_pipelines WHERE cicd_scope_id = '${scope}'`,
    })
    expect(finding?.remedy.slice(1, 4)).toEqual([
      "curl -X GET 'http://localhost:8080/plugins/github/connections/1/scopes/42'",
      '# and REGEX by a pattern for the names of its deployments:',
      `curl -X PATCH 'http://localhost:8080/plugins/github/connections/1/scope-configs/ID' -H 'content-type: application/json' -d '{"deploymentPattern":"REGEX"}'`,
    ])
  })

  it('has deployments without an environment', () => {
    const [finding] = found([], deployed(''))
    expect(finding).toMatchObject({
      summary: 'No deployment of shop counts: none of them went to PRODUCTION.',
      found: `1 deployment without an environment in ${scope}`,
    })
    expect(finding?.remedy.join('\n')).toContain('"productionPattern":"REGEX"')
  })

  it('has deployments elsewhere, which its webhook can send again', () => {
    const webhook = deployment('d1', '2026-11-20T10:00:00Z', { project: 'webhook:7', environment: 'STAGING' })
    const lake = lakeOf([], webhook, { mappings: [{ project: 'shop', kind: 'cicd_scopes', scope: 'webhook:7' }] })
    const [finding] = uncountedSources(lake, administration, ['shop'], 'http://localhost:8080')
    expect(finding?.found).toBe('1 deployment to STAGING in webhook:7')
    expect(finding?.remedy).toEqual([
      '# if they went to production, send them again with the environment PRODUCTION, and correct their sender',
    ])
  })

  it('is not one whose deployments to production failed, or that has no builds', () => {
    expect(found([], deployed('PRODUCTION'))).toEqual([])
    expect(uncountedSources(lakeOf(['shop']), administration, ['shop'], 'http://localhost:8080')).toEqual([])
  })
})
