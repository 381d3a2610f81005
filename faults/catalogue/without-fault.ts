/** Items and scenarios that pass on the sandbox and that no fault can turn red, each with the reason. */
export const withoutFault = {
  /** Reasons by item id; each covers the item's scenarios too. */
  items: {
    '0.10': 'Missing rights block items and never fail one.',
  },
  /** Reasons by scenario name, for scenarios whose item does have a fault. */
  scenarios: {},
} as const satisfies Readonly<Record<'items' | 'scenarios', Readonly<Record<string, string>>>>
