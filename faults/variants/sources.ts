/** Variants of the forges that the service collects commits from: sections 18 and 21 of the checklist. */
import { answering } from '../catalogue/breaking'
import type { Doors } from '../doors/doors'
import type { Variant } from './variant'

const sha = 'e'.repeat(40)
const changes = ['pushes to shop/checkout']

/** Pushes a commit two hours ago. */
const push = (doors: Doors) =>
  doors.push({
    ...{ forge: 'github', repository: 'shop/checkout', sha },
    at: new Date(Date.now() - 7_200_000).toISOString(),
  })

export const sourceVariants: readonly Variant[] = [
  {
    ...{ id: 'push-collected', title: 'The newest commit of a repository was collected', changes },
    apply: async (doors) => {
      const at = 'UTC_TIMESTAMP(3) - INTERVAL 3 DAY'
      await doors.sql(
        `INSERT INTO commits (sha, authored_date, committed_date, created_at, updated_at) VALUES ('${sha}', ${at}, ${at}, ${at}, ${at})`,
      )
      const undo = await push(doors)
      return async () => {
        await undo()
        await doors.sql(`DELETE FROM commits WHERE sha = '${sha}'`)
      }
    },
  },
  {
    ...{ id: 'repository-just-connected', title: 'A repository was connected a minute ago', changes },
    apply: async (doors) => {
      const undo = await push(doors)
      await doors.sql("UPDATE _tool_scopes SET created_at = UTC_TIMESTAMP(3) WHERE name = 'shop/checkout'")
      return undo
    },
  },
  {
    ...{ id: 'forge-out-of-reach', title: 'The service does not pass questions on to GitHub', changes },
    apply: async (doors) => {
      const undo = await push(doors)
      const reach = await doors.interfere({
        ...{ process: 'lake', path: '/proxy/rest/' },
        how: answering(404, '{"error":{"code":"NOT_FOUND","message":"there is no such path","details":{}}}'),
      })
      return async () => {
        await reach()
        await undo()
      }
    },
  },
]
