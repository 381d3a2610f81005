@section:12
Feature: ArgoCD data source
  A sync of an Application is a deployment. ArgoCD is asked for them, by a connection that has a token of its own.

  Background:
    Given a caller with the token is given the projects

  @checklist:12.1
  Scenario: There is a connection to ArgoCD
    Then the service has a connection to the address of ArgoCD

  @checklist:12.1
  Scenario: The connection to ArgoCD works
    Given the service has a connection to the address of ArgoCD
    Then ArgoCD lets the service in

  @checklist:12.1
  Scenario: The token for ArgoCD stays a secret
    Given the service has a connection to the address of ArgoCD
    Then the token of the connection to ArgoCD cannot be read back

  @checklist:12.2
  Scenario: The Applications are collected
    Given the service has a connection to the address of ArgoCD
    Then sync events are collected from each Application
