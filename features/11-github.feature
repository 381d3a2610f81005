@section:11
Feature: GitHub data source
  The lead time for changes begins with a commit. This section checks the connection to GitHub, and that commits, pull
  requests and code reviews are collected.

  Background:
    Given a caller with a valid token gets the projects

  @checklist:11.2
  Scenario: The service has a connection to GitHub
    Then the service has a connection to the configured GitHub address

  Rule: The connection to GitHub works, keeps its token secret and collects the data

    Background:
      Given the service has a connection to the configured GitHub address

    @checklist:11.2
    Scenario: The connection to GitHub works
      Then GitHub accepts the login of the service

    @checklist:11.2
    Scenario: The GitHub token stays secret
      Then the token of the GitHub connection cannot be read back

    @checklist:11.3
    Scenario: Commits, pull requests and code reviews are collected
      Then commits, pull requests and code reviews are collected from every repository
