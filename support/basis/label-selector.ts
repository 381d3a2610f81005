/** Label selectors of Kubernetes: what they match, and the labels that an object lacks for them. */
import { z } from 'zod'

export const labelSelector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(
      z.object({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).default([]),
      }),
    )
    .default([]),
})
export type LabelSelector = z.infer<typeof labelSelector>

/** Decides whether a selector matches labels. An empty selector matches everything. */
export function selects(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => matches(expression, labels))
  )
}

function matches(
  { key, operator, values }: LabelSelector['matchExpressions'][number],
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

/** The arguments of `kubectl label` with which a selector matches an object: `key=value` sets a label, `key-` removes it. */
export function labelsToFit(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): string[] {
  const set = Object.entries(matchLabels).filter(([key, value]) => labels[key] !== value)
  const unfit = matchExpressions.filter((expression) => !matches(expression, { ...labels, ...matchLabels }))
  return [
    ...set.map(([key, value]) => `${key}=${value}`),
    ...unfit.map(({ key, operator, values }) => {
      if (operator === 'In') return `${key}=${values[0] ?? ''}`
      return operator === 'Exists' ? `${key}=true` : `${key}-`
    }),
  ]
}
