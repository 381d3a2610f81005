@section:16
Feature: DORA dashboards
  Teams see their metrics on dashboards. These are installed, show what the events of a project make up, and follow what is
  chosen on them.

  Background:
    Given Grafana can be used

  @checklist:16.1
  Rule: The dashboards are installed, and ask the database of the service

    Scenario: The dashboards are in their folder
      Then the folder of the DORA metrics holds dashboards

    Scenario: The dashboards ask the database of the service
      Given the database can be reached
      Then every panel asks the database of the service

  @checklist:16.2
  Rule: Each of the five dashboards is there, and its numbers are right

    Scenario Outline: The dashboard <dashboard> is there
      Then the dashboard "<dashboard>" is in the folder of the DORA metrics

      Examples:
        | dashboard              |
        | DORA Metrics Overview  |
        | Deployment Frequency   |
        | Lead Time for Changes  |
        | Change Failure Rate    |
        | Mean Time to Restore   |

    @browser
    Scenario: Every panel is answered
      Given every panel asks the database of the service
      And the events of the projects can be read
      And the dashboards open in a browser
      Then no query of a panel fails

    @browser
    Scenario: The panels show what the events make up
      Given every panel asks the database of the service
      And the events of the projects can be read
      And the dashboards open in a browser
      And no query of a panel fails
      Then the panels show what the events of each project make up

  @checklist:16.3
  Rule: What is chosen decides what is shown

    Scenario: Every dashboard asks for the project and the team that are chosen
      Given each of the dashboards is there
      Then each dashboard has a project and a team to choose, and asks for them

    @browser
    Scenario Outline: Another <filter> shows other numbers
      Given every panel asks the database of the service
      And the events of the projects can be read
      And the dashboards open in a browser
      And no query of a panel fails
      Then another <filter> changes what the panels show

      Examples:
        | filter     |
        | project    |
        | team       |
        | time range |

    @browser
    Scenario: Where there is no data, no panel shows a number
      Given every panel asks the database of the service
      And the events of the projects can be read
      And the dashboards open in a browser
      And no query of a panel fails
      Then over a time without events the panels show no data, and not 0
