/** An Application that is not healthy suffers from those of its resources that are not. */
import { type Analyzer, objectOf } from '../facts/insight'

export const application: Analyzer = ({ applications }) =>
  applications.map(({ metadata, status }) => ({
    object: objectOf('Application', metadata),
    suffersFrom: status.resources
      .filter(({ health }) => health.status !== '' && health.status !== 'Healthy')
      .map(({ kind, namespace, name }) => objectOf(kind, { namespace, name })),
  }))
