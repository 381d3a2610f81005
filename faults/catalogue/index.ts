import type { Fault } from '../fault'
import { platformFaults } from './platform'
import { surfaceFaults } from './surfaces'

/** Every fault, in the order of the checklist. */
export const catalogue: readonly Fault[] = [...platformFaults, ...surfaceFaults]
