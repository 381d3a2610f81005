/** Attributes an unhealthy Application to its unhealthy resources. */
import { type Analyzer, objectOf } from '../facts/insight'

export const application: Analyzer = ({ applications }) =>
  applications.map(({ metadata, status }) => ({
    object: objectOf('Application', metadata),
    possibleCauses: status.resources
      .filter(({ health }) => health.status !== '' && health.status !== 'Healthy')
      .map(({ kind, namespace, name }) => objectOf(kind, { namespace, name })),
  }))
