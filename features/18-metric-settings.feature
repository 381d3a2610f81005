@section:18
Feature: Metric settings
  Each project may have windows, stages and severities of its own. They are stored, and the service goes by them.

  Background:
    Given the events of the projects can be read

  @checklist:18.1
  Scenario: The settings of each project are stored
    Then each project has settings of its own

  @checklist:18.2
  Scenario: The deployment frequency is shown over the window of the settings
    Given every surface of the metrics can be read
    And each project has settings of its own
    Then each project is shown its deployment frequency over the window of its settings

  @checklist:18.3
  Scenario: The documented stages are set
    Given each project has settings of its own
    Then the stages are Development, Review and Production

  @checklist:18.3
  Scenario: The lead time is shown by the stages of the settings
    Given each project has settings of its own
    Then each project is shown its lead time by the stages of its settings

  @checklist:18.4
  Scenario: The change failure rate is shown over the window of the settings
    Given every surface of the metrics can be read
    And each project has settings of its own
    Then each project is shown its change failure rate over the window of its settings

  @checklist:18.5
  Scenario: The time to restore counts the severities of the settings
    Given every surface of the metrics can be read
    And each project has settings of its own
    Then each project is shown its time to restore by the severities of its settings

  @checklist:18.4 @checklist:18.5 @writes @story
  Scenario: A project's own windows and severities are in force
    Given these settings
      | setting                          | value        |
      | deployment_frequency.window_days | 3            |
      | cfr.window_days                  | 3            |
      | mttr.severities                  | ["critical"] |
    And these deployments
      | id | finished         | result  |
      | d1 | 5 days ago 09:00 | failure |
      | d2 | 2 days ago 09:00 | success |
    And these incidents
      | id | created          | resolved         | severity | deployment |
      | i1 | 2 days ago 10:00 | 2 days ago 10:30 | critical | d1         |
      | i2 | 2 days ago 11:00 | 2 days ago 15:00 | high     | d1         |
    And the service has collected the data
    Then over the last 7 days every surface reports
      | time to restore      | 30 min |
      | change failure ratio | 0      |
