@section:3
Feature: Pods
  Every component of the service runs, is ready, and has nothing to complain about.

  @checklist:3.1
  Scenario Outline: The <component> is running and ready
    Then the pods of the <component> are running and ready

    Examples:
      | component |
      | lake      |
      | ui        |
      | grafana   |
      | mysql     |

  @checklist:3.3
  Scenario Outline: The <component> is in no error state
    Then no pod of the <component> is in an error state or crashed lately

    Examples:
      | component |
      | lake      |
      | ui        |
      | grafana   |
      | mysql     |

  @checklist:3.2
  Scenario Outline: The log of the <component> holds no errors
    Then the logs of the <component> hold no errors

    Examples:
      | component |
      | lake      |
      | mysql     |
