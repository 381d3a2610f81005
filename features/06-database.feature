@section:6
Feature: Database
  The service keeps what it collects in MySQL, in tables that other tools read as well, so their form is a promise.

  Rule: The passwords in the secret are those that MySQL accepts

    @checklist:6.1
    Scenario Outline: MySQL lets the <user> user in
      Given the database can be reached
      And the database secrets are there
      Then MySQL accepts the password of the <user> user

      Examples:
        | user    |
        | root    |
        | service |

  Rule: The schema is the documented one

    Background:
      Given the database can be reached
      And the database secrets are there
      And MySQL accepts the password of the service user

    @checklist:6.2
    Scenario: The database exists
      Then the database exists and holds any text

    @checklist:6.3
    Scenario Outline: The table <table> exists
      Given the database exists and holds any text
      Then the table "<table>" exists and holds any text

      Examples:
        | table                   |
        | deployments             |
        | commits                 |
        | incidents               |
        | cicd_deployments        |
        | project_metric_settings |
        | dora_benchmarks         |

    @checklist:6.4
    Scenario Outline: The table <table> has the documented columns
      Given the table "<table>" exists and holds any text
      Then the table "<table>" has exactly the documented columns

      Examples:
        | table                   |
        | deployments             |
        | commits                 |
        | incidents               |
        | cicd_deployments        |
        | project_metric_settings |
        | dora_benchmarks         |

    @checklist:6.5
    Scenario Outline: The table <table> has the documented indexes
      Given the table "<table>" exists and holds any text
      Then the table "<table>" has the documented indexes

      Examples:
        | table                   |
        | deployments             |
        | commits                 |
        | incidents               |
        | cicd_deployments        |
        | project_metric_settings |
        | dora_benchmarks         |
