/** The parts of a platform that can have an owner, with the words by which the objects of findings name them. */
export const ownedParts = {
  lake: ['lake', 'REST API', 'GraphQL', 'the service'],
  ui: ['ui'],
  mysql: ['mysql', 'database', 'table', 'column', 'dora_benchmarks'],
  grafana: ['grafana', 'dashboard', 'panel'],
  prometheus: ['prometheus', 'ServiceMonitor', 'metrics page', 'alertmanager'],
  argocd: ['argocd', 'application'],
  secrets: ['Secret', 'ExternalSecret', 'SecretStore', 'ClusterSecretStore', 'external-secrets', 'token'],
  ingress: ['ingress', 'IngressClass', 'certificate', 'cert-manager'],
  cluster: ['node', 'StorageClass', 'PersistentVolumeClaim', 'Kubernetes', 'the cluster', 'namespace'],
  jenkins: ['jenkins'],
  github: ['github'],
} as const satisfies Record<string, readonly string[]>

export const partsWithOwners = Object.keys(ownedParts) as (keyof typeof ownedParts)[]
