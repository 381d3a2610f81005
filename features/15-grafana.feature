@section:15
Feature: Grafana access
  The password of the Grafana admin is kept in a secret. This section checks that the admin can log in with it, and that
  nobody else can change anything.

  @checklist:15.1
  Scenario: The admin password is in its secret
    Then the Grafana secrets hold a real value for every key

  @checklist:15.2
  Rule: Only users who log in can change anything

    Background:
      Given Grafana can be reached

    Scenario: The admin can log in with the password from the secret
      Given the Grafana secrets exist
      Then Grafana accepts the login of the admin

    Scenario: A wrong password is refused
      Then Grafana refuses an unknown user with a wrong password

    Scenario: Anonymous visitors can at most view
      Then nobody can change a dashboard without logging in
