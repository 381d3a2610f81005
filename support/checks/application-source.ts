/** Comparison of the places that manifests come from: by their meaning, not by equal text. */
import { publicUrl } from '../basis/public-url'

const trimmedPath = (path: string | undefined) => (path ?? '').replace(/^(\.?\/)+|\/+$/g, '')
/** Compares directories of a repository. */
export const samePath = (one: string | undefined, other: string) => trimmedPath(one) === trimmedPath(other)

/** Compares revisions. An absent one is HEAD, and a branch has a short and a full name. */
export const sameRevision = (one: string | undefined, other: string) => shortRevision(one) === shortRevision(other)
const shortRevision = (revision: string | undefined) => (revision || 'HEAD').replace(/^refs\/(heads|tags)\//, '')

/** Compares the URLs of repositories, without a login and the ending ".git". */
export const sameRepository = (one: string, other: string) => normalized(one) === normalized(other)
/** The host and path of a repository: Git servers offer the same one over HTTPS and SSH, also in the form of scp. */
const normalized = (url: string) =>
  publicUrl(url)
    .toLowerCase()
    .replace(/^[\w.-]+@([\w.-]+):(?!\/\/)\/*/, 'ssh://$1/')
    .replace(/^(?:https?|ssh|git):\/\/(?:[^/@]*@)?/, '')
    .replace(/\/$/, '')
    .replace(/\.git$/, '')
