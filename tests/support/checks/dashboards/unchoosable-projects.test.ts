/** Projects whose names keep a reader from choosing them on a dashboard. */
import { expect, it } from 'vitest'
import { command } from '../../../../support/basis/command'
import { unescapedName } from '../../../../support/checks/dashboards/unchoosable-projects'
import { configurationSchema } from '../../../../support/configuration/schema'
import { devlake } from '../../../../support/flavours/devlake/devlake'
import type { Platform } from '../../../../support/platform/platform'

const platform = {
  contract: devlake,
  configuration: configurationSchema(devlake.names).parse({}),
  kubernetes: { namespace: 'devlake' },
  rest: { commandFor: async (path: string) => command`curl -s ${path}` },
} as unknown as Platform

it('include one with a backslash, which is renamed by a request to DevLake', async () => {
  const found = await unescapedName(platform, 'back\\slash')
  expect(found?.object).toBe('project back\\slash')
  expect(found?.remedy.at(-1)).toContain("projects/back%5Cslash'")
  expect(await unescapedName(platform, "it's")).toBeNull()
})
