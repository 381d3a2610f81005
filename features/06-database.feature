@section:6
Feature: Database
  The service stores what it collects in MySQL, and other tools read the same tables. This section checks that the
  passwords work and that the schema is the documented one.

  Background:
    Given the database can be reached
    And the database secrets exist

  Rule: MySQL accepts the passwords in the database secrets

    @checklist:6.1
    Scenario Outline: The <user> user can log in to MySQL
      Then MySQL accepts the password of the <user> user

      Examples:
        | user    |
        | root    |
        | service |

  Rule: The schema is the documented one

    Background:
      Given MySQL accepts the password of the service user

    @checklist:6.2
    Scenario: The database exists
      Then the database exists and can store any Unicode text
      And MySQL lets the service write to it

    @checklist:6.3
    Scenario Outline: The <table> table exists
      Given the database exists and can store any Unicode text
      Then the "<table>" table exists and can store any Unicode text

      Examples:
        | table                   |
        | deployments             |
        | commits                 |
        | incidents               |
        | cicd_deployments        |
        | project_metric_settings |
        | dora_benchmarks         |

    @checklist:6.4
    Scenario Outline: The <table> table has the documented columns
      Given the "<table>" table exists and can store any Unicode text
      Then the "<table>" table has exactly the documented columns

      Examples:
        | table                   |
        | deployments             |
        | commits                 |
        | incidents               |
        | cicd_deployments        |
        | project_metric_settings |
        | dora_benchmarks         |

    @checklist:6.5
    Scenario Outline: The <table> table has the documented indexes
      Given the "<table>" table exists and can store any Unicode text
      Then the "<table>" table has the documented indexes

      Examples:
        | table                   |
        | deployments             |
        | commits                 |
        | incidents               |
        | cicd_deployments        |
        | project_metric_settings |
        | dora_benchmarks         |
