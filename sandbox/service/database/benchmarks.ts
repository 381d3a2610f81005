/** The published benchmarks: the bounds of the levels elite, high, medium and low, as rows of dora_benchmarks. */

export interface Benchmark {
  readonly metric: string
  readonly level: string
  readonly minimum: number | null
  readonly maximum: number | null
  readonly unit: string | null
  readonly description: string | null
}

const minutes = { hour: 60, day: 1_440, week: 10_080 }

const durations = (metric: 'lead_time' | 'mttr'): Benchmark[] => [
  { metric, level: 'elite', minimum: 0, maximum: minutes.hour, unit: 'minutes', description: 'Less than one hour' },
  {
    metric,
    level: 'high',
    minimum: minutes.hour,
    maximum: minutes.day,
    unit: 'minutes',
    description: 'Less than one day',
  },
  {
    metric,
    level: 'medium',
    minimum: minutes.day,
    maximum: minutes.week,
    unit: 'minutes',
    description: 'Less than one week',
  },
  { metric, level: 'low', minimum: minutes.week, maximum: null, unit: 'minutes', description: 'One week or more' },
]

/**
 * The rows that the migrations store. A frequency's lower bound is a whole number in its row's unit (per day, per week,
 * or per month of 30 days), because decimal(10,2) cannot hold a seventh of a day.
 */
export const publishedBenchmarks: readonly Benchmark[] = [
  {
    metric: 'deployment_frequency',
    level: 'elite',
    minimum: 1,
    maximum: null,
    unit: 'per_day',
    description: 'More than once a day',
  },
  {
    metric: 'deployment_frequency',
    level: 'high',
    minimum: 1,
    maximum: 7,
    unit: 'per_week',
    description: 'Between once a week and once a day',
  },
  {
    metric: 'deployment_frequency',
    level: 'medium',
    minimum: 1,
    maximum: 4.29,
    unit: 'per_month',
    description: 'Between once a month and once a week',
  },
  {
    metric: 'deployment_frequency',
    level: 'low',
    minimum: 0,
    maximum: 1,
    unit: 'per_month',
    description: 'Less than once a month',
  },
  ...durations('lead_time'),
  {
    metric: 'change_failure_rate',
    level: 'elite',
    minimum: 0,
    maximum: 5,
    unit: 'percent',
    description: 'At most 5 %',
  },
  {
    metric: 'change_failure_rate',
    level: 'high',
    minimum: 5,
    maximum: 10,
    unit: 'percent',
    description: 'At most 10 %',
  },
  {
    metric: 'change_failure_rate',
    level: 'medium',
    minimum: 10,
    maximum: 15,
    unit: 'percent',
    description: 'At most 15 %',
  },
  {
    metric: 'change_failure_rate',
    level: 'low',
    minimum: 15,
    maximum: null,
    unit: 'percent',
    description: 'More than 15 %',
  },
  ...durations('mttr'),
]
