/** Stand-in for Grafana's provisioned dashboards: JSON models in a folder, read again for each request. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf } from '../basis/errors'
import type { Folder, Installation } from './installation'

const model = z.looseObject({
  uid: z.string(),
  title: z.string(),
  tags: z.array(z.string()).default([]),
  version: z.number().default(1),
})

export interface Dashboard {
  readonly id: number
  readonly uid: string
  readonly title: string
  readonly slug: string
  readonly tags: readonly string[]
  readonly file: string
  readonly changed: Date
  /** The JSON model. */
  readonly model: z.infer<typeof model>
}

/** The last part of a dashboard's address, as Grafana derives it from the title. */
const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')

export const urlOfFolder = ({ uid, title }: Folder, root: string): string =>
  `${root}/dashboards/f/${uid}/${slugOf(title)}`

/** Reads the dashboards in a folder. A file without a valid dashboard is skipped and logged. */
export function readDashboards(
  { dashboards: path, uidPrefix = '' }: Pick<Installation, 'dashboards' | 'uidPrefix'>,
  logWarning: (line: string) => void,
): readonly Dashboard[] {
  const names = readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort()
  return names.flatMap((file, index) => {
    try {
      const read = model.parse(JSON.parse(readFileSync(join(path, file), 'utf8')))
      const parsed = { ...read, uid: `${uidPrefix}${read.uid}` }
      const { uid, title, tags } = parsed
      const changed = statSync(join(path, file)).mtime
      return [{ id: index + 2, uid, title, tags, slug: slugOf(title), file, changed, model: parsed }]
    } catch (error) {
      logWarning(`failed to load dashboard from ${file}: ${messageOf(error)}`)
      return []
    }
  })
}

const urlOf = ({ uid, slug }: Dashboard, root: string): string => `${root}/d/${uid}/${slug}`

const folderFields = ({ folder, root }: Pick<Installation, 'folder' | 'root'>) =>
  folder === null
    ? {}
    : { folderId: folder.id, folderUid: folder.uid, folderTitle: folder.title, folderUrl: urlOfFolder(folder, root) }

/** A search result. */
export function found(dashboard: Dashboard, installation: Pick<Installation, 'folder' | 'root'>): object {
  return {
    id: dashboard.id,
    orgId: 1,
    uid: dashboard.uid,
    title: dashboard.title,
    uri: `db/${dashboard.slug}`,
    url: urlOf(dashboard, installation.root),
    slug: '',
    type: 'dash-db',
    tags: dashboard.tags,
    isStarred: false,
    sortMeta: 0,
    isDeleted: false,
    ...folderFields(installation),
  }
}

/** A dashboard with its metadata. */
export function withMeta(dashboard: Dashboard, installation: Pick<Installation, 'folder' | 'root'>): object {
  const changed = dashboard.changed.toISOString()
  return {
    meta: {
      type: 'db',
      canSave: false,
      canEdit: false,
      canAdmin: false,
      canStar: true,
      canDelete: false,
      slug: dashboard.slug,
      url: urlOf(dashboard, installation.root),
      expires: '0001-01-01T00:00:00Z',
      created: changed,
      updated: changed,
      updatedBy: 'Anonymous',
      createdBy: 'Anonymous',
      version: dashboard.model.version,
      hasAcl: false,
      isFolder: false,
      // Grafana's values for a dashboard outside of any folder.
      folderId: 0,
      folderUid: '',
      folderTitle: 'General',
      folderUrl: '',
      ...folderFields(installation),
      provisioned: true,
      provisionedExternalId: dashboard.file,
    },
    dashboard: { ...dashboard.model, id: dashboard.id },
  }
}
