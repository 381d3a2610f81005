/**
 * What an installation of the stand-in for Grafana consists of, in a folder of its own: dashboards and data sources as they
 * were provisioned, settings, and its database. All of it is read when it is needed, so a changed file is in force at once.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeWhole } from '../files'
import type { Role } from './accounts'

const settingsSchema = z.object({
  /** The role of whoever has not logged in; null: they have to. */
  anonymous: z.enum(['Viewer', 'Editor', 'Admin']).nullable(),
})

export interface Installation {
  /** The folder of the dashboards' JSON models. */
  readonly dashboards: string
  /** The file of the data sources, in YAML. */
  readonly datasources: string
  /** The file of the users and their failed logins. */
  readonly accounts: string
  settings(): { readonly anonymous: Role | undefined }
}

/** Provisions a folder anew from what lies beside this file; the database in it stays. */
export function install(directory: string): Installation {
  const dashboards = join(directory, 'dashboards')
  const datasources = join(directory, 'datasources.yaml')
  const settings = join(directory, 'settings.json')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  rmSync(dashboards, { recursive: true, force: true })
  cpSync(join(__dirname, 'dashboards'), dashboards, { recursive: true })
  cpSync(join(__dirname, 'provisioning', 'datasources.yaml'), datasources)
  if (!existsSync(settings)) writeWhole(settings, JSON.stringify({ anonymous: null }))
  return {
    dashboards,
    datasources,
    accounts: join(directory, 'accounts.json'),
    settings: () => ({
      anonymous: settingsSchema.parse(JSON.parse(readFileSync(settings, 'utf8'))).anonymous ?? undefined,
    }),
  }
}
