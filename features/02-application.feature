@section:2
Feature: ArgoCD application
  ArgoCD deploys the service from the platform repository. This section checks that the cluster runs what the repository
  describes.

  @checklist:2.2
  Scenario: The Application exists
    Then the Application exists

  Rule: The Application deploys what the platform repository describes

    Background:
      Given the Application exists

    @checklist:2.1
    Scenario: The Application deploys from the platform repository
      Then the Application deploys from the platform repository into the namespace of the service

    @checklist:2.3
    Scenario: The Application is healthy
      Then the Application is healthy

    @checklist:2.3
    Scenario: The Application is in sync with the repository
      Then the Application is synced
      And the last operation of the Application succeeded

    @checklist:2.4 @writes
    Scenario: A sync started by hand succeeds
      When a sync of the Application is started by hand
      Then the sync succeeds
