@section:3
Feature: Pods
  Every component of the service runs in pods. This section checks that they are ready, do not crash, and log no errors.

  @checklist:3.1
  Scenario Outline: The <component> pods are running and ready
    Then the <component> pods are running and ready

    Examples:
      | component |
      | lake      |
      | UI        |
      | Grafana   |
      | MySQL     |

  @checklist:3.3
  Scenario Outline: No <component> pod is in an error state
    Then no <component> pod is in an error state or crashed recently

    Examples:
      | component |
      | lake      |
      | UI        |
      | Grafana   |
      | MySQL     |

  @checklist:3.2
  Scenario Outline: The <component> logs hold no errors
    Then the <component> logs hold no errors

    Examples:
      | component |
      | lake      |
      | MySQL     |
