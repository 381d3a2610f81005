@section:4
Feature: Services
  The components of the service find each other through Kubernetes services. This section checks that each service exists
  and leads to ready pods.

  @checklist:4.1
  Scenario Outline: The <component> service exists as a ClusterIP
    Then the <component> service is a ClusterIP with the documented port

    Examples:
      | component |
      | lake      |
      | UI        |
      | Grafana   |
      | MySQL     |

  @checklist:4.1
  Scenario Outline: The <component> service has ready endpoints
    Given the <component> pods are running and ready
    And the <component> service is a ClusterIP with the documented port
    Then the <component> service has ready endpoints

    Examples:
      | component |
      | lake      |
      | UI        |
      | Grafana   |
      | MySQL     |

  @checklist:4.2
  Scenario: The lake answers a ping from inside the cluster
    Given the lake pods are running and ready
    And the lake service has ready endpoints
    Then the lake answers a ping from inside the cluster
