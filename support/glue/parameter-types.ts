/** Parameters of the steps: the words that the features use, and the names that the checks use for the same things. */
import { defineParameterType } from '@cucumber/cucumber'
import type { SecretRole } from '../checks/external-secrets'
import type { Metric, WindowedMetric } from '../checks/numbers/metric'
import type { Filter } from '../checks/numbers/numbers-proof'
import type { Intruder, WrongQuestion } from '../checks/rest'
import type { TokenRole } from '../checks/secrets'
import type { Component, Dependency, Entry } from '../contracts/contract'
import type { DataSource } from '../contracts/data-sources'
import type { DatabaseUser } from '../service/database-credentials'

function words<T>(name: string, meanings: Readonly<Record<string, T>>): void {
  defineParameterType({
    name,
    regexp: Object.keys(meanings).join('|'),
    transformer: (word: string) => meanings[word],
    useForSnippets: false,
  })
}

words<Component>('component', { lake: 'lake', UI: 'ui', Grafana: 'grafana', MySQL: 'mysql' })
words<SecretRole>('secrets', { service: 'service', database: 'database', Grafana: 'grafana' })
words<Entry>('ingress', { DevLake: 'service', Grafana: 'grafana' })
words<TokenRole>('token', { GitHub: 'github', Jenkins: 'jenkins', ArgoCD: 'argocd' })
words<DataSource>('dataSource', { GitHub: 'github', Jenkins: 'jenkins', ArgoCD: 'argocd' })
words<DatabaseUser>('databaseUser', { root: 'root', service: 'service' })
words<Intruder>('intruder', { 'no token': 'no', 'a wrong token': 'wrong', 'an expired token': 'expired' })
words<WrongQuestion>('wrongQuestion', {
  'an unknown project': 'unknown project',
  'an empty time range': 'empty range',
})
words<Dependency>('dependency', {
  'the ingress controller': 'ingressController',
  'cert-manager': 'certManager',
  ArgoCD: 'argocd',
  'External Secrets Operator': 'externalSecrets',
  'the Prometheus operator': 'prometheusOperator',
  'the Grafana of the monitoring stack': 'grafana',
})
words<Metric>('metric', {
  'deployment frequency': 'deployment frequency',
  'lead time': 'lead time',
  'change failure rate': 'change failure rate',
  'time to restore': 'time to restore',
  'rework rate': 'rework rate',
})
words<WindowedMetric>('windowedMetric', {
  'deployment frequency': 'deployment frequency',
  'change failure rate': 'change failure rate',
})
words<Filter>('filter', { project: 'project', team: 'team', 'time range': 'time range' })
