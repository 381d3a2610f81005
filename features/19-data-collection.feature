@section:19 @writes @story
Feature: Data collection
  A deployment goes through ArgoCD as any other does. The service is told of it, collects it, and shows it.

  @checklist:19.1
  Scenario: A test deployment goes through ArgoCD
    When the test application is deployed through ArgoCD
    Then ArgoCD reports its success

  @checklist:19.2
  Scenario: The deployment is collected in time
    Given the test application is deployed through ArgoCD
    Then the deployment is collected within the deadline

  @checklist:19.3
  Scenario: The API returns the deployment
    Given the test application is deployed through ArgoCD
    Then the API returns the deployment

  @checklist:19.4
  Scenario: The deployments table holds the deployment
    Given the test application is deployed through ArgoCD
    Then the deployments table holds the deployment

  @checklist:19.5 @browser
  Scenario: The dashboards show the deployment
    Given Grafana can be used
    And every panel asks the database of the service
    And the test application is deployed through ArgoCD
    And the deployment is collected within the deadline
    Then the dashboards show the deployment

  @checklist:19.5 @browser
  Scenario: The dashboards show what was told by webhook
    Given Grafana can be used
    And every panel asks the database of the service
    And these deployments
      | id | finished         |
      | d1 | 4 days ago 09:00 |
      | d2 | 3 days ago 09:00 |
      | d3 | 3 days ago 15:00 |
    And the service has collected the data
    Then the dashboards show 3 deployments over the last 7 days
