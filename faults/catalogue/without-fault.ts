/** What passes on the sandbox and no fault turns red there, and why: the only place that says so. */
export const withoutFault = {
  /** By the id of the item, and of its scenarios too. */
  items: {
    '0.10': 'what the caller may not look at is blocked and never fails',
  },
  /** By the name of the scenario, where the item itself has a fault. */
  scenarios: {},
} as const satisfies Readonly<Record<'items' | 'scenarios', Readonly<Record<string, string>>>>
