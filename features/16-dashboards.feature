@section:16
Feature: DORA dashboards
  Teams read their metrics on Grafana dashboards. This section checks that the dashboards are installed, show the right
  numbers, and follow the filters.

  Background:
    Given the admin can log in to Grafana

  @checklist:16.1
  Scenario: The DORA metrics folder holds dashboards
    Then the DORA metrics folder holds dashboards

  @checklist:16.1
  Scenario: The dashboards query the database of the service
    Given the database can be reached
    Then every panel queries the database of the service

  @checklist:16.2
  Scenario Outline: The <dashboard> dashboard is installed
    Then the "<dashboard>" dashboard is in the DORA metrics folder

    Examples:
      | dashboard             |
      | DORA Metrics Overview |
      | Deployment Frequency  |
      | Lead Time for Changes |
      | Change Failure Rate   |
      | Mean Time to Restore  |

  @checklist:16.3
  Scenario: Every dashboard can be filtered by project and team
    Then every dashboard lets the reader choose a project and a team, and its queries use the choice

  @checklist:16.2 @browser
  Rule: The panels show the right numbers

    Background:
      Given the events of the projects can be read
      And a dashboard opens in a browser

    Scenario: Every panel gets an answer to its queries
      Then no panel query fails

    Scenario: The panels show the values recomputed from the events
      Then the panels show the values recomputed from each project's events

  @checklist:16.3 @browser
  Rule: The filters decide what the panels show

    Background:
      Given the events of the projects can be read
      And a dashboard opens in a browser

    Scenario: Every project can be chosen
      Then every dashboard offers every project

    Scenario Outline: Choosing another <filter> changes the numbers
      Then choosing another <filter> changes what the panels show

      Examples:
        | filter     |
        | project    |
        | team       |
        | time range |

    Scenario: Panels without data show no number
      Then the panels show no data, rather than 0, over a time range without events
