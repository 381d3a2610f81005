@section:0
Feature: Prerequisites
  The DORA metrics service needs a recent and large enough cluster, the operators that it builds on, and tokens for its
  data sources. This section checks that all of them are in place.

  Rule: The cluster is recent and large enough

    @checklist:0.1
    Scenario: Kubernetes is recent enough
      Then the cluster runs a supported version of Kubernetes

    @checklist:0.2
    Scenario: Enough worker nodes can take pods
      Then enough worker nodes can take pods of the service

    @checklist:0.3
    Scenario: The database has enough storage
      Then the storage of the database is bound, large enough and in use

  Rule: The operators that the service builds on are deployed

    @checklist:0.4
    Scenario: An ingress controller is deployed
      Then the ingress controller is deployed and available
      And the cluster has an ingress class

    @checklist:0.5
    Scenario: cert-manager is deployed and its certificates are valid
      Then cert-manager is deployed and available
      And every certificate of the platform is ready and renewed in time

    @checklist:0.6
    Scenario: ArgoCD is deployed and available
      Then ArgoCD is deployed and available

    @checklist:0.7
    Scenario: External Secrets Operator is deployed
      Then External Secrets Operator is deployed and available

    @checklist:0.8
    Scenario: The Prometheus and Grafana stack is deployed
      Then the Prometheus operator is deployed and available
      And Prometheus is available
      And the Grafana of the monitoring stack is deployed and available

    @checklist:0.9
    Scenario: The secrets manager is configured as a ready secret store
      Then every secret store used by an ExternalSecret is ready

  Rule: The caller and the service have the access they need

    @checklist:0.10
    Scenario: The caller has the cluster access that this run needs
      Then the caller has every permission that this run needs

    @checklist:0.11
    Scenario: A GitHub token for data collection is present
      Then the GitHub token is present

    @checklist:0.12
    Scenario: A Jenkins token for data collection is present
      Then the Jenkins token is present

    @checklist:0.13
    Scenario: Access to the ArgoCD API is configured
      Then the ArgoCD token is present
