@section:2
Feature: ArgoCD application
  The service is deployed by ArgoCD from the platform repository, and what runs is what the repository says.

  @checklist:2.2
  Scenario: The Application exists
    Then the Application exists

  @checklist:2.1
  Scenario: The Application deploys from the platform repository
    Given the Application exists
    Then the Application deploys from the platform repository into the namespace of the service

  @checklist:2.3
  Scenario: The Application is healthy
    Given the Application exists
    Then the Application is healthy

  @checklist:2.3
  Scenario: The Application is in sync with the repository
    Given the Application exists
    Then the Application is synced
    And its last operation succeeded

  @checklist:2.4 @writes
  Scenario: A sync can be started by hand
    Given the Application exists
    When a sync of the Application is started by hand
    Then the sync succeeds
