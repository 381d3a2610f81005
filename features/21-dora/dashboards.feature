@section:21
Feature: Dashboards
  People open the dashboards in a browser. They are there at once, complete, and without an error.

  Background:
    Given Grafana can be used
    And every panel asks the database of the service
    And the events of the projects can be read

  @checklist:21.7 @browser
  Scenario Outline: The dashboard <dashboard> opens in a browser
    Then the dashboard "<dashboard>" opens in time
    And no panel of the dashboard "<dashboard>" shows an error
    And the dashboard "<dashboard>" says nothing wrong in the console

    Examples:
      | dashboard             |
      | DORA Metrics Overview |
      | Deployment Frequency  |
      | Lead Time for Changes |
      | Change Failure Rate   |
      | Mean Time to Restore  |
