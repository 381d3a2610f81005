@section:10
Feature: Prometheus integration
  Prometheus scrapes the metrics of the service. This section checks that it finds the service, misses no scrape, and
  stores the values that the service exposes.

  @checklist:10.2
  Scenario: The ServiceMonitor exists
    Then the ServiceMonitor exists

  @checklist:10.1
  Rule: The ServiceMonitor connects Prometheus to the lake

    Background:
      Given the ServiceMonitor exists

    Scenario: The ServiceMonitor selects the lake service and its port
      Given the lake service is a ClusterIP with the documented port
      Then the ServiceMonitor selects the lake service and its port

    Scenario: Prometheus selects the ServiceMonitor
      Then a Prometheus selects the ServiceMonitor

  Rule: Prometheus scrapes the lake and stores what it exposes

    Background:
      Given the ServiceMonitor selects the lake service and its port
      And a Prometheus selects the ServiceMonitor
      And the lake can be reached
      And Prometheus can be reached

    @checklist:10.3
    Scenario: The Prometheus target is up
      Then the Prometheus target is up and was scraped recently

    @checklist:10.3
    Scenario: Prometheus missed no recent scrape
      Given the Prometheus target is up and was scraped recently
      Then no recent scrape was missed

    @checklist:10.4
    Scenario Outline: The query for <metric> returns what the service exposes
      Given the Prometheus target is up and was scraped recently
      And every line of the metrics page is in the Prometheus text format
      And the metric "<metric>" has its documented type and labels, and valid values
      Then Prometheus returns the metric "<metric>" as the service exposes it

      Examples:
        | metric                          |
        | dora_deployment_frequency_total |
        | dora_lead_time_seconds          |
        | dora_change_failure_rate        |
        | dora_mttr_seconds               |
