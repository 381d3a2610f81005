@section:0
Feature: Prerequisites
  What must be there before the DORA metrics service can be deployed: a cluster that is new and large enough, the
  operators that the service builds on, and the tokens with which it reads its data sources.

  Rule: The cluster is new enough and large enough

    @checklist:0.1
    Scenario: Kubernetes is new enough
      Then the cluster runs a supported version of Kubernetes

    @checklist:0.2
    Scenario: Enough workers can take pods
      Then enough workers are ready and not cordoned

    @checklist:0.3
    Scenario: The database has its storage
      Then the storage of the database is bound and large enough

  Rule: The operators that the service builds on are deployed

    @checklist:0.4
    Scenario: An ingress controller is deployed
      Then the ingress controller is deployed and available
      And the cluster has an ingress class

    @checklist:0.5
    Scenario: cert-manager is deployed and keeps its certificates
      Then cert-manager is deployed and available
      And no certificate is unready or about to expire

    @checklist:0.6
    Scenario: ArgoCD is deployed and healthy
      Then ArgoCD is deployed and available

    @checklist:0.7
    Scenario: External Secrets Operator is deployed
      Then External Secrets is deployed and available

    @checklist:0.8
    Scenario: The Prometheus and Grafana stack is deployed
      Then the Prometheus operator is deployed and available
      And Prometheus is available
      And the Grafana of the monitoring stack is deployed and available

    @checklist:0.9
    Scenario: A secrets manager is configured as a ready secret store
      Then every secret store that the ExternalSecrets use is ready

  Rule: The caller and the service have the access that they need

    @checklist:0.10
    Scenario: The caller has the access that this run needs
      Then the caller may do everything that this run needs

    @checklist:0.11
    Scenario: There is a GitHub token to collect data with
      Then the GitHub token is present

    @checklist:0.12
    Scenario: There is a Jenkins token to collect data with
      Then the Jenkins token is present

    @checklist:0.13
    Scenario: Access to the API of ArgoCD is configured
      Then the ArgoCD token is present
