@section:18
Feature: Metric settings
  Each project can have its own windows, stages and severities. This section checks that these settings are stored, and
  that the reported metrics follow them.

  @checklist:18.1
  Scenario: The settings of every project are stored
    Given the events of the projects can be read
    Then every project has its own settings

  @checklist:18.3
  Rule: The lead time follows the stages in the settings

    Background:
      Given the events of the projects can be read
      And every project has its own settings

    Scenario: The stages are the documented ones
      Then the lead time stages are Development, Review and Production

    Scenario: The lead time is broken down into the stages in the settings
      Then the lead time of every project is broken down into the stages in its settings

  Rule: The metrics follow the windows and severities in the settings

    Background:
      Given the events of the projects can be read and compared
      And every project has its own settings

    @checklist:18.2
    Scenario: The deployment frequency follows the window in the settings
      Then the deployment frequency of every project is reported over the window in its settings

    @checklist:18.4
    Scenario: The change failure rate follows the window in the settings
      Then the change failure rate of every project is reported over the window in its settings

    @checklist:18.5
    Scenario: The time to restore follows the severities in the settings
      Then the time to restore of every project counts incidents of the severities in its settings

  @checklist:18.4 @checklist:18.5 @writes @story
  Rule: Settings decide the metrics of newly collected data

    Scenario: A project's own windows and severities apply
      Given the events of the projects can be read
      And the project has these settings
        | setting                          | value        |
        | deployment_frequency.window_days | 3            |
        | cfr.window_days                  | 3            |
        | mttr.severities                  | ["critical"] |
      And these deployments were reported
        | id | finished            | result  |
        | d1 | 5 days ago at 09:00 | failure |
        | d2 | 2 days ago at 09:00 | success |
      And these incidents were reported
        | id | created             | resolved            | severity | deployment |
        | i1 | 2 days ago at 10:00 | 2 days ago at 10:30 | critical | d1         |
        | i2 | 2 days ago at 11:00 | 2 days ago at 15:00 | high     | d1         |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | time to restore      | 30 min |
        | change failure ratio | 0      |
