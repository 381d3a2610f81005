@section:9
Feature: Metrics endpoint
  The service exposes the four DORA metrics for Prometheus, in its text format.

  Background:
    Given the lake can be reached

  @checklist:9.1
  Scenario: The metrics are in the text format
    Then the metrics page is in the text format to its last line

  @checklist:9.2
  Scenario Outline: The metric <metric> is exposed with its type and labels
    Given the metrics page is in the text format to its last line
    Then the metric "<metric>" has its type, its labels and possible values

    Examples:
      | metric                          |
      | dora_deployment_frequency_total |
      | dora_lead_time_seconds          |
      | dora_change_failure_rate        |
      | dora_mttr_seconds               |
