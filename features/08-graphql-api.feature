@section:8
Feature: GraphQL API
  Dashboards of other teams query the service over GraphQL. This section checks that the schema is the documented one, and
  that queries with a valid token are answered.

  Background:
    Given the lake can be reached

  @checklist:8.1
  Scenario: The schema is the documented one
    Then introspection without a token lists every documented type and field

  @checklist:8.2
  Scenario: A caller without a token gets no data
    Then GraphQL gives no data to a caller without a token

  @checklist:8.2
  Rule: A query with a valid token is answered

    Background:
      Given a caller with a valid token gets the projects

    Scenario: GraphQL returns the same projects as REST
      Then GraphQL returns the same projects to a caller with a valid token

    Scenario: The list of projects is complete
      Given the events of the projects can be read
      Then GraphQL lists every project that has settings or recent deployments

    Scenario: GraphQL returns the metrics of a project
      Given GraphQL returns the same projects to a caller with a valid token
      Then GraphQL returns the metrics of a project to a caller with a valid token

    Scenario: An invalid query gets an error
      Then GraphQL answers an invalid query with an error
