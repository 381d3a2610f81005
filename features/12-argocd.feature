@section:12
Feature: ArgoCD data source
  Every sync of an Application is a deployment. This section checks the connection to ArgoCD, and that its sync events are
  collected.

  Background:
    Given a caller with a valid token gets the projects

  @checklist:12.1
  Scenario: The service has a connection to ArgoCD
    Then the service has a connection to the configured ArgoCD address

  Rule: The connection to ArgoCD works, keeps its token secret and collects the data

    Background:
      Given the service has a connection to the configured ArgoCD address

    @checklist:12.1
    Scenario: The connection to ArgoCD works
      Then ArgoCD accepts the login of the service

    @checklist:12.1
    Scenario: The ArgoCD token stays secret
      Then the token of the ArgoCD connection cannot be read back

    @checklist:12.2
    Scenario: Sync events are collected
      Then sync events are collected from every Application
