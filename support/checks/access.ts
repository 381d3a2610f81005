/** 0.10: checks that the caller has the permissions that the run needs. The API is queried once, before the first scenario. */
import { Blocked } from '../basis/expectation'
import type { Platform } from '../platform/platform'

/** @throws Blocked with every missing verb and resource: a part that cannot be read is not known to be wrong */
export async function expectAccess(platform: Platform): Promise<void> {
  const missing = await platform.missingAccess()
  const [first] = missing
  if (!first) return
  if (missing.length === 1) throw first
  throw new Blocked({
    summary: `The caller lacks ${missing.length} permissions: ${missing.map(({ finding }) => finding.summary).join(' ')}`,
    object: 'access of the caller',
    expected: missing.map(({ finding }) => finding.expected).join('; '),
    found: '403 Forbidden',
    remedy: missing.flatMap(({ finding }) => finding.remedy),
  })
}
