@section:13
Feature: Jenkins data source
  Where Jenkins builds, the service asks it for the builds. A platform without Jenkins has no such connection.

  Background:
    Given a caller with the token is given the projects

  @checklist:13.1
  Scenario: There is a connection to Jenkins
    Then the service has a connection to the address of Jenkins

  @checklist:13.1
  Scenario: The connection to Jenkins works
    Given the service has a connection to the address of Jenkins
    Then Jenkins lets the service in

  @checklist:13.1
  Scenario: The password for Jenkins stays a secret
    Given the service has a connection to the address of Jenkins
    Then the token of the connection to Jenkins cannot be read back
