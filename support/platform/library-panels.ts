/**
 * Panels of Grafana's library. A dashboard stores only a reference to them, and the page loads their models
 * (public/app/features/dashboard-scene/scene/LibraryPanelBehavior.tsx of Grafana's repository). Pure.
 */
import { z } from 'zod'

const reference = z.looseObject({
  type: z.string().optional(),
  libraryPanel: z.looseObject({ uid: z.string().min(1) }),
  targets: z.undefined().optional(),
})
const withPanels = z.looseObject({ dashboard: z.looseObject({ panels: z.array(z.unknown()) }) })

/** The answer to a request for a panel of the library. */
export const libraryElement = z
  .looseObject({ result: z.looseObject({ model: z.looseObject({}) }) })
  .transform(({ result }): object => result.model)

/** The uids of the panels of the library in a dashboard. Older versions store their models with the dashboard. */
export function libraryPanelsIn(answer: unknown): string[] {
  const { data } = withPanels.safeParse(answer)
  const found = data?.dashboard.panels.flatMap((panel) => reference.safeParse(panel).data?.libraryPanel.uid ?? [])
  return [...new Set(found)]
}

/** The dashboard with the models of its panels. One that the library does not have stays a reference, which draws nothing. */
export function withLibraryPanels(answer: unknown, models: ReadonlyMap<string, object>): unknown {
  const { data } = withPanels.safeParse(answer)
  if (data === undefined) return answer
  const panels = data.dashboard.panels.map((panel) => {
    const { data: one } = reference.safeParse(panel)
    if (one === undefined) return panel
    const { id, gridPos, libraryPanel } = one
    return { type: 'library-panel-ref', ...one, ...models.get(libraryPanel.uid), id, gridPos }
  })
  return { ...data, dashboard: { ...data.dashboard, panels } }
}
