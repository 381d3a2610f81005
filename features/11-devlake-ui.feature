@section:11
Feature: DevLake UI
  Operators configure the service in the DevLake UI. This section checks that it opens in a browser without errors.

  @checklist:11.1 @browser
  Scenario: The DevLake UI opens in a browser
    Given the UI can be reached
    Then the DevLake UI opens in time
    And the DevLake UI logs no errors in the browser console
