@section:14
Feature: Incident webhook
  The time to restore begins with an incident, which the observability platform reports to a webhook of the service. This
  section checks that incidents arrive, and that they are resolved.

  @checklist:14.1
  Scenario: The webhook plugin is enabled
    Given a caller with a valid token gets the projects
    Then the webhook plugin is enabled

  @checklist:14.2
  Scenario: The incident webhook answers
    Given the lake can be reached
    Then the incident webhook answers

  @checklist:14.3 @writes @story
  Scenario: An alert becomes an incident
    Given the incident webhook answers
    And the database can be reached
    When an alert about a project is raised in the observability platform
    Then the incidents table holds an incident for the alert
    And the incident is resolved when the alert ends
