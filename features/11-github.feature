@section:11
Feature: GitHub data source
  The lead time begins with a commit. Commits, pull requests and their reviews come from GitHub, by a connection that has a
  token of its own.

  Background:
    Given a caller with the token is given the projects

  @checklist:11.2
  Scenario: There is a connection to GitHub
    Then the service has a connection to the address of GitHub

  @checklist:11.2
  Scenario: The connection to GitHub works
    Given the service has a connection to the address of GitHub
    Then GitHub lets the service in

  @checklist:11.2
  Scenario: The token for GitHub stays a secret
    Given the service has a connection to the address of GitHub
    Then the token of the connection to GitHub cannot be read back

  @checklist:11.3
  Scenario: The repositories are collected
    Given the service has a connection to the address of GitHub
    Then commits, pull requests and code review are collected from each repository
