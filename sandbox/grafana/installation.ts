/**
 * An installation of the stand-in for Grafana in a folder: provisioned dashboards and data sources, settings, and the database.
 * Every file is read when it is needed, so a changed file takes effect at once.
 */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { readJson, writeWhole } from '../basis/files'
import type { Role } from './accounts'

const settingsSchema = z.object({
  /** The role of anonymous visitors; null if a login is required. */
  anonymous: z.enum(['Viewer', 'Editor', 'Admin']).nullable(),
})

/** The provisioned content of a Grafana. */
export interface Provisioning {
  /** The folder with the JSON models of the dashboards, which is copied. */
  readonly dashboards: string
  /** The file with the data sources, which is copied. */
  readonly datasources: string
  /** The Grafana folder of all dashboards; null if they are in none. */
  readonly folder: Folder | null
  /** The sub-path that Grafana is served from, as with `serve_from_sub_path`; empty for none. */
  readonly root: string
  /** Begins the uid of each dashboard. */
  readonly uidPrefix?: string
  /** The token of a service account. With it, people log in by single sign-on only. */
  readonly serviceToken?: string
}

export interface Folder {
  readonly id: number
  readonly uid: string
  readonly title: string
}

export const ofTheService: Provisioning = {
  dashboards: join(__dirname, 'dashboards'),
  datasources: join(__dirname, 'provisioning', 'datasources.yaml'),
  folder: { id: 1, uid: 'dora-metrics', title: 'DORA Metrics' },
  root: '',
}

export interface Installation extends Provisioning {
  /** The file with the users and their failed logins. */
  readonly accounts: string
  settings(): { readonly anonymous: Role | undefined }
}

/** Provisions a directory again and keeps the database in it. */
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
      anonymous:
        readJson(settings, settingsSchema, 'Delete the file and restart Grafana for the default settings.').anonymous ??
        undefined,
    }),
  }
}
