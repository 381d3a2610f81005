@section:14
Feature: Incident webhook
  The time to restore begins with an incident. The observability platform tells the service of it, and of its end.

  @checklist:14.1
  Scenario: The webhook plugin is enabled
    Given a caller with the token is given the projects
    Then the webhook plugin is enabled

  @checklist:14.2
  Scenario: The incident webhook can be reached
    Given the lake can be reached
    Then the address of the incident webhook answers

  @checklist:14.3 @writes @story
  Scenario: An alert becomes an incident
    Given the address of the incident webhook answers
    And the database can be reached
    When an alert about a service is raised in the observability platform
    Then it becomes an incident in the incidents table
    And the incident is resolved there when the alert is over
