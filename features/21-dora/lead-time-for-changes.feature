@section:21
Feature: Lead time for changes
  It is the time from the first new commit of a deployment until that deployment has succeeded in production.

  Background:
    Given the events of the projects can be read
    And every surface of the metrics can be read

  @checklist:21.4
  Rule: Every surface reports what the events of the project make up

    Scenario: The lead time of each project, recomputed from its events
      Then every surface reports the lead time that the events of each project make up
