/**
 * What an installation of the stand-in for Grafana consists of, in a folder of its own: dashboards and data sources as they
 * were provisioned, settings, and its database. All of it is read when it is needed, so a changed file is in force at once.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeWhole } from '../basis/files'
import type { Role } from './accounts'

const settingsSchema = z.object({
  /** The role of whoever has not logged in; null: they have to. */
  anonymous: z.enum(['Viewer', 'Editor', 'Admin']).nullable(),
})

/** What a Grafana is started with: by default that of the service. */
export interface Provisioning {
  /** The folder of the dashboards' JSON models, and the file of the data sources, which are copied. */
  readonly dashboards: string
  readonly datasources: string
  /** The folder that all dashboards lie in; null is outside of any. */
  readonly folder: Folder | null
  /** The path that all of Grafana lies under, as with `serve_from_sub_path`; empty for none. */
  readonly root: string
}

export interface Folder {
  readonly id: number
  readonly uid: string
  readonly title: string
}

const ofTheService: Provisioning = {
  dashboards: join(__dirname, 'dashboards'),
  datasources: join(__dirname, 'provisioning', 'datasources.yaml'),
  folder: { id: 1, uid: 'dora-metrics', title: 'DORA Metrics' },
  root: '',
}

export interface Installation extends Provisioning {
  /** The file of the users and their failed logins. */
  readonly accounts: string
  settings(): { readonly anonymous: Role | undefined }
}

/** Provisions a directory anew; the database in it stays. */
export function install(directory: string, provisioning = ofTheService): Installation {
  const dashboards = join(directory, 'dashboards')
  const datasources = join(directory, 'datasources.yaml')
  const settings = join(directory, 'settings.json')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  rmSync(dashboards, { recursive: true, force: true })
  cpSync(provisioning.dashboards, dashboards, { recursive: true })
  cpSync(provisioning.datasources, datasources)
  if (!existsSync(settings)) writeWhole(settings, JSON.stringify({ anonymous: null }))
  return {
    ...provisioning,
    dashboards,
    datasources,
    accounts: join(directory, 'accounts.json'),
    settings: () => ({
      anonymous: settingsSchema.parse(JSON.parse(readFileSync(settings, 'utf8'))).anonymous ?? undefined,
    }),
  }
}
