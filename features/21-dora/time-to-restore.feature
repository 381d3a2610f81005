@section:21
Feature: Mean time to restore
  It is the time from the creation of a production incident until it was resolved. Open incidents are not in it.

  Background:
    Given the events of the projects can be read
    And every surface of the metrics can be read

  @checklist:21.6
  Rule: Every surface reports what the events of the project make up

    Scenario: The time to restore of each project, recomputed from its events
      Then every surface reports the time to restore that the events of each project make up
