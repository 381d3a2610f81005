@section:5
Feature: Ingress
  People and other systems reach the service from outside the cluster.

  @checklist:5.1
  Scenario Outline: The <ingress> ingress routes to its services
    Given the services behind the <ingress> ingress exist
    Then the <ingress> ingress has a class that exists
    And each path of the <ingress> ingress leads to its service

    Examples:
      | ingress |
      | service |
      | Grafana |

  @checklist:5.2
  Scenario Outline: The host of the <ingress> ingress answers from outside
    Given the pods behind the <ingress> ingress are running and ready
    And the services behind the <ingress> ingress have ready endpoints
    And the <ingress> ingress has a class that exists
    And each path of the <ingress> ingress leads to its service
    Then the host of the <ingress> ingress answers from outside, over TLS where it has it

    Examples:
      | ingress |
      | service |
      | Grafana |

  @checklist:5.2
  Scenario: From outside nobody changes what is stored without a login
    Given the services behind the service ingress have ready endpoints
    And each path of the service ingress leads to its service
    Then from outside nobody changes what is stored without a login

  @checklist:5.3
  Scenario: The lake answers through a port-forward
    Given the pods of the lake are running and ready
    And the service of the lake has ready endpoints
    Then the lake answers a ping through a port-forward
