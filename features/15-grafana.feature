@section:15
Feature: Grafana access
  The admin gets into Grafana by the password that the platform keeps in a secret, and nobody gets in by another one.

  @checklist:15.1
  Scenario: The password of the admin is in its secret
    Then the Grafana secrets hold a real value for every key

  @checklist:15.2
  Rule: Only who has the password changes anything

    Background:
      Given the grafana can be reached

    Scenario: The admin is let in with the password of the secret
      Given the Grafana secrets are there
      Then Grafana lets the admin in

    Scenario: A wrong password is refused
      Then Grafana refuses a stranger with a wrong password

    Scenario: Who has not logged in may look at most
      Then nobody changes a dashboard without a login
