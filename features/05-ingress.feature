@section:5
Feature: Ingress
  People and other systems reach the service from outside the cluster. This section checks the routes to it, and that
  nobody can change its data without logging in.

  @checklist:5.1
  Scenario Outline: The <ingress> ingress routes to its services
    Given the services behind the <ingress> ingress exist
    Then the <ingress> ingress uses an existing ingress class
    And every path of the <ingress> ingress leads to its service

    Examples:
      | ingress |
      | DevLake |
      | Grafana |

  @checklist:5.2
  Scenario Outline: The <ingress> host answers from outside
    Given the pods behind the <ingress> ingress are running and ready
    And the services behind the <ingress> ingress have ready endpoints
    And the <ingress> ingress uses an existing ingress class
    And every path of the <ingress> ingress leads to its service
    Then the <ingress> host answers from outside, over TLS if its ingress has TLS

    Examples:
      | ingress |
      | DevLake |
      | Grafana |

  @checklist:5.2
  Scenario: Stored data cannot be changed from outside without logging in
    Given the services behind the DevLake ingress have ready endpoints
    And every path of the DevLake ingress leads to its service
    Then stored data cannot be changed from outside without logging in

  @checklist:5.3
  Scenario: The lake answers a ping through a port-forward
    Given the lake pods are running and ready
    And the lake service has ready endpoints
    Then the lake answers a ping through a port-forward
