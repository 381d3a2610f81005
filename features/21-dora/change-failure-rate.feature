@section:21
Feature: Change failure rate
  Of the production deployments that came to an end it is the share that failed, or that an incident is due to.

  Background:
    Given the events of the projects can be read
    And every surface of the metrics can be read

  @checklist:21.5
  Rule: Every surface reports what the events of the project make up

    Scenario: The change failure rate of each project, recomputed from its events
      Then every surface reports the change failure rate that the events of each project make up
