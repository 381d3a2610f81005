@section:9
Feature: Metrics endpoint
  The service exposes the four DORA metrics for Prometheus. This section checks that the metrics page is well-formed and
  that every metric has the documented type and labels.

  Background:
    Given the lake can be reached

  @checklist:9.1
  Scenario: The metrics page is in the Prometheus text format
    Then every line of the metrics page is in the Prometheus text format

  @checklist:9.2
  Scenario Outline: The metric <metric> has its documented type and labels
    Given every line of the metrics page is in the Prometheus text format
    Then the metric "<metric>" has its documented type and labels, and valid values

    Examples:
      | metric                          |
      | dora_deployment_frequency_total |
      | dora_lead_time_seconds          |
      | dora_change_failure_rate        |
      | dora_mttr_seconds               |

  @checklist:9.2
  Scenario: Only projects of the platform are exposed
    Given every line of the metrics page is in the Prometheus text format
    And the events of the projects can be read
    Then the metrics page has series only of projects that exist
