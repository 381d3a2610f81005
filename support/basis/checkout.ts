import { resolve } from 'node:path'

/** The directory that holds package.json, features and support: that of the checkout, or dist in the package. */
export const checkout = resolve(__dirname, '..', '..')

/** ACCEPTANCE_REPORTS, for parallel runs or a read-only directory; else `reports` in the working directory. */
export const reportDirectory = (): string => resolve(reportPath())

/** The same directory, as it was given. */
export const reportPath = (): string => process.env.ACCEPTANCE_REPORTS || 'reports'
