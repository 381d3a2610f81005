/** Items and scenarios that no fault can turn red on the sandbox, and findings that no fault makes, each with the reason. */
export const withoutFault = {
  /** Reasons by item id; each covers the item's scenarios too. */
  items: {
    '0.10': 'Missing rights block items and never fail one.',
  },
  /** Reasons by scenario name, for scenarios whose item does have a fault. */
  scenarios: {},
  /** Reasons by the beginning of the finding's name: a folder, a file, or a file with the text of the finding. */
  findings: {},
} as const satisfies Readonly<Record<'items' | 'scenarios' | 'findings', Readonly<Record<string, string>>>>
