/** Items and scenarios that no fault can turn red on the sandbox, and findings that no fault makes, each with the reason. */
export const withoutFault = {
  /** Reasons by item id; each covers the item's scenarios too. */
  items: {
    '0.10': 'Missing rights block items and never fail one.',
  },
  /** Reasons by scenario name, for scenarios whose item does have a fault. */
  scenarios: {},
  /** Reasons by the beginning of the finding's name: a folder, a file, or a file with the text of the finding. */
  findings: {
    'support/basis/bounds.ts':
      'Only gigabytes, or answers without end, exceed the bounds: tests/support/security makes them.',
    'support/checks/access.ts':
      'The matrix runs as an administrator: tests/support/security/rights.test.ts lacks rights.',
    'support/checks/application-operations.ts: `$\u007bobject} has a requested':
      'The stand-in of ArgoCD takes up every operation: tests/support/checks/application.test.ts.',
    'support/checks/application-attention.ts: `ArgoCD has not reconciled':
      'The stand-in of ArgoCD compares in time: tests/support/checks/application.test.ts.',
    'support/checks/application-state.ts: `$\u007bobject} is Synced whatever runs: ArgoCD does not compare':
      'The stand-in of ArgoCD compares all workloads: tests/support/checks/application.test.ts.',
    'support/checks/application-state.ts: `$\u007bobject} is OutOfSync, and no sync':
      'The stand-in of ArgoCD allows every kind: tests/support/checks/forbidden-kinds.test.ts.',
    'support/checks/applications-behind.ts':
      'The matrix runs as an administrator: tests/support/checks/applications-behind.test.ts lacks the right.',
    "support/checks/certificates.ts: problem('has no expiry date'":
      'The stand-in of cert-manager issues such a certificate anew: tests/support/checks/cluster.test.ts.',
    "support/checks/certificates.ts: problem('is not valid yet'":
      'The stand-in of cert-manager issues such a certificate anew: tests/support/checks/cluster.test.ts.',
    "support/checks/dashboards/installation.ts: 'Grafana shows the service":
      'People log in to the Grafana of the sandbox by password: tests/platforms/replacements.platforms.test.ts.',
    'support/checks/database.ts: `The database $\u007bname} does not exist':
      'The login, which names the database, already fails then: tests/support/platform/database-failures.test.ts.',
    'support/checks/table-rules.ts: `The partitions of':
      'Partitions would rewrite a table that the service is using: tests/support/flavours/fawkes/database.mariadb.test.ts.',
    'support/checks/database-writes.ts':
      'The service of the sandbox could no longer collect either: tests/support/flavours/fawkes/database.mariadb.test.ts.',
    'support/checks/grafana.ts: `$\u007bobject} holds no': 'The check of the keys of its Secret already fails then.',
    'support/checks/graphql.ts: `GraphQL: data is returned without a token to':
      'The service of the sandbox answers no queries in URLs: tests/support/checks/graphql.test.ts.',
    "support/checks/incident-webhook.ts: 'The webhook plugin has no connection":
      'Only stock DevLake has an address for each connection: tests/support/flavours/devlake/contract.test.ts.',
    'support/checks/lead-time-stages.ts: `The stages of the lead time of $\u007bfirst.project}':
      'A changed duration also changes the sum of its surface: tests/support/checks/lead-time-stages.test.ts.',
    'support/checks/endless-pods.ts':
      'A pod must have been on its way out for ten minutes: tests/support/checks/pods.test.ts.',
    'support/checks/endpoints.ts: `$\u007bobject} leads only':
      'The scheduler of the sandbox chooses the nodes of the pods: tests/support/checks/endpoints.test.ts.',
    'support/checks/evictions.ts': 'The kubelets of the sandbox evict nothing: tests/support/checks/pods.test.ts.',
    'support/checks/numbers/dashboard-numbers.ts: `The queries of': 'Grafana sends the time range with every query.',
    'support/checks/numbers/dashboard-numbers.ts: `The events of':
      'New events would have to arrive during each of several attempts.',
    'support/checks/numbers/differences.ts: `$\u007bstatement}, which can be right only':
      'The configuration of the sandbox names every table: tests/support/checks/numbers/reconciliation.mariadb.test.ts.',
    'support/checks/numbers/id-form.ts':
      'The configuration of the sandbox says how ids are stored: tests/support/checks/numbers/reconciliation.mariadb.test.ts.',
    'support/checks/numbers/shown-deployments.ts':
      'The panels are compared with the events of the service first: tests/support/flavours/devlake/dashboard-numbers.mariadb.test.ts.',
    'support/checks/series.ts: `There is no data yet':
      'The metrics page itself is blocked first, and with it what Prometheus scrapes of it.',
    'support/checks/series.ts: `Prometheus still returns':
      'The suite waits until Prometheus has forgotten them: tests/support/checks/series.test.ts.',
    'support/checks/outside-answers.ts: `The host name': 'The host names of the sandbox hold their address.',
    'support/checks/exposed-services.ts':
      'The ways in of the sandbox are Ingresses: tests/support/checks/exposed-services.test.ts.',
    'support/checks/external-secrets.ts: `$\u007bobject} takes values from a manifest':
      'The stand-in of External Secrets renders no templates: tests/support/checks/secrets.test.ts.',
    'support/checks/external-secrets.ts: `$\u007bobject} was synced with an older':
      'The stand-in of External Secrets syncs each change at once: tests/support/checks/secrets.test.ts.',
    'support/checks/flux': 'ArgoCD deploys the service in the sandbox: tests/support/checks/flux.test.ts.',
    'support/checks/http-routes.ts':
      'The ways in of the sandbox are Ingresses: tests/support/checks/http-routes.test.ts.',
    "support/checks/ingress-certificates.ts: finding('is not valid yet'":
      'Clients already refuse the certificate of the host: tests/support/checks/ingresses.test.ts.',
    'support/checks/monitoring.ts: `$\u007bobject} divides':
      'The sandbox has one server of Prometheus: tests/support/checks/monitoring.test.ts.',
    'support/checks/numbers/freshness.ts: `$\u007byoungest.surface} reports a range':
      'The surfaces of the sandbox have one clock: tests/support/checks/numbers/freshness.test.ts.',
    'support/checks/numbers/freshness.ts: `The clock of':
      'The service of the sandbox and its database have one clock: tests/support/checks/numbers/freshness.test.ts.',
    "support/checks/numbers/freshness.ts: 'The time of the last collection":
      'The ranges of the sandbox end with a collection: tests/support/checks/numbers/freshness.test.ts.',
    'support/checks/outside-answers.ts: `$\u007bhost} lets anyone':
      'Only stock DevLake has such a route: tests/support/flavours/devlake/refusals.test.ts.',
    'support/checks/secret-use.ts: `The manifest of':
      'The pods of the sandbox would need a password that its database does not have: tests/support/checks/secrets.test.ts.',
    'support/checks/hidden-variables.ts':
      'The pods of the sandbox would need a password that its database does not have: tests/support/checks/secrets.test.ts.',
    'support/checks/secret-use.ts: `It is not known':
      'The containers of the sandbox show their environment: tests/support/checks/secrets.test.ts.',
    'support/checks/pods.ts: `$\u007bobject} belongs to no workload':
      'The undo would have to give the pod back to its StatefulSet: tests/support/checks/pods.test.ts.',
    "support/checks/services.ts: 'No running pod": 'Every pod of the sandbox has wget and curl.',
    'support/checks/storage.ts: `$\u007bobject} cannot be written':
      'The access modes of a claim cannot be changed: tests/support/checks/cluster.test.ts.',
    'support/checks/storage.ts: `$\u007bobject} does not hold':
      'The data of the database of the sandbox lie outside its pod: tests/support/checks/cluster.test.ts.',
    'support/checks/storage.ts: `A resize':
      'The storage class of the sandbox cannot expand volumes: tests/support/checks/cluster.test.ts.',
    "support/checks/test-deployment.ts: 'The configuration names no": 'The configuration of the sandbox names one.',
    "support/checks/workloads.ts: finding('cannot create its pods'":
      'The sandbox has StatefulSets, which record no such condition: tests/support/checks/pods.test.ts.',
    "support/checks/workloads.ts: finding('is stuck in a rollout'":
      'The sandbox has StatefulSets, which record no such condition: tests/support/checks/pods.test.ts.',
    'support/checks/workloads.ts: finding(`has $\u007bready}':
      'The controllers of the sandbox count ready pods at once: tests/support/checks/pods.test.ts.',
    'support/diagnosis/analyzers/application.ts: `$\u007bobject} has no address':
      'The controllers of the sandbox give out addresses at once: tests/support/diagnosis/one-trouble.test.ts.',
    'support/diagnosis/analyzers/images.ts':
      'A fault must leave the other components alone: tests/support/diagnosis/one-trouble.test.ts.',
    'support/diagnosis/analyzers/jobs.ts':
      'The Application of the sandbox deploys no Job: tests/support/diagnosis/jobs.test.ts.',
    'support/diagnosis/analyzers/needed-objects.ts':
      'A fault must leave the other components alone: tests/support/diagnosis/one-trouble.test.ts.',
    'support/diagnosis/analyzers/network.ts: `The DNS of':
      'No pod of the sandbox asks DNS servers behind policies: tests/support/diagnosis/network.test.ts.',
    'support/diagnosis/analyzers/workloads.ts: `$\u007bobject} has no pods: no':
      'The components of the sandbox are StatefulSets: tests/support/diagnosis/diagnosis.test.ts.',
    'support/diagnosis/analyzers/pods.ts: `No node takes':
      'A fault must leave the other components alone: tests/support/diagnosis/one-trouble.test.ts.',
    'support/diagnosis/analyzers/refusers.ts':
      'A fault must leave the other components alone: tests/support/diagnosis/one-trouble.test.ts.',
    'support/diagnosis/diagnosis.ts: `$\u007bobject} is being deleted, with':
      'Such a fault could not be undone: tests/support/diagnosis/one-trouble.test.ts.',
    'support/flavours/devlake/':
      'The sandbox runs the service of the checklist: tests/support/flavours/devlake judges stock DevLake.',
    'support/glue/world.ts: message.split':
      'Only the own checks of a team make it: tests/support/run/own-checks.sandbox.test.ts.',
    'support/judgement/': 'Problems of the run and not of the platform: tests/support/judgement.',
    'support/platform/browser.ts':
      'Failures of the machine that runs the suite: tests/support/platform/browser.test.ts.',
    'support/platform/chromium.ts':
      'Failures of the machine that runs the suite: tests/support/platform/chromium.test.ts.',
    'support/platform/database-failures.ts':
      'A server that refuses all logins: tests/support/platform/database-failures.test.ts and database.mariadb.test.ts.',
    'support/platform/exec.ts':
      'The pods of the sandbox run every command at once: tests/support/checks/secrets.test.ts and tests/support/security/bounds-limits.test.ts.',
    'support/platform/http.ts: `This run is read-only': 'The matrix may change the platform.',
    'support/platform/kubeconfig/':
      'Without a cluster there is nothing to break: tests/support/platform/kubeconfig.test.ts.',
    'support/platform/kubernetes-api.ts: `The Kubernetes API server returns':
      'Without the API server no fault can be undone: tests/support/security/bounds-network.test.ts.',
    'support/platform/kubernetes-api.ts: `The run cannot':
      'The run reads an object before it changes it, so the object must disappear in between.',
    'support/platform/kubernetes-failures.ts':
      'Without the API server no fault can be undone: tests/support/platform/kubernetes-way.test.ts.',
    'support/platform/kubernetes-refusals.ts':
      'The matrix runs as an administrator: tests/support/run/refusals.sandbox.test.ts is refused.',
    'support/platform/missing-namespace.ts':
      'Such a fault could not be undone: tests/support/checks/lifecycle.test.ts.',
    "support/platform/rest.ts: 'The rate limit":
      'Only stock DevLake refuses in these words: tests/support/flavours/devlake/contract.test.ts.',
    "support/platform/rest.ts: 'The service is waiting":
      'Only stock DevLake waits for that: tests/support/flavours/devlake/contract.test.ts.',
    'support/platform/streams.ts':
      'The matrix runs as an administrator: tests/support/security/rights.test.ts lacks rights.',
    'support/platform/sync.ts': 'Only two runs at the same time meet: tests/support/platform/sync.test.ts.',
    'support/record/run-facts.ts': 'The schema of a saved finding.',
    'support/service/database-credentials.ts':
      'Only stories read the password before its Secret is checked, and could not remove their rows without it.',
    'support/service/projects.ts: `There is no project': 'Only the command explain is asked for a project by name.',
    'support/service/raw-event-statements.ts': 'The configuration of the sandbox names every table.',
    'support/service/raw-events.ts: `The project $\u007bproject} has more':
      'Only hundreds of thousands of events exceed the bound.',
    "support/service/refusals.ts: 'A login stands":
      'Only a proxy or stock DevLake asks for a login: tests/support/flavours/devlake/refusals.test.ts.',
    'support/service/refusals.ts: `The API token in':
      'Only stock DevLake says why it refuses a token: tests/support/flavours/devlake/refusals.test.ts.',
    'support/service/stored-tables.ts':
      'The configuration of the sandbox is right: tests/support/checks/numbers/reconciliation.mariadb.test.ts.',
    'support/stories/collection.ts: `The service $\u007bwhat}':
      'The service of the sandbox collects by itself: tests/support/flavours/devlake/stories.test.ts.',
  },
} as const satisfies Readonly<Record<'items' | 'scenarios' | 'findings', Readonly<Record<string, string>>>>
