@section:21
Feature: Dashboards
  People open the dashboards in a browser. This section checks that each one opens in time and shows no errors.

  Background:
    Given the admin can log in to Grafana
    And the events of the projects can be read

  @checklist:21.7 @browser
  Scenario Outline: The <dashboard> dashboard opens in a browser
    Given the panels of the "<dashboard>" dashboard query the database of the service
    Then the "<dashboard>" dashboard opens in time
    And no panel of the "<dashboard>" dashboard shows an error
    And the "<dashboard>" dashboard logs no errors in the browser console

    Examples:
      | dashboard             |
      | DORA Metrics Overview |
      | Deployment Frequency  |
      | Lead Time for Changes |
      | Change Failure Rate   |
      | Mean Time to Restore  |
