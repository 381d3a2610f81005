@section:4
Feature: Services
  The components find each other inside the cluster.

  @checklist:4.1
  Scenario Outline: The <component> has its service
    Then the service of the <component> is a ClusterIP with the documented port

    Examples:
      | component |
      | lake      |
      | ui        |
      | grafana   |
      | mysql     |

  @checklist:4.1
  Scenario Outline: The service of the <component> has ready endpoints
    Given the pods of the <component> are running and ready
    And the service of the <component> is a ClusterIP with the documented port
    Then the service of the <component> has ready endpoints

    Examples:
      | component |
      | lake      |
      | ui        |
      | grafana   |
      | mysql     |

  @checklist:4.2
  Scenario: The lake answers a ping from inside the cluster
    Given the pods of the lake are running and ready
    And the service of the lake has ready endpoints
    Then the lake answers a ping from inside the cluster
