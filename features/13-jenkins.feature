@section:13
Feature: Jenkins data source
  Where Jenkins builds the software, the service collects its builds. This section checks the connection to Jenkins; a
  platform without Jenkins has none.

  Background:
    Given a caller with a valid token gets the projects

  @checklist:13.1
  Scenario: The service has a connection to Jenkins
    Then the service has a connection to the configured Jenkins address

  Rule: The connection to Jenkins works and keeps its token secret

    Background:
      Given the service has a connection to the configured Jenkins address

    @checklist:13.1
    Scenario: The connection to Jenkins works
      Then Jenkins accepts the login of the service

    @checklist:13.1
    Scenario: The Jenkins token stays secret
      Then the token of the Jenkins connection cannot be read back
