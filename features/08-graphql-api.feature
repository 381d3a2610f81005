@section:8
Feature: GraphQL API
  Dashboards of other teams ask the service over GraphQL. Its schema is a promise to them.

  Background:
    Given the lake can be reached

  @checklist:8.1
  Scenario: The schema is the documented one
    Then introspection without a token shows every documented type and field

  @checklist:8.2
  Scenario: The projects are the same as over REST
    Given a caller with the token is given the projects
    Then GraphQL gives a caller with the token the same projects

  @checklist:8.2
  Scenario: The metrics of a project can be asked for
    Given a caller with the token is given the projects
    And GraphQL gives a caller with the token the same projects
    Then GraphQL gives a caller with the token the metrics of a project

  @checklist:8.2
  Scenario: Data is refused to a caller without a token
    Then GraphQL refuses data to a caller without a token

  @checklist:8.2
  Scenario: A wrong query is an error and breaks nothing
    Given a caller with the token is given the projects
    Then GraphQL answers a wrong query with an error
