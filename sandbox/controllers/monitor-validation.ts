/** The part of the operator's validation of ServiceMonitors that the stand-in needs: checkServiceMonitor of v0.85.0. Pure. */
interface Relabeling {
  readonly regex?: string
}

interface Endpoint {
  readonly relabelings?: readonly Relabeling[]
  readonly metricRelabelings?: readonly Relabeling[]
}

/** Returns the reason why the operator rejects a ServiceMonitor with these endpoints, or undefined if it accepts it. */
export function rejectionOf(endpoints: readonly Endpoint[]): string | undefined {
  for (const [index, { relabelings = [], metricRelabelings = [] }] of endpoints.entries())
    for (const [name, list] of Object.entries({
      relabelConfigs: relabelings,
      metricRelabelConfigs: metricRelabelings,
    })) {
      const position = list.findIndex(({ regex }) => regex !== undefined && !isExpression(regex))
      if (position >= 0)
        return `endpoints[${index}]: ${name}: [${position}]: invalid regex ${list[position]?.regex} for relabel configuration`
    }
  return undefined
}

function isExpression(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
