/** The three projects of the history and how their teams work. Rates are per working day, durations in hours. */
export interface Profile {
  readonly project: string
  readonly description: string
  readonly team: string
  readonly repository: string
  readonly people: readonly [string, ...string[]]
  /** The project's spelling of its production environment. */
  readonly production: string
  readonly changesPerDay: number
  readonly codingHours: number
  readonly reviewHours: number
  /** From the merge to the start of the deployment. */
  readonly waitingHours: number
  readonly failureChance: number
  readonly incidentChance: number
  readonly restoreHours: number
  readonly repeatChance: number
  readonly sloTarget: number
  readonly settings: Readonly<Record<string, unknown>>
}

const stages = ['development', 'review', 'production']

export const profiles: readonly Profile[] = [
  {
    project: 'checkout',
    description: 'Cart and checkout of the shop',
    team: 'storefront',
    repository: 'shop/checkout',
    people: ['Ada Okafor', 'Jonas Lindqvist', 'Mei Tanaka'],
    production: 'production',
    changesPerDay: 3.2,
    codingHours: 0.35,
    reviewHours: 0.15,
    waitingHours: 0.02,
    failureChance: 0.012,
    incidentChance: 0.012,
    restoreHours: 0.5,
    repeatChance: 0.06,
    sloTarget: 99.9,
    settings: {
      deployment_frequency: { window_days: 7, environment: 'production' },
      lead_time: { stages },
      cfr: { window_days: 30 },
      mttr: { severities: ['critical', 'high', 'medium', 'low'] },
    },
  },
  {
    project: 'payments',
    description: 'Payment providers and refunds',
    team: 'payments',
    repository: 'shop/payments',
    people: ['Priya Raman', 'Tomás Herrera', 'Ewa Nowak'],
    production: 'production',
    changesPerDay: 1.1,
    codingHours: 5,
    reviewHours: 3,
    waitingHours: 0.5,
    failureChance: 0.02,
    incidentChance: 0.03,
    restoreHours: 3,
    repeatChance: 0.12,
    sloTarget: 99.95,
    settings: {
      deployment_frequency: { window_days: 7, environment: 'production' },
      lead_time: { stages },
      cfr: { window_days: 30 },
      mttr: { severities: ['critical', 'high', 'medium', 'low'] },
    },
  },
  {
    project: 'catalog',
    description: 'Product catalogue and search',
    team: 'discovery',
    repository: 'shop/catalog',
    people: ['Lucas Meyer', 'Noor Haddad'],
    production: 'PRODUCTION',
    changesPerDay: 0.5,
    codingHours: 40,
    reviewHours: 22,
    waitingHours: 6,
    failureChance: 0.05,
    incidentChance: 0.06,
    restoreHours: 20,
    repeatChance: 0.2,
    sloTarget: 99.5,
    settings: {
      deployment_frequency: { window_days: 14, environment: 'production' },
      lead_time: { stages },
      cfr: { window_days: 60 },
      mttr: { severities: ['critical', 'high', 'medium'] },
    },
  },
]
