@section:21
Feature: Deployment frequency
  It is the successful production deployments per day of the window. What failed, was aborted or went elsewhere is none.

  Background:
    Given the events of the projects can be read
    And every surface of the metrics can be read

  @checklist:21.3
  Rule: Every surface reports what the events of the project make up

    Scenario: The deployment frequency of each project, recomputed from its events
      Then every surface reports the deployment frequency that the events of each project make up
