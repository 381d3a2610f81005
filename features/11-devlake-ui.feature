@section:11
Feature: DevLake UI
  Whoever configures the service does so in its UI. It opens in a browser as it is meant to.

  @checklist:11.1 @browser
  Scenario: The DevLake UI opens in a browser
    Given the ui can be reached
    Then the DevLake UI opens in time
    And the DevLake UI says nothing wrong in the console
