import { applicationVariants } from './applications'
import { certificateVariants } from './certificates'
import { clockVariants } from './clock'
import { dashboardVariants } from './dashboards'
import { ingressVariants } from './ingresses'
import { logVariants } from './logs'
import { monitoringVariants } from './monitoring'
import { neighbourVariants } from './neighbours'
import { nodeVariants } from './nodes'
import { podVariants } from './pods'
import { projectVariants } from './projects'
import { secretVariants } from './secrets'
import { sourceVariants } from './sources'
import type { Variant } from './variant'

/** Every healthy variant, in the order of the checklist. */
export const variants: readonly Variant[] = [
  ...nodeVariants,
  ...certificateVariants,
  ...secretVariants,
  ...applicationVariants,
  ...podVariants,
  ...logVariants,
  ...ingressVariants,
  ...monitoringVariants,
  ...dashboardVariants,
  ...projectVariants,
  ...sourceVariants,
  ...neighbourVariants,
  ...clockVariants,
]
