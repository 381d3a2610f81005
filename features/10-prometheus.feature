@section:10
Feature: Prometheus integration
  Prometheus comes for the metrics of the service, without gaps, and has them as the service exposes them.

  @checklist:10.2
  Scenario: The ServiceMonitor exists
    Then the ServiceMonitor exists

  @checklist:10.1
  Scenario: The ServiceMonitor selects the service of the lake and its port
    Given the ServiceMonitor exists
    And the service of the lake is a ClusterIP with the documented port
    Then the ServiceMonitor selects the service of the lake and its port

  @checklist:10.1
  Scenario: Prometheus selects the ServiceMonitor
    Given the ServiceMonitor exists
    Then a Prometheus selects the ServiceMonitor

  @checklist:10.3
  Scenario: The target is up
    Given the ServiceMonitor selects the service of the lake and its port
    And a Prometheus selects the ServiceMonitor
    And the lake can be reached
    And Prometheus can be reached
    Then the Prometheus target is up and was scraped lately

  @checklist:10.3
  Scenario: No scrape was missed lately
    Given the ServiceMonitor selects the service of the lake and its port
    And a Prometheus selects the ServiceMonitor
    And the lake can be reached
    And Prometheus can be reached
    And the Prometheus target is up and was scraped lately
    Then no scrape was missed lately

  @checklist:10.4
  Scenario Outline: The query for <metric> returns what the service exposes
    Given the ServiceMonitor selects the service of the lake and its port
    And a Prometheus selects the ServiceMonitor
    And the lake can be reached
    And Prometheus can be reached
    And the Prometheus target is up and was scraped lately
    And the metrics page is in the text format to its last line
    And the metric "<metric>" has its type, its labels and possible values
    Then Prometheus has the metric "<metric>" as the service exposes it

    Examples:
      | metric                          |
      | dora_deployment_frequency_total |
      | dora_lead_time_seconds          |
      | dora_change_failure_rate        |
      | dora_mttr_seconds               |
