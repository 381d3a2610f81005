import { join, resolve } from 'node:path'

/** The directory that holds package.json, features and support. */
export const checkout = resolve(__dirname, '..', '..')

/** ACCEPTANCE_REPORTS, for parallel runs or a read-only checkout; else `reports` in the checkout. */
export const reportDirectory = (): string => resolve(process.env.ACCEPTANCE_REPORTS || join(checkout, 'reports'))
