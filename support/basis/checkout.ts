import { join, resolve } from 'node:path'

/** The directory that holds package.json, features and support. */
export const checkout = resolve(__dirname, '..', '..')

/** ACCEPTANCE_REPORTS, for two runs side by side or a checkout that cannot be written; else the checkout's own reports. */
export const reportDirectory = (): string => resolve(process.env.ACCEPTANCE_REPORTS || join(checkout, 'reports'))
